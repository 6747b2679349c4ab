"""A job runner with a scripted work, and an outside that remembers what was done to it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row
from typer.testing import CliRunner, Result

from app.cli import majlis
from storage.job_runner import JobRunner
from storage.jobs import Job, enqueue
from tests.support import Database, eventually

KIND = "test.write"


def opened_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate


@dataclass
class Outside:
    """Somebody else's system behind `Work`: keeps a record for each call, as the script says.

    An entry of `script` is raised before anything is kept; of `script_after`, once it was.
    """

    script: list[Exception] = field(default_factory=list)
    script_after: list[Exception] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    tried: list[Job] = field(default_factory=list)
    # While cleared, calls are taken but not answered.
    may_answer: asyncio.Event = field(default_factory=opened_gate)

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        self.looked_up.append(job.key)
        return {"record": job.key} if job.key in self.records else None

    async def do(self, job: Job) -> Mapping[str, Any]:
        self.tried.append(job)
        await self.may_answer.wait()
        if self.script:
            raise self.script.pop(0)
        self.records.append(job.key)
        if self.script_after:
            raise self.script_after.pop(0)
        return {"record": job.key}

    async def until_tried(self, count: int) -> None:
        """Wait until `count` calls have arrived here."""

        async def enough() -> bool:
            return len(self.tried) >= count

        await eventually(enough, what=f"{count} attempts were made")


def runner(db: Database, outside: Outside, *, at_once: int = 4) -> JobRunner:
    return JobRunner(db.engine, {KIND: outside}, at_once=at_once)


async def put(db: Database, key: str = "k", *, kind: str = KIND, **payload: object) -> int:
    """A job in a transaction of its own."""
    async with db.engine.begin() as connection:
        return await enqueue(connection, kind, key, payload)


async def hurry(db: Database) -> None:
    """What is to be tried later is tried now."""
    await db.write("update jobs set due_at = clock_timestamp() where due_at > clock_timestamp()")


async def until_jobs(db: Database, *states: str, hurried: bool = False) -> Sequence[Row[Any]]:
    """Wait until the jobs, oldest first, are in exactly these states; `hurried`: retries wait for nothing.

    Notices to the manager are none of them: each hand-over has one, and here nobody is told.
    """

    async def reached() -> Sequence[Row[Any]]:
        if hurried:
            await hurry(db)
        rows = await db.rows("select * from jobs where kind <> 'manager.notice' order by id")
        return rows if [row.state for row in rows] == list(states) else []

    return await eventually(reached, what=f"jobs are {states}")


async def majlis_parked(*arguments: str, answer: str | None = None) -> Result:
    """Run the command as somebody who types it does, in a thread: it has an event loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, majlis, ["parked", *arguments], input=answer)
