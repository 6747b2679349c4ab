"""Answer a product question from the catalog: search, refine, correct, more of the same."""

from __future__ import annotations

from dataclasses import replace

from actions.memory import (
    at_hand,
    changes,
    read_search,
    said_in,
    search_slots,
    shown_slots,
)
from actions.negotiating import talk_about_price
from actions.product_questions import action_product_price
from actions.reorder import more_of_the_same
from actions.request_list import answer_list
from actions.searching import answer_search, ask_need, look_up, on_screen, search_with
from actions.selecting import change_item, choose_products, replace_item, takes_from_list, takes_the_extreme
from actions.stage import move
from actions.telling import (
    compared_with,
    discussed,
    refer,
    tell_colors,
    tell_extreme_of_shown,
    tell_of_those_shown,
    tell_products,
)
from actions.turn import Events, Turn, majlis_action
from actions.wording import given_up, product_lines
from catalog.mentions import Mentions, split_requests
from catalog.reference import place_of
from catalog.refinement import is_empty, next_page
from sales.stages import Stage


@majlis_action("action_search_products")
async def action_search_products(turn: Turn) -> Events:
    """Show what fits every wish named so far, or say honestly that nothing does."""
    requests = split_requests(turn.entities)
    if takes_from_list(turn, requests):
        return await choose_products(turn, adding=False)
    if requests:
        return await answer_list(turn, requests)
    if (more := await more_of_the_same(turn)) is not None:
        return more
    said = said_in(turn)
    colors = await tell_colors(turn, said)
    if colors is not None:
        return colors
    told = await tell_extreme_of_shown(turn, said) or await tell_of_those_shown(turn, said)
    if told is not None:
        return told
    refers = bool(said.skus or (said.options and turn.slot("shown_products")))
    if refers and turn.intent == "correct" and turn.slot("selected_product"):
        return await replace_item(turn, said)
    beside = await compared_with(turn, said)
    if beside is not None:
        return await search_with(turn, said, beside=beside)
    if refers:
        return await tell_products(turn, said)
    if takes_the_extreme(turn, said):
        return await choose_products(turn, adding=False)
    if said.other_currency and at_hand(turn).discussed and not (said.narrows or said.quantity):
        # "In dollars?" of what was spoken of last.
        return await action_product_price(turn)
    if said.only_counts and turn.slot("discussed_product"):
        return await change_item(turn, said)
    if said.only_counts and await _all_have(turn, said.quantity):
        # The list again would tell nothing new.
        turn.say("utter_ask_which", count=len(at_hand(turn).shown))
        return changes(turn, {"quantity": said.quantity})
    return await search_with(turn, said)


@majlis_action("action_show_more")
async def action_show_more(turn: Turn) -> Events:
    """The next products of the last list, or more of one line of a request list."""
    if (more := await more_of_the_same(turn)) is not None:
        return more
    said = said_in(turn)
    colors = await tell_colors(turn, said)
    if colors is not None:
        return colors
    lines = turn.slot("request_lines") or []
    if lines:
        return await _more_of_line(turn, said, lines)
    search = read_search(turn.slots)
    if not is_empty(search) and turn.slot("shown_products"):
        # "I didn't like them, any others?": words beside the asking for more are no new search.
        said = replace(said, words=())
    if said.narrows:
        return await search_with(turn, said)
    if is_empty(search):
        return [*await ask_need(turn), *changes(turn, {})]
    following = next_page(search)
    found = await look_up(turn, following)
    products = found.result.products or (found.nearest.products if found.nearest else ())
    if not products:
        turn.say("utter_no_more_products")
        return changes(turn, {})
    lines_of_products = product_lines(turn, products)
    if found.nearest:
        turn.say(
            "utter_nearest_products",
            given_up=given_up(turn, found.nearest.relaxed),
            product_lines=lines_of_products,
        )
    else:
        turn.say(
            "utter_more_products",
            position=following.offset + len(products),
            total=found.result.total,
            product_lines=lines_of_products,
        )
    return changes(turn, search_slots(following) | shown_slots(products))


@majlis_action("action_show_cheaper")
async def action_show_cheaper(turn: Turn) -> Events:
    """The button "cheaper ones": as if the customer had said "cheaper"."""
    return await search_with(turn, Mentions(relations=("cheaper",)))


@majlis_action("action_ask_need")
async def action_ask_need(turn: Turn) -> Events:
    """Name what the seller deals in, and ask."""
    return [*await ask_need(turn), *changes(turn, {})]


@majlis_action("action_answer_objection")
async def actionanswer_objection(turn: Turn) -> Events:
    """Too expensive: who asks for cheaper ones sees them, others are offered them, or a person.

    Of a quote that was sent it begins the talks: a manager is asked for a discount.
    """
    staged: Events = []
    if turn.slot("stage") == Stage.QUOTING.value:
        _, staged = await move(turn, Stage.NEGOTIATING, reason="the customer finds the quote dear")
    return [*staged, *await answer_objection(turn)]


async def answer_objection(turn: Turn) -> Events:
    """The same, whatever the stage."""
    said, known = said_in(turn), at_hand(turn)
    if ("cheaper" in said.relations or said.order == "cheapest") and (known.shown or known.discussed):
        # "The other shop is cheaper": the other words describe no product.
        return await search_with(turn, replace(said, words=(), order=None, relations=("cheaper",)))
    reference = await refer(turn, said) if said.skus or said.options else None
    if reference is None or reference.state != "known":
        if not await talk_about_price(turn):
            turn.say("utter_objection")
        return changes(turn, {})
    # "What is the last price of CH-1005": its price first.
    turn.say("utter_objection_to_price", product_lines=product_lines(turn, reference.products))
    return discussed(turn, reference.products)


async def _all_have(turn: Turn, quantity: int | None) -> bool:
    """Whether there are so many pieces of each product of the list."""
    shown = await on_screen(turn)
    return len(shown) > 1 and all(product.stock >= (quantity or 0) for product in shown)


async def _more_of_line(turn: Turn, said: Mentions, lines: list[dict[str, object] | None]) -> Events:
    """One line of a request list, shown as a list of its own."""
    place = place_of(said.options[0], len(lines)) if said.options else None
    line = None if place is None else lines[place]
    # A line that named a product by its code has no others.
    if line is None or is_empty(read_search(line)):
        turn.say("utter_ask_which_line", count=len(lines))
        return changes(turn, {})
    search = read_search(line)
    return await answer_search(turn, search, Mentions(), search)
