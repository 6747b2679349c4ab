"""Ticks: what has to happen every so often happens once, however many workers ask.

A tick is a row (name, due); whoever inserts it makes its job in the same statement. After a pause only the
newest missed tick is taken, and while the job of an earlier one still waits no second job is made. Ticks go
by business time, so that tests and demonstrations can jump over a day.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.pool import DATABASE_FAILED

LOOK_SECONDS = 1.0

_TICK = text(
    "with newest as ("
    "  select to_timestamp(floor(extract(epoch from majlis_now()) / :every) * :every) as due"
    "), taken as ("
    "  insert into cron_ticks (name, due) select cast(:name as text), due from newest"
    "  on conflict do nothing returning due"
    "), forgotten as ("
    "  delete from cron_ticks using taken"
    "  where cron_ticks.name = :name and cron_ticks.due < taken.due - interval '7 days'"
    ") insert into jobs (kind, key, payload)"
    "  select cast(:kind as text), :name || '@' || extract(epoch from due)::bigint, '{}' from taken"
    "  where not exists (select 1 from jobs where kind = :kind and state = 'waiting')"
    "  on conflict do nothing returning id"
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Tick:
    """A job of `kind` every `every_seconds` of business time, counted from midnight UTC on 1970-01-01."""

    name: str
    every_seconds: float
    kind: str


async def tick(connection: AsyncConnection, name: str, every_seconds: float, kind: str) -> int | None:
    """Take the newest tick if it is due and nobody has; the id of its job, None when there is none to do."""
    parameters = {"name": name, "every": every_seconds, "kind": kind}
    job_id: int | None = (await connection.execute(_TICK, parameters)).scalar()
    return job_id


async def keep_ticking(engine: AsyncEngine, ticks: Sequence[Tick]) -> None:
    """Take ticks as they come due, until cancelled; every worker may do so."""
    while True:
        for each in ticks:
            try:
                async with engine.begin() as connection:
                    job_id = await tick(connection, each.name, each.every_seconds, each.kind)
            except DATABASE_FAILED as error:
                log.warning("cron.database_away", error=type(error).__name__)
            else:
                if job_id is not None:
                    log.info("cron.tick", tick=each.name, job=job_id)
        await asyncio.sleep(LOOK_SECONDS)
