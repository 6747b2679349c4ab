"""Parts that go away for a while: Postgres, Rasa, all workers."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.faults.conftest import Chats
from tests.faults.stack import Stack

pytestmark = pytest.mark.asyncio(loop_scope="session")

OUTAGE_SECONDS = 20.0


@pytest.mark.parametrize("retries", [[], [1.0, 2.0, 4.0, 8.0]], ids=["no-retries", "with-retries"])
async def test_postgres_is_away(stack: Stack, chats: Chats, retries: list[float]) -> None:
    """Every webhook is still answered 200, and every message is answered when Postgres is back."""
    await stack.knobs(webhook_retry_seconds=retries)
    ids = [chats.new() for _ in range(10)]
    for chat_id in ids:
        await chats.write(chat_id, "hi")
    stack.kill_postgres()
    gone = time.monotonic()
    while time.monotonic() - gone < OUTAGE_SECONDS:
        await chats.write(chats.random.choice(ids), "good morning")
        await asyncio.sleep(chats.random.uniform(0.05, 0.5))
    stack.postgres.start()
    evidence = await chats.check(within=60)
    lines = "\n".join(turn["text"] for turn in evidence.turns).splitlines()
    assert len(lines) == len(evidence.acknowledged)


async def test_gateway_dies_with_a_full_spool(stack: Stack, chats: Chats) -> None:
    """What was answered 200 lies on the disk: the next gateway takes the file over."""
    chat_id = chats.new()
    stack.kill_postgres()
    await chats.write(chat_id, "hi", "good morning")
    stack.gateways[0].kill()
    stack.postgres.start()
    stack.gateways[0].start()
    evidence = await chats.check(within=60)
    # One turn or two: the replay may leave the debounce's time between its batches on a busy machine.
    lines = "\n".join(turn["text"] for turn in evidence.turns).splitlines()
    assert lines == ["hi", "good morning"]


async def test_gateway_dies_in_mid_replay(stack: Stack, chats: Chats) -> None:
    """Bodies that were stored and not yet struck off are stored again, which changes nothing."""
    chat_id = chats.new()
    stack.kill_postgres()
    await chats.write(chat_id, "hi", "good morning")
    stack.arm("gateway.replayed")
    stack.postgres.start()
    await stack.reached("gateway.replayed")
    await stack.gateways[0].gone()
    stack.gateways[0].start()
    await chats.check(within=60)


async def test_rasa_is_killed_under_load(stack: Stack, chats: Chats) -> None:
    """Its turns wait for it; none is parked."""
    ids = [chats.new() for _ in range(15)]

    async def talk(chat_id: str) -> None:
        for _ in range(6):
            await chats.write(chat_id, chats.random.choice(["hi", "thanks", "good morning"]))
            await asyncio.sleep(chats.random.uniform(0.1, 0.8))

    talking = asyncio.gather(*(talk(chat_id) for chat_id in ids))
    await asyncio.sleep(chats.random.uniform(0.5, 1.5))
    stack.rasa.kill()
    stack.start_rasa()
    await talking
    evidence = await chats.check(within=150)
    assert all(turn["state"] == "done" for turn in evidence.turns)
