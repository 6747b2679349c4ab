"""How a message changes the search before it: starts anew, narrows, corrects, "cheaper", "not black" (pure).

The search of a conversation is a `SearchFilters`; this module makes the next one out of the last one, what
was just said, and the products that are on the customer's screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from catalog.correction import with_limits_meant
from catalog.filters import Order, SearchFilters
from catalog.mentions import Mentions
from catalog.product import Product
from catalog.sides import allows, leaving_room, merged_limits

# search: the message names what it wants. refine: it changes what was shown. correct: it takes something
# back ("no, I meant white"), so even another kind of product keeps the other wishes.
Manner = Literal["search", "refine", "correct"]

NOTHING = SearchFilters()

# "About 500" is anything from 400 to 600.
_ABOUT = Decimal("0.2")
_FILS = Decimal("0.01")
# What a comparison means while nothing is shown that it could compare with.
ORDER_OF_RELATION: dict[str, Order] = {
    "cheaper": "cheapest",
    "dearer": "dearest",
    "bigger": "biggest",
    "smaller": "smallest",
}
_PEOPLE = 2
# A description that grows with every message is cut to its newest words.
_MOST_WORDS = 20


def is_empty(search: SearchFilters) -> bool:
    """Whether the search says nothing that a product could fit; a mere quantity or "not black" is nothing."""
    return not (
        search.category
        or search.brands
        or search.colors
        or search.materials
        or search.size
        or search.max_size
        or search.min_size
        or search.text
        or search.seats is not None
        or search.min_price is not None
        or search.max_price is not None
        or search.order != NOTHING.order
    )


def refine(
    previous: SearchFilters, said: Mentions, *, manner: Manner, shown: Sequence[Product] = ()
) -> SearchFilters:
    """The search that the customer means now; `shown` are the products of the last list.

    The newer fact wins over the older of its kind, and over whatever it contradicts. The new search begins
    at its first page, except that plain "something else" goes on to the next one.
    """
    said = _in_short(previous, said)
    anew = _starts_anew(previous, said, manner)
    search = replace(NOTHING if anew else previous, offset=0)
    search = _with_kind(search, said)
    search = _with_looks(search, said)
    search = _with_prices(search, said)
    search = _with_sizes(search, with_limits_meant(search, said) if manner == "correct" else said)
    search = replace(
        search,
        quantity=said.quantity or search.quantity,
        seats=said.seats or search.seats,
        order=said.order or search.order,
    )
    for relation in said.relations:
        if relation in ("bigger", "smaller") and (said.size or said.max_size or said.min_size):
            # "A bigger one, 160" than those of at most 140: the measure says how big.
            outgrown = "max_size" if relation == "bigger" else "min_size"
            search = replace(search, **{outgrown: getattr(said, outgrown)})
            continue
        if (relation == "other_color" and said.colors) or (relation == "other_material" and said.materials):
            # "Change the colour to beige" of a list that holds beige ones: the one that is named counts.
            continue
        search = _compared(search, relation, () if anew else shown, said.max_price)
    if "other" in said.relations and shown and not anew:
        if replace(search, offset=previous.offset) == previous:
            return next_page(previous)
        return replace(search, not_skus=_merged(search.not_skus, _skus(shown)))
    return search


def next_page(search: SearchFilters) -> SearchFilters:
    """The same search behind the products of the last list."""
    return replace(search, offset=search.offset + search.limit)


def like(product: Product) -> SearchFilters:
    """The search for what could stand in for a product: its kind, colours and material, near its price."""
    return replace(
        NOTHING,
        category=product.category,
        colors=product.colors,
        materials=(product.material,) if product.material else (),
        max_price=_money(product.rate * (1 + _ABOUT)),
        not_skus=(product.sku,),
    )


def _in_short(previous: SearchFilters, said: Mentions) -> Mentions:
    """ "The table can't be longer than 3 m" after meeting tables is said of a meeting table."""
    kind = said.categories[0] if said.categories else None
    names_only_part = kind is not None and (previous.category or "").endswith(f" {kind}")
    if not names_only_part or said.words or said.brands or not replace(said, categories=()).narrows:
        return said
    return replace(said, categories=(str(previous.category), *said.categories[1:]))


def _starts_anew(previous: SearchFilters, said: Mentions, manner: Manner) -> bool:
    if manner == "correct":
        return False
    if said.categories:
        # Wishes that came before any kind of product was named belong to the first that is named.
        searched = previous.category is not None or previous.brands or previous.text
        return bool(searched) and said.categories[0] != previous.category
    return manner == "search" and bool(said.brands or said.words)


def _with_kind(search: SearchFilters, said: Mentions) -> SearchFilters:
    category = said.categories[0] if said.categories else search.category
    refused = _merged(search.not_categories, said.not_categories, without=(category,))
    if category in said.not_categories and not said.categories:
        category = None
        refused = _merged(search.not_categories, said.not_categories)
    if said.categories and (said.words or said.categories[0] != search.category):
        # What described the chair does not describe the desk.
        text = said.text
    else:
        text = " ".join(_merged(tuple(search.text.split()), tuple(said.text.split()))[-_MOST_WORDS:])
    return replace(
        search,
        category=category,
        not_categories=refused,
        brands=_without(said.brands or search.brands, said.not_brands),
        not_brands=_merged(search.not_brands, said.not_brands, without=said.brands),
        text=text,
    )


def _with_looks(search: SearchFilters, said: Mentions) -> SearchFilters:
    return replace(
        search,
        colors=_without(said.colors or search.colors, said.not_colors),
        not_colors=_merged(search.not_colors, said.not_colors, without=said.colors),
        materials=_without(said.materials or search.materials, said.not_materials),
        not_materials=_merged(search.not_materials, said.not_materials, without=said.materials),
    )


def _with_prices(search: SearchFilters, said: Mentions) -> SearchFilters:
    minimum, maximum = said.min_price, said.max_price
    if said.about_price is not None and minimum is None and maximum is None:
        minimum = _money(said.about_price * (1 - _ABOUT))
        maximum = _money(said.about_price * (1 + _ABOUT))
    if minimum is None and maximum is None:
        return search
    if maximum is None and search.max_price is not None and minimum is not None:
        # "over 600" after "under 500": the newer limit replaces the older one.
        maximum = search.max_price if search.max_price >= minimum else None
    elif minimum is None and search.min_price is not None and maximum is not None:
        minimum = search.min_price if search.min_price <= maximum else None
    return replace(search, min_price=minimum, max_price=maximum)


def _with_sizes(search: SearchFilters, said: Mentions) -> SearchFilters:
    """The measures and limits said now, with those of before that leave room for them."""
    maximum, minimum, size = search.max_size, search.min_size, search.size
    if said.size:
        maximum = tuple(limit for limit in maximum if allows(limit, "max", said.size))
        minimum = tuple(limit for limit in minimum if allows(limit, "min", said.size))
    elif size:
        fits = all(allows(limit, "max", size) for limit in said.max_size) and all(
            allows(limit, "min", size) for limit in said.min_size
        )
        size = size if fits else ()
    return replace(
        search,
        size=said.size or size,
        max_size=merged_limits(leaving_room(maximum, said.min_size, newer_end="min"), said.max_size),
        min_size=merged_limits(leaving_room(minimum, said.max_size, newer_end="max"), said.min_size),
    )


def _compared(
    search: SearchFilters, relation: str, shown: Sequence[Product], limit: Decimal | None = None
) -> SearchFilters:
    """The search for something cheaper, bigger, other … than all that is shown.

    `limit` is a highest price that the same message names.
    """
    if not shown:
        return replace(search, order=ORDER_OF_RELATION.get(relation, search.order))
    prices = [product.rate for product in shown]
    match relation:
        case "cheaper":
            # "Over 1,500" no longer holds for who then asks for cheaper ones.
            below = max(min(prices) - _FILS, Decimal(0))
            return replace(search, min_price=None, max_price=below if limit is None else min(below, limit))
        case "dearer":
            return _with_prices(search, Mentions(min_price=max(prices) + _FILS))
        case "bigger" | "smaller":
            return _resized(search, relation, shown)
        case "other_color":
            seen = _merged(search.not_colors, search.colors, *(product.colors for product in shown))
            return replace(search, colors=(), not_colors=seen)
        case "other_material":
            materials = tuple(product.material for product in shown if product.material)
            seen = _merged(search.not_materials, search.materials, materials)
            return replace(search, materials=(), not_materials=seen)
    return search


def _resized(search: SearchFilters, relation: str, shown: Sequence[Product]) -> SearchFilters:
    """Bigger or smaller than what is shown: by people where it seats several, else by its footprint."""
    seats = [product.seats for product in shown if product.seats is not None]
    areas = [
        product.width_cm * product.depth_cm for product in shown if product.width_cm and product.depth_cm
    ]
    if relation == "bigger" and seats and max(seats) >= _PEOPLE:
        return replace(search, seats=max(seats) + 1, size=())
    if not areas:
        return replace(search, order=ORDER_OF_RELATION[relation], not_skus=_skus(shown), size=())
    if relation == "bigger":
        return replace(search, min_footprint=max(areas) + 1, max_footprint=None, size=())
    return replace(search, max_footprint=min(areas) - 1, min_footprint=None, seats=None, size=())


def _skus(products: Sequence[Product]) -> tuple[str, ...]:
    return tuple(product.sku for product in products)


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(_FILS, ROUND_HALF_UP)


def _merged(*lists: tuple[str, ...], without: tuple[Any, ...] = ()) -> tuple[str, ...]:
    """All values once, in the order they came."""
    return tuple(value for value in dict.fromkeys(sum(lists, ())) if value not in without)


def _without(values: tuple[str, ...], refused: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for value in values if value not in refused)
