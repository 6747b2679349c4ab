"""The price of a quote is talked about: a manager is asked for a discount, and nobody else can give one."""

from __future__ import annotations

from actions.quoting import discount_is_due, send_quote
from actions.turn import Turn
from sales.hand_over_reason import Reason
from sales.manager_task import ask_manager
from sales.quote import QuoteState, format_amount
from sales.quote_storage import standing_quote


async def talk_about_price(turn: Turn) -> bool:
    """Answer an objection to a quote that stands; False when there is none.

    Once for each revision a manager is asked, by a task. Once one has approved, the revised quote is the
    answer.
    """
    quote = await standing_quote(turn.connection, turn.conversation_id)
    if quote is None or quote.state is not QuoteState.SENT:
        return False
    if await discount_is_due(turn, quote):
        await send_quote(turn)
        return True
    total = format_amount(quote.totals.total)
    was_asked_now = await ask_manager(
        turn.connection,
        turn.conversation_id,
        f"discount:{quote.id}",
        subject=f"a discount is asked for on quote {quote.number}",
        description=f"The customer finds quote {quote.number} over AED {total} with VAT dear. To approve a"
        " discount, write the per cent into the discount field of its deal: Majlis puts it into a revised"
        " quote as soon as the customer asks again. Without it nothing is promised.",
        waits_for=Reason.DISCOUNT,
    )
    turn.say("utter_discount_asked" if was_asked_now else "utter_discount_pending", number=quote.number)
    return True
