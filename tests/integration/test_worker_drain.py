"""A worker that is told to end finishes what it has in hand and begins nothing more."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from storage.job_runner import JobRunner
from tests.integration.job_support import KIND, Outside, put
from tests.integration.sender_support import street
from tests.integration.turn_support import ScriptedEngine, said, worker
from tests.support import Database, eventually

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
