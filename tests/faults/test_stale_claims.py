"""Whoever lost its claim changes nothing: neither in Rasa, nor in an action, nor at the customer's."""

from __future__ import annotations

import signal

import httpx
import pytest

from tests.faults.conftest import Chats
from tests.faults.stack import SECRET, Stack

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Longer than Wazzup remembers a key: a late attempt would be a second message.
KEY_FORGOTTEN_SECONDS = 61


@pytest.mark.parametrize("words", ["hello", "I want to talk to a person please"], ids=["response", "action"])
async def test_a_turn_with_an_old_fence_is_refused_and_leaves_nothing(
    stack: Stack, chats: Chats, words: str
) -> None:
    """Rasa goes on after most failures; this one has to reach the worker as what it is."""
    conversation_id = await stack.value(
        "insert into conversations (channel_id, chat_type, chat_id, lease_token)"
        " values ('test', 'test', %s, 2) returning id",
        chats.new(),
    )
    turn_id = await stack.value(
        "insert into turns (conversation_id, text, language, due_at)"
        " values (%s, %s, 'en', clock_timestamp()) returning id",
        conversation_id,
        words,
    )
    await stack.rows(
        "update conversations set current_turn_id = %s where id = %s returning id", turn_id, conversation_id
    )
    answer = await stack.client.post(
        f"http://127.0.0.1:{stack.ports['rasa']}/webhooks/wazzup/turn",
        json={
            "turn_id": turn_id, "conversation_id": conversation_id, "fence": 1, "text": words, "intent": None,
        },
        headers={"X-Majlis-Secret": SECRET},
    )  # fmt: skip
    await stack.rows("update turns set state = 'done' where id = %s returning id", turn_id)
    assert answer.status_code == httpx.codes.CONFLICT, answer.text
    left = await stack.rows(
        "select (select count(*) from events where sender_id = %s) as events,"
        " (select count(*) from turn_replies where turn_id = %s) as replies,"
        " (select count(*) from action_results where turn_id = %s) as results,"
        " (select count(*) from owners where conversation_id = %s and owner = 'person') as hand_overs",
        str(conversation_id),
        turn_id,
        turn_id,
        conversation_id,
    )
    assert set(left[0].values()) == {0}


async def test_a_worker_that_slept_before_its_post_does_not_send_when_the_key_is_forgotten(
    stack: Stack, chats: Chats
) -> None:
    """The other worker sent the row; Wazzup would take the sleeper's attempt for a new message."""
    chat_id = chats.new()
    stack.arm("sender.before_post", "freeze")
    await chats.write(chat_id, "hello")
    pid = await stack.reached("sender.before_post")
    await chats.check()
    await stack.control("clock", {"advance_seconds": KEY_FORGOTTEN_SECONDS})
    sleeper = next(worker for worker in stack.workers if worker.pid == pid)
    sleeper.signal(signal.SIGCONT)
    await chats.write(chat_id, "thanks")
    evidence = await chats.check()
    assert len(evidence.phone) == 2
