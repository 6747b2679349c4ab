"""Hard filters, orders and pages on a real Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.generator import generate_catalog
from catalog.nearest import find_nearest
from catalog.search import SearchFilters, read_products, search_catalog
from tests.integration.catalog_support import found, product, store

FEW = [
    product("A"),
    product("B", rate=Decimal("500.00"), colors=("white", "grey"), material="fabric", brand="Kestora"),
    product("C", rate=Decimal("500.01"), stock=0),
    product(
        "D", rate=Decimal("600.00"), category="desk", material=None, brand="Norvane",
        width_cm=160, depth_cm=80, height_cm=75, seats=None,
    ),
    product("E", rate=Decimal("300.00"), status="inactive"),
    product("F", rate=Decimal("400.00"), stock=2, seats=4, width_cm=122, depth_cm=57, height_cm=85),
    product(
        "G", rate=Decimal("90.00"), category="accessory", width_cm=None, depth_cm=None, height_cm=40,
        seats=None,
    ),
]  # fmt: skip


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as opened:
        yield opened


@pytest.fixture
async def few(connection: AsyncConnection) -> AsyncConnection:
    await store(connection, FEW)
    return connection


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["G", "A", "F", "B", "D"]),  # cheapest first, equal prices by SKU; never inactive or sold out
        ({"category": "chair"}, ["A", "F", "B"]),
        ({"category": "lamp"}, []),
        ({"not_categories": ("chair", "lamp")}, ["G", "D"]),
        ({"category": "chair", "not_categories": ("chair",)}, []),
        ({"colors": ("grey", "red")}, ["B"]),
        ({"not_colors": ("grey",)}, ["G", "A", "F", "D"]),
        ({"colors": ("white",), "not_colors": ("grey",)}, []),
        ({"materials": ("mesh", "glass")}, ["G", "A", "F"]),
        ({"not_materials": ("mesh",)}, ["B", "D"]),  # a desk of unknown material is not of mesh
        ({"brands": ("Kestora", "Norvane")}, ["B", "D"]),
        ({"not_brands": ("Kestora",)}, ["G", "A", "F", "D"]),
        ({"max_price": Decimal(500)}, ["G", "A", "F", "B"]),
        ({"min_price": Decimal(500)}, ["B", "D"]),
        ({"min_price": Decimal(401), "max_price": Decimal(499)}, []),
        ({"min_price": Decimal(500), "max_price": Decimal(400)}, []),
        ({"category": "chair", "in_stock": False}, ["A", "F", "B", "C"]),
        ({"quantity": 3}, ["G", "A", "B", "D"]),
        ({"quantity": 11}, []),
        ({"quantity": 5_000, "in_stock": False}, []),
        ({"seats": 1}, ["A", "B", "F"]),  # so many seats first, then more
        ({"seats": 2}, ["F"]),
        ({"size": (75,)}, ["D"]),
        ({"size": (120,)}, ["F"]),  # 122 is about 120
        ({"size": (116,)}, []),
        ({"size": (120, 60)}, ["F"]),
        ({"size": (60, 120)}, ["F"]),
        ({"size": (120, 85)}, ["F"]),  # what stands at a wall is measured by width and height
        ({"size": (85, 120)}, ["F"]),
        ({"size": (57, 85)}, []),  # never by depth and height
        ({"size": (60, 85, 120)}, []),  # of three the last is the height
        ({"size": (60, 120, 85)}, ["F"]),
        ({"size": (60, 120, 100)}, []),
        ({"not_skus": ("A", "G")}, ["F", "B", "D"]),
    ],
)
async def test_every_filter_is_hard(
    few: AsyncConnection, filters: dict[str, Any], expected: list[str]
) -> None:
    assert await found(few, **filters) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("cheapest", ["G", "A", "F", "B", "D"]),
        ("dearest", ["D", "B", "A", "F", "G"]),
        # By the floor, then by height; what has no floor size comes last, both ways.
        ("biggest", ["D", "F", "A", "B", "G"]),
        ("smallest", ["A", "B", "F", "D", "G"]),
    ],
)
async def test_orders_are_complete(few: AsyncConnection, order: str, expected: list[str]) -> None:
    assert await found(few, order=order) == expected


async def test_pages_have_neither_gaps_nor_doubles(shop: AsyncConnection) -> None:
    whole = await found(shop, category="locker", limit=50)
    assert len(whole) > 30
    pages = []
    for offset in range(0, 60, 7):
        filters = SearchFilters(category="locker", offset=offset, limit=7)
        result = await search_catalog(shop, filters)
        assert result.total == len(whole)
        pages += [one.sku for one in result.products]
    assert pages == whole


async def test_behind_the_last_page_the_count_still_comes(few: AsyncConnection) -> None:
    result = await search_catalog(few, SearchFilters(category="chair", offset=30))
    assert (result.products, result.total) == ((), 3)


async def test_nearest_in_size_measures_what_stands_at_a_wall_by_its_height(
    connection: AsyncConnection,
) -> None:
    board = product("BOARD", width_cm=120, depth_cm=3, height_cm=80)
    desk = product("DESK", width_cm=120, depth_cm=60, height_cm=75)
    await store(connection, [desk, board])
    for size in ((120, 100), (100, 120)):
        nearest = await find_nearest(connection, SearchFilters(category="chair", size=size))
        assert nearest is not None
        assert [one.sku for one in nearest.products] == ["BOARD", "DESK"]


async def test_limit_cuts_the_list_but_not_the_count(few: AsyncConnection) -> None:
    result = await search_catalog(few, SearchFilters(limit=2))
    assert ([one.sku for one in result.products], result.total) == (["G", "A"], 5)


async def test_product_comes_back_as_it_was_stored(few: AsyncConnection) -> None:
    result = await search_catalog(few, SearchFilters(colors=("grey",)))
    assert result.products == (FEW[1],)


async def test_products_are_read_in_the_order_asked(few: AsyncConnection) -> None:
    # C is sold out but known; E is no longer sold, and nobody ever had X.
    assert await read_products(few, ["F", "X", "C", "E", "A"]) == [FEW[5], FEW[2], FEW[0]]
    assert await read_products(few, []) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0}, {"limit": 51}, {"offset": -1}, {"quantity": 0}, {"seats": 0}, {"size": (0,)},
        {"size": (1, 2, 3, 4)}, {"min_price": Decimal(-1)}, {"max_price": Decimal(-1)}, {"order": "newest"},
    ],
)  # fmt: skip
def test_senseless_filters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SearchFilters(**wrong)


async def test_words_of_sql_are_words_like_others(few: AsyncConnection) -> None:
    for text in ("'; drop table products; --", "x' | 'y", "100% \\ _ :* & ! <->", "\x00"):
        assert await found(few, category="chair", text=text) == ["A", "F", "B"]


async def test_both_bursts_find_the_same_black_chairs(shop: AsyncConnection) -> None:
    filters = SearchFilters(category="chair", colors=("black",), max_price=Decimal(500), limit=50)
    result = await search_catalog(shop, filters)
    expected = [
        one
        for one in generate_catalog()
        if one.category == "chair"
        and "black" in one.colors
        and one.rate <= 500
        and one.stock > 0
        and one.status == "active"
    ]
    expected.sort(key=lambda one: (one.rate, one.sku))
    assert result.total == len(expected) > 3
    assert list(result.products) == expected[:50]
