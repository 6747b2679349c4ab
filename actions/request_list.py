"""A request for several products at once, answered line by line: found, choose, not found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actions.memory import changes, forgotten, search_slots, shown_slots
from actions.searching import Found, look_up, said_aside
from actions.stage import need_is_known
from actions.turn import Events, Turn
from actions.wording import asked_for, count, given_up, stock_note
from catalog.filters import SearchFilters
from catalog.kinds import settle
from catalog.listing import format_line
from catalog.mentions import Mentions
from catalog.product import Product
from catalog.refinement import NOTHING, is_empty, refine
from catalog.search import SearchResult, read_products

# A turn answers so many lines; the rest is asked for in another message.
MOST_LINES = 40


async def answer_list(turn: Turn, requests: Sequence[Mentions]) -> Events:
    """Answer each request on one line and remember the lines, so that "more of 2" and "the first" work."""
    answered = requests[:MOST_LINES]
    lines: list[str] = []
    shown: list[Product | None] = []
    searches: list[dict[str, Any] | None] = []
    asides = said_aside(turn.entities)
    for number, said in enumerate(answered, start=1):
        search = refine(NOTHING, said, manner="search")
        search = await settle(turn.connection, search, asides, turn.house.kinds)
        found = await _found(turn, search, said)
        product = _first(found)
        lines.append(f"{number}. {_line(turn, said, found, product)}")
        shown.append(product)
        searches.append(None if product is None else _said_slots(search))
    told = "\n".join(lines)
    needs = [search for said in answered if not is_empty(search := refine(NOTHING, said, manner="search"))]
    staged = await need_is_known(turn, needs[0]) if needs else []
    if len(requests) > len(answered):
        turn.say("utter_request_list_cut", request_lines_told=told, count=len(answered))
    else:
        turn.say("utter_request_list", request_lines_told=told)
    remembered = forgotten(search_slots(NOTHING)) | shown_slots(shown) | {"request_lines": searches}
    return [*staged, *changes(turn, remembered)]


async def _found(turn: Turn, search: SearchFilters, said: Mentions) -> Found:
    if said.skus:
        products = await read_products(turn.connection, said.skus)
        return Found(SearchResult(tuple(products), len(products)))
    if is_empty(search):
        return Found(SearchResult((), 0))
    return await look_up(turn, search)


def _first(found: Found) -> Product | None:
    products = found.result.products or (found.nearest.products if found.nearest else ())
    return products[0] if products else None


def _line(turn: Turn, said: Mentions, found: Found, product: Product | None) -> str:
    if product is None:
        return turn.phrase("utter_part_line_not_found", asked_for=asked_for(turn, said))
    line = format_line(product, turn.language)
    if said.quantity:
        line = turn.phrase("utter_part_line_quantity", line=line, quantity=count(turn, said.quantity))
    if found.nearest is not None:
        reason = given_up(turn, found.nearest.relaxed)
        if "quantity" in found.nearest.relaxed:
            reason = stock_note(turn, product, said.quantity, with_stock=True)
        return turn.phrase("utter_part_line_nearest", line=line, given_up=reason)
    if not found.result.words_matched:
        return turn.phrase("utter_part_line_nearest", line=line, given_up=given_up(turn, ("text",)))
    if found.result.total > 1:
        return turn.phrase("utter_part_line_choose", line=line, others=count(turn, found.result.total - 1))
    return line


def _said_slots(search: SearchFilters) -> dict[str, Any]:
    return {name: value for name, value in search_slots(search).items() if value is not None}
