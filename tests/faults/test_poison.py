"""Webhooks nobody should send: each is answered, its siblings are served, nothing falls over."""

from __future__ import annotations

import json

import pytest

from tests.faults.conftest import Chats
from tests.faults.stack import CHANNEL_ID, Stack

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = "2126-11-22T09:00:00.000Z"  # a clock far ahead of ours counts as now


def message(chat_id: str, message_id: str, **fields: object) -> dict[str, object]:
    """A customer message as Wazzup sends it, with some fields changed."""
    return {
        "messageId": message_id, "channelId": CHANNEL_ID, "chatType": "whatsapp", "chatId": chat_id,
        "type": "text", "text": "hello", "isEcho": False, "status": "inbound", "dateTime": NOW, **fields,
    }  # fmt: skip


POISON: dict[str, dict[str, object]] = {
    "unknown-type": {"type": "hologram", "text": None},
    "long-text": {"text": "hello " * 100_000},
    "nul": {"text": "hel\x00lo"},
    "zero-width-and-bidi": {"text": "\u200bhe\u200dllo\u202e \u2066hi\u2069"},
    "lone-surrogate": {"text": "hello \ud800"},
    "emoji": {"text": "\U0001f600" * 10_000},
    "empty-text": {"text": ""},
    "text-is-a-number": {"text": 7},
    "missing-chat": {"chatId": None},
    "missing-id": {"messageId": None},
    "nested-nul": {"contact": {"name": "A\x00isha"}, "text": "hello"},
    "command": {"text": "/restart"},
    "command-with-entities": {"text": '  /search_products{"category":"chair"}'},
}


@pytest.mark.parametrize("kind", list(POISON))
async def test_poison_does_not_hurt_its_sibling(stack: Stack, chats: Chats, kind: str) -> None:
    """One body with a strange element and a good one of another chat: the good one is answered."""
    strange, good = chats.new(), chats.new()
    for chat_id in (strange, good):
        await chats.write(chat_id, "hi")
    await stack.settled(chats.ids)
    document = {
        "messages": [
            message(strange, f"strange-{strange}") | POISON[kind],
            message(good, f"good-{good}"),
        ]
    }
    answer = await stack.client.post(stack.webhook_url(), content=json.dumps(document).encode())
    assert answer.status_code == 200
    chats.acknowledged.append(f"good-{good}")
    evidence = await chats.check(within=60)
    assert len(evidence.phone) >= 3
    replies = [message for message in evidence.phone if message["chat_id"] == good]
    assert len(replies) == 2, "the hello before and the good one"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"messages": 7}',
        b'{"messages": ["x", null, 3]}',
        b"[" * 5000,
    ],
)
async def test_a_body_that_is_no_webhook_is_kept_and_answered(stack: Stack, body: bytes) -> None:
    before = await stack.value("select count(*) from inbox where kind = 'parked'")
    answer = await stack.client.post(stack.webhook_url(), content=body)
    assert answer.status_code == 200
    again = await stack.client.post(stack.webhook_url(), content=body)
    assert again.status_code == 200
    after = await stack.value("select count(*) from inbox where kind = 'parked'")
    assert after >= before
    row = await stack.rows("select raw, problem from inbox where kind = 'parked' order by id desc limit 1")
    assert row[0]["problem"]


async def test_a_slash_command_is_only_text(stack: Stack, chats: Chats) -> None:
    """Rasa would run `/send_voice` as an intent: typed, it is words like any other."""
    chat_id = chats.new()
    await chats.write(chat_id, "/send_voice")
    await chats.check()
    understood = await stack.value(
        "select e.intent_name from events e join conversations c on e.sender_id = c.id::text"
        " where c.chat_id = %s and e.type_name = 'user'",
        chat_id,
    )
    assert understood not in {None, "send_voice"}


async def test_every_kind_of_media_gets_one_reply(stack: Stack, chats: Chats) -> None:
    kinds = {
        "audio": "https://store.example/voice/?filename=a.ogg", "image": "https://store.example/p/?filename=a.jpg",
        "video": "https://store.example/v/?filename=a.mp4", "document": "https://store.example/d/?filename=a.pdf",
        "geo": "", "vcard": "https://store.example/c/?filename=a.vcf",
    }  # fmt: skip
    for kind, uri in kinds.items():
        chat_id = chats.new()
        written = await stack.control(
            "customer",
            {"chat_id": chat_id, "messages": [{"type": kind, **({"contentUri": uri} if uri else {})}]},
        )
        chats.acknowledged += [message["message_id"] for message in written["messages"]]
    evidence = await chats.check(within=60)
    assert len(evidence.phone) == len(kinds)
    assert len({item["text"] for item in evidence.phone}) == len(kinds), "each kind has words of its own"
