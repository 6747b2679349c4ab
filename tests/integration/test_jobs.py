"""Jobs on a real Postgres: done once outside, looked up when nobody knows, parked when it is no use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client import REGISTRY

from storage.job_runner import MOST_ATTEMPTS, MOST_SILENT_ATTEMPTS, JobRunner, retry_seconds
from storage.jobs import (
    Job,
    JobImpossible,
    JobLater,
    JobLost,
    JobUncertain,
    enqueue,
    must_hold,
    note_progress,
)
from storage.lease import LEASE_SECONDS
from tests.integration.job_support import KIND, Outside, hurry, put, runner, until_jobs
from tests.support import Database, eventually, in_background

# --- writing ---


async def test_a_job_lives_and_dies_with_its_transaction(db: Database) -> None:
    async with db.engine.connect() as connection:
        await enqueue(connection, KIND, "k", {})
        await connection.rollback()
    assert await db.one("select count(*) from jobs") == 0


async def test_the_same_thing_is_not_to_be_done_twice_while_it_waits_or_is_parked(db: Database) -> None:
    first = await put(db, "k")
    assert await put(db, "k") == first
    assert await put(db, "other") != first
    await db.write("update jobs set state = 'parked', due_at = null where id = :id", id=first)
    assert await put(db, "k") == first
    await db.write("update jobs set state = 'done' where id = :id", id=first)
    assert await put(db, "k") != first


async def test_two_who_write_the_same_job_at_once_get_the_same_id(db: Database) -> None:
    assert len({*await asyncio.gather(*(put(db, "k") for _ in range(8)))}) == 1


async def test_a_job_may_wait_for_its_time(db: Database) -> None:
    outside = Outside()
    async with db.engine.begin() as connection:
        await enqueue(connection, KIND, "later", {}, delay_seconds=3_600)
    await put(db, "now")
    async with in_background(runner(db, outside).run()):
        await until_jobs(db, "waiting", "done")
    assert outside.records == ["now"]


# --- doing ---


async def test_a_job_is_done_with_its_payload_and_its_result_is_kept(db: Database) -> None:
    outside = Outside()
    await put(db, "k", colour="black")
    async with in_background(runner(db, outside).run()):
        [row] = await until_jobs(db, "done")
    assert [(job.payload, job.attempt, job.may_be_done) for job in outside.tried] == [
        ({"colour": "black"}, 1, False)
    ]
    assert (row.result, row.attempts, row.due_at, row.began_at) == ({"record": "k"}, 1, None, None)
    assert outside.looked_up == []


async def test_two_workers_share_the_jobs_and_none_is_done_twice(db: Database) -> None:
    outside = Outside()
    for number in range(40):
        await put(db, str(number))
    async with in_background(runner(db, outside).run(), runner(db, outside).run()):
        await until_jobs(db, *["done"] * 40)
    assert sorted(outside.records, key=int) == [str(number) for number in range(40)]


async def test_a_worker_leaves_alone_what_it_has_no_work_for(db: Database) -> None:
    outside = Outside()
    await put(db, "theirs", kind="another.kind")
    await put(db, "mine")
    async with in_background(runner(db, outside).run()):
        [theirs, _] = await until_jobs(db, "waiting", "done")
    assert (theirs.attempts, theirs.lease_token) == (0, 0)


async def test_only_so_many_run_at_once(db: Database) -> None:
    outside = Outside()
    outside.may_answer.clear()
    for number in range(5):
        await put(db, str(number))
    async with in_background(runner(db, outside, at_once=2).run()):
        await outside.until_tried(2)
        assert await db.one("select count(*) from jobs where lease_token > 0") == 2
        outside.may_answer.set()
        await until_jobs(db, *["done"] * 5)
    assert len(outside.records) == 5


async def test_a_job_longer_than_its_lease_is_not_taken_by_another_worker(db: Database) -> None:
    outside = Outside()
    outside.may_answer.clear()
    await put(db)
    async with in_background(runner(db, outside).run(), runner(db, outside).run()):
        await outside.until_tried(1)
        first = await db.one("select lease_until from jobs")

        async def over() -> bool:
            return bool(await db.one("select clock_timestamp() > :first", first=first))

        await eventually(over, within=LEASE_SECONDS + 5, what="the first lease is over")
        assert outside.tried[0].is_held()
        outside.may_answer.set()
        await until_jobs(db, "done")
    assert outside.records == ["k"]


# --- when it does not go well ---


async def test_what_did_not_happen_is_simply_tried_again(db: Database) -> None:
    outside = Outside(script=[JobLater("no connection")])
    await put(db)
    async with in_background(runner(db, outside).run()):
        [row] = await until_jobs(db, "done")
    assert (row.attempts, outside.looked_up, outside.records) == (2, [], ["k"])
    assert row.problem is None


async def test_the_outside_says_when_to_come_again(db: Database) -> None:
    outside = Outside(script=[JobLater("too many calls", 600.0)])
    await put(db)
    async with in_background(runner(db, outside).run()):
        await outside.until_tried(1)

        async def released() -> bool:
            return bool(await db.one("select lease_until is null from jobs"))

        await eventually(released, what="the attempt is over")
    assert 590 < await db.one("select extract(epoch from due_at - clock_timestamp())::float8 from jobs") < 760


async def test_what_took_effect_without_an_answer_is_looked_up_and_not_repeated(db: Database) -> None:
    outside = Outside(script_after=[JobUncertain("no answer")])
    await put(db)
    async with in_background(runner(db, outside).run()):
        [row] = await until_jobs(db, "done", hurried=True)
    assert (outside.records, outside.looked_up, len(outside.tried)) == (["k"], ["k"], 1)
    assert row.result == {"record": "k"}


async def test_what_nobody_can_find_is_done_again(db: Database) -> None:
    outside = Outside(script=[JobUncertain("no answer")])
    await put(db)
    async with in_background(runner(db, outside).run()):
        await until_jobs(db, "done", hurried=True)
    assert (outside.records, outside.looked_up, len(outside.tried)) == (["k"], ["k"], 2)


async def test_after_a_doubt_every_attempt_looks_first(db: Database) -> None:
    """A write that was cut may land late: a harmless refusal in between does not settle the doubt."""
    outside = Outside(script=[JobUncertain("no answer"), JobLater("too many calls")])
    await put(db)
    async with in_background(runner(db, outside).run()):
        await outside.until_tried(1)

        async def waits_again() -> bool:
            await hurry(db)
            return bool(await db.one("select attempts = 2 and lease_until is null from jobs"))

        await eventually(waits_again, what="the second attempt was refused")
        # Now the first one lands.
        outside.records.append("k")
        await until_jobs(db, "done", hurried=True)
    assert outside.records == ["k"]


async def test_an_error_of_our_own_counts_as_a_doubt(db: Database) -> None:
    outside = Outside(script_after=[KeyError("no such field")])
    await put(db)
    async with in_background(runner(db, outside).run()):
        await until_jobs(db, "done", hurried=True)
    assert (outside.records, outside.looked_up) == (["k"], ["k"])


async def test_work_whose_own_database_was_away_is_looked_up_and_not_repeated(db: Database) -> None:
    outside = Outside(script_after=[ConnectionRefusedError("no Postgres")])
    await put(db)
    async with in_background(runner(db, outside).run()):
        await until_jobs(db, "done", hurried=True)
    assert (outside.records, outside.looked_up) == (["k"], ["k"])


async def test_what_cannot_succeed_is_parked_with_its_message(db: Database) -> None:
    outside = Outside(script=[JobImpossible("the field Mobile is no phone: mend it")])
    await put(db)
    async with in_background(runner(db, outside).run()):
        [row] = await until_jobs(db, "parked")
    assert (row.problem, row.attempts, row.due_at) == ("the field Mobile is no phone: mend it", 1, None)
    assert row.ended_at is not None


async def test_a_job_is_given_up_in_the_end(db: Database) -> None:
    outside = Outside(script=[JobLater("no connection")] * 3)
    await put(db)
    await db.write("update jobs set attempts = :most", most=MOST_ATTEMPTS - 2)
    async with in_background(runner(db, outside).run()):
        [row] = await until_jobs(db, "parked", hurried=True)
    assert row.attempts == MOST_ATTEMPTS
    assert row.problem == f"given up after {MOST_ATTEMPTS} attempts; the last one: no connection"


async def test_work_that_kills_its_worker_does_not_go_round_for_ever(db: Database) -> None:
    await put(db)
    await db.write("update jobs set silent_attempts = :most", most=MOST_SILENT_ATTEMPTS)
    outside = Outside()
    async with in_background(runner(db, outside).run()):
        [row] = await until_jobs(db, "parked")
    assert "attempts in a row ended without a word" in row.problem
    assert outside.tried == []


def test_retries_come_less_and_less_often() -> None:
    assert [retry_seconds(attempt) for attempt in (1, 2, 3, 10, 11, 40)] == [1, 2, 4, 512, 900, 900]


# --- the fence ---


async def test_who_lost_the_job_records_nothing_and_stops(db: Database) -> None:
    outside = Outside()
    outside.may_answer.clear()
    await put(db)
    async with in_background(runner(db, outside).run()):
        await outside.until_tried(1)
        # Another claim, whose worker is at it.
        await db.write(
            "update jobs set lease_token = lease_token + 1,"
            " lease_until = clock_timestamp() + interval '1 hour'"
        )

        async def cancelled() -> bool:
            return not outside.tried[0].is_held()

        await eventually(cancelled, within=LEASE_SECONDS + 5, what="the lost attempt was dropped")
        outside.may_answer.set()
        with pytest.raises(JobLost):
            outside.tried[0].must_be_held()
        with pytest.raises(JobLost):
            await note_progress(db.engine, outside.tried[0], {"page": 2})
    assert outside.records == []
    assert await db.one("select state from jobs") == "waiting"


@pytest.mark.parametrize("asks", [False, True])
async def test_an_attempt_whose_job_was_taken_meanwhile_leaves_it_to_the_other(
    db: Database, asks: bool
) -> None:
    """The other claim came between the call and its record: whoever asks is told, whoever does not writes
    nothing."""

    class Overtaken(Outside):
        async def do(self, job: Job) -> Mapping[str, Any]:
            done = await super().do(job)
            if job.attempt == 1:
                await db.write(
                    "update jobs set lease_token = lease_token + 1, lease_until = clock_timestamp(),"
                    " due_at = clock_timestamp()"
                )
                if asks:
                    async with db.engine.begin() as connection:
                        await must_hold(connection, job)
            return done

    outside = Overtaken()
    await put(db)
    async with in_background(runner(db, outside).run()):
        [row] = await until_jobs(db, "done")
    assert (row.attempts, outside.records, outside.looked_up) == (2, ["k"], ["k"])


async def test_who_stood_still_longer_than_a_lease_does_nothing_more(db: Database) -> None:
    """As a frozen process does: it wakes between its look-up and its call, and believes the job its own."""

    class StandingStill(Outside):
        async def find(self, job: Job) -> Mapping[str, Any] | None:
            if job.attempt == 1:
                time.sleep(LEASE_SECONDS + 0.1)  # noqa: ASYNC251 - nothing else of the process may run
            return await super().find(job)

    outside = StandingStill()
    await put(db)
    await db.write("update jobs set began_at = clock_timestamp()")
    async with in_background(runner(db, outside).run()):
        await until_jobs(db, "done")
    assert [job.attempt for job in outside.tried] == [2]


async def test_progress_is_kept_for_the_next_attempt(db: Database) -> None:
    class Noting(Outside):
        async def do(self, job: Job) -> Mapping[str, Any]:
            if not job.progress:
                await note_progress(db.engine, job, {"page": 2})
                raise JobLater("interrupted")
            return {"went_on_at": job.progress["page"]}

    await put(db)
    async with in_background(runner(db, Noting()).run()):
        [row] = await until_jobs(db, "done")
    assert row.result == {"went_on_at": 2}


# --- figures ---


async def test_the_gauges_tell_what_waits_and_what_is_parked(db: Database) -> None:
    for key in ("a", "b", "c"):
        await put(db, key)
    await db.write("update jobs set state = 'parked', due_at = null where key = 'a'")
    await db.write("update jobs set due_at = clock_timestamp() - interval '100 seconds' where key = 'b'")

    async def measured() -> bool:
        return REGISTRY.get_sample_value("majlis_jobs_parked") == 1

    async with in_background(JobRunner(db.engine, {}, at_once=1).run()):
        await eventually(measured, what="the gauges are set")
    assert REGISTRY.get_sample_value("majlis_jobs_waiting") == 2
    oldest = REGISTRY.get_sample_value("majlis_jobs_oldest_due_seconds")
    assert oldest is not None
    assert 100 <= oldest < 130


async def test_tries_are_counted_by_outcome(db: Database) -> None:
    def tries(outcome: str) -> float:
        labels = {"kind": KIND, "outcome": outcome}
        return REGISTRY.get_sample_value("majlis_job_tries_total", labels) or 0.0

    before = {outcome: tries(outcome) for outcome in ("done", "later", "impossible")}
    await put(db, "a")
    await put(db, "b")
    outside = Outside(script=[JobLater("no connection"), JobImpossible("no")])
    async with in_background(runner(db, outside, at_once=1).run()):

        async def ended() -> bool:
            await hurry(db)
            return bool(await db.one("select count(*) = 0 from jobs where state = 'waiting'"))

        await eventually(ended, what="both jobs ended")
    assert {outcome: tries(outcome) - before[outcome] for outcome in before} == {
        "done": 1, "later": 1, "impossible": 1,
    }  # fmt: skip
