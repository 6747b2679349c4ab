"""From a search to what the customer reads: what fits, or honestly nothing and the nearest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.memory import at_hand, changes, read_search, search_slots, shown_slots
from actions.stage import need_is_known, need_is_wanted
from actions.turn import Events, Turn
from actions.wording import categories, given_up, product_lines
from catalog.filters import SearchFilters
from catalog.kinds import settle
from catalog.mentions import Mentions
from catalog.nearest import Nearest, find_nearest
from catalog.product import Product
from catalog.query import TURNED_DOWN, Query, read_query
from catalog.reference import model_words
from catalog.refinement import NOTHING, ORDER_OF_RELATION, Manner, is_empty, refine
from catalog.search import SearchResult, read_products, search_catalog

# What a comparison with the shown list is held to; giving that up would answer the opposite.
_HELD_BY = {
    "cheaper": "max_price",
    "dearer": "min_price",
    "bigger": "seats",
    "smaller": "max_footprint",
}

# The role of a `query` entity whose words do not stand at the name of a thing.
_ASIDE = "aside"

_MANNERS: dict[str, Manner] = {"refine_search": "refine", "correct": "correct"}


@dataclass(frozen=True)
class Found:
    """What a search came to: products that fit, or those that come nearest, or nothing."""

    result: SearchResult
    nearest: Nearest | None = None


async def search_with(
    turn: Turn, said: Mentions, *, beside: Product | None = None, with_stock: bool = False
) -> Events:
    """Search for what the conversation and this message ask for together.

    "Cheaper", "bigger" are measured on `beside`, else on the product last spoken of, else on the last list.
    """
    if not (said.narrows or said.quantity or said.other_currency):
        if turn.intent == "refine_search" and at_hand(turn).shown:
            # A wish that the catalog has no word for: the list stays, and nobody is told that it holds.
            turn.say("utter_cannot_filter")
            return changes(turn, {})
        # Nothing of the catalog was named: showing the last list again would answer another question.
        return [*await ask_need(turn), *changes(turn, {})]
    previous = read_search(turn.slots)
    beside = beside or await _spoken_of(turn, said)
    if beside is not None and not said.categories and not _found_by(turn, previous, beside):
        # "Is there a black one of it": of the same model, if its looks are all that is asked for.
        is_model = bool(said.colors or said.materials) and not said.relations
        previous = replace(NOTHING, category=beside.category, text=model_words(beside) if is_model else "")
    shown = [beside] if beside is not None and said.relations else []
    if not shown and said.relations:
        shown = await on_screen(turn)
    if shown and is_empty(previous) and not said.names_a_kind:
        kinds = {product.category for product in shown}
        if len(kinds) > 1:
            # Cheaper than which of them? A whiteboard is cheaper than any sofa.
            turn.say("utter_ask_which", count=len(shown))
            return changes(turn, {})
        previous = replace(previous, category=kinds.pop())
    manner = _MANNERS.get(turn.intent, "refine" if beside is not None else "search")
    search = refine(previous, said, manner=manner, shown=shown)
    search = await settle(
        turn.connection, search, said_aside(turn.entities), turn.house.kinds, said=said.text.split()
    )
    return await answer_search(turn, search, said, previous, with_stock=with_stock)


async def look_up(turn: Turn, search: SearchFilters) -> Found:
    """Search, and look for the nearest when nothing fits.

    What holds the words and gives up another wish is nearer than what only fits the other wishes.
    """
    query = await _query_of(turn, search)
    result = await search_catalog(turn.connection, search, query)
    if result.words_matched and result.total:
        return Found(result)
    nearest = await find_nearest(turn.connection, search, query)
    if result.total and (nearest is None or "text" in nearest.relaxed or not nearest.relaxed):
        return Found(result)
    return Found(replace(result, products=(), total=0), nearest)


def said_aside(entities: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The words of a message that are not said of the thing it asks for."""
    return frozenset(
        word
        for entity in entities
        if entity.get("entity") == "query" and entity.get("role") == _ASIDE
        for word in str(entity.get("value")).split()
    )


async def _query_of(turn: Turn, search: SearchFilters) -> Query | None:
    return await read_query(search.text, turn.house.kinds.others) if search.text else None


async def answer_search(
    turn: Turn, search: SearchFilters, said: Mentions, previous: SearchFilters, *, with_stock: bool = False
) -> Events:
    """Search, say what came of it, and remember the search and the list.

    `previous` is the search before: when nothing is cheaper than its list, its cheapest is shown.
    """
    if is_empty(search):
        if said.other_currency:
            turn.say("utter_prices_in_dirhams", currency=said.other_currency)
            return changes(turn, search_slots(search))
        # "Not black", "20 pieces": of what? It is remembered for the kind that is named next.
        asked = await ask_need(turn, is_counted=bool(search.quantity or search.seats))
        return [*asked, *changes(turn, search_slots(search))]
    staged = await need_is_known(turn, search)
    return [*staged, *await _answer(turn, search, said, previous, with_stock=with_stock)]


async def _answer(
    turn: Turn, search: SearchFilters, said: Mentions, previous: SearchFilters, *, with_stock: bool
) -> Events:
    found = await look_up(turn, search)
    if found.result.total and not found.result.products:
        # Behind the last page; the list before it stays.
        turn.say("utter_no_more_products")
        return changes(turn, {})
    if found.result.total:
        _say_found(turn, search, found.result, said, with_stock=with_stock)
        if found.result.held == "none":
            # Words that no product answers would stand in the way of every refinement that follows.
            refused = [word for word in search.text.split() if word.startswith(TURNED_DOWN)]
            search = replace(search, text=" ".join(refused))
        return changes(turn, search_slots(search) | shown_slots(found.result.products))
    relation = next((one for one in said.relations if one in _HELD_BY), None)
    if relation and not is_empty(previous) and _misses_the_point(found.nearest, relation):
        return await _say_end(turn, previous, relation)
    if found.nearest is not None and found.nearest.products:
        _say_nearest(turn, search, found.nearest)
        return changes(turn, search_slots(search) | shown_slots(found.nearest.products))
    if search.category is None and not search.brands and search.text:
        turn.say("utter_unknown_product", categories=await categories(turn))
    else:
        turn.say("utter_no_products")
    return changes(turn, search_slots(search) | shown_slots(()))


def _found_by(turn: Turn, search: SearchFilters, product: Product) -> bool:
    """Whether the product may come from this search, rather than from its code or an older list."""
    if search.category is None:
        return not is_empty(search) and product.sku in at_hand(turn).shown
    return search.category == product.category


async def on_screen(turn: Turn) -> list[Product]:
    """The products of the list on the customer's screen."""
    skus = [sku for sku in at_hand(turn).shown if sku]
    return await read_products(turn.connection, skus) if skus else []


async def _spoken_of(turn: Turn, said: Mentions) -> Product | None:
    """The product last spoken of, where "cheaper", "in black" without a kind is said of it."""
    sku = at_hand(turn).discussed
    if sku is None or said.categories or "other" in said.relations:
        return None
    product = next(iter(await read_products(turn.connection, [sku])), None)
    if turn.intent == "refine_search" or (said.relations and not said.names_a_kind):
        return product
    names_looks = bool(said.colors or said.materials) and not said.names_a_kind
    if product is None or not names_looks or _found_by(turn, read_search(turn.slots), product):
        return None
    return product


async def ask_need(turn: Turn, *, is_counted: bool = False) -> Events:
    """Ask what is looked for, and how many unless that is said; at the beginning a form goes on with it."""
    response = "utter_ask_kind" if is_counted else "utter_ask_need"
    turn.say(response, categories=await categories(turn))
    return await need_is_wanted(turn)


def _say_found(
    turn: Turn, search: SearchFilters, result: SearchResult, said: Mentions, *, with_stock: bool
) -> None:
    lines = product_lines(turn, result.products, with_stock=with_stock, quantity=search.quantity)
    if said.other_currency:
        turn.say("utter_products_other_currency", product_lines=lines, currency=said.other_currency)
    elif not result.words_matched:
        turn.say("utter_products_of_the_kind", product_lines=lines)
    elif result.total == 1:
        turn.say("utter_one_product", product_lines=lines)
    else:
        turn.say("utter_products", shown=len(result.products), total=result.total, product_lines=lines)


def _say_nearest(turn: Turn, search: SearchFilters, nearest: Nearest) -> None:
    short = "quantity" in nearest.relaxed
    lines = product_lines(turn, nearest.products, with_stock=short, quantity=search.quantity)
    turn.say("utter_nearest_products", given_up=given_up(turn, nearest.relaxed), product_lines=lines)


def _misses_the_point(nearest: Nearest | None, relation: str) -> bool:
    return nearest is None or _HELD_BY[relation] in nearest.relaxed


async def _say_end(turn: Turn, previous: SearchFilters, relation: str) -> Events:
    """Nothing is cheaper (bigger, …): say so, with the end of the list before."""
    search = replace(previous, offset=0, order=ORDER_OF_RELATION[relation], not_skus=())
    products = (await search_catalog(turn.connection, search, await _query_of(turn, search))).products
    # Nothing fitted before either: then it is said of what was shown as the nearest.
    ends = products or await on_screen(turn)
    if not ends:
        turn.say("utter_no_products")
        return changes(turn, search_slots(search) | shown_slots(()))
    turn.say(f"utter_none_{relation}", product_lines=product_lines(turn, ends))
    return changes(turn, search_slots(search) | shown_slots(ends))
