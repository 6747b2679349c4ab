"""An approved discount comes into force, and the customer who has the quote hears of it, once.

Both in one transaction, whoever brings the news: the poll of the deals or the manager's word in his chat.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from sales.discount_storage import approved_discount, put_in_force
from sales.ports import Messages
from sales.quote import QuoteState, format_percent
from sales.quote_storage import standing_quote

# Which text of the seller's the customer reads (data/seller.yml, messages).
APPROVED_RESPONSE = "discount_approved"


async def bring_into_force(
    connection: AsyncConnection,
    messages: Messages,
    conversation_id: int,
    deal_id: str,
    percent: Decimal | None,
) -> bool:
    """Let what stands in the deal count from now on, under the lock of the sale; as `put_in_force`."""
    if not await put_in_force(connection, conversation_id, deal_id, percent):
        return False
    quote = await standing_quote(connection, conversation_id)
    # The deal may be another sale's, or over.
    counts = percent is not None and percent == await approved_discount(connection, conversation_id)
    if quote is None or quote.state is not QuoteState.SENT or not counts:
        return True
    assert percent is not None
    # Less than his quote says already is no news to hurry with.
    if percent > quote.discount_percent:
        values = {"discount_percent": format_percent(percent), "number": quote.number}
        # No template says it: outside the 24-hour window a manager is asked to write.
        await messages.tell(connection, conversation_id, APPROVED_RESPONSE, values)
    return True
