"""kill -9 and freezes at every step of a sale's jobs: one record of each kind, and the customer told once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests import quote_samples as samples
from tests.faults.job_workers import Workers
from tests.integration.job_support import until_jobs
from tests.integration.sale_jobs_support import (
    counts,
    custom,
    one_of_each,
    place_order,
    sale_street,
    send_quote,
    until_sold,
)
from tests.integration.zoho_jobs_support import ZohoStreet
from tests.support import Database

# Two steps a test, and a third worker to finish: the record is there and its id is not kept, then it is.
QUOTE_STEPS = [
    ("crm.made.account_id", "crm.kept.account_id"),
    ("crm.made.contact_id", "crm.kept.contact_id"),
    ("crm.made.deal_id", "crm.kept.deal_id"),
    ("crm.made.books_customer_id", "crm.kept.books_customer_id"),
    ("crm.made.estimate_id", "crm.kept.estimate_id"),
    ("crm.made.booked", "crm.made.note_id"),
    ("crm.kept.note_id", "job.done_outside"),
]
ORDER_STEPS = [
    ("crm.order.accepted", "crm.made.salesorder_id"),
    ("crm.order.confirmed", "crm.order.told"),
    ("crm.order.won", "job.done_outside"),
]
CREATE_ORDER = {"product": "inventory", "method": "POST", "path": "/inventory/v1/salesorders"}


@pytest.fixture
async def it(database_url: str, engine: AsyncEngine) -> AsyncIterator[ZohoStreet]:
    async with sale_street(Database(database_url, engine)) as street:
        yield street


@pytest.fixture
async def workers(it: ZohoStreet, tmp_path: Path) -> AsyncIterator[Workers]:
    made = Workers(it, tmp_path)
    try:
        await made.start(3)
        yield made
    finally:
        made.stop()


async def kill_at(workers: Workers, steps: tuple[str, str]) -> None:
    """Wait until a worker has died at the first step, and another one at the second."""
    for step in steps:
        await workers.gone(await workers.reached(step))


def arm(workers: Workers, steps: tuple[str, str]) -> None:
    for step in steps:
        workers.arm(step, "kill")


async def check_sold(it: ZohoStreet, **others: int) -> None:
    """Everything of the sale is there once, and the customer knows the number."""
    assert counts(it) == one_of_each(salesorders=1, **others)
    [order] = it.records("salesorders")
    assert order["status"] == "confirmed"
    assert it.records("estimates")[0]["status"] == "accepted"
    assert it.records("Deals")[0]["Stage"] == "Closed Won"
    [told] = await it.db.rows("select text from outbox")
    assert order["salesorder_number"] in told.text
    [ours] = await it.db.rows("select state, number from orders")
    assert tuple(ours) == ("confirmed", order["salesorder_number"])


@pytest.mark.parametrize("steps", QUOTE_STEPS, ids=[first for first, _ in QUOTE_STEPS])
async def test_workers_die_over_a_quote(it: ZohoStreet, workers: Workers, steps: tuple[str, str]) -> None:
    arm(workers, steps)
    await send_quote(it.db)
    await kill_at(workers, steps)
    [row] = await until_sold(it.db, "done")
    assert counts(it) == one_of_each()
    assert row.attempts == 3
    assert row.result["estimate_id"] == it.records("estimates")[0]["estimate_id"]


@pytest.mark.parametrize("steps", ORDER_STEPS, ids=[first for first, _ in ORDER_STEPS])
async def test_workers_die_over_an_order(it: ZohoStreet, workers: Workers, steps: tuple[str, str]) -> None:
    quote = await send_quote(it.db)
    await until_sold(it.db, "done")
    arm(workers, steps)
    await place_order(it.db, quote)
    await kill_at(workers, steps)
    _, row = await until_sold(it.db, "done", "done")
    assert row.attempts == 3
    await check_sold(it)


async def test_workers_die_over_a_revision(it: ZohoStreet, workers: Workers) -> None:
    first = await send_quote(it.db)
    await until_sold(it.db, "done")
    steps = ("crm.made.estimate_id", "crm.made.note_id")
    arm(workers, steps)
    second = await send_quote(it.db, (samples.CHAIR,))
    await kill_at(workers, steps)
    await until_sold(it.db, "done", "done")
    assert counts(it) == one_of_each(estimates=2, notes=2)
    references = [custom(estimate, "cf_bot_ref") for estimate in it.records("estimates")]
    assert sorted(map(str, references)) == [first.number, second.number]


@pytest.mark.parametrize("step", ["crm.order.accepted", "crm.made.salesorder_id", "crm.order.confirmed"])
async def test_a_worker_stands_still_and_wakes_when_the_order_is_made(
    it: ZohoStreet, workers: Workers, step: str
) -> None:
    quote = await send_quote(it.db)
    await until_sold(it.db, "done")
    workers.arm(step, "freeze")
    await place_order(it.db, quote)
    sleeper = await workers.reached(step)
    _, done = await until_sold(it.db, "done", "done")
    workers.wake(sleeper)
    for other in set(workers.running) - {sleeper}:
        workers.kill(other)
    # Once it has recorded another quote, whatever it wanted to do with the order is done, too.
    await send_quote(it.db, (samples.DESK,))
    _, same, _ = await until_sold(it.db, "done", "done", "done")
    assert (same.result, same.lease_token) == (done.result, done.lease_token)
    assert len(it.records("salesorders")) == 1
    assert await it.db.one("select count(*) from outbox") == 1


@pytest.mark.parametrize(
    "fault",
    [
        {**CREATE_ORDER, "action": "drop", "after_commit": True},
        {**CREATE_ORDER, "action": "html", "after_commit": True},
        {**CREATE_ORDER, "action": "truncate"},
        {**CREATE_ORDER, "action": "drop"},
    ],
    ids=["commit-then-drop", "502 after the commit", "truncated JSON", "drop before the commit"],
)
async def test_zoho_s_answer_is_lost_and_then_the_worker_too(
    it: ZohoStreet, workers: Workers, fault: dict[str, object]
) -> None:
    """The order is in doubt when the next worker dies over it: the doubt outlives both."""
    quote = await send_quote(it.db)
    await until_jobs(it.db, "done")
    await it.db.write("delete from jobs")
    it.turn_knobs(faults=[fault])
    await place_order(it.db, quote)
    await workers.in_doubt()
    workers.arm("job.began", "kill")
    await workers.gone(await workers.reached("job.began"))
    await until_sold(it.db, "done")
    await check_sold(it)
