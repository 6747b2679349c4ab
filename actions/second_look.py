"""What the NLU is not sure of, looked at once more by the rules, before anybody gives up or asks a model."""

from __future__ import annotations

from dataclasses import replace

from actions.details import note_details, tells_details
from actions.memory import PIECES_IN_STOCK, at_hand, changes, said_in
from actions.product_questions import action_check_availability, action_product_price
from actions.search_products import action_search_products, answer_objection
from actions.selecting import change_item
from actions.telling import tell_colors
from actions.turn import Events, Turn
from catalog.mentions import Mentions, split_requests

# So many words beside those of the catalog are left to chance: "visitor chairs pls".
_STRAY_WORDS = 1


async def second_look(turn: Turn) -> Events | None:
    """Answer what plainly names things of the catalog or of the customer: "sofas"; None: it does not.

    A sentence with other words in it is more likely about something else.
    """
    said = said_in(turn)
    if tells_details(turn):
        return await note_details(turn)
    if said.other_currency and (at_hand(turn).discussed or at_hand(turn).shown):
        return await action_product_price(turn)
    if said.other_currency:
        turn.say("utter_prices_in_dirhams", currency=said.other_currency)
        return changes(turn, {})
    colors = await tell_colors(turn, said)
    if colors is not None:
        return colors
    if said.only_counts and turn.slot("awaiting") == PIECES_IN_STOCK:
        return await action_check_availability(turn)
    if said.only_counts and (turn.slot("discussed_product") or turn.slot("selected_product")):
        # "5", in answer to "how many pieces?": hardly anything for a classifier of words.
        return await change_item(turn, said)
    if turn.intent == "out_of_scope":
        return None
    plain = len(said.text.split()) <= _STRAY_WORDS
    if _bargains(turn, said, plain=plain):
        return await answer_objection(turn)
    points = bool(said.skus or (said.options and at_hand(turn).shown))
    known = points or replace(said, words=()).narrows
    if plain and (known or split_requests(turn.entities)):
        return await action_search_products(turn)
    return None


def _bargains(turn: Turn, said: Mentions, *, plain: bool) -> bool:
    """Whether an amount is named for what is spoken of: "make it 150 each if I take all"."""
    if said.max_price is None and said.about_price is None:
        return False
    if replace(said, words=(), max_price=None, about_price=None).narrows:
        return False
    known = at_hand(turn)
    return known.discussed is not None or (bool(known.shown) and not plain)
