"""Hostile and broken elements: stored or parked, their siblings go on (turns.inbox on a real Postgres)."""

from __future__ import annotations

import json
import random
from typing import Any

import psycopg
import pytest

from connectors.wazzup.payloads import parse_body
from tests.support import CHANNEL_ID, CHAT_ID, READER, USUAL, Database, message, webhook
from turns.inbox import store, store_one_by_one
from turns.ports import Element, ElementKind
from turns.turn_storage import CONVERSATIONS

POISON: dict[str, Any] = {
    "NUL": message("a\x00b\x00"),
    "lone surrogate": message("a\ud800b"),
    "1 MB of text": message("ا" * 500_000),
    "10,000 emoji": message("😀" * 10_000),
    "unknown type": message(None, type="hologram"),
    "nested 60 deep": message(contact=json.loads("[" * 60 + "]" * 60)),
    "a time zone no database knows": message(dateTime="2026-11-20T09:16:00+23:59"),
    "year 1": message(dateTime="0001-01-01T00:00:00+14:00"),
    "year 9999": message(dateTime="9999-12-31T23:59:59-14:00"),
    "keys as long as they may be": message(
        message_id="".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=255)),
        chat_id="".join(random.Random(2).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=255)),
        channelId="".join(random.Random(3).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=255)),
        chatType="".join(random.Random(4).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=255)),
    ),
}
PARKED: dict[str, Any] = {
    "missing fields": {"type": "text"},
    "no object": [1, None],
    "a key of 1,000 characters": message(message_id="x" * 1_000),
    "nested 500 deep": message(contact=json.loads("[" * 500 + "]" * 500)),
}


@pytest.mark.parametrize("entry", POISON.values(), ids=POISON.keys())
async def test_hostile_messages_are_stored_like_any_other(db: Database, entry: dict[str, Any]) -> None:
    await db.receive(json.dumps({"messages": [message("before"), entry, message("after")]}).encode())
    assert await db.one("select count(*) from inbox where kind = 'message'") == 3
    # What was stored can be read back by everything that reads it.
    rows = await db.rows("select id, sent_at, body from inbox where kind = 'message' order by id")
    assert [READER.customer_message(row.id, ElementKind.MESSAGE, "m", False, row.body) for row in rows]
    assert len(await db.rows("select last_customer_message_at from conversations")) >= 1


@pytest.mark.parametrize("entry", PARKED.values(), ids=PARKED.keys())
async def test_what_cannot_be_understood_is_parked_with_its_bytes_and_its_siblings_go_on(
    db: Database, entry: Any
) -> None:
    body = json.dumps({"messages": [message("before"), entry, message("after")]}).encode()
    await db.receive(body)
    await db.receive(body)
    assert await db.one("select count(*) from inbox where kind = 'message'") == 2
    [parked] = await db.rows(
        "select raw, problem, settled_at, received_at, body from inbox where kind = 'parked'"
    )
    assert json.loads(parked.raw) == entry
    assert parked.problem
    assert (parked.body, parked.settled_at is None) == (None, False)


@pytest.mark.parametrize("name", ["channelsUpdates", "templateStatus"])
async def test_a_state_of_any_length_is_one_change(db: Database, name: str) -> None:
    noise = "".join(random.Random(5).choices([chr(number) for number in range(0x4E00, 0x9FFF)], k=50_000))
    event = {"channelId": "c", "templateGuid": "t", "state": noise, "status": noise}
    body = json.dumps({name: [event] if name == "channelsUpdates" else event}).encode()
    await db.receive(body)
    await db.receive(body)
    assert await db.one("select count(*) from inbox") == 1


def unstorable(external_id: str) -> Element:
    """What no parser of ours lets through: jsonb refuses NUL."""
    return Element(
        kind=ElementKind.MESSAGE,
        channel_id=CHANNEL_ID,
        external_id=external_id,
        chat_type="whatsapp",
        chat_id=CHAT_ID,
        body={"text": "a\x00b"},
    )


async def test_one_element_the_database_refuses_fails_its_batch_whole(db: Database) -> None:
    [good] = parse_body(webhook(message()))
    async with db.connection() as connection:
        with pytest.raises(psycopg.DataError):
            await store(connection, [good, unstorable("bad")], USUAL)
    assert await db.one("select count(*) from inbox") == 0


async def test_one_by_one_the_refused_element_is_parked_and_its_siblings_go_on(db: Database) -> None:
    before, after = parse_body(webhook(message("before"), message("after")))
    async with db.connection() as connection:
        await store_one_by_one(connection, [before, unstorable("bad"), after], USUAL)
    rows = await db.rows("select kind, external_id, raw, problem from inbox order by id")
    assert [row.kind for row in rows] == ["message", "parked", "message"]
    assert json.loads(rows[1].raw) == {"text": "a\x00b"}
    assert rows[1].problem
    assert await db.one("select due_at > clock_timestamp() from conversations")


async def test_a_parked_element_wakes_nobody(db: Database) -> None:
    async with db.connection() as connection:
        await store_one_by_one(connection, [unstorable("bad")], USUAL)
    assert await db.one("select count(*) from conversations") == 0
    async with db.engine.begin() as connection:
        assert await CONVERSATIONS.claim(connection, 10) == []
