"""Somebody who waits for a job: joins the one that is under way, or starts it, and looks how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.jobs import enqueue

_DROP_PARKED = text(
    "update jobs set state = 'dropped', ended_at = clock_timestamp() where kind = :kind and state = 'parked'"
)
_WAITING = text("select id from jobs where kind = :kind and state = 'waiting' order by id limit 1")
# One that is being done is left alone: its due time is not what it waits for.
_HURRY = text(
    "update jobs set due_at = clock_timestamp() where id = :id and state = 'waiting'"
    " and due_at > clock_timestamp() and coalesce(lease_until <= clock_timestamp(), true)"
)
_HURRY_ALL = text(
    "update jobs set due_at = clock_timestamp() where state = 'waiting'"
    " and due_at > clock_timestamp() and coalesce(lease_until <= clock_timestamp(), true)"
)
_UNDONE = text(
    "select kind, state, coalesce(problem, '') as problem from jobs"
    " where conversation_id = :id and state in ('waiting', 'parked') order by id"
)
_LOOK = text(
    "select state, progress, result, problem, coalesce(lease_until > clock_timestamp(), false) as is_held,"
    " coalesce(due_at > clock_timestamp(), false) as is_put_off from jobs where id = :id"
)


@dataclass(frozen=True)
class Undone:
    """A job that waits or is parked, and what went wrong with it last."""

    kind: str
    state: str
    problem: str


@dataclass(frozen=True)
class JobState:
    """A job as somebody who waits for it sees it."""

    # `waiting`, `done`, `parked` or `dropped`.
    state: str
    progress: Mapping[str, Any]
    result: Mapping[str, Any]
    # What went wrong last; empty when nothing did.
    problem: str
    # Somebody is doing it now.
    is_held: bool
    # It failed for now, and is tried again later.
    is_put_off: bool


async def drop_parked(connection: AsyncConnection, kind: str) -> None:
    """Give up what earlier jobs of this kind left parked, in the caller's transaction.

    For kinds whose next run makes good what an earlier one did not (a full sweep).
    """
    await connection.execute(_DROP_PARKED, {"kind": kind})


async def join(connection: AsyncConnection, kind: str) -> int:
    """The id of the job of this kind that waits or is being done, or of a new one; it is due at once."""
    await drop_parked(connection, kind)
    waiting: int | None = (await connection.execute(_WAITING, {"kind": kind})).scalar()
    job_id = await enqueue(connection, kind, "by hand", {}) if waiting is None else waiting
    await connection.execute(_HURRY, {"id": job_id})
    return job_id


async def start(connection: AsyncConnection, kind: str, key: str, payload: Mapping[str, Any]) -> int:
    """The id of a job of its own with this payload, beside any other of its kind; it is due at once."""
    await drop_parked(connection, kind)
    job_id = await enqueue(connection, kind, key, payload)
    await connection.execute(_HURRY, {"id": job_id})
    return job_id


async def look(engine: AsyncEngine, job_id: int) -> JobState:
    """How the job stands."""
    async with engine.connect() as connection:
        row = (await connection.execute(_LOOK, {"id": job_id})).one()
    return JobState(row.state, row.progress, row.result or {}, row.problem or "", row.is_held, row.is_put_off)


async def undone_jobs(connection: AsyncConnection, conversation_id: int) -> tuple[Undone, ...]:
    """What is still to be done for a chat, oldest first."""
    rows = await connection.execute(_UNDONE, {"id": conversation_id})
    return tuple(Undone(row.kind, row.state, row.problem) for row in rows)


async def hurry_all(connection: AsyncConnection) -> None:
    """What was put off is due at once: what it waited for is there again."""
    await connection.execute(_HURRY_ALL)
