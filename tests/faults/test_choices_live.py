"""A choice is made by a tap, which is answered at once, or by typing its number or its words."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Chats
from tests.faults.stack import DEBOUNCE_SECONDS, Stack

pytestmark = pytest.mark.asyncio(loop_scope="session")

OFF_SCRIPT = "what will the weather be like in Paris tomorrow?"


async def offered(stack: Stack, chats: Chats) -> tuple[str, str]:
    """A chat whose last message offers two choices, and that message's id."""
    chat_id = chats.new()
    await chats.write(chat_id, OFF_SCRIPT)
    evidence = await chats.check()
    (message,) = [item for item in evidence.phone if item["chat_id"] == chat_id]
    assert [button["text"] for button in message["buttons"]] == ["Show products", "Talk to a person"]
    return chat_id, message["message_id"]


async def test_a_tapped_button_is_due_at_once(stack: Stack, chats: Chats) -> None:
    _, message_id = await offered(stack, chats)
    before = await stack.value("select clock_timestamp()")
    written = await stack.control("tap", {"message_id": message_id, "button": 1})
    chats.acknowledged += [message["message_id"] for message in written["messages"]]
    evidence = await chats.check()
    assert {row["action"] for row in evidence.action_results} == {"action_off_script", "action_hand_over"}
    waited = (evidence.turns[-1]["due_at"] - before).total_seconds()
    assert waited < DEBOUNCE_SECONDS, "words would have waited for the rest of a burst"


@pytest.mark.parametrize("typed", ["2", "talk to a person"])
async def test_a_typed_choice_works_too(stack: Stack, chats: Chats, typed: str) -> None:
    chat_id, _ = await offered(stack, chats)
    await chats.write(chat_id, typed)
    evidence = await chats.check()
    assert {row["action"] for row in evidence.action_results} == {"action_off_script", "action_hand_over"}


async def test_a_payload_nobody_offered_names_no_intent(stack: Stack, chats: Chats) -> None:
    chat_id = chats.new()
    await chats.write(chat_id, "majlis:/ask_person")
    evidence = await chats.check()
    assert evidence.turns[0]["intent"] is None
