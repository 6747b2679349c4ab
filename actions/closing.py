"""The order: confirmed against a sent quote that still stands, or refused with what to do instead."""

from __future__ import annotations

from collections.abc import Mapping

from rasa_sdk.events import SlotSet

from actions.live_checks import ORDERED_AFTER_MINUTES, check_live, note_differences
from actions.memory import changes, forgotten
from actions.quoting import last_day, offer_fresh, send_quote, shortage
from actions.reorder import same_again
from actions.stage import StageRefused, move
from actions.turn import Events, Turn, majlis_action
from actions.wording import count, price
from catalog.product import Product
from catalog.search import read_products
from sales.basket import EMPTY
from sales.basket_storage import read_basket, write_basket
from sales.order_storage import place_order
from sales.quote import QuoteState
from sales.quote_storage import NotAcceptable, Quote, accept_quote, newest_quote, standing_quote
from sales.stage_storage import Refused
from sales.stages import Stage

_REFUSALS = {NotAcceptable.ALREADY_ACCEPTED: "utter_order_is_placed"}


@majlis_action("action_ask_closing_form_order_answer")
async def action_ask_closing_form_order_answer(turn: Turn) -> Events:
    """What exactly would be ordered, and a question for yes or no; an expired quote is offered afresh."""
    quote = await standing_quote(turn.connection, turn.conversation_id)
    if quote is None:
        turn.say("utter_no_quote_yet")
        return []
    if quote.state is QuoteState.EXPIRED:
        await offer_fresh(turn, quote)
        return []
    names = [line.name_ar if turn.language == "ar" else line.name_en for line in quote.lines]
    lines = "\n".join(
        f"{number}. {line.quantity} × {name or line.name_en}"
        for number, (line, name) in enumerate(zip(quote.lines, names, strict=True), start=1)
    )
    # Behind a reply that asks something itself there is no second question.
    response = "utter_remind_order" if turn.has_asked else "utter_ask_order"
    turn.say(response, number=quote.number, lines=lines, total=price(turn, quote.totals.total))
    return []


@majlis_action("action_place_order")
async def action_place_order(turn: Turn) -> Events:
    """Accept the quote and place the order, if both still hold; otherwise say why not.

    Stock and prices are asked for once more. Too few pieces keep the order back. A price that changed does
    not, for the quote binds the seller until it expires: a manager is told.
    """
    quote = await standing_quote(turn.connection, turn.conversation_id)
    answered: Events = [SlotSet("order_answer", None)] if turn.slot("order_answer") is not None else []
    if quote is None:
        turn.say("utter_no_quote_yet")
        return answered
    if quote.state is QuoteState.SENT and await _is_outdated(turn, quote):
        # Ordering what is not wanted any more is worse than one more confirmation.
        turn.say("utter_list_changed", number=quote.number)
        await send_quote(turn)
        return answered
    if quote.state is QuoteState.SENT:
        skus = [line.sku for line in quote.lines]
        checks = await check_live(turn, skus, ORDERED_AFTER_MINUTES)
        products = {product.sku: product for product in await read_products(turn.connection, skus)}
        if short := _shortages(turn, quote, products):
            turn.say("utter_order_short", shortages=short)
            return answered
        await note_differences(turn, quote, products, checks)
    refused = await accept_quote(turn.connection, quote.id)
    if refused is NotAcceptable.EXPIRED and turn.slot("order_answer") == "yes":
        # A fresh one was offered, and this is the yes to it.
        await send_quote(turn)
        return answered
    if refused is NotAcceptable.EXPIRED:
        await offer_fresh(turn, quote)
        return answered
    if refused is NotAcceptable.ALREADY_ACCEPTED and (again := await same_again(turn)) is not None:
        return [*answered, *again]
    if refused is not None:
        turn.say(_REFUSALS.get(refused, "utter_quote_changed"), number=quote.number)
        return answered
    done, _ = await move(turn, Stage.CLOSING, reason="the customer confirmed the order")
    if isinstance(done, Refused):
        # Nothing of this turn is kept, the acceptance neither.
        raise StageRefused(f"a sale at {done.stage} whose quote was accepted may not close")
    await place_order(turn.connection, quote)
    await write_basket(turn.connection, turn.conversation_id, EMPTY)
    _, staged = await move(turn, Stage.FOLLOW_UP, reason="the order was placed")
    turn.say("utter_order_placed", number=quote.number, total=price(turn, quote.totals.total))
    # What was chosen and counted belongs to this order, and not to the next.
    over = changes(turn, forgotten(("selected_product", "discussed_product", "quantity")))
    return [*answered, *staged, *over]


@majlis_action("action_keep_quote_open")
async def action_keep_quote_open(turn: Turn) -> Events:
    """A no to the summary: the quote stands, nothing was ordered."""
    quote = await newest_quote(turn.connection, turn.conversation_id)
    if quote is None:
        turn.say("utter_reject")
    else:
        turn.say("utter_quote_stays", number=quote.number, valid_until=last_day(turn, quote))
    return [SlotSet("order_answer", None)]


async def _is_outdated(turn: Turn, quote: Quote) -> bool:
    """Whether something else is chosen now than what the quote holds; an emptied list says nothing."""
    basket = await read_basket(turn.connection, turn.conversation_id)
    wanted = {line.sku: line.quantity for line in basket}
    return bool(wanted) and wanted != {line.sku: line.quantity for line in quote.lines}


def _shortages(turn: Turn, quote: Quote, products: Mapping[str, Product]) -> str:
    told = []
    for line in quote.lines:
        product = products.get(line.sku)
        if product is None:
            told.append(
                turn.phrase(
                    "utter_part_shortage",
                    product=line.name_en,
                    quantity=count(turn, line.quantity),
                    stock=count(turn, 0),
                )
            )
        elif product.stock < line.quantity:
            told.append(shortage(turn, product, line.quantity))
    return "\n".join(told)
