"""Runs jobs: each attempt is committed before it begins, and recorded only by whoever still holds the job."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import job_metrics
from storage.claims import Claims
from storage.jobs import Job, JobImpossible, JobLater, JobLost, JobUncertain, Work
from storage.lease import Held, Lease
from storage.pool import DATABASE_FAILED, is_away
from storage.steps import reach

FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 900.0
# What was cut off may still be under way on the other side: looked up at once, it would not be there yet.
UNCERTAIN_RETRY_SECONDS = 5.0
# With the delays above about eight hours: an outside that is away for a night parks nothing that a person
# would have to bring back by hand, and what can never succeed is seen the next morning.
MOST_ATTEMPTS = 40
# Attempts in a row without a verdict: work that kills its worker must not go round for ever.
MOST_SILENT_ATTEMPTS = 4
MEASURE_SECONDS = 5.0

_LOCK = text(
    "select kind, key, payload, conversation_id, progress, attempts, silent_attempts,"
    " began_at is not null as may_be_done"
    " from jobs where id = :id and lease_token = :token and state = 'waiting' for update"
)
_BEGIN = text(
    "update jobs set attempts = attempts + 1, silent_attempts = silent_attempts + 1,"
    " began_at = clock_timestamp() where id = :id"
)
_DONE = text(
    "update jobs set state = 'done', result = cast(:result as jsonb), problem = null, began_at = null,"
    " silent_attempts = 0, due_at = null, lease_until = null, ended_at = clock_timestamp()"
    " where id = :id and lease_token = :token and state = 'waiting'"
)
_AGAIN = text(
    "update jobs set problem = :problem, silent_attempts = 0, lease_until = null,"
    " began_at = case when :nothing_happened then null else began_at end,"
    " due_at = clock_timestamp() + make_interval(secs => :delay)"
    " where id = :id and lease_token = :token and state = 'waiting'"
)
_PARK = text(
    "update jobs set state = 'parked', problem = :problem, silent_attempts = 0, lease_until = null,"
    " began_at = case when :nothing_happened then null else began_at end,"
    " due_at = null, ended_at = clock_timestamp()"
    " where id = :id and lease_token = :token and state = 'waiting'"
)

log = structlog.get_logger(__name__)


class JobRunner:
    """Does jobs of the kinds it has works for, `at_once` at a time; one per worker process.

    Jobs of other kinds wait for a worker that can do them. `stopping` set: `run` claims nothing more and ends
    with the jobs in hand.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        works: Mapping[str, Work],
        *,
        at_once: int,
        stopping: asyncio.Event | None = None,
    ) -> None:
        self._engine = engine
        self._works = works
        lease = Lease("jobs", kinds=sorted(works))
        stopping = stopping or asyncio.Event()
        self._claims = Claims(engine, lease, "jobs", self._guarded, at_once, stopping=stopping)

    async def run(self) -> None:
        """Claim and do jobs until `stopping` or cancelled."""
        async with asyncio.TaskGroup() as parts:
            measuring = parts.create_task(self._measure())
            await self._claims.run()
            measuring.cancel()

    async def _measure(self) -> None:
        while True:
            try:
                async with self._engine.begin() as connection:
                    await job_metrics.measure(connection)
            except DATABASE_FAILED as error:
                log.warning("jobs.unmeasured", error=type(error).__name__)
            await asyncio.sleep(MEASURE_SECONDS)

    async def _guarded(self, held: Held) -> None:
        """Make one attempt; what goes wrong here is logged, and the job is claimed again after its lease."""
        reach("job.claimed")
        with structlog.contextvars.bound_contextvars(job=held.id):
            try:
                await self._attempt(held)
            except DATABASE_FAILED as error:
                log.warning("job.database_away", error=type(error).__name__)
            except JobLost as error:
                log.warning("job.lost", why=str(error))
            except Exception:
                log.exception("job.broken")

    async def _attempt(self, held: Held) -> None:
        async with self._engine.begin() as connection:
            job = await self._begin(connection, held)
        if job is None:
            return
        reach("job.began")
        try:
            outcome, result = await self._outcome(job)
        except JobLater as error:
            await self._again(job, "later", str(error), nothing_happened=not job.may_be_done,
                              at_least_seconds=error.retry_after_seconds or 0.0)  # fmt: skip
        except JobUncertain as error:
            await self._uncertain(job, "uncertain", str(error))
        except JobImpossible as error:
            await self._park(job, "impossible", str(error), nothing_happened=not job.may_be_done)
        except JobLost:
            raise
        except Exception as error:
            # Whatever it was, it may have come after a call that took effect.
            if is_away(error):
                log.warning("job.interrupted", error=type(error).__name__)
            else:
                log.exception("job.failed")
            await self._uncertain(
                job, "broken", f"an error of Majlis itself: {type(error).__name__}: {error}"
            )
        else:
            reach("job.done_outside")
            await self._write(job, outcome, _DONE, result=orjson.dumps(result).decode())
            reach("job.finished")

    async def _begin(self, connection: AsyncConnection, held: Held) -> Job | None:
        """Count the attempt and note that it began; None when the job was lost, or is parked here."""
        row = (await connection.execute(_LOCK, {"id": held.id, "token": held.token})).first()
        if row is None:
            return None
        if row.silent_attempts >= MOST_SILENT_ATTEMPTS:
            problem = (
                f"{row.silent_attempts} attempts in a row ended without a word: their worker was killed, or"
                " the database was away each time. Look into the worker's log, then retry."
            )
            parameters = {"id": held.id, "token": held.token, "problem": problem, "nothing_happened": False}
            await connection.execute(_PARK, parameters)
            job_metrics.TRIES.labels(row.kind, "silent").inc()
            log.error("job.parked", kind=row.kind, outcome="silent")
            return None
        await connection.execute(_BEGIN, {"id": held.id})
        return Job(
            held=held,
            kind=row.kind,
            key=row.key,
            payload=row.payload,
            conversation_id=row.conversation_id,
            progress=row.progress,
            attempt=row.attempts + 1,
            may_be_done=row.may_be_done,
            is_held=lambda: self._claims.holds(held),
        )

    async def _outcome(self, job: Job) -> tuple[str, Mapping[str, Any]]:
        work = self._works[job.kind]
        if job.may_be_done and (found := await work.find(job)) is not None:
            return "found", found
        # Frozen since the claim: another worker has done it meanwhile.
        job.must_be_held()
        return "done", await work.do(job)

    async def _uncertain(self, job: Job, outcome: str, reason: str) -> None:
        await self._again(job, outcome, reason, nothing_happened=False,
                          at_least_seconds=UNCERTAIN_RETRY_SECONDS)  # fmt: skip

    async def _again(
        self, job: Job, outcome: str, reason: str, *, nothing_happened: bool, at_least_seconds: float
    ) -> None:
        if job.attempt >= MOST_ATTEMPTS:
            await self._park(job, outcome, f"given up after {job.attempt} attempts; the last one: {reason}",
                             nothing_happened=nothing_happened)  # fmt: skip
            return
        delay = max(retry_seconds(job.attempt), at_least_seconds) * random.uniform(1.0, 1.25)
        log.warning("job.again", kind=job.kind, outcome=outcome, attempt=job.attempt, delay=round(delay, 1))
        await self._write(
            job, outcome, _AGAIN, problem=reason, nothing_happened=nothing_happened, delay=delay
        )

    async def _park(self, job: Job, outcome: str, problem: str, *, nothing_happened: bool) -> None:
        # Why is in the row: an outside's own words may quote a customer.
        log.error("job.parked", kind=job.kind, outcome=outcome)
        await self._write(job, outcome, _PARK, problem=problem, nothing_happened=nothing_happened)

    async def _write(self, job: Job, outcome: str, statement: Any, **parameters: Any) -> None:
        same = {"id": job.held.id, "token": job.held.token}
        async with self._engine.begin() as connection:
            kept = (await connection.execute(statement, {**same, **parameters})).rowcount == 1
        job_metrics.TRIES.labels(job.kind, outcome if kept else "lost").inc()
        if not kept:
            log.warning("job.lost", kind=job.kind, outcome=outcome)


def retry_seconds(attempt: int) -> float:
    """How long to wait after this attempt (from 1): doubled each time, with a cap."""
    return min(FIRST_RETRY_SECONDS * 2.0 ** (attempt - 1), LONGEST_RETRY_SECONDS)
