"""What comes back of a send: statuses, the window they close, channel states (turns.gateway_events)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storage import clock
from tests.integration.sender_support import made, settle, street
from tests.support import (
    CHANNEL_ID,
    CHAT_ID,
    READER,
    Database,
    echo,
    eventually,
    in_background,
    status,
    webhook,
)
from turns.clerk import Clerk
from turns.gateway_events import settle_channels, settle_statuses


async def delivery(db: Database, row_id: int) -> tuple[str | None, str | None]:
    [row] = await db.rows("select delivery_status, delivery_problem from outbox where id = :id", id=row_id)
    return row.delivery_status, row.delivery_problem


@pytest.mark.parametrize(
    ("order", "final"),
    [
        (["sent", "delivered", "read"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["delivered", "sent"], "delivered"),
        (["sent", "error"], "error"),
        (["read", "error", "delivered"], "error"),
        (["sent", "admired"], "sent"),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
async def test_statuses_never_move_backwards(
    db: Database, order: list[str], final: str, at_once: bool
) -> None:
    [row_id] = await made(db, "hello", state="accepted", message_ids=True)
    for name in order:
        await db.receive(webhook(statuses=[status(f"m{row_id}", name)]))
        if not at_once:
            await settle(db)
    await settle(db)
    assert (await delivery(db, row_id))[0] == final
    assert await db.one("select count(*) from inbox where settled_at is null") == 0


async def test_a_status_before_its_201_is_applied_when_the_answer_names_the_message(
    db: Database, tmp_path: Path
) -> None:
    async with street(db, webhooks_home=tmp_path) as it:
        it.turn_knobs(
            echo="all", echo_before_response=True, status_before_echo=True, status_script=["delivered"]
        )
        await db.say("hello")
        async with in_background(it.sender().run(), it.clerk().run()):

            async def applied() -> bool:
                return bool(await db.one("select delivery_status = 'delivered' from outbox"))

            await eventually(applied, what="the status is applied")


async def test_a_status_of_a_message_nobody_knows_waits_ten_minutes_and_is_forgotten(db: Database) -> None:
    await db.receive(webhook(statuses=[status("unknown", "sent")]))
    await clock.advance(db.url, 9 * 60)
    await settle(db)
    assert await db.one("select settled_at is null from inbox")
    await clock.advance(db.url, 61)
    await settle(db)
    assert await db.one("select problem from inbox") == "no message of ours has this id"


async def test_an_error_keeps_its_reason(db: Database) -> None:
    [row_id] = await made(db, "hello", state="accepted", message_ids=True)
    await db.receive(webhook(statuses=[status(f"m{row_id}", "error", "BAD_CONTACT")]))
    await settle(db)
    assert await delivery(db, row_id) == ("error", "BAD_CONTACT")
    assert await db.one("select window_closed_at is null from conversations")


async def test_two_clerks_settle_every_status_once(db: Database) -> None:
    ids = await made(db, *(f"line {number}" for number in range(20)), state="accepted", message_ids=True)
    names = ("sent", "delivered", "read")
    await db.receive(webhook(statuses=[status(f"m{row_id}", name) for row_id in ids for name in names]))
    await asyncio.gather(*(settle(db) for _ in range(4)))
    await settle(db)
    assert await db.one("select count(*) from outbox where delivery_status = 'read'") == 20
    assert await db.one("select count(*) from inbox where settled_at is null") == 0


# --- the window and the channel ---


@pytest.mark.parametrize("refusal", ["status", "synchronous"])
async def test_24_hours_exceeded_closes_the_window_until_the_customer_writes_again(
    db: Database, tmp_path: Path, refusal: str
) -> None:
    async with street(db, webhooks_home=tmp_path) as it:
        it.turn_knobs(window_refusal=refusal)
        # Wazzup's own count of the hours is ahead of ours.
        it.wazzup.clock.advance(25 * 3600)
        await db.say("hello")
        async with in_background(it.sender().run(), it.clerk().run()):

            async def closed() -> bool:
                return bool(await db.one("select window_closed_at is not null from conversations"
                                         " where chat_id = :chat", chat=CHAT_ID))  # fmt: skip

            await eventually(closed, what="the window is closed")
            first = "accepted" if refusal == "status" else "failed"
            await it.until_rows(first)
            await db.say("are you there?")
            await it.until_rows(first, "withheld")
            assert len(it.sends()) == 1
            await it.customer("yes")
            await db.say("good")
            await it.until_rows(first, "withheld", "accepted")


async def test_late_news_of_a_closed_window_does_not_close_the_one_that_the_customer_opened_since(
    db: Database,
) -> None:
    async with street(db) as it:
        [late] = await made(db, "hello", state="accepted", message_ids=True)
        await db.write("update outbox set first_attempt_at = clock_timestamp() - interval '5 seconds'")
        await db.write(
            "update conversations set last_customer_message_at = majlis_now() - interval '1 second'"
        )
        await db.receive(webhook(statuses=[status(f"m{late}", "error", "24_HOURS_EXCEEDED")]))
        async with db.engine.begin() as connection:
            assert await settle_statuses(connection, READER) == 1
        assert await delivery(db, late) == ("error", "24_HOURS_EXCEEDED")
        await db.say("good to hear from you")
        async with in_background(it.sender().run()):
            await it.until_rows("accepted", "accepted")


async def test_a_channels_new_state_is_noted(db: Database) -> None:
    async with street(db):
        for state in ("disabled", "active"):
            event = {"channelId": CHANNEL_ID, "state": state, "timestamp": 1}
            await db.receive(webhook(channelsUpdates=[event]))
            async with db.engine.begin() as connection:
                await settle_channels(connection)
            rows = await db.rows("select transport, state from channels")
            assert [tuple(row) for row in rows] == [("wapi", state)]


@pytest.mark.parametrize("states", [["disabled", "active"], ["active", "disabled"], ["qr", "active", None]])
async def test_of_several_states_of_a_channel_the_last_one_counts(
    db: Database, states: list[str | None]
) -> None:
    """One without a state changes nothing, and stops nobody."""
    async with street(db):
        events = [{"channelId": CHANNEL_ID, "state": state, "timestamp": n} for n, state in enumerate(states)]
        await db.receive(webhook(channelsUpdates=events))
        async with db.engine.begin() as connection:
            await settle_channels(connection)
        assert await db.one("select state from channels") == [state for state in states if state][-1]
        assert await db.one("select count(*) from inbox where settled_at is null") == 0


async def test_a_poisonous_echo_or_status_does_not_stop_the_clerk(db: Database) -> None:
    [row_id] = await made(db, "hello", state="accepted", message_ids=True)
    await db.receive(
        webhook(
            echo(None, dateTime="9999-12-31T23:59:59-14:00", sentFromApp="yes", authorId={"a": 1}),
            echo("hello", dateTime="0001-01-01T00:00:00+14:00", contentUri=7),
            statuses=[
                {"messageId": f"m{row_id}", "status": "sent", "error": [1]},
                {"messageId": f"m{row_id}", "status": "read", "error": {"error": None}},
            ],
        )
    )
    async with in_background(Clerk(db.engine, READER, "clerk of tests").run()):

        async def settled() -> bool:
            return not await db.one("select count(*) from inbox where settled_at is null")

        await eventually(settled, what="everything is settled")
    assert (await delivery(db, row_id))[0] == "read"
