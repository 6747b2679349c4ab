"""Answer a frequent question from the seller's own facts."""

from __future__ import annotations

import re

from actions.memory import at_hand
from actions.turn import Events, Turn, majlis_action
from actions.wording import price
from catalog.listing import MAXIMUM_LINES, format_name, with_vat
from catalog.mentions import Mentions, read_mentions
from catalog.product import Product
from catalog.reference import resolve

TOPIC_PREFIX = "faq_"

# A line that asks two things goes on behind a stop, a comma or an "and".
_GOES_ON = re.compile(r"[?؟.!,،\n]\s*\w|\s(?:and|also|w|&)\s|\sو", re.IGNORECASE)
# Chosen on 20 double questions, of which 17 show both topics, and 144 single ones, of which 1 does.
_LEAST_SECOND = 0.05
_LEAST_BOTH = 0.9


@majlis_action("action_company_fact")
async def action_company_fact(turn: Turn) -> Events:
    """Say the fact that `data/seller.yml` holds on the topic of the intent; without one, offer a person.

    VAT of a product that is named or spoken of is reckoned; another currency is answered with ours. Who
    asks two things in one message gets both answers.
    """
    fact = _fact(turn, turn.intent)
    second = _second_topic(turn)
    if fact is not None and second is not None and (other := _fact(turn, second)) is not None:
        fact = f"{fact}\n\n{other}"
    said = read_mentions(turn.entities)
    if fact is None:
        turn.say("utter_unknown_fact")
    elif turn.intent == "faq_vat" and (products := await _priced(turn, said)):
        told = "\n".join(_price_with_vat(turn, product) for product in products)
        turn.say("utter_price_with_vat", prices_told=told, fact=fact)
    elif turn.intent == "faq_payment" and said.other_currency:
        turn.say("utter_payment_in_dirhams", currency=said.other_currency, fact=fact)
    else:
        turn.say("utter_company_fact", fact=fact)
    return []


def _fact(turn: Turn, intent: str) -> str | None:
    return turn.house.seller.fact(intent.removeprefix(TOPIC_PREFIX), turn.language)


def _second_topic(turn: Turn) -> str | None:
    """The other frequent question of a message that holds two, such as "where are you? open on Friday?"."""
    if len(turn.ranking) < 2 or not _GOES_ON.search(turn.words):
        return None
    first, second = (float(likely["confidence"]) for likely in turn.ranking[:2])
    name = str(turn.ranking[1]["name"])
    is_asked = second >= _LEAST_SECOND and first + second >= _LEAST_BOTH
    return name if is_asked and name.startswith(TOPIC_PREFIX) else None


async def _priced(turn: Turn, said: Mentions) -> tuple[Product, ...]:
    """The products that a question about VAT is asked of; the words beside them are about VAT."""
    reference = await resolve(turn.connection, Mentions(skus=said.skus, options=said.options), at_hand(turn))
    return reference.products[:MAXIMUM_LINES]


def _price_with_vat(turn: Turn, product: Product) -> str:
    return turn.phrase(
        "utter_part_price_with_vat",
        product=format_name(product, turn.language),
        price=price(turn, product.rate),
        total=price(turn, with_vat(product.rate, turn.house.seller.vat_percent)),
    )
