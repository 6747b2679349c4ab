"""Random filters against a plain reading of the same rules: nothing outside, nothing missing, same order."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any, get_args

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.filters import SearchFilters
from catalog.generator import generate_catalog
from catalog.nearest import find_nearest
from catalog.product import Product
from catalog.search import search_catalog
from catalog.sides import Side, SideLimit, SideLimits

CATALOG = generate_catalog()
ROUNDS = 40


def _some(random: Random, values: list[Any], most: int = 3) -> tuple[Any, ...]:
    most = min(most, len(values))
    return tuple(random.sample(values, random.randint(1, most))) if random.random() < 0.3 else ()


def _maybe(random: Random, value: Any, share: float = 0.3) -> Any:
    return value if random.random() < share else None


def _known(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _length(one: Product, side: str) -> int | None:
    known = {"width": one.width_cm, "depth": one.depth_cm, "height": one.height_cm}
    if side in known:
        return known[side]
    sides = known.values() if side == "longest" else (one.width_cm, one.depth_cm)
    return max((length for length in sides if length is not None), default=None)


def _side_limits(random: Random, seen: Product, *, at_most: bool) -> SideLimits:
    """At times a limit or two that the product seen keeps, and at times just misses."""
    if random.random() < 0.75:
        return ()
    sides: list[Side] = random.sample(list(get_args(Side)), random.randint(1, 2))
    room = random.choice([-1, 0, 0, 10, 40]) * (1 if at_most else -1)
    return tuple(SideLimit(side, max(1, (_length(seen, side) or 100) + room)) for side in sides)


def _filters(random: Random) -> SearchFilters:
    """Wishes of somebody who has seen one of the products, so that many of them can be met."""
    seen = random.choice(CATALOG)
    sides = [side for side in (seen.width_cm, seen.depth_cm, seen.height_cm) if side]
    turned = [(sides[1], sides[0]), (sides[-1], sides[0])]
    sizes = [(), (), (), (sides[0] + random.randint(-7, 7),), *turned, tuple(sides)]
    return SearchFilters(
        category=_maybe(random, seen.category, 0.6),
        not_categories=_some(random, sorted({one.category for one in CATALOG})),
        colors=random.choice([(), seen.colors, (*seen.colors, "red")]),
        not_colors=_some(random, ["red", "white", "oak", "blue"]),
        materials=random.choice([(), (), _known(seen.material), ("wood", "glass")]),
        not_materials=_some(random, ["leather", "metal", "laminate"]),
        brands=random.choice([(), (), (), _known(seen.brand)]),
        not_brands=_some(random, ["Kestora", "Milvano"]),
        min_price=_maybe(random, seen.rate * Decimal("0.8")),
        max_price=_maybe(random, seen.rate * Decimal("1.3")),
        in_stock=random.random() < 0.8,
        quantity=_maybe(random, random.choice([1, 5, 20, 200, 5_000])),
        seats=_maybe(random, random.choice([1, 2, 4, 8])),
        size=random.choice(sizes),
        max_size=_side_limits(random, seen, at_most=True),
        min_size=_side_limits(random, seen, at_most=False),
        not_skus=_maybe(random, (seen.sku,)) or (),
        order=random.choice(["relevance", "cheapest", "dearest", "biggest", "smallest"]),
        limit=50,
    )


def _fits_what_was_turned_down(one: Product, filters: SearchFilters) -> bool:
    return (
        one.status == "active"
        and (filters.category is None or one.category == filters.category)
        and one.category not in filters.not_categories
        and not set(one.colors) & set(filters.not_colors)
        and one.material not in filters.not_materials
        and one.brand not in filters.not_brands
        and one.sku not in filters.not_skus
        and not (filters.in_stock and one.stock == 0)
    )


def _has_size(one: Product, size: tuple[int, ...]) -> bool:
    def is_about(side: int | None, wanted: int) -> bool:
        return side is not None and abs(side - wanted) <= 5

    if len(size) == 1:
        is_tall = (one.height_cm or 0) >= max(one.width_cm or 0, one.depth_cm or 0)
        height = [one.height_cm] if is_tall else []
        return any(is_about(side, size[0]) for side in (one.width_cm, one.depth_cm, *height))
    width, depth = size[:2]
    others = [one.depth_cm] if len(size) == 3 else [one.depth_cm, one.height_cm]
    return any(
        (is_about(one.width_cm, width) and is_about(other, depth))
        or (is_about(one.width_cm, depth) and is_about(other, width))
        for other in others
    ) and (len(size) < 3 or is_about(one.height_cm, size[2]))


def _broken(one: Product, filters: SearchFilters) -> set[str]:
    fits = {
        "colors": not filters.colors or bool(set(one.colors) & set(filters.colors)),
        "materials": not filters.materials or one.material in filters.materials,
        "brands": not filters.brands or one.brand in filters.brands,
        "min_price": filters.min_price is None or one.rate >= filters.min_price,
        "max_price": filters.max_price is None or one.rate <= filters.max_price,
        "quantity": filters.quantity is None or one.stock >= filters.quantity,
        "seats": filters.seats is None or (one.seats is not None and one.seats >= filters.seats),
        "size": not filters.size or _has_size(one, filters.size),
        "max_size": all((_length(one, it.side) or 10**6) <= it.centimetres for it in filters.max_size),
        "min_size": all((_length(one, it.side) or 0) >= it.centimetres for it in filters.min_size),
    }
    return {name for name, does_fit in fits.items() if not does_fit}


def _key(one: Product, filters: SearchFilters) -> tuple[Any, ...]:
    area = (one.width_cm or 0) * (one.depth_cm or 0)
    first = {
        # So many seats as were asked for come before more.
        "relevance": () if filters.seats is None else (one.seats,),
        "cheapest": (),
        "dearest": (-one.rate,),
        "biggest": (-area, -(one.height_cm or 0)),
        "smallest": (area, one.height_cm or 0),
    }
    return (*first[filters.order], one.rate, one.sku)


@pytest.mark.parametrize("seed", range(5))
async def test_a_search_returns_exactly_what_fits(shop: AsyncConnection, seed: int) -> None:
    random = Random(seed)
    met = 0
    for _ in range(ROUNDS):
        filters = _filters(random)
        expected = [
            one for one in CATALOG if _fits_what_was_turned_down(one, filters) and not _broken(one, filters)
        ]
        expected.sort(key=lambda one: _key(one, filters))
        result = await search_catalog(shop, filters)
        assert result.total == len(expected), filters
        assert list(result.products) == expected[:50], filters
        met += bool(expected)
    # Neither all nor none of the wishes could be met, or nothing was tested.
    assert ROUNDS / 4 < met < ROUNDS


@pytest.mark.parametrize("seed", range(5))
async def test_words_never_lead_outside_the_filters(shop: AsyncConnection, seed: int) -> None:
    random = Random(seed)
    texts = [
        "nova executive leather",
        "كرسي مدير",
        "oak or walnut wood",
        "korsi tebi",
        "emir",
        "something big",
    ]
    for _ in range(ROUNDS):
        filters = _filters(random)
        filters = SearchFilters(**{**vars(filters), "text": random.choice(texts)})
        result = await search_catalog(shop, filters)
        for one in result.products:
            assert _fits_what_was_turned_down(one, filters), (one, filters)
            assert not _broken(one, filters), (one, filters)


@pytest.mark.parametrize("seed", range(5))
async def test_the_nearest_breaks_exactly_what_it_says(shop: AsyncConnection, seed: int) -> None:
    random = Random(seed)
    searched = 0
    while searched < ROUNDS // 2:
        filters = _filters(random)
        if (await search_catalog(shop, filters)).total:
            continue
        searched += 1
        nearest = await find_nearest(shop, filters)
        possible = [_broken(one, filters) for one in CATALOG if _fits_what_was_turned_down(one, filters)]
        if filters.category is None:
            possible = [broken for broken in possible if "brands" not in broken]
        if nearest is None:
            assert possible == [], filters
            continue
        relaxed = set(nearest.relaxed)
        assert relaxed
        # No product breaks only a part of it, and as many as counted break exactly that.
        assert not any(broken < relaxed for broken in possible), filters
        assert possible.count(relaxed) == nearest.total
        for one in nearest.products:
            assert _fits_what_was_turned_down(one, filters)
            assert _broken(one, filters) == relaxed
