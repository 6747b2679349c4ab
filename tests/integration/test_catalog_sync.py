"""The sweep and the swap, over real sockets: what becomes of the catalog when items change in Zoho."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Row, func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.generator import generate_catalog
from catalog.load import load_sample_catalog
from catalog.ports import SourceAway
from catalog.product import Product
from catalog.schema import EMBEDDED_HASH, products, vocabulary
from catalog.sync import SyncRefused
from catalog.sync_rules import Mirrored
from catalog.sync_storage import SweepOvertaken, swap
from tests.integration.sync_support import (
    ITEMS,
    SellersZoho,
    chairs,
    in_a_hurry,
    samples,
    sellers_zoho,
)


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


@pytest.fixture
async def shop(engine: AsyncEngine, database_url: str) -> AsyncIterator[SellersZoho]:
    """Three pages of chairs, not yet synced."""
    async with sellers_zoho(engine, database_url, chairs(450)) as opened:
        yield opened


@pytest.fixture
async def full_shop(engine: AsyncEngine, database_url: str) -> AsyncIterator[SellersZoho]:
    """The 1,500 items of the sample catalog, not yet synced."""
    async with sellers_zoho(engine, database_url, samples()) as opened:
        yield opened


def product_of(row: Row[Any]) -> Product:
    values = {field.name: row._mapping[field.name] for field in fields(Product)}
    return Product(**{**values, "colors": tuple(values["colors"])})


def without_sight(rows: Any) -> list[dict[str, Any]]:
    """The rows without the time they were seen."""
    return [{name: value for name, value in row._mapping.items() if name != "synced_at"} for row in rows]


async def test_the_first_sweep_reads_eight_pages_and_makes_every_product(full_shop: SellersZoho) -> None:
    report = await full_shop.sync()
    assert full_shop.calls() == 8
    assert (report.pages, report.items, report.new, report.changed) == (8, 1_500, 1_500, 0)
    assert (report.skipped, report.arabic_made, report.without_stock_figure) == (0, 0, 0)
    rows = await full_shop.rows()
    assert [product_of(row) for row in rows] == generate_catalog()
    assert len({row.zoho_item_id for row in rows}) == 1_500
    async with full_shop.engine.connect() as connection:
        document = (await connection.execute(select(vocabulary.c.document))).scalar_one()
    assert "chair" in document["categories"]


async def test_the_second_sweep_changes_no_row(full_shop: SellersZoho) -> None:
    await full_shop.sync()
    before = await full_shop.rows()
    report = await full_shop.sync()
    after = await full_shop.rows()
    assert (report.new, report.changed, report.taken_off) == (0, 0, 0)
    assert without_sight(after) == without_sight(before)
    assert min(row.synced_at for row in after) > max(row.synced_at for row in before)
    async with full_shop.engine.connect() as connection:
        assert (await connection.execute(select(vocabulary.c.version))).scalar_one() == 1


async def test_products_of_the_sample_become_those_of_their_items(full_shop: SellersZoho) -> None:
    async with full_shop.engine.begin() as connection:
        await load_sample_catalog(connection)
    report = await full_shop.sync()
    assert (report.new, report.changed, report.taken_off) == (0, 1_500, 0)
    assert all(row.zoho_item_id for row in await full_shop.rows())


async def test_what_changes_in_zoho_changes_here_and_nothing_else_does(shop: SellersZoho) -> None:
    await shop.sync()
    shop.manager(
        change={
            "1001": {"rate": 129.5},
            "1002": {"actual_available_for_sale_stock": 77.0},
            "1003": {"name": "Armchair"},
            "1004": {"status": "inactive"},
        },
        delete=["1005"],
        insert=[{**chairs(1)[0], "item_id": "9001", "sku": "NEW-1"}],
    )
    report = await shop.sync()
    assert (report.new, report.changed, report.taken_off) == (1, 4, 2)
    assert (await shop.row("X-1001")).rate == Decimal("129.50")
    assert (await shop.row("X-1002")).stock == 77
    assert (await shop.row("X-1003")).name_en == "Armchair"
    assert (await shop.row("NEW-1")).status == "active"
    assert {row.sku for row in await shop.rows() if row.status == "inactive"} == {"X-1004", "X-1005"}
    async with shop.engine.connect() as connection:
        document = (await connection.execute(select(vocabulary.c.document))).scalar_one()
    assert {"NEW-1", "X-1001"} <= set(document["skus"])
    assert not {"X-1004", "X-1005"} & set(document["skus"])
    # And back: a reactivated item is sold again.
    shop.manager(change={"1004": {"status": "active"}})
    assert (await shop.sync()).changed == 1
    assert (await shop.row("X-1004")).status == "active"


async def test_vectors_are_made_anew_only_where_the_text_changed(shop: SellersZoho) -> None:
    await shop.sync()
    async with shop.engine.begin() as connection:
        await connection.execute(text(f"update products set embedding_hash = {EMBEDDED_HASH}"))
    shop.manager(change={"1001": {"rate": 1}, "1002": {"name": "Armchair"}, "1003": {"sku": "RENAMED"}})
    await shop.sync()
    outdated = f"select sku from products where embedding_hash is distinct from {EMBEDDED_HASH}"
    async with shop.engine.connect() as connection:
        assert list((await connection.execute(text(outdated))).scalars()) == ["X-1002"]


async def test_an_item_keeps_its_product_under_a_new_sku(shop: SellersZoho) -> None:
    await shop.sync()
    shop.manager(change={"1001": {"sku": "X-1002"}, "1002": {"sku": "X-1001"}, "1003": {"sku": "Brand-New"}})
    report = await shop.sync()
    assert (report.new, report.changed, report.taken_off) == (0, 3, 0)
    found = {row.sku: row.zoho_item_id for row in await shop.rows()}
    assert (found["X-1002"], found["X-1001"], found["Brand-New"]) == ("1001", "1002", "1003")
    assert "X-1003" not in found


async def test_the_sku_of_a_deleted_item_may_be_given_to_another(shop: SellersZoho) -> None:
    await shop.sync()
    shop.manager(
        delete=["1001", "1002"],
        insert=[{**chairs(1)[0], "item_id": "9001", "name": "Successor"}],
        change={"1003": {"sku": "x-1002"}},
    )
    await shop.sync()
    rows = {row.sku: row for row in await shop.rows()}
    assert (rows["X-1001"].zoho_item_id, rows["X-1001"].name_en) == ("9001", "Successor")
    assert rows["x-1002"].zoho_item_id == "1003"
    assert not {"X-1002", "X-1003"} & set(rows)


async def test_items_deleted_between_pages_take_no_other_product_off_sale(shop: SellersZoho) -> None:
    await shop.sync()
    shop.manager(delete=["1001", "1002"], after_page=1)
    report = await shop.sync()
    # 1201 and 1202 slipped to the page that had been read already; they were asked for by their ids.
    assert shop.calls("/inventory/v1/itemdetails") == 1
    assert (report.items, report.taken_off) == (450, 0)
    # The deleted ones were there when their page was read.
    assert (await shop.sync()).taken_off == 2
    assert {row.sku for row in await shop.rows() if row.status == "inactive"} == {"X-1001", "X-1002"}


async def test_items_inserted_between_pages_are_read_twice_and_the_newer_counts(shop: SellersZoho) -> None:
    await shop.sync()
    early = {**chairs(1)[0], "item_id": "9001", "sku": "NEW-1", "created_time": "2025-01-01T00:00:00+0400"}
    shop.manager(insert=[early], change={"1200": {"rate": 777}}, after_page=1)
    report = await shop.sync()
    # 1200 stood at the end of page 1, with the old rate, and at the beginning of page 2 with the new one.
    assert (await shop.row("X-1200")).rate == 777
    assert (report.items, report.taken_off, report.skipped) == (450, 0, 0)
    assert (await shop.sync()).new == 1


FAULTS: dict[str, dict[str, object]] = {
    "HTML in place of JSON": {"action": "html", "status": 502},
    "a cut answer": {"action": "truncate"},
    "a cut connection": {"action": "drop"},
    "a failure with HTTP 200": {"action": "answer", "status": 200, "code": 1000, "message": "Internal error"},
    "too many calls this minute": {"action": "answer", "status": 429, "code": 44, "message": "Blocked"},
    "too many calls this day": {"action": "answer", "status": 429, "code": 45, "message": "Exceeded"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_sweep_that_fails_on_a_late_page_changes_nothing(
    shop: SellersZoho, fault: dict[str, object]
) -> None:
    await shop.sync()
    before = await shop.rows()
    shop.manager(change={"1001": {"rate": 1}}, delete=["1002"])
    shop.turn(faults=[{**fault, "product": "inventory", "path": ITEMS, "nth": 3, "times": 0}])
    with pytest.raises(SourceAway):
        await shop.sync()
    assert await shop.rows() == before
    shop.turn(faults=[])
    async with shop.engine.begin() as connection:
        await connection.execute(text("update rate_limits set blocked_until = null, free_at = now()"))
    assert (await shop.sync()).taken_off == 1
    assert (await shop.row("X-1001")).rate == 1


async def test_a_single_bad_answer_does_not_end_the_sweep(shop: SellersZoho) -> None:
    shop.turn(faults=[{"action": "html", "status": 502, "path": ITEMS, "nth": 2}])
    assert (await shop.sync()).new == 450


async def test_a_token_that_dies_in_mid_sweep_is_replaced_and_the_sweep_goes_on(shop: SellersZoho) -> None:
    shop.turn(faults=[{"action": "expire_token", "product": "inventory", "path": ITEMS, "nth": 2}])
    assert (await shop.sync()).new == 450
    assert shop.sandbox.zoho.tokens.issued_count == 2


async def test_a_zoho_that_is_away_changes_nothing(engine: AsyncEngine, database_url: str) -> None:
    async with AsyncExitStack() as opened:
        shop = await opened.enter_async_context(sellers_zoho(engine, database_url, chairs(3)))
        await shop.sync()
        before = await shop.rows()
        shop.turn(faults=[{"action": "drop", "times": 0}])
        with pytest.raises(SourceAway):
            await shop.sync()
        assert await shop.rows() == before


async def test_too_many_removals_at_once_are_refused_until_a_person_accepts_them(shop: SellersZoho) -> None:
    await shop.sync()
    before = await shop.rows()
    shop.manager(delete=[str(1001 + number) for number in range(136)], change={"1400": {"rate": 1}})
    with pytest.raises(SyncRefused, match=r"Of 450 products on sale 136 .* --accept-removals"):
        await shop.sync()
    assert await shop.rows() == before
    report = await shop.sync(accept_removals=True)
    assert report.taken_off == 136
    assert (await shop.row("X-1400")).rate == 1


async def test_thirty_per_cent_may_go_at_once(shop: SellersZoho) -> None:
    await shop.sync()
    shop.manager(delete=[str(1001 + number) for number in range(135)])
    assert (await shop.sync()).taken_off == 135


@pytest.mark.parametrize("how", ["deleted", "inactive"])
async def test_a_zoho_that_sells_nothing_any_more_is_not_believed(
    engine: AsyncEngine, database_url: str, how: str
) -> None:
    async with sellers_zoho(engine, database_url, chairs(3)) as shop:
        await shop.sync()
        everything = ["1001", "1002", "1003"]
        if how == "deleted":
            shop.manager(delete=everything)
        else:
            shop.manager(change={item_id: {"status": "inactive"} for item_id in everything})
        with pytest.raises(SyncRefused, match="3 would be taken off at once"):
            await shop.sync()
        assert {row.status for row in await shop.rows()} == {"active"}


async def test_an_item_that_cannot_be_sold_is_named_and_its_siblings_go_on(shop: SellersZoho) -> None:
    await shop.sync()
    shop.manager(
        change={
            "1001": {"rate": -5},
            "1002": {"sku": ""},
            "1003": {"sku": "x-1004"},
            "1005": {"custom_fields": [{"api_name": "cf_width_cm", "value": "wide"}]},
            "1006": {"rate": "by arrangement"},
            "1007": {"rate": 55},
        }
    )
    report = await shop.sync()
    assert {problem["item"] for problem in report.problems} == {
        "1001",
        "1002",
        "1003",
        "1004",
        "1005",
        "1006",
    }
    assert (report.skipped, report.changed, report.taken_off) == (6, 1, 0)
    assert (await shop.row("X-1001")).rate == 100
    assert (await shop.row("X-1007")).rate == 55


async def test_what_zoho_does_not_know_is_made_or_left_out_and_counted(
    engine: AsyncEngine, database_url: str
) -> None:
    unnamed = {
        "name": "Nova Task Chair, Black Mesh",
        "brand": "Norvane",
        "track_inventory": False,
        "custom_fields": [
            {"api_name": "cf_colors", "value": "Black"},
            {"api_name": "cf_material", "value": "Mesh"},
        ],
    }
    async with sellers_zoho(engine, database_url, [*chairs(1, **unnamed), *chairs(3)[1:]]) as shop:
        report = await shop.sync()
        assert (report.arabic_made, report.without_stock_figure) == (1, 1)
        row = await shop.row("X-1001")
        assert (row.name_ar, row.name_ar_is_made, row.stock) == ("كرسي Norvane Nova، شبك، أسود", True, 0)
        assert not (await shop.row("X-1002")).name_ar_is_made


async def test_readers_see_the_old_catalog_or_the_new_one(engine: AsyncEngine, database_url: str) -> None:
    prices = select(func.min(products.c.rate), func.max(products.c.rate), func.count())
    async with sellers_zoho(engine, database_url, chairs(1_100)) as shop:
        await shop.sync()
        shop.manager(change={str(1001 + number): {"rate": 200} for number in range(1_100)})
        seen = set()
        syncing = asyncio.create_task(shop.sync())
        async with engine.connect() as opened:
            connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
            while not syncing.done():
                seen.add(tuple((await connection.execute(prices)).one()))
        assert (await syncing).changed == 1_100
        assert seen <= {(100, 100, 1_100), (200, 200, 1_100)}
        assert (100, 100, 1_100) in seen


async def test_a_sweep_that_began_earlier_is_not_taken_over_a_later_one(shop: SellersZoho) -> None:
    await shop.sync()
    before = await shop.rows()
    nothing = Mirrored([], [])
    with pytest.raises(SweepOvertaken):
        await swap(shop.engine, nothing, {}, before[0].synced_at, lambda plan: None)
    assert await shop.rows() == before
