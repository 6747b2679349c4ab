"""Ticks on a real Postgres: one job each, whoever asks, by business time."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.clock import advance
from storage.cron import Tick, keep_ticking, tick
from tests.support import Database, eventually, in_background

HOUR = 3_600.0
KIND = "test.sweep"


@pytest.fixture
async def db(database_url: str, engine: AsyncEngine) -> Database:
    made = Database(database_url, engine)
    # Business time stands five minutes after a full hour, so that no test runs into the next one.
    into_the_hour = await made.one("select mod(extract(epoch from clock_timestamp()), 3600)::float8")
    await advance(database_url, HOUR - into_the_hour + 300)
    return made


async def ask(db: Database, name: str = "sweep") -> int | None:
    async with db.engine.begin() as connection:
        return await tick(connection, name, HOUR, KIND)


async def end_jobs(db: Database, state: str = "done") -> None:
    await db.write("update jobs set state = :state, due_at = null where state = 'waiting'", state=state)


async def test_a_tick_is_taken_once(db: Database) -> None:
    first = await ask(db)
    await end_jobs(db)
    assert first is not None
    assert await ask(db) is None
    row = (await db.rows("select kind, key from jobs"))[0]
    due = await db.one("select extract(epoch from due)::bigint from cron_ticks")
    assert (row.kind, row.key, due % HOUR) == (KIND, f"sweep@{due}", 0)


async def test_many_workers_at_once_make_one_job(db: Database) -> None:
    ids = await asyncio.gather(*(ask(db) for _ in range(12)))
    assert sum(made is not None for made in ids) == 1
    assert await db.one("select count(*) from jobs") == 1


async def test_each_hour_of_business_time_has_its_own(db: Database) -> None:
    assert await ask(db) is not None
    await end_jobs(db)
    await advance(db.url, HOUR)
    assert await ask(db) is not None


async def test_after_a_pause_only_the_newest_missed_tick_is_taken(db: Database) -> None:
    await ask(db)
    await end_jobs(db)
    await advance(db.url, 30 * HOUR)
    assert await ask(db) is not None
    assert await ask(db) is None
    assert await db.one("select count(*) from cron_ticks") == 2


async def test_while_a_job_of_an_earlier_tick_waits_there_is_no_second(db: Database) -> None:
    await ask(db)
    await advance(db.url, HOUR)
    assert await ask(db) is None
    await end_jobs(db)
    assert await ask(db) is None, "the tick was taken, it is not made up for"
    await advance(db.url, HOUR)
    assert await ask(db) is not None


async def test_a_parked_job_does_not_stop_the_ticks(db: Database) -> None:
    await ask(db)
    await end_jobs(db, "parked")
    await advance(db.url, HOUR)
    assert await ask(db) is not None


async def test_ticks_of_different_names_do_not_meet(db: Database) -> None:
    assert await ask(db, "sweep") is not None
    await end_jobs(db)
    assert await ask(db, "report") is not None


async def test_old_ticks_are_forgotten(db: Database) -> None:
    await ask(db)
    await end_jobs(db)
    await advance(db.url, 8 * 24 * HOUR)
    await ask(db)
    assert await db.one("select count(*) from cron_ticks") == 1


async def test_two_workers_keep_ticking_and_make_one_job_an_hour(db: Database) -> None:
    ticks = [Tick("sweep", HOUR, KIND)]

    async def jobs_are(count: int) -> None:
        async def reached() -> bool:
            return int(await db.one("select count(*) from jobs")) == count

        await eventually(reached, what=f"there are {count} jobs")
        await end_jobs(db)

    async with in_background(keep_ticking(db.engine, ticks), keep_ticking(db.engine, ticks)):
        for hour in (1, 2, 3):
            await jobs_are(hour)
            await advance(db.url, HOUR)
    keys = [row.key for row in await db.rows("select key from jobs order by id")]
    assert len(keys) == len(set(keys))
