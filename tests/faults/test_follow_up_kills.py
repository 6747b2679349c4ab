"""kill -9 and freezes in the middle of a tick of follow-ups, or of sending them: every chat gets one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.sample_templates import sample_templates
from app.zoho import open_zoho
from sales.follow_up_job import KIND
from sandbox.server import start_sandbox
from tests.faults.job_workers import Workers
from tests.integration.follow_up_support import DUBAI, SELLER, now, quoted
from tests.integration.zoho_jobs_support import CONFIG, ZohoStreet, settings_at
from tests.support import Database, eventually

# Two workers die, and a third one finishes.
STEPS = [
    ("job.began", "follow_up.written"),
    ("follow_up.written", "follow_up.committed"),
    ("follow_up.committed", "job.done_outside"),
    ("follow_up.committed", "sender.before_post"),
    ("sender.after_post", "follow_up.written"),
]
CHATS = [f"97150555{number:04}" for number in range(3)]


@pytest.fixture
async def it(database_url: str, engine: AsyncEngine) -> AsyncIterator[ZohoStreet]:
    config = replace(CONFIG, transport="wapi", templates=sample_templates(SELLER, CONFIG.channel_id))
    db = Database(database_url, engine)
    async with start_sandbox(config) as sandbox:
        zoho = open_zoho(settings_at(sandbox.url), engine)
        try:
            yield ZohoStreet(db, sandbox, zoho)
        finally:
            await zoho.close()


@pytest.fixture
async def workers(it: ZohoStreet, tmp_path: Path) -> AsyncIterator[Workers]:
    """Three workers, and chats that became due before the first one came."""
    for chat_id in CHATS:
        await quoted(it.db, chat_id)
    # Between the third and the fifth day, at noon where they are.
    begin = await now(it.db)
    noon = (begin + timedelta(days=4)).astimezone(DUBAI).replace(hour=12)
    await it.db.write("update test_clock set clock_offset = clock_offset + :by", by=noon - begin)
    made = Workers(it, tmp_path, WAZZUP_API_KEY=CONFIG.api_key, MAJLIS_TEST_CLOCK="1")
    try:
        await made.start(3)
        yield made
    finally:
        made.stop()


async def begin(db: Database) -> None:
    """The tick's job, as `storage.cron` writes it."""
    await db.write("insert into jobs (kind, key, payload) values (:kind, 'a tick', '{}')", kind=KIND)


async def check_each_has_one(it: ZohoStreet) -> None:
    async def done() -> bool:
        await it.db.hurry()
        sent = "select count(*) filter (where state = 'accepted') = 3 and count(*) = 3 from outbox"
        ended = "select count(*) = 1 from jobs where state = 'done' and kind = :kind"
        return bool(await it.db.one(sent)) and bool(await it.db.one(ended, kind=KIND))

    await eventually(done, within=40, what="three messages are accepted and the job is done")
    for chat_id in CHATS:
        arrived = [m for m in it.sandbox.wazzup.journal.chat(chat_id) if m.origin == "api"]
        assert [message.type for message in arrived] == ["wapi_template"]
    assert await it.db.one("select count(*) from follow_ups") == 3


@pytest.mark.parametrize("steps", STEPS, ids=[" then ".join(steps) for steps in STEPS])
async def test_workers_die(it: ZohoStreet, workers: Workers, steps: tuple[str, str]) -> None:
    for step in steps:
        workers.arm(step, "kill")
    await begin(it.db)
    for step in steps:
        await workers.gone(await workers.reached(step))
    await check_each_has_one(it)


@pytest.mark.parametrize("step", ["job.began", "follow_up.committed"])
async def test_a_worker_stands_still_and_wakes(it: ZohoStreet, workers: Workers, step: str) -> None:
    workers.arm(step, "freeze")
    await begin(it.db)
    sleeper = await workers.reached(step)
    await check_each_has_one(it)
    workers.wake(sleeper)
    for other in set(workers.running) - {sleeper}:
        workers.kill(other)
    # Once it has done another tick, whatever it wanted to do with the first one is done, too.
    await it.db.write("insert into jobs (kind, key, payload) values (:kind, 'another', '{}')", kind=KIND)

    async def done() -> bool:
        ended = "select count(*) = 2 from jobs where state = 'done' and kind = :kind"
        return bool(await it.db.one(ended, kind=KIND))

    await eventually(done, within=40, what="the sleeper has done another tick")
    await it.db.write("delete from jobs where key = 'another'")
    await check_each_has_one(it)
