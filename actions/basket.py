"""Choosing and changing what was chosen, and saying yes to it."""

from __future__ import annotations

from dataclasses import replace

from actions.memory import ITEM_TO_REMOVE, at_hand, changes, said_in
from actions.quoting import action_request_quote
from actions.reorder import more_of_the_same
from actions.searching import ask_need, search_with
from actions.selecting import change_item, choose_products, chosen, leave_out, say_chosen
from actions.turn import Events, Turn, majlis_action
from catalog.mentions import split_requests


@majlis_action("action_select_product")
async def action_select_product(turn: Turn) -> Events:
    """Remember the product that was chosen, and how many pieces."""
    if (more := await more_of_the_same(turn)) is not None:
        return more
    said = said_in(turn)
    if turn.slot("awaiting") == ITEM_TO_REMOVE:
        return await leave_out(turn, said)
    names_one = said.options or said.skus or said.order
    if (said.size or said.max_size or said.min_size) and not (names_one or at_hand(turn).discussed):
        # "I meant 160" of a list: desks of that width, and none of them is named yet.
        return await search_with(turn, said)
    if said.quantity and not names_one and turn.slot("discussed_product"):
        return await change_item(turn, said)
    return await choose_products(turn, adding=False)


@majlis_action("action_add_to_basket")
async def action_add_to_basket(turn: Turn) -> Events:
    """Take one more product, or more pieces of one."""
    if (more := await more_of_the_same(turn)) is not None:
        return more
    return await choose_products(turn, adding=True)


@majlis_action("action_remove_from_basket")
async def action_remove_from_basket(turn: Turn) -> Events:
    """Leave a product out."""
    return await leave_out(turn, said_in(turn))


@majlis_action("action_change_quantity")
async def action_change_quantity(turn: Turn) -> Events:
    """Other pieces of a chosen product, or of several."""
    if (more := await more_of_the_same(turn)) is not None:
        return more
    if split_requests(turn.entities):
        return await choose_products(turn, adding=False)
    return await change_item(turn, said_in(turn))


@majlis_action("action_show_basket")
async def action_show_basket(turn: Turn) -> Events:
    """Read back what is chosen."""
    return await say_chosen(turn)


@majlis_action("action_accept")
async def action_accept(turn: Turn) -> Events:
    """A yes: to the product that was spoken of, which is then chosen, or to the quote that was offered."""
    items, known, said = await chosen(turn), at_hand(turn), said_in(turn)
    if items and known.discussed and said.only_counts:
        # "Wa7da", "ok 20": the answer to how many.
        return await change_item(turn, said)
    if known.discussed and all(item.sku != known.discussed for item in items):
        return await choose_products(turn, adding=False)
    if items:
        return await action_request_quote(turn)
    if known.shown:
        turn.say("utter_ask_which", count=len(known.shown))
        return changes(turn, {})
    return [*await ask_need(turn), *changes(turn, {})]


@majlis_action("action_reject")
async def action_reject(turn: Turn) -> Events:
    """A no: with something chosen it means "nothing else", without it the search goes on.

    "Not that brand" about a shown list says what to look for instead.
    """
    said = replace(said_in(turn), words=())
    if said.narrows and turn.slot("shown_products"):
        return await search_with(turn, said)
    turn.say("utter_that_is_all" if await chosen(turn) else "utter_reject")
    return changes(turn, {})
