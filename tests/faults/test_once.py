"""Exactly once in, one turn a burst, one turn at a time."""

from __future__ import annotations

import asyncio
import json
import signal

import httpx
import pytest

from tests.faults.conftest import Chats
from tests.faults.stack import CHANNEL_ID, Stack

pytestmark = pytest.mark.asyncio(loop_scope="session")


def body(chat_id: str, message_id: str, text: str) -> bytes:
    """A webhook body with one customer message."""
    message = {
        "messageId": message_id, "channelId": CHANNEL_ID, "chatType": "whatsapp", "chatId": chat_id,
        "type": "text", "text": text, "isEcho": False, "status": "inbound",
        "dateTime": "2026-11-22T09:00:00.000Z",
    }  # fmt: skip
    return json.dumps({"messages": [message]}).encode()


async def test_fifty_copies_at_once_are_one_row_one_turn_one_reply(stack: Stack, chats: Chats) -> None:
    # The window opens by the message's own time, which lies in the past here: any channel state will do
    # for the inbox, so the copies come after a first message of now.
    chat_id = chats.new()
    await chats.write(chat_id, "hello")
    await stack.settled([chat_id])
    copies = body(chat_id, "copied-" + chat_id, "thank you")

    async with httpx.AsyncClient(
        limits=httpx.Limits(max_connections=20), timeout=20.0, trust_env=False
    ) as client:
        answers = await asyncio.gather(
            *(client.post(stack.webhook_url(number % 2), content=copies) for number in range(50))
        )

    assert {answer.status_code for answer in answers} == {200}
    chats.acknowledged.append("copied-" + chat_id)
    evidence = await chats.check()
    assert len(evidence.turns) == 2
    assert len(evidence.phone) == 2


async def test_a_burst_is_one_turn_with_its_lines_in_order(stack: Stack, chats: Chats) -> None:
    chat_id = chats.new()
    await chats.write(chat_id, "hi", "good morning", "hello there")
    evidence = await chats.check()
    assert [turn["text"] for turn in evidence.turns] == ["hi\ngood morning\nhello there"]
    assert len(evidence.phone) == 1


async def test_two_workers_and_interleaved_chats(stack: Stack, chats: Chats) -> None:
    ids = [chats.new() for _ in range(20)]
    words = ["hi", "hello", "thanks", "thank you so much", "good morning", "مرحبا", "شكرا"]

    async def talk(chat_id: str) -> None:
        for _ in range(10):
            await chats.write(chat_id, chats.random.choice(words))
            # Some messages fall into a running burst, some begin a new one.
            await asyncio.sleep(chats.random.uniform(0, 0.6))

    await asyncio.gather(*(talk(chat_id) for chat_id in ids))
    evidence = await chats.check(within=90)
    assert len(evidence.acknowledged) == 200
    assert len(evidence.turns) >= len(ids)


async def test_a_burst_cut_by_a_restart_of_the_workers(stack: Stack, chats: Chats) -> None:
    chat_id = chats.new()
    await chats.write(chat_id, "hi")
    # Both at once: while one ends, the other would take the turn.
    for worker in stack.workers:
        worker.signal(signal.SIGTERM)
    for worker in stack.workers:
        await worker.gone()
    await chats.write(chat_id, "good morning")
    for worker in stack.workers:
        worker.start()
    evidence = await chats.check()
    assert len(evidence.turns) == 1
