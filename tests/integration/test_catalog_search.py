from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.generator import generate_catalog
from catalog.load import load_sample_catalog
from catalog.product import Product
from catalog.schema import metadata, products, vocabulary
from catalog.search import SearchFilters, search_catalog
from catalog.vocabulary import refresh_vocabulary


def _product(sku: str, **changes: object) -> dict[str, object]:
    product = Product(
        sku=sku,
        name_en="Task chair",
        name_ar="كرسي مكتب",
        description_en="Mesh back.",
        description_ar="ظهر شبك.",
        category="chair",
        colors=("black",),
        material="mesh",
        width_cm=60,
        depth_cm=60,
        height_cm=100,
        seats=1,
        rate=Decimal("400.00"),
        stock=10,
        status="active",
        image_url=None,
        last_modified=datetime(2026, 1, 1, tzinfo=UTC),
    )
    row = asdict(product) | changes
    return row | {"colors": list(row["colors"])}


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as opened:
        yield opened


async def _found(connection: AsyncConnection, **filters: object) -> list[str]:
    result = await search_catalog(connection, SearchFilters(limit=50, **filters))  # type: ignore[arg-type]
    assert result.total == len(result.products)
    return [product.sku for product in result.products]


@pytest.fixture
async def shop(connection: AsyncConnection) -> AsyncConnection:
    rows = [
        _product("A"),
        _product("B", rate=Decimal("500.00"), colors=("white", "grey"), material="fabric"),
        _product("C", rate=Decimal("500.01"), stock=0),
        _product("D", rate=Decimal("600.00"), category="desk", material=None),
        _product("E", rate=Decimal("300.00"), status="inactive"),
        _product("F", rate=Decimal("400.00"), stock=2, name_ar="كرسي ١٠٠٪ قطن", name_en="100% cotton_chair"),
    ]
    await connection.execute(insert(products), rows)
    return connection


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["A", "F", "B", "D"]),  # cheapest first, equal prices by SKU; never inactive or sold out
        ({"category": "chair"}, ["A", "F", "B"]),
        ({"category": "lamp"}, []),
        ({"colors": ("grey", "red")}, ["B"]),
        ({"not_colors": ("grey",)}, ["A", "F", "D"]),
        ({"colors": ("white",), "not_colors": ("grey",)}, []),
        ({"materials": ("mesh", "glass")}, ["A", "F"]),
        ({"max_price": Decimal(500)}, ["A", "F", "B"]),
        ({"min_price": Decimal(500)}, ["B", "D"]),
        ({"min_price": Decimal(401), "max_price": Decimal(499)}, []),
        ({"in_stock": False}, ["A", "F", "B", "C", "D"]),
        ({"quantity": 3}, ["A", "B", "D"]),
        ({"quantity": 11}, []),
        ({"text": "كرسي قطن"}, ["F"]),
        ({"text": "100%"}, ["F"]),
        ({"text": "n_c"}, ["F"]),  # the wildcard signs of SQL are letters like others
        ({"text": "CHAIR mesh"}, ["A", "F", "B", "D"]),
    ],
)
async def test_every_filter_is_hard(
    shop: AsyncConnection, filters: dict[str, object], found: list[str]
) -> None:
    assert await _found(shop, **filters) == found


async def test_limit_cuts_the_list_but_not_the_count(shop: AsyncConnection) -> None:
    result = await search_catalog(shop, SearchFilters(limit=2))
    assert ([product.sku for product in result.products], result.total) == (["A", "F"], 4)


async def test_product_comes_back_as_it_was_stored(shop: AsyncConnection) -> None:
    result = await search_catalog(shop, SearchFilters(colors=("grey",)))
    assert _product("B", rate=Decimal("500.00"), colors=("white", "grey"), material="fabric") == (
        asdict(result.products[0]) | {"colors": ["white", "grey"]}
    )


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 51}, {"quantity": 0}])
def test_senseless_filters_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SearchFilters(**wrong)  # type: ignore[arg-type]


async def test_both_bursts_find_the_same_black_chairs(connection: AsyncConnection) -> None:
    await load_sample_catalog(connection)
    filters = SearchFilters(category="chair", colors=("black",), max_price=Decimal(500), limit=50)
    result = await search_catalog(connection, filters)
    expected = [
        product
        for product in generate_catalog()
        if product.category == "chair"
        and "black" in product.colors
        and product.rate <= 500
        and product.stock > 0
        and product.status == "active"
    ]
    expected.sort(key=lambda product: (product.rate, product.sku))
    assert result.total == len(expected) > 3
    assert list(result.products) == expected[:50]


async def test_loading_the_sample_again_changes_nothing(connection: AsyncConnection) -> None:
    await load_sample_catalog(connection)
    before = (await connection.execute(select(products).order_by(products.c.sku))).all()
    versions = (await connection.execute(select(vocabulary.c.version))).scalars().all()
    await load_sample_catalog(connection)
    assert (await connection.execute(select(products).order_by(products.c.sku))).all() == before
    assert (await connection.execute(select(vocabulary.c.version))).scalars().all() == versions == [1]
    assert len(before) == 1_500


async def test_loading_mends_a_changed_sample_and_leaves_other_products(connection: AsyncConnection) -> None:
    await load_sample_catalog(connection)
    await connection.execute(products.update().where(products.c.sku == "CH-1001").values(stock=0, rate=1))
    await connection.execute(insert(products).values(_product("OTHER-1")))
    await load_sample_catalog(connection)
    (original,) = [product for product in generate_catalog() if product.sku == "CH-1001"]
    row = (
        await connection.execute(select(products.c.rate, products.c.stock).where(products.c.sku == "CH-1001"))
    ).one()
    assert tuple(row) == (original.rate, original.stock)
    assert (await connection.execute(select(func.count()).select_from(products))).scalar_one() == 1_501


async def test_vocabulary_version_grows_only_when_a_word_changes(shop: AsyncConnection) -> None:
    assert await refresh_vocabulary(shop)
    assert not await refresh_vocabulary(shop)
    await shop.execute(products.update().where(products.c.sku == "A").values(rate=1))
    assert not await refresh_vocabulary(shop)
    await shop.execute(products.update().where(products.c.sku == "A").values(category="throne"))
    assert await refresh_vocabulary(shop)
    row = (await shop.execute(select(vocabulary.c.version, vocabulary.c.document))).one()
    assert row.version == 2
    assert row.document["categories"] == ["chair", "desk", "throne"]
    # The inactive product E has no say.
    assert row.document["skus"] == ["A", "B", "C", "D", "F"]


def _differences(connection: Connection) -> list[Any]:
    def is_ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name in metadata.tables

    context = MigrationContext.configure(connection, opts={"include_name": is_ours, "compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_models_are_what_the_migrations_make(connection: AsyncConnection) -> None:
    assert await connection.run_sync(_differences) == []


async def test_vectors_stay_in_the_row(connection: AsyncConnection) -> None:
    storage = text(
        "select attstorage from pg_attribute where attrelid = 'products'::regclass and attname = 'embedding'"
    )
    assert (await connection.execute(storage)).scalar_one() in ("p", b"p")
