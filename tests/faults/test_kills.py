"""kill -9 at every step of a message's way: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import signal
import time

import psycopg
import pytest

from storage.lease import LEASE_SECONDS
from tests.faults.conftest import Chats
from tests.faults.stack import Process, Stack
from tests.support import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

ASK_PERSON = "I want to talk to a person please"


async def restarted(process: Process, stack: Stack, step: str) -> None:
    """Wait until the process killed itself at `step`, then start it again."""
    await stack.reached(step)
    await process.gone()
    process.start()


@pytest.mark.parametrize("step", ["gateway.stored", "gateway.before_answer"])
async def test_gateway_dies_between_commit_and_answer(stack: Stack, chats: Chats, step: str) -> None:
    """The sender gets no 200 and delivers again: the copy finds the row of the first."""
    await stack.knobs(webhook_retry_seconds=[0.5, 1.0, 2.0, 4.0, 8.0])
    chat_id = chats.new()
    stack.arm(step)
    _, _ = await asyncio.gather(
        chats.write(chat_id, "hi", "good morning"), restarted(stack.gateways[0], stack, step)
    )
    evidence = await chats.check()
    assert sum(row["kind"] == "message" for row in evidence.inbox) == 2


@pytest.mark.parametrize(
    "step",
    [
        "worker.claimed",
        "worker.frozen",
        "worker.replied",
        "worker.before_commit",
        "worker.finished",
        "sender.before_post",
        "sender.after_post",
    ],
)
async def test_worker_dies(stack: Stack, chats: Chats, step: str) -> None:
    """The other worker takes the turn or the row up after the lease."""
    chat_id = chats.new()
    stack.arm(step)
    await chats.write(chat_id, ASK_PERSON)
    pid = await stack.reached(step)
    died = time.monotonic()
    victim = next(worker for worker in stack.workers if worker.pid == pid)
    await victim.gone()
    evidence = await chats.check()
    waited = time.monotonic() - died
    # Retaken within the lease and a second; the rest is the turn, the send and our own looking.
    assert waited < LEASE_SECONDS + 1 + 3
    assert [row["action"] for row in evidence.action_results] == ["action_hand_over"]
    assert len(evidence.phone) == 1


async def test_worker_dies_in_mid_burst(stack: Stack, chats: Chats) -> None:
    """The burst waits in the database: what comes before and after the death is one turn."""
    chat_id = chats.new()
    await chats.write(chat_id, "hi")
    for worker in stack.workers:
        worker.kill()
    await chats.write(chat_id, "good morning")
    stack.workers[1].start()
    evidence = await chats.check()
    assert len(evidence.turns) == 1


@pytest.mark.parametrize("step", ["actions.written", "actions.committed"])
async def test_action_server_dies_after_an_actions_writes(stack: Stack, chats: Chats, step: str) -> None:
    """Before the commit nothing happened; after it the repeat finds the stored result."""
    chat_id = chats.new()
    stack.arm(step)
    await asyncio.gather(chats.write(chat_id, ASK_PERSON), restarted(stack.actions, stack, step))
    evidence = await chats.check()
    assert [row["action"] for row in evidence.action_results] == ["action_hand_over"]
    assert [turn["tries"] for turn in evidence.turns] == [1], "an action server that is away does not count"


async def test_frozen_worker_is_refused_when_it_wakes(stack: Stack, chats: Chats) -> None:
    """Its turn was retaken meanwhile: its late result must not become a second reply."""
    chat_id = chats.new()
    stack.arm("worker.replied", "freeze")
    await chats.write(chat_id, "hello")
    pid = await stack.reached("worker.replied")
    frozen = next(worker for worker in stack.workers if worker.pid == pid)
    evidence = await chats.check()
    frozen.signal(signal.SIGCONT)
    await chats.write(chat_id, "thanks")
    evidence = await chats.check()
    assert len(evidence.phone) == len(evidence.turns) == 2


async def test_worker_frozen_before_its_post_does_not_send_late(stack: Stack, chats: Chats) -> None:
    """The row was sent by the other worker; the sleeper notices how long it stood still."""
    chat_id = chats.new()
    stack.arm("sender.before_post", "freeze")
    await chats.write(chat_id, "hello")
    pid = await stack.reached("sender.before_post")
    evidence = await chats.check()
    os_worker = next(worker for worker in stack.workers if worker.pid == pid)
    os_worker.signal(signal.SIGCONT)
    await chats.write(chat_id, "thanks")
    evidence = await chats.check()
    assert len(evidence.phone) == 2


async def _blocked_on(stack: Stack, table: str) -> bool:
    return bool(
        await stack.value(
            "select count(*) from pg_locks where not granted and relation = %s::regclass", table
        )
    )


async def test_rasa_dies_before_the_tracker_is_saved(stack: Stack, chats: Chats) -> None:
    """Nothing of the turn is kept but the action's stored result, which the repeat finds."""
    chat_id = chats.new()
    async with await psycopg.AsyncConnection.connect(stack.postgres.url) as holder:
        await holder.execute("lock table turn_replies in share mode")
        await chats.write(chat_id, ASK_PERSON)
        await eventually(lambda: _blocked_on(stack, "turn_replies"), within=20, what="Rasa is about to save")
        stack.rasa.kill()
        await holder.rollback()
    stack.start_rasa()
    evidence = await chats.check(within=120)
    assert [row["action"] for row in evidence.action_results] == ["action_hand_over"]


async def test_rasa_dies_after_the_tracker_is_saved(stack: Stack, chats: Chats) -> None:
    """The turn is saved and nobody was told: the repeat says the very same words."""
    chat_id = chats.new()
    async with (
        await psycopg.AsyncConnection.connect(stack.postgres.url) as events,
        await psycopg.AsyncConnection.connect(stack.postgres.url) as replies,
    ):
        # Rasa's transaction has written its replies and waits for the events' table; the lock on the
        # replies' table is granted the moment it commits, and holds the read that follows.
        await events.execute("lock table events in share mode")
        await chats.write(chat_id, ASK_PERSON)
        await eventually(lambda: _blocked_on(stack, "events"), within=20, what="Rasa is saving")
        waiting = asyncio.create_task(replies.execute("lock table turn_replies in access exclusive mode"))
        await eventually(lambda: _blocked_on(stack, "turn_replies"), within=20, what="the second lock waits")
        await events.rollback()
        await waiting
        stack.rasa.kill()
        await replies.rollback()
    stack.start_rasa()
    evidence = await chats.check(within=120)
    assert [row["action"] for row in evidence.action_results] == ["action_hand_over"]
