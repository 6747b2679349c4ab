"""Jobs: work that has to happen outside, once, however often it is interrupted.

A job is written in the transaction of what makes it necessary, so that both happen or neither. It is then
done at least once: an attempt that may have reached the outside and left no answer is followed by a look-up
with the job's idempotency key, never by a blind repeat. What cannot succeed is parked for the operator
(`majlis parked`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.lease import Held

# The update changes nothing; it is what makes the statement return the id of a job that was there already.
_ENQUEUE = text(
    "insert into jobs (kind, key, payload, conversation_id, due_at) values (:kind, :key,"
    " cast(:payload as jsonb), :conversation_id, clock_timestamp() + make_interval(secs => :delay))"
    " on conflict (kind, key) where state in ('waiting', 'parked') do update set key = excluded.key"
    " returning id"
)
_PROGRESS = text(
    "update jobs set progress = cast(:progress as jsonb)"
    " where id = :id and lease_token = :token and state = 'waiting'"
)
_HELD = text("select from jobs where id = :id and lease_token = :token and state = 'waiting' for key share")


class JobLater(Exception):
    """Nothing happened outside, and another attempt can help.

    `retry_after_seconds`: the outside said that it is useless to come sooner.
    """

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class JobUncertain(Exception):
    """The attempt may have taken effect: the next one looks it up before anything is done again."""


class JobImpossible(Exception):
    """Trying again cannot help; the message tells the operator what is wrong and how to mend it."""


class JobLost(Exception):
    """This process stood still or was cut off, and another may hold the job by now: nothing more is done."""


@dataclass(frozen=True)
class Job:
    """A job as its work sees it."""

    held: Held
    kind: str
    key: str
    payload: Mapping[str, Any]
    conversation_id: int | None
    # What an earlier attempt noted (`note_progress`); empty at first.
    progress: Mapping[str, Any]
    # This attempt's number, from 1.
    attempt: int
    # An earlier attempt may have taken effect outside.
    may_be_done: bool
    # Whether this process is sure to hold the job still.
    is_held: Callable[[], bool]

    def must_be_held(self) -> None:
        """Ask right before each call that must not be made twice.

        Raises:
            JobLost: when the lease may be over.
        """
        if not self.is_held():
            raise JobLost(f"job {self.held.id} may be somebody else's by now")


class Work(Protocol):
    """What is done for jobs of one kind. Both methods may raise JobLater, JobUncertain or JobImpossible;
    any other error counts as uncertain."""

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """The result of an earlier attempt, looked up outside by the job's key; None: there is none."""
        ...

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Do it; the result is kept with the job."""
        ...


async def enqueue(
    connection: AsyncConnection,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    *,
    conversation_id: int | None = None,
    delay_seconds: float = 0,
) -> int:
    """Write a job in the caller's transaction; returns its id.

    While a job of this kind and key waits or is parked, this is its id and nothing is doubled.
    """
    row = await connection.execute(
        _ENQUEUE,
        {
            "kind": kind,
            "key": key,
            "payload": orjson.dumps(payload).decode(),
            "conversation_id": conversation_id,
            "delay": delay_seconds,
        },
    )
    job_id: int = row.scalar_one()
    return job_id


async def note_progress(engine: AsyncEngine, job: Job, progress: Mapping[str, Any]) -> None:
    """Keep what the next attempt, or somebody who watches, should know.

    Raises:
        JobLost: when another claim holds the job.
    """
    parameters = {"id": job.held.id, "token": job.held.token, "progress": orjson.dumps(progress).decode()}
    async with engine.begin() as connection:
        if (await connection.execute(_PROGRESS, parameters)).rowcount == 0:
            raise JobLost(f"job {job.held.id} is held by another claim")


async def must_hold(connection: AsyncConnection, job: Job) -> None:
    """The fence of a work's own writes: asked last in their transaction, so that they come with it or not.

    Raises:
        JobLost: when another claim holds the job.
    """
    if (await connection.execute(_HELD, {"id": job.held.id, "token": job.held.token})).first() is None:
        raise JobLost(f"job {job.held.id} is held by another claim")
