"""Every element exactly once, and each chat due when it should be (turns.inbox on a real Postgres)."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack

import psycopg

from connectors.wazzup.payloads import parse_body
from storage import clock
from storage.lease import Held
from tests.support import (
    AT_ONCE,
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
from turns.inbox import store
from turns.inspect import are_stored
from turns.turn_storage import freeze

# How far a due time may be from the expected one: the test's own queries take that long at most.
SLACK_SECONDS = 1.0


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
        " burst_due_at = burst_due_at - make_interval(secs => :s),"
        " due_at = due_at - make_interval(secs => :s)",
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
    rows = await db.rows("select kind, count(*) from inbox group by kind order by kind")
    assert [tuple(row) for row in rows] == [
        ("deletion", 1),
        ("echo", 1),
        ("edit", 2),
        ("message", 1),
        ("status", 2),
    ]


async def test_the_same_id_in_two_channels_is_two_messages(db: Database) -> None:
    await db.receive(webhook(message(message_id="m"), message(message_id="m", channelId="another channel")))
    assert await db.one("select count(*) from inbox") == 2
    assert await db.one("select count(*) from conversations") == 2


async def test_fifty_copies_at_once_over_several_connections_are_one_row_and_wake_the_chat_once(
    db: Database,
) -> None:
    """With a second chat, in both orders: flushes must not lock each other out."""
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


async def test_copies_in_every_order_do_not_lock_each_other_out(db: Database) -> None:
    """The same hundred messages of fifty chats, from eight connections, each time in another order."""
    dice = random.Random(7)
    for burst in range(3):
        written = [
            message("hi", message_id=f"{burst}-{number}", chat_id=f"97150000{number % 50:04}")
            for number in range(100)
        ]
        orders = [dice.sample(written, len(written)) for _ in range(8)]
        async with AsyncExitStack() as stack:
            connections = [await stack.enter_async_context(db.connection()) for _ in orders]
            flushes = [
                store(connection, parse_body(webhook(*order)), USUAL)
                for connection, order in zip(connections, orders, strict=True)
            ]
            await asyncio.gather(*flushes)
    assert await db.one("select count(*) from inbox") == 300
    assert await db.one("select count(*) from conversations") == 50


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


async def test_what_is_not_in_the_inbox_yet_is_not_at_rest(db: Database) -> None:
    await db.receive(webhook(message("hi", message_id="m1")), AT_ONCE)
    async with await psycopg.AsyncConnection.connect(db.url) as connection:
        assert await are_stored(connection, ["m1"])
        assert await are_stored(connection, ["m1", "m1"])
        assert not await are_stored(connection, ["m1", "m2"])
