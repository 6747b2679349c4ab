"""kill -9 and freezes at every step of a job: one lead, one task, and the job is done."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sales.ownership_storage import hand_over
from storage.lease import LEASE_SECONDS
from tests.faults.job_workers import Workers
from tests.integration.job_support import until_jobs
from tests.integration.zoho_jobs_support import ZohoStreet, zoho_street
from tests.support import OTHER_CHAT_ID, Database

STEPS = ["job.claimed", "job.began", "job.done_outside", "job.finished"]
CREATE_TASK = {"product": "crm", "method": "POST", "path": "/crm/v8/Tasks"}


@pytest.fixture
async def it(database_url: str, engine: AsyncEngine) -> AsyncIterator[ZohoStreet]:
    async with zoho_street(Database(database_url, engine)) as street:
        yield street


@pytest.fixture
async def workers(it: ZohoStreet, tmp_path: Path) -> AsyncIterator[Workers]:
    made = Workers(it, tmp_path)
    try:
        await made.start(2)
        yield made
    finally:
        made.stop()


async def hand(db: Database, chat_id: str | None = None) -> None:
    async with db.engine.begin() as connection:
        chat = await (db.chat() if chat_id is None else db.chat(chat_id))
        await hand_over(connection, chat, reason="the customer asked")
        # Of its two jobs the one that goes outside is looked at.
        await connection.execute(text("delete from jobs where kind = 'manager.notice'"))


@pytest.mark.parametrize("step", STEPS)
async def test_a_worker_dies(it: ZohoStreet, workers: Workers, step: str) -> None:
    workers.arm(step, "kill")
    await hand(it.db)
    await workers.gone(await workers.reached(step))
    died = time.monotonic()
    [row] = await until_jobs(it.db, "done")
    # Retaken within the lease and a second; the rest is the job itself and our own looking.
    assert time.monotonic() - died < LEASE_SECONDS + 1 + 3
    assert it.count() == (1, 1)
    [task] = it.records("Tasks")
    assert row.result["task_id"] == task["id"]


@pytest.mark.parametrize("step", STEPS)
async def test_a_worker_stands_still_and_wakes_when_another_has_done_the_job(
    it: ZohoStreet, workers: Workers, step: str
) -> None:
    workers.arm(step, "freeze")
    await hand(it.db)
    sleeper = await workers.reached(step)
    [done] = await until_jobs(it.db, "done")
    assert it.count() == (1, 1)
    [other] = set(workers.running) - {sleeper}
    workers.wake(sleeper)
    workers.kill(other)
    # Once it has done another job, whatever it wanted to do with the first one is done, too.
    await hand(it.db, OTHER_CHAT_ID)
    first, _ = await until_jobs(it.db, "done", "done")
    assert it.count() == (2, 2)
    assert (first.result, first.lease_token) == (done.result, done.lease_token)


@pytest.mark.parametrize(
    "fault",
    [
        {**CREATE_TASK, "action": "drop", "after_commit": True},
        {**CREATE_TASK, "action": "html", "after_commit": True},
        {**CREATE_TASK, "action": "truncate"},
        {**CREATE_TASK, "action": "drop"},
    ],
    ids=["commit-then-drop", "502 after the commit", "truncated JSON", "drop before the commit"],
)
async def test_zoho_s_answer_is_lost_and_then_the_worker_too(
    it: ZohoStreet, workers: Workers, fault: dict[str, object]
) -> None:
    """The job is in doubt when the next worker dies over it: the doubt outlives both."""
    it.turn_knobs(faults=[fault])
    await hand(it.db)
    await workers.in_doubt()
    workers.arm("job.began", "kill")
    await workers.gone(await workers.reached("job.began"))
    [row] = await until_jobs(it.db, "done")
    assert it.count() == (1, 1)
    assert row.attempts == 3


async def test_two_workers_share_many_jobs(it: ZohoStreet, workers: Workers) -> None:
    chats = [f"9715000000{number:02}" for number in range(12)]
    for chat_id in chats:
        await hand(it.db, chat_id)
    rows = await until_jobs(it.db, *["done"] * len(chats))
    assert it.count() == (len(chats), len(chats))
    assert [row.attempts for row in rows] == [1] * len(chats)
