"""A worker that is told to end finishes what it has in hand and begins nothing more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from app import weekly_review
from app.seller import load_seller
from app.weekly_review import WeeklyReview
from app.worker import finish
from quality.ports import ChatToGrade, Verdict
from storage.job_runner import JobRunner
from tests.integration.job_support import KIND, Outside, put
from tests.integration.report_support import MANAGER, last_week, turn_at
from tests.integration.sender_support import street
from tests.integration.turn_support import ScriptedEngine, said, worker
from tests.support import CHAT_ID, OTHER_CHAT_ID, Database, eventually

# None of these waits for anything but what it was told; a busy machine may be slow.
LONG_ENOUGH_SECONDS = 60.0


async def test_a_job_in_hand_is_finished_and_the_next_is_left_to_others(db: Database) -> None:
    outside, stopping = Outside(), asyncio.Event()
    outside.may_answer.clear()
    await put(db, "in hand")
    running = asyncio.create_task(JobRunner(db.engine, {KIND: outside}, at_once=1, stopping=stopping).run())
    await outside.until_tried(1)
    await put(db, "left")
    stopping.set()
    outside.may_answer.set()
    await asyncio.wait_for(running, LONG_ENOUGH_SECONDS)
    rows = await db.rows("select key, state, lease_token from jobs order by id")
    assert [tuple(row) for row in rows] == [("in hand", "done", 1), ("left", "waiting", 0)]


async def test_a_turn_in_hand_is_answered_and_another_chats_is_left_to_others(db: Database) -> None:
    rasa, stopping = ScriptedEngine(), asyncio.Event()
    rasa.may_answer.clear()
    await db.customer("hi")
    running = asyncio.create_task(replace(worker(db, rasa), stopping=stopping).run())
    await rasa.until_taken(1)
    stopping.set()
    await db.customer("anybody there?", chat_id="971500000002")
    rasa.may_answer.set()
    await asyncio.wait_for(running, LONG_ENOUGH_SECONDS)
    assert await said(db) == ["answer to hi"]
    assert [row.state for row in await db.rows("select state from turns")] == ["done"]


async def test_a_send_in_hand_is_settled_and_the_next_is_left_to_others(db: Database) -> None:
    async with street(db) as it:
        it.turn_knobs(send_script=["slow:1"])
        stopping = asyncio.Event()
        [first] = await db.say("in hand")
        running = asyncio.create_task(replace(it.sender(), stopping=stopping).run())

        async def attempted() -> bool:
            return bool(await db.one("select attempts = 1 from outbox where id = :id", id=first))

        await eventually(attempted, what="the first row is being sent")
        stopping.set()
        [second] = await db.say("left")
        await asyncio.wait_for(running, LONG_ENOUGH_SECONDS)
        assert it.keys() == [str(first)]
        assert await db.one("select state from outbox where id = :id", id=first) == "accepted"
        assert await db.one("select state from outbox where id = :id", id=second) == "queued"


async def test_what_fails_at_the_end_is_no_clean_end() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    async def end() -> None:
        return

    with pytest.raises(ZeroDivisionError):
        await finish([asyncio.create_task(end()), asyncio.create_task(fail())])


@dataclass
class Slow:
    """A grader whose answers are waited for."""

    taken: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def grade(self, chat: ChatToGrade) -> Sequence[Verdict]:
        self.taken.set()
        await self.may_answer.wait()
        return []


async def test_a_review_in_hand_ends_with_its_chat_and_the_next_is_left_to_others(db: Database) -> None:
    week = await last_week(db)
    for chat_id in (CHAT_ID, OTHER_CHAT_ID):
        await turn_at(db, chat_id, week.since + timedelta(hours=1))
    grader, stopping = Slow(), asyncio.Event()
    work = WeeklyReview(db.engine, grader, load_seller(), MANAGER, stopping=stopping)
    await put(db, "review", kind=weekly_review.KIND)
    runner = JobRunner(db.engine, {weekly_review.KIND: work}, at_once=1, stopping=stopping)
    running = asyncio.create_task(runner.run())
    await asyncio.wait_for(grader.taken.wait(), LONG_ENOUGH_SECONDS)
    stopping.set()
    grader.may_answer.set()
    await asyncio.wait_for(running, LONG_ENOUGH_SECONDS)
    assert await db.one("select count(*) from quality_reviews where graded_at is not null") == 1
    # However often workers are restarted meanwhile, it is no attempt that ended without a word.
    rows = await db.rows("select state, silent_attempts, problem from jobs")
    assert [tuple(row) for row in rows] == [("waiting", 0, "the worker ends; chats not graded yet: 1")]
