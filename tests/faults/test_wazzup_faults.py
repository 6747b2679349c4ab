"""Wazzup answering badly: one delivery, or an honest `uncertain`."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Chats
from tests.faults.stack import Stack
from tests.support import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

TRANSIENT = [
    "429",
    "500",
    "503_after_accept",
    "accept_then_drop",
    "slow:11",
    "broken_json",
    "refuse_key_occupied:MESSAGE_CHANNEL_UNAVAILABLE",
    "refuse:MESSAGE_CHANNEL_UNAVAILABLE",
    "close_connection",
]


@pytest.mark.parametrize("echo", ["all", "off"])
async def test_one_bad_answer_each(stack: Stack, chats: Chats, echo: str) -> None:
    """Every kind of bad answer to a send, each in a chat of its own, with and without echoes."""
    await stack.knobs(echo=echo)
    ids = [chats.new() for _ in TRANSIENT]
    script = [
        {"outcome": outcome, "chat_id": chat_id} for outcome, chat_id in zip(TRANSIENT, ids, strict=True)
    ]
    await stack.knobs(send_script=script)
    for chat_id in ids:
        await chats.write(chat_id, "hello")
    evidence = await chats.check(within=60)
    assert [row["state"] for row in evidence.outbox] == ["accepted"] * len(ids)


async def test_bad_answers_in_a_row_keep_the_order(stack: Stack, chats: Chats) -> None:
    """A later reply of the chat waits for the earlier one."""
    chat_id = chats.new()
    await stack.knobs(
        send_script=[{"outcome": outcome, "chat_id": chat_id} for outcome in ("500", "429", "500")]
    )
    stack.arm("sender.before_post", "freeze")
    await chats.write(chat_id, "hello")
    # The first reply is held while the second is written, so that both wait in the outbox at once.
    await stack.reached("sender.before_post")
    await chats.write(chat_id, "thanks")
    evidence = await chats.check(within=60)
    assert len(evidence.phone) == 2
    assert [message["crm_message_id"].partition(".")[0] for message in evidence.phone] == [
        str(row["id"]) for row in evidence.outbox
    ]


async def test_the_documented_window_of_a_double_send(stack: Stack, chats: Chats) -> None:
    """Accepted without an answer, by a Wazzup that forgets its keys at once: the one double that can happen.

    With the memory that Wazzup documents, the same script ends in one delivery (above).
    """
    await stack.knobs(echo="off", idempotency_window_seconds=0.0)
    chat_id = chats.new()
    await stack.knobs(send_script=[{"outcome": "accept_then_drop", "chat_id": chat_id}])
    await chats.write(chat_id, "hello")
    evidence = await chats.check(doubles_allowed=1)
    assert [message["crm_message_id"] for message in evidence.phone] == [str(evidence.outbox[0]["id"])] * 2


async def test_echo_before_the_answer_is_ours(stack: Stack, chats: Chats) -> None:
    """Our own echo arrives before the 201: it must not look like a manager."""
    await stack.knobs(echo_before_response=True)
    chat_id = chats.new()
    await chats.write(chat_id, "hello")
    await chats.check()
    await chats.write(chat_id, "thanks")
    evidence = await chats.check()
    await stack.knobs(echo_before_response=False)
    assert [turn["state"] for turn in evidence.turns] == ["done", "done"]


async def test_a_managers_message_silences_the_bot(stack: Stack, chats: Chats) -> None:
    """A person writes in Wazzup's own window: the chat is theirs at once."""
    chat_id = chats.new()
    await chats.write(chat_id, "hello")
    await chats.check()
    await stack.control("manager", {"chat_id": chat_id, "text": "I take this one"})
    await chats.write(chat_id, "thanks")
    evidence = await chats.check()
    assert [turn["state"] for turn in evidence.turns] == ["done", "withheld"]
    assert (
        await stack.value(
            "select owner from owners o join conversations c on c.id = o.conversation_id where chat_id = %s",
            chat_id,
        )
        == "person"
    )


async def test_a_person_takes_over_while_the_reply_waits(stack: Stack, chats: Chats) -> None:
    """Ownership is read again just before sending: the reply that waited is withheld."""
    chat_id = chats.new()
    await chats.write(chat_id, "hello")
    await chats.check()
    for worker in stack.workers[1:]:
        worker.kill()
    stack.arm("worker.finished", "freeze")
    await chats.write(chat_id, "thanks")
    await stack.reached("worker.finished")
    await stack.control("manager", {"chat_id": chat_id, "text": "I take this one"})
    await stack.heal()
    evidence = await chats.check()
    assert [row["state"] for row in evidence.outbox] == ["accepted", "withheld"]


async def test_uncertain_is_settled_by_the_echo(stack: Stack, chats: Chats) -> None:
    """Accepted without an answer and never repeated in vain: the echo names the message."""
    chat_id = chats.new()
    await stack.knobs(send_script=[{"outcome": "accept_then_drop", "chat_id": chat_id}])
    await chats.write(chat_id, "hello")
    evidence = await chats.check()

    async def named() -> bool:
        return bool(
            await stack.value("select message_id from outbox where id = %s", evidence.outbox[0]["id"])
        )

    await eventually(named, within=10, what="the echo names the message")
