"""Answer a frequent question from the seller's own facts."""

from __future__ import annotations

from actions.memory import at_hand
from actions.selecting import chosen, say_chosen
from actions.turn import Events, Turn, majlis_action
from actions.wording import count, price
from catalog.listing import MAXIMUM_LINES, format_name, with_vat
from catalog.mentions import Mentions, read_mentions
from catalog.product import Product
from catalog.reference import resolve
from sales.order_storage import newest_order

TOPIC_PREFIX = "faq_"


@majlis_action("action_company_fact")
async def action_company_fact(turn: Turn) -> Events:
    """Say the fact that `data/seller.yml` holds on the topic of the intent; without one, offer a person.

    VAT of a product that is named or spoken of is reckoned; another currency is answered with ours. Who
    asks two things in one message gets both answers.
    """
    fact = _fact(turn, turn.intent)
    others = [other for intent in turn.also_asked if (other := _fact(turn, intent)) is not None]
    if fact is not None:
        fact = "\n\n".join((fact, *others))
    said = read_mentions(turn.entities)
    if fact is None:
        turn.say("utter_unknown_fact")
    elif turn.intent == "faq_vat" and await _means_all_that_is_chosen(turn, said):
        return await say_chosen(turn)
    elif turn.intent == "faq_vat" and (products := await _priced(turn, said)):
        pieces = said.quantity if len(products) == 1 else None
        told = "\n".join(_price_with_vat(turn, product, pieces) for product in products)
        turn.say("utter_price_with_vat", prices_told=told, fact=fact)
    elif turn.intent == "faq_payment" and said.other_currency:
        turn.say("utter_payment_in_dirhams", currency=said.other_currency, fact=fact)
    else:
        turn.say("utter_company_fact", fact=fact)
    return []


@majlis_action("action_order_status")
async def action_order_status(turn: Turn) -> Events:
    """The chat's newest order, or that there is none here; with how long delivery takes."""
    fact = _fact(turn, "faq_delivery") or ""
    order = await newest_order(turn.connection, turn.conversation_id)
    if order is None:
        turn.say("utter_order_status_unknown", fact=fact)
    elif order.number is None:
        turn.say("utter_order_status_placed", number=order.quote_number, fact=fact)
    else:
        turn.say("utter_order_status", order_number=order.number, number=order.quote_number, fact=fact)
    return []


def _fact(turn: Turn, intent: str) -> str | None:
    return turn.house.seller.fact(intent.removeprefix(TOPIC_PREFIX), turn.language)


async def _means_all_that_is_chosen(turn: Turn, said: Mentions) -> bool:
    """Whether "the total with VAT" is that of the list: nothing else is named or was spoken of since."""
    counted = {item.sku for item in await chosen(turn) if item.quantity}
    spoken_of = turn.slot("discussed_product")
    return bool(counted) and not (said.skus or said.options) and (spoken_of is None or spoken_of in counted)


async def _priced(turn: Turn, said: Mentions) -> tuple[Product, ...]:
    """The products that a question about VAT is asked of; the words beside them are about VAT."""
    reference = await resolve(turn.connection, Mentions(skus=said.skus, options=said.options), at_hand(turn))
    return reference.products[:MAXIMUM_LINES]


def _price_with_vat(turn: Turn, product: Product, pieces: int | None) -> str:
    vat_percent = turn.house.seller.vat_percent
    if pieces:
        return turn.phrase(
            "utter_part_total_with_vat",
            product=format_name(product, turn.language),
            quantity=count(turn, pieces),
            price=price(turn, product.rate * pieces),
            total=price(turn, with_vat(product.rate * pieces, vat_percent)),
        )
    return turn.phrase(
        "utter_part_price_with_vat",
        product=format_name(product, turn.language),
        price=price(turn, product.rate),
        total=price(turn, with_vat(product.rate, vat_percent)),
    )
