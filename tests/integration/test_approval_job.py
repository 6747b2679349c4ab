"""A discount approved by word goes into the deal and counts from then on (sales.approval_job)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.messages import OutboxMessages
from app.seller import load_seller
from connectors.zoho.deal_records import ZohoDealRecords
from sales import deal_poll
from sales.approval_job import KIND, ApprovalJob
from sales.discount_storage import approved_discount
from storage.job_runner import JobRunner
from storage.jobs import enqueue
from tests.integration.desk_support import Office
from tests.integration.job_support import hurry
from tests.integration.sale_jobs_support import place_order, sale_street, send_quote
from tests.integration.zoho_jobs_support import ZohoStreet
from tests.support import Database, eventually, in_background

FIELD = "Majlis_Discount"
MESSAGES = OutboxMessages(load_seller().messages)


@pytest.fixture
async def it(database_url: str, engine: AsyncEngine) -> AsyncIterator[ZohoStreet]:
    async with sale_street(Database(database_url, engine)) as street:
        yield street


async def all_done(it: ZohoStreet) -> None:
    """Wait until no job waits; our own call limit and retries wait for nothing."""

    async def done() -> bool:
        await hurry(it.db)
        await it.db.write("update rate_limits set free_at = clock_timestamp() - interval '1 minute'")
        return not await it.db.one("select count(*) from jobs where state = 'waiting'")

    async with in_background(it.runner().run()):
        await eventually(done, within=30, what="all jobs are done")


async def in_force(it: ZohoStreet) -> Decimal:
    async with it.db.engine.connect() as connection:
        return await approved_discount(connection, await it.db.chat())


async def poll(it: ZohoStreet) -> None:
    async with it.db.engine.begin() as connection:
        await enqueue(connection, deal_poll.KIND, "by hand", {})
    await all_done(it)


async def approve(it: ZohoStreet, *percents: str) -> str:
    office = Office(it.db)
    code = await office.code()
    return await office.writes(*(f"approve {code} {percent}" for percent in percents))


async def test_it_stands_in_the_deal_and_counts_and_the_poll_agrees(it: ZohoStreet) -> None:
    await send_quote(it.db)
    await all_done(it)
    await approve(it, "7.5")
    assert await in_force(it) == 0
    await all_done(it)
    [deal] = it.records("Deals")
    assert Decimal(str(deal[FIELD])) == Decimal("7.5")
    assert await in_force(it) == Decimal("7.5")
    assert await it.db.one("select state from discount_approvals") == "in_force"
    for _ in range(2):
        await poll(it)
    assert await in_force(it) == Decimal("7.5")
    assert await it.db.one("select count(*) from approved_discounts") == 1


async def test_it_waits_for_a_zoho_that_is_away_and_for_the_deal(it: ZohoStreet) -> None:
    await send_quote(it.db)
    it.turn_knobs(faults=[{"product": "crm", "action": "answer", "status": 503, "times": 12}])
    await approve(it, "10")
    await all_done(it)
    assert Decimal(str(it.records("Deals")[0][FIELD])) == 10
    assert await in_force(it) == 10


async def test_the_newest_word_stands_in_whatever_order_the_jobs_run(it: ZohoStreet) -> None:
    await send_quote(it.db)
    await all_done(it)
    await approve(it, "5")
    await approve(it, "8")
    await it.db.write(
        f"update jobs set due_at = clock_timestamp() - id * interval '1 s' where kind = '{KIND}'"
    )
    await all_done(it)
    assert Decimal(str(it.records("Deals")[0][FIELD])) == 8
    assert await in_force(it) == 8
    states = await it.db.rows("select state from discount_approvals order by id")
    assert [row.state for row in states] == ["replaced", "in_force"]


async def test_what_a_manager_writes_into_the_deal_afterwards_counts(it: ZohoStreet) -> None:
    await send_quote(it.db)
    await all_done(it)
    await approve(it, "5")
    await all_done(it)
    deal_id = it.records("Deals")[0]["id"]
    await it.zoho.crm.update("Deals", deal_id, {FIELD: 3})
    await poll(it)
    assert await in_force(it) == 3
    # And approving by word again wins over that.
    assert "Noted" in await approve(it, "5")
    await all_done(it)
    assert await in_force(it) == 5


async def test_a_sale_that_was_over_before_zoho_came_back_gets_no_discount(it: ZohoStreet) -> None:
    quote = await send_quote(it.db)
    await all_done(it)
    await approve(it, "5")
    await place_order(it.db, quote)
    await all_done(it)
    assert await it.db.one("select state from discount_approvals") == "refused"
    assert it.records("Deals")[0].get(FIELD) is None
    assert await in_force(it) == 0


class Overtaken:
    """The deals, but before the first discount is written something else happens."""

    def __init__(self, deals: ZohoDealRecords, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._deals = deals
        self._meanwhile = [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._deals, name)

    async def approve_discount(self, deal_id: str, percent: Decimal) -> None:
        if self._meanwhile:
            await self._meanwhile.pop()()
        await self._deals.approve_discount(deal_id, percent)


async def test_a_newer_word_that_was_entered_meanwhile_is_written_last(it: ZohoStreet) -> None:
    await send_quote(it.db)
    await all_done(it)
    await approve(it, "5")

    async def newer() -> None:
        await approve(it, "8")
        async with in_background(it.runner().run()):

            async def entered() -> bool:
                return await in_force(it) == 8

            await eventually(entered, what="the newer word counts")

    deals = Overtaken(ZohoDealRecords(it.zoho.crm, FIELD), newer)
    async with in_background(
        JobRunner(it.db.engine, {KIND: ApprovalJob(it.db.engine, deals, MESSAGES)}, at_once=1).run()
    ):

        async def done() -> bool:
            return not await it.db.one("select count(*) from jobs where state = 'waiting'")

        await eventually(done, within=30, what="both are done")
    assert Decimal(str(it.records("Deals")[0][FIELD])) == 8
    assert await in_force(it) == 8
