"""Prices asked of Zoho while a customer waits: what is written, and what is said when nobody knows."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.live_price import PriceCheck, PriceState, check_prices
from storage.pool import DATABASE_FAILED, is_away
from tests.integration.sync_support import SellersZoho, chairs, in_a_hurry, sellers_zoho

DETAILS = "/inventory/v1/itemdetails"


@pytest.fixture
async def shop(
    engine: AsyncEngine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SellersZoho]:
    """Three chairs whose sweep is three hours old."""
    in_a_hurry(monkeypatch)
    async with sellers_zoho(engine, database_url, chairs(3)) as opened:
        await opened.sync()
        await age(opened, hours=3)
        yield opened


async def age(shop: SellersZoho, *, hours: float) -> None:
    async with shop.engine.begin() as connection:
        await connection.execute(
            text("update products set synced_at = synced_at - make_interval(mins => :minutes)"),
            {"minutes": int(hours * 60)},
        )


async def check(shop: SellersZoho) -> PriceCheck:
    return (await check_prices(shop.engine, shop.source, ["X-1001"]))["X-1001"]


async def test_a_price_of_the_last_two_hours_is_not_asked_for(shop: SellersZoho) -> None:
    await age(shop, hours=-1.5)
    assert await check(shop) == PriceCheck("X-1001", PriceState.FRESH, Decimal(100), Decimal(100), 5)
    assert shop.calls(DETAILS) == 0


async def test_an_older_price_is_confirmed_once(shop: SellersZoho) -> None:
    assert (await check(shop)).state is PriceState.CONFIRMED
    assert (await check(shop)).state is PriceState.FRESH
    assert shop.calls(DETAILS) == 1


async def test_a_changed_price_is_told_and_kept(shop: SellersZoho) -> None:
    shop.manager(change={"1001": {"rate": 149.5, "actual_available_for_sale_stock": 2.0}})
    told = await check(shop)
    assert told == PriceCheck("X-1001", PriceState.CHANGED, Decimal("149.50"), Decimal("100.00"), 2)
    row = await shop.row("X-1001")
    assert (row.rate, row.stock, row.status) == (Decimal("149.50"), 2, "active")
    assert (await shop.row("X-1002")).rate == 100


@pytest.mark.parametrize("how", ["deleted", "inactive"])
async def test_what_is_not_sold_any_more_is_told_and_taken_off(shop: SellersZoho, how: str) -> None:
    if how == "deleted":
        shop.manager(delete=["1001"])
    else:
        shop.manager(change={"1001": {"status": "inactive"}})
    assert (await check(shop)).state is PriceState.GONE
    assert (await shop.row("X-1001")).status == "inactive"
    assert (await check(shop)).state is PriceState.GONE


async def test_a_product_that_never_was_is_gone(shop: SellersZoho) -> None:
    told = await check_prices(shop.engine, shop.source, ["NEVER"])
    assert told["NEVER"].state is PriceState.GONE


async def test_all_prices_of_a_quote_are_one_call_and_each_has_its_own_answer(shop: SellersZoho) -> None:
    shop.manager(change={"1001": {"rate": 120}}, delete=["1002"])
    told = await check_prices(shop.engine, shop.source, ["X-1003", "X-1001", "NEVER", "X-1002"])
    assert {sku: check.state.value for sku, check in told.items()} == {
        "X-1001": "changed",
        "X-1002": "gone",
        "X-1003": "confirmed",
        "NEVER": "gone",
    }
    assert shop.calls(DETAILS) == 1


async def test_what_cannot_be_read_is_not_gone(shop: SellersZoho) -> None:
    shop.manager(change={"1001": {"rate": "cheap"}})
    told = await check_prices(shop.engine, shop.source, ["X-1001", "X-1002"])
    assert [told[sku].state for sku in ("X-1001", "X-1002")] == [PriceState.UNCONFIRMED, PriceState.CONFIRMED]
    assert (await shop.row("X-1001")).status == "active"


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "drop"},
        {"action": "html", "status": 502},
        {"action": "truncate"},
        {"action": "slow", "seconds": 30},
        {"action": "answer", "status": 429, "code": 44, "message": "Blocked"},
        {"action": "answer", "status": 401, "code": 57, "message": "You are not authorized"},
    ],
    ids=lambda fault: str(fault["action"]),
)
async def test_a_zoho_that_does_not_answer_is_told_in_time(
    shop: SellersZoho, fault: dict[str, object]
) -> None:
    shop.turn(faults=[{**fault, "product": "inventory", "times": 0}])
    before = await shop.row("X-1001")
    began = time.monotonic()
    told = await check(shop)
    assert time.monotonic() - began < 5
    assert (told.state, told.rate) == (PriceState.UNCONFIRMED, Decimal(100))
    assert told.reason.startswith("Zoho does not answer: ")
    assert await shop.row("X-1001") == before


async def test_a_rate_that_is_no_price_is_not_promised(shop: SellersZoho) -> None:
    shop.manager(change={"1001": {"rate": 0}})
    told = await check(shop)
    assert (told.state, told.reason) == (PriceState.UNCONFIRMED, "Zoho's rate 0 is no price")
    assert (await shop.row("X-1001")).rate == 100


async def test_a_product_without_item_cannot_be_confirmed(shop: SellersZoho) -> None:
    async with shop.engine.begin() as connection:
        await connection.execute(text("update products set zoho_item_id = null"))
    assert (await check(shop)).state is PriceState.UNCONFIRMED
    assert shop.calls(DETAILS) == 0


async def test_connections_that_died_are_for_the_caller_to_try_again(
    shop: SellersZoho, database_url: str
) -> None:
    """As after a restart of Postgres: the turn is taken again, and the customer reads of no outage."""
    await check(shop)
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as other:
        await other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    with pytest.raises(DATABASE_FAILED) as failed:
        await check(shop)
    assert is_away(failed.value)
    assert (await check(shop)).state is PriceState.FRESH
