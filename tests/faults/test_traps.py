"""What only the running whole can show of Rasa's traps, of hand-over and of who may talk to whom."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from storage.clock import advance
from tests.faults.conftest import Chats
from tests.faults.stack import SECRET, Stack
from tests.support import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

OWNER = "select owner from owners o join conversations c on c.id = o.conversation_id where c.chat_id = %s"
HOUR = 3600.0


async def take_turn(stack: Stack, conversation_id: int, *, text: str, intent: str | None) -> httpx.Response:
    """Run a turn on Rasa directly, held by this test for a long while."""
    turn_id = await stack.value(
        "insert into turns (conversation_id, text, language, due_at) values (%s, %s, 'en', clock_timestamp())"
        " returning id",
        conversation_id,
        text,
    )
    await stack.rows(
        "update conversations set current_turn_id = %s, lease_until = clock_timestamp() + interval '1 hour'"
        " where id = %s returning id",
        turn_id,
        conversation_id,
    )
    body = {
        "turn_id": turn_id,
        "conversation_id": conversation_id,
        "fence": 0,
        "text": text,
        "intent": intent,
    }
    answer = await stack.client.post(
        f"http://127.0.0.1:{stack.ports['rasa']}/webhooks/wazzup/turn",
        json=body,
        headers={"X-Majlis-Secret": SECRET},
    )
    await stack.rows(
        "update turns set state = 'done', finished_at = clock_timestamp() where id = %s returning id", turn_id
    )
    return answer


async def new_conversation(stack: Stack, chats: Chats) -> int:
    conversation_id: Any = await stack.value(
        "insert into conversations (channel_id, chat_type, chat_id) values ('test', 'test', %s) returning id",
        chats.new(),
    )
    return int(conversation_id)


async def test_intent_without_a_rule_gets_one_reply_and_the_chat_lives_on(stack: Stack, chats: Chats) -> None:
    """A core fallback that returns nothing would answer ten times and leave the chat dead."""
    conversation_id = await new_conversation(stack, chats)
    answer = await take_turn(stack, conversation_id, text="x", intent="an_intent_nobody_wrote_a_rule_for")
    assert len(answer.json()["replies"]) == 1
    after = await take_turn(stack, conversation_id, text="hello", intent=None)
    assert len(after.json()["replies"]) == 1


async def test_action_server_away_saves_nothing_and_does_not_count(stack: Stack, chats: Chats) -> None:
    """Rasa alone would go on without the action: silence, or a form submitted half empty."""
    conversation_id = await new_conversation(stack, chats)
    stack.actions.kill()
    answer = await take_turn(stack, conversation_id, text="I want to talk to a person please", intent=None)
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert await stack.value("select count(*) from events where sender_id = %s", str(conversation_id)) == 0


async def test_private_processes_want_the_secret_and_offer_no_back_door(stack: Stack) -> None:
    rasa, actions = (f"http://127.0.0.1:{stack.ports[name]}" for name in ("rasa", "actions"))
    turn = f"{rasa}/webhooks/wazzup/turn"
    assert (await stack.client.post(turn, json={})).status_code == 401
    assert (await stack.client.post(turn, json={}, headers={"X-Majlis-Secret": "wrong"})).status_code == 401
    assert (await stack.client.post(f"{actions}/webhook", json={})).status_code == 401
    for path in ("webhooks/rest/webhook", "conversations/1/tracker/events", "model/parse"):
        assert (await stack.client.post(f"{rasa}/{path}", json={})).status_code == 404


async def test_readyz_is_red_while_no_message_could_be_answered(stack: Stack) -> None:
    async def ready() -> bool:
        answer = await stack.client.get(f"http://127.0.0.1:{stack.ports['gateway']}/readyz")
        return answer.status_code == httpx.codes.OK

    assert await ready()
    stack.actions.kill()

    async def not_ready() -> bool:
        return not await ready()

    await eventually(not_ready, within=10, what="readyz notices that the action server is gone")


async def test_person_on_request_then_silence_then_the_bot_again(stack: Stack, chats: Chats) -> None:
    """The whole minimal hand-over: told, silent, and back after half a day of a silent manager."""
    chat_id = chats.new()
    await chats.write(chat_id, "I want to talk to a person please")
    evidence = await chats.check()
    assert len(evidence.phone) == 1, "the customer is told, although the chat is a person's by then"
    assert await stack.value(OWNER, chat_id) == "person"

    await chats.write(chat_id, "hello?")
    evidence = await chats.check()
    assert evidence.turns[-1]["state"] == "withheld"

    await advance(stack.postgres.url, 13 * HOUR)
    await stack.control("clock", {"advance_seconds": 13 * HOUR})
    await chats.write(chat_id, "hello")
    evidence = await chats.check()
    assert evidence.turns[-1]["state"] == "done"
    assert await stack.value(OWNER, chat_id) == "bot"
    assert len(evidence.phone) == 2


async def test_search_inside_the_burst_of_the_readme(stack: Stack, chats: Chats) -> None:
    """Both bursts of the README: one reply each, in its language, all constraints met."""
    english, arabic = chats.new(), chats.new()
    await chats.write(english, "Hi", "I need chairs", "black, under 500 AED")
    await chats.write(arabic, "السلام عليكم", "ابغى كراسي", "لونها اسود تحت ٥٠٠ درهم")
    evidence = await chats.check()
    texts = {message["chat_id"]: message["text"] for message in evidence.phone}
    assert len(evidence.phone) == 2
    assert "black" in texts[english]
    assert "أسود" in texts[arabic]
    for text in texts.values():
        prices = [
            float(line.rpartition("AED ")[2].strip("\u2069 ").replace(",", ""))
            for line in text.splitlines()
            if "AED" in line
        ]
        assert len(prices) == 3
        assert all(price <= 500 for price in prices)
    assert "\u2066AED" in texts[arabic], "amounts in Arabic lines are isolated"


async def test_one_page_of_figures_for_the_whole_host(stack: Stack, chats: Chats) -> None:
    """The gateway shows the worker's figures too, to this host only."""
    chat_id = chats.new()
    await chats.write(chat_id, "hello")
    await chats.check()
    answer = await stack.client.get(f"http://127.0.0.1:{stack.ports['gateway']}/metrics")
    figures = {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in answer.text.splitlines()}
    assert float(figures["majlis_due_to_start_seconds_count"]) > 0
    assert float(figures['majlis_turns_total{outcome="done"}']) > 0
    assert float(figures['majlis_sends_total{outcome="accepted"}']) > 0
    assert float(figures['majlis_ack_seconds_count{status="200"}']) > 0
    names = "spool_bodies inbox_waiting parked_turns parked_elements outbox_uncertain outbox_waiting"
    for name in [*names.split(), "engine_ready", "turn_seconds_count", "send_seconds_count"]:
        assert f"majlis_{name}" in figures


async def test_logs_hold_no_personal_data(stack: Stack, chats: Chats) -> None:
    """Whatever was written so far: no phone number and no words of a customer stand in a log file."""
    chat_id = chats.new()
    await chats.write(chat_id, "my secret wish is a purple chair")
    await chats.check()
    for log in (stack.home / "logs").glob("*.log"):
        if log.name == "postgres.log":
            continue
        words = log.read_text()
        assert chat_id not in words, log.name
        assert "secret wish" not in words, log.name
