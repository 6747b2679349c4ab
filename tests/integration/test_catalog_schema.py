"""The catalog's tables: what the sample loads into them, the vocabulary, and the models beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.generator import generate_catalog
from catalog.load import load_sample_catalog
from catalog.schema import EMBEDDED_HASH, catalog_words, metadata, products, vocabulary
from catalog.vocabulary import refresh_vocabulary
from tests.integration.catalog_support import product, store


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as opened:
        yield opened


async def test_loading_the_sample_again_changes_nothing(shop: AsyncConnection) -> None:
    before = (await shop.execute(select(products).order_by(products.c.sku))).all()
    versions = (await shop.execute(select(vocabulary.c.version))).scalars().all()
    await load_sample_catalog(shop)
    assert (await shop.execute(select(products).order_by(products.c.sku))).all() == before
    assert (await shop.execute(select(vocabulary.c.version))).scalars().all() == versions == [1]
    assert len(before) == 1_500


async def test_loading_mends_a_changed_sample_and_leaves_other_products(shop: AsyncConnection) -> None:
    await shop.execute(products.update().where(products.c.sku == "CH-1001").values(stock=0, rate=1, words=""))
    await store(shop, [product("OTHER-1")])
    await load_sample_catalog(shop)
    (original,) = [one for one in generate_catalog() if one.sku == "CH-1001"]
    columns = (products.c.rate, products.c.stock, func.length(products.c.words) > 0)
    row = (await shop.execute(select(*columns).where(products.c.sku == "CH-1001"))).one()
    assert tuple(row) == (original.rate, original.stock, True)
    assert (await shop.execute(select(func.count()).select_from(products))).scalar_one() == 1_501


async def test_vocabulary_version_grows_only_when_a_word_changes(connection: AsyncConnection) -> None:
    shop = [product("A", brand="Kestora"), product("B", category="desk"), product("E", status="inactive")]
    await store(connection, shop)
    assert not await refresh_vocabulary(connection)
    await connection.execute(products.update().where(products.c.sku == "A").values(rate=1))
    assert not await refresh_vocabulary(connection)
    await connection.execute(products.update().where(products.c.sku == "A").values(category="throne"))
    assert await refresh_vocabulary(connection)
    row = (await connection.execute(select(vocabulary.c.version, vocabulary.c.document))).one()
    assert row.version == 2
    assert row.document["categories"] == ["desk", "throne"]
    assert row.document["brands"] == ["Kestora"]
    # The inactive product E has no say.
    assert row.document["skus"] == ["A", "B"]


async def test_words_are_counted_anew_with_every_change(connection: AsyncConnection) -> None:
    async def counts() -> dict[str, int]:
        rows = await connection.execute(select(catalog_words.c.word, catalog_words.c.products))
        return {row.word: row.products for row in rows}

    await store(
        connection, [product("A"), product("B", name_en="Bar stool"), product("C", status="inactive")]
    )
    assert {word: (await counts()).get(word) for word in ("", "task", "stool", "chair")} == {
        "": 2, "task": 1, "stool": 1, "chair": 2,
    }  # fmt: skip
    await connection.execute(products.delete().where(products.c.sku == "B"))
    await refresh_vocabulary(connection)
    assert {word: (await counts()).get(word) for word in ("", "task", "stool", "chair")} == {
        "": 1, "task": 1, "stool": None, "chair": 1,
    }  # fmt: skip


def _differences(connection: Connection) -> list[Any]:
    def is_ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name in metadata.tables

    context = MigrationContext.configure(connection, opts={"include_name": is_ours, "compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_models_are_what_the_migrations_make(connection: AsyncConnection) -> None:
    assert await connection.run_sync(_differences) == []


async def test_what_every_search_reads_stays_in_the_row(connection: AsyncConnection) -> None:
    storage = text(
        "select attname, attstorage::text from pg_attribute"
        " where attrelid = 'products'::regclass and attname in ('embedding', 'words')"
    )
    rows = (await connection.execute(storage)).all()
    # Vectors plain, words in the row as long as it fits.
    assert {row.attname: row.attstorage for row in rows} == {"embedding": "p", "words": "m"}


async def test_a_search_without_words_reads_no_rows(shop: AsyncConnection) -> None:
    for setting in ("enable_seqscan", "enable_bitmapscan"):
        await shop.execute(text(f"set local {setting} = off"))
    plan = await shop.execute(
        text(
            "explain select sku, rate, width_cm, depth_cm, height_cm from products where status = 'active'"
            " and category = 'chair' and rate <= 500 and stock > 0 and colors && '{black}'"
            " and material = 'mesh' and brand = 'Kestora' and seats >= 1"
        )
    )
    assert "Index Only Scan using ix_products_category_rate" in "\n".join(plan.scalars())


async def test_looking_for_work_reads_an_index_that_is_empty_without_any(shop: AsyncConnection) -> None:
    await shop.execute(text("set local enable_seqscan = off"))
    await shop.execute(text("set local enable_sort = off"))
    plan = await shop.execute(
        text(
            f"explain select sku from products where status = 'active' and embedding_hash is distinct from"
            f" {EMBEDDED_HASH} order by last_modified desc, sku desc limit 8"
        )
    )
    assert "using ix_products_without_vector" in "\n".join(plan.scalars())
