"""Every element exactly once, and each chat due when it should be (turns.inbox on a real Postgres)."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import AsyncExitStack
from typing import Any

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.wazzup.payloads import parse_body
from storage import clock
from storage.lease import Held
from tests.support import (
    CHANNEL_ID,
    CHAT_ID,
    OTHER_CHAT_ID,
    READER,
    USUAL,
    Database,
    echo,
    message,
    status,
    webhook,
)
from turns.inbox import store, store_one_by_one
from turns.ports import Element, ElementKind
from turns.turn_storage import CONVERSATIONS, freeze

# How far a due time may be from the expected one: the test's own queries take that long at most.
SLACK_SECONDS = 1.0


@pytest.fixture
def db(database_url: str, engine: AsyncEngine) -> Database:
    return Database(database_url, engine)


async def seconds_to_due(db: Database, chat_id: str = CHAT_ID) -> float:
    return float(
        await db.one(
            "select extract(epoch from due_at - clock_timestamp()) from conversations where chat_id = :chat",
            chat=chat_id,
        )
    )


async def age_burst(db: Database, seconds: float) -> None:
    """Let `seconds` pass for the burst that waits."""
    await db.write(
        "update conversations set burst_started_at = burst_started_at - make_interval(secs => :s),"
        " burst_due_at = burst_due_at - make_interval(secs => :s), due_at = due_at - make_interval(secs => :s)",
        s=seconds,
    )


async def frozen_text(db: Database) -> str | None:
    """What the next turn of the usual chat would be about."""
    chat = await db.chat()
    async with db.engine.begin() as connection:
        token = int(await db.one("select lease_token from conversations where id = :id", id=chat))
        turn = await freeze(connection, Held(chat, token), READER, lambda words, before: ("en", "en"))
        return None if turn is None else turn.text


# --- exactly once ---


async def test_the_same_webhook_again_stores_nothing_and_moves_no_due_time(db: Database) -> None:
    body = webhook(message("hi", message_id="m1"))
    await db.receive(body)
    await age_burst(db, 2)
    before = await db.rows("select due_at, burst_started_at, last_customer_message_at from conversations")
    await db.receive(body)
    assert await db.one("select count(*) from inbox") == 1
    assert before == await db.rows(
        "select due_at, burst_started_at, last_customer_message_at from conversations"
    )


async def test_the_same_message_in_another_delivery_is_the_same_message(db: Database) -> None:
    await db.receive(webhook(message("hi", message_id="m1")))
    await db.receive(
        webhook(message("hi again", message_id="m1", newField=1), message("new", message_id="m2"))
    )
    rows = await db.rows("select external_id, body ->> 'text' as words from inbox order by id")
    assert [(row.external_id, row.words) for row in rows] == [("m1", "hi"), ("m2", "new")]


async def test_copies_inside_one_webhook_are_one(db: Database) -> None:
    await db.receive(webhook(*[message("hi", message_id="m1")] * 5))
    assert await db.one("select count(*) from inbox") == 1


async def test_message_edit_deletion_echo_and_statuses_of_one_id_are_told_apart(db: Database) -> None:
    body = webhook(
        message("12", message_id="m"),
        message("13", message_id="m", isEdited=True),
        message("14", message_id="m", isEdited=True),
        message("14", message_id="m", isDeleted=True),
        echo("12", message_id="m"),
        statuses=[status("m", "sent"), status("m", "delivered")],
    )
    await db.receive(body)
    await db.receive(body)
    rows = await db.rows("select kind, count(*) as count from inbox group by kind order by kind")
    assert {row.kind: row.count for row in rows} == {
        "message": 1, "edit": 2, "deletion": 1, "echo": 1, "status": 2
    }  # fmt: skip


async def test_the_same_id_in_two_channels_is_two_messages(db: Database) -> None:
    await db.receive(webhook(message(message_id="m"), message(message_id="m", channelId="another channel")))
    assert await db.one("select count(*) from inbox") == 2
    assert await db.one("select count(*) from conversations") == 2


async def test_fifty_copies_at_once_over_several_connections_are_one_row_and_wake_the_chat_once(
    db: Database,
) -> None:
    """In two orders, with a second chat: flushes that lock in different orders must not lock each other out."""
    mine, others = message("hi", message_id="m1"), message("hi", message_id="m2", chat_id=OTHER_CHAT_ID)
    async with AsyncExitStack() as stack:
        connections = [await stack.enter_async_context(db.connection()) for _ in range(10)]

        async def copies(number: int, connection: psycopg.AsyncConnection) -> None:
            for _ in range(5):
                body = webhook(mine, others) if number % 2 else webhook(others, mine)
                await store(connection, parse_body(body), USUAL)

        await asyncio.gather(*(copies(number, connection) for number, connection in enumerate(connections)))
    assert await db.one("select count(*) from inbox") == 2
    assert await db.one("select count(*) from conversations") == 2
    assert seconds_within(await seconds_to_due(db), 3.0)


async def test_many_chats_written_at_once_in_different_orders_all_arrive(db: Database) -> None:
    dice = random.Random(7)
    chats = [f"97150000{number:04}" for number in range(20)]
    async with AsyncExitStack() as stack:
        connections = [await stack.enter_async_context(db.connection()) for _ in range(6)]

        async def write(connection: psycopg.AsyncConnection) -> None:
            for _ in range(10):
                chosen = dice.sample(chats, 8)
                body = webhook(*(message("hi", chat_id=chat_id) for chat_id in chosen))
                await store(connection, parse_body(body), USUAL)

        await asyncio.gather(*(write(connection) for connection in connections))
    assert await db.one("select count(*) from inbox") == 6 * 10 * 8


# --- debounce ---


def seconds_within(seconds: float, expected: float) -> bool:
    return expected - SLACK_SECONDS < seconds <= expected


async def test_a_message_is_due_after_three_seconds(db: Database) -> None:
    await db.receive(webhook(message()))
    assert seconds_within(await seconds_to_due(db), 3.0)


async def test_the_next_message_of_the_burst_pushes_the_due_time_back(db: Database) -> None:
    await db.receive(webhook(message()))
    await age_burst(db, 2.5)
    await db.receive(webhook(message()))
    assert seconds_within(await seconds_to_due(db), 3.0)


async def test_no_burst_is_pushed_beyond_ten_seconds_after_its_begin(db: Database) -> None:
    await db.receive(webhook(message()))
    await age_burst(db, 9)
    await db.receive(webhook(message()))
    assert seconds_within(await seconds_to_due(db), 1.0)
    await age_burst(db, 0.9)
    await db.receive(webhook(message()))
    assert await seconds_to_due(db) <= 0.1


async def test_one_chat_does_not_push_another(db: Database) -> None:
    await db.receive(webhook(message()))
    await age_burst(db, 2)
    await db.receive(webhook(message(chat_id=OTHER_CHAT_ID)))
    assert seconds_within(await seconds_to_due(db), 1.0)
    assert seconds_within(await seconds_to_due(db, OTHER_CHAT_ID), 3.0)


async def test_a_tap_is_due_at_once(db: Database) -> None:
    await db.receive(webhook(message("majlis:/affirm")))
    assert await seconds_to_due(db) <= 0


async def test_a_tap_brings_a_waiting_burst_forward_and_nothing_pushes_it_back(db: Database) -> None:
    await db.receive(webhook(message("hello")))
    await db.receive(webhook(message("majlis:/affirm")))
    assert await seconds_to_due(db) <= 0
    await db.receive(webhook(message("one more")))
    assert await seconds_to_due(db) <= 0


async def test_an_edit_wakes_the_chat_and_a_deletion_alone_wakes_nobody(db: Database) -> None:
    await db.receive(webhook(message("hello", message_id="m", isDeleted=True)))
    assert await db.one("select count(*) from conversations") == 0
    await db.receive(webhook(message("hello", message_id="m", isEdited=True)))
    assert seconds_within(await seconds_to_due(db), 3.0)


async def test_echoes_statuses_and_channel_events_wake_nobody(db: Database) -> None:
    await db.receive(
        webhook(
            echo("Hi"),
            statuses=[status("m", "sent")],
            channelsUpdates=[{"channelId": CHANNEL_ID, "state": "active"}],
        )
    )
    assert await db.one("select count(*) from inbox") == 3
    assert await db.one("select count(*) from conversations") == 0


async def test_due_times_follow_the_databases_clock_not_the_test_clock(db: Database) -> None:
    await db.chat()
    await clock.advance(db.url, 25 * 3600)
    await db.receive(webhook(message()))
    assert seconds_within(await seconds_to_due(db), 3.0)


# --- when the customer last wrote ---


async def test_the_window_opens_with_the_messengers_time_and_never_in_the_future(db: Database) -> None:
    async def minutes_ago() -> float:
        return float(
            await db.one(
                "select extract(epoch from majlis_now() - last_customer_message_at) / 60 from conversations"
            )
        )

    moment = await db.one("select majlis_now() - interval '2 hours'")
    await db.receive(webhook(message(dateTime=moment.isoformat())))
    assert 119 < await minutes_ago() < 121
    earlier = await db.one("select majlis_now() - interval '9 hours'")
    await db.receive(webhook(message(dateTime=earlier.isoformat())))
    assert 119 < await minutes_ago() < 121
    ahead = await db.one("select majlis_now() + interval '9 hours'")
    await db.receive(webhook(message(dateTime=ahead.isoformat())))
    assert 0 <= await minutes_ago() < 1


async def test_an_echo_does_not_open_the_customers_window(db: Database) -> None:
    await db.receive(webhook(message()))
    before = await db.one("select last_customer_message_at from conversations")
    await db.receive(webhook(echo("Good morning")))
    assert await db.one("select last_customer_message_at from conversations") == before


# --- while a turn is open ---


async def test_what_comes_during_a_turn_waits_for_the_next_and_leaves_the_open_one_alone(
    db: Database,
) -> None:
    await db.receive(webhook(message("hello", message_id="m")))
    assert await frozen_text(db) == "hello"
    due = await db.one("select due_at from conversations")
    await db.receive(webhook(message("more"), message("hello there", message_id="m", isEdited=True)))
    chat = (await db.rows("select due_at, burst_due_at > clock_timestamp() as waits from conversations"))[0]
    assert (chat.due_at, chat.waits) == (due, True)
    assert await db.one("select text from turns") == "hello"
    assert await db.one("select count(*) from inbox where turn_id is null") == 2


# --- edits and deletions of what still waits ---


async def test_an_edit_of_a_waiting_message_replaces_it(db: Database) -> None:
    await db.receive(webhook(message("10 chairs", message_id="m"), message("black")))
    await db.receive(webhook(message("12 chairs", message_id="m", isEdited=True)))
    assert await frozen_text(db) == "12 chairs\nblack"
    assert await db.one("select count(*) from inbox where turn_id is null") == 0


async def test_a_deleted_waiting_message_is_never_said_and_the_chat_is_at_rest(db: Database) -> None:
    await db.receive(webhook(message("oops", message_id="m")))
    await db.receive(webhook(message("oops", message_id="m", isDeleted=True)))
    assert await frozen_text(db) is None
    assert await db.one("select count(*) from turns") == 0
    assert await db.one("select count(*) from inbox where settled_at is null") == 0
    assert (
        await db.one("select count(*) from conversations where due_at is null and burst_due_at is null") == 1
    )


async def test_a_burst_keeps_its_order_even_when_the_messenger_gives_all_of_it_one_time(db: Database) -> None:
    lines = [f"line {number}" for number in range(20)]
    moment = "2026-11-20T09:16:00Z"
    await db.receive(webhook(*(message(line, dateTime=moment) for line in lines[:10])))
    await db.receive(webhook(*(message(line, dateTime=moment) for line in lines[10:])))
    assert await frozen_text(db) == "\n".join(lines)


async def test_messages_are_read_in_the_order_of_writing(db: Database) -> None:
    await db.receive(webhook(message("second", dateTime="2026-11-20T09:16:01Z")))
    await db.receive(webhook(message("first", dateTime="2026-11-20T09:16:00Z")))
    assert await frozen_text(db) == "first\nsecond"


# --- poison ---

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
    assert seconds_within(await seconds_to_due(db), 3.0)


async def test_a_parked_element_wakes_nobody(db: Database) -> None:
    async with db.connection() as connection:
        await store_one_by_one(connection, [unstorable("bad")], USUAL)
    assert await db.one("select count(*) from conversations") == 0
    async with db.engine.begin() as connection:
        assert await CONVERSATIONS.claim(connection, 10) == []
