"""What comes back of a send: echoes, statuses and the window they close (turns.gateway_events)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import clock
from tests.integration.sender_support import street
from tests.support import (
    CHANNEL_ID,
    CHAT_ID,
    OTHER_CHAT_ID,
    READER,
    Database,
    echo,
    eventually,
    in_background,
    status,
    webhook,
)
from turns.clerk import Clerk
from turns.gateway_events import settle_channels, settle_echoes, settle_statuses


@pytest.fixture
def db(database_url: str, engine: AsyncEngine) -> Database:
    return Database(database_url, engine)


async def settle(db: Database) -> None:
    """One round of the clerk."""
    async with db.engine.begin() as connection:
        await settle_statuses(connection, READER)
        await settle_echoes(connection, await db.chat(), READER)


async def made(db: Database, *words: str, state: str, message_ids: bool = False) -> list[int]:
    """Rows that were tried and ended in this state."""
    ids = await db.say(*words)
    await db.write(
        "update outbox set state = :state, attempts = 1, first_attempt_at = clock_timestamp(), due_at = null,"
        " message_id = case when :named then 'm' || id end,"
        " uncertain_until = case when :state = 'uncertain' then clock_timestamp() + interval '1 minute' end"
        " where id = any(:ids)",
        state=state,
        named=message_ids,
        ids=ids,
    )
    return ids


async def delivery(db: Database, row_id: int) -> tuple[str | None, str | None]:
    [row] = await db.rows("select delivery_status, delivery_problem from outbox where id = :id", id=row_id)
    return row.delivery_status, row.delivery_problem


# --- echoes ---


async def test_an_echo_settles_what_is_uncertain_by_its_text_oldest_first(db: Database) -> None:
    first, second, other = await made(db, "same words", "same words", "other words", state="uncertain")
    for number, settled in ((1, [first]), (2, [first, second])):
        await db.receive(webhook(echo("same words", message_id=f"e{number}")))
        await settle(db)
        rows = await db.rows("select id, message_id from outbox where state = 'accepted' order by id")
        assert [(row.id, row.message_id) for row in rows] == [
            (row_id, f"e{place}") for place, row_id in enumerate(settled, start=1)
        ]
    assert await db.one("select state from outbox where id = :id", id=other) == "uncertain"
    assert await db.owner() == "bot"


async def test_a_settled_row_no_longer_holds_its_chat_back(db: Database) -> None:
    async with street(db) as it:
        await made(db, "hello", state="uncertain")
        await db.say("after it")
        await db.say("unhindered", chat_id=OTHER_CHAT_ID)
        async with in_background(it.sender().run()):
            await it.until_rows("accepted", chat_id=OTHER_CHAT_ID)
            assert it.arrived() == []
            await db.receive(webhook(echo("hello", message_id="e1")))
            await settle(db)
            await it.until_rows("accepted", "accepted")
        assert [message.text for message in it.arrived()] == ["after it"]


async def test_an_echo_of_another_chat_settles_nothing_here(db: Database) -> None:
    await made(db, "hello", state="uncertain")
    await db.chat(OTHER_CHAT_ID)
    await db.receive(webhook(echo("hello", chat_id=OTHER_CHAT_ID)))
    await settle(db)
    assert await db.one("select state from outbox") == "uncertain"


async def test_an_echo_before_the_201_is_ours_and_nobody_takes_over(db: Database, tmp_path: Path) -> None:
    async with street(db, webhooks_home=tmp_path) as it:
        it.turn_knobs(echo="all", echo_before_response=True)
        await db.say("hello", "again")
        async with in_background(it.sender().run(), it.clerk().run()):
            await it.until_rows("accepted", "accepted")

            async def judged() -> bool:
                return not await db.one(
                    "select count(*) from inbox where kind = 'echo' and settled_at is null"
                )

            await eventually(judged, what="the echoes are judged")
        rows = await db.rows("select message_id from outbox order by id")
        assert [row.message_id for row in rows] == [message.message_id for message in it.arrived()]
        assert await db.owner() == "bot"


async def test_an_echo_judged_while_its_201_is_recorded_is_no_managers(db: Database) -> None:
    [row_id] = await db.say("hello")
    await db.write("update outbox set first_attempt_at = clock_timestamp()")
    await db.receive(webhook(echo("hello", message_id="e1")))
    async with db.engine.connect() as recording:
        await recording.execute(
            text("update outbox set state = 'accepted', message_id = 'e1', due_at = null where id = :id"),
            {"id": row_id},
        )
        judging = asyncio.create_task(settle(db))

        async def is_held_up() -> bool:
            return bool(
                await db.one(
                    "select count(*) from pg_stat_activity"
                    " where datname = current_database() and wait_event_type = 'Lock'"
                )
            )

        await eventually(is_held_up, what="the judgement waits for the row")
        await recording.commit()
        await judging
    assert await db.owner() == "bot"
    await settle(db)
    assert await db.one("select settled_at is not null from inbox")
    assert await db.owner() == "bot"


async def test_an_echo_names_a_message_whose_answer_was_lost(db: Database, tmp_path: Path) -> None:
    async with street(db, webhooks_home=tmp_path) as it:
        it.turn_knobs(echo="all", send_script=["accept_then_drop"])
        await db.say("hello")
        async with in_background(it.sender().run(), it.clerk().run()):

            async def named() -> bool:
                return bool(await db.one("select state = 'accepted' and message_id is not null from outbox"))

            await eventually(named, what="the message has its id")
        [message] = it.arrived()
        assert await db.one("select message_id from outbox") == message.message_id
        assert await db.owner() == "bot"


async def test_a_row_that_an_echo_settled_is_not_sent_again(db: Database) -> None:
    async with street(db) as it:
        await db.say("hello")
        await db.write("update outbox set attempts = 1, first_attempt_at = clock_timestamp()")
        await db.receive(webhook(echo("hello", message_id="e1")))
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("accepted")
        assert (row.message_id, it.sends()) == ("e1", [])


async def test_a_manager_who_repeats_our_words_is_still_a_manager(db: Database) -> None:
    [row_id] = await made(db, "hello", state="uncertain")
    await db.receive(webhook(echo("hello", by_person=True)))
    await settle(db)
    assert await db.owner() == "person"
    assert await db.one("select state from outbox where id = :id", id=row_id) == "uncertain"


async def test_an_unmatched_echo_waits_for_our_sends_and_ten_seconds_later_is_a_persons(db: Database) -> None:
    await made(db, "hello", state="uncertain")
    await db.receive(webhook(echo("something else")))
    await settle(db)
    assert await db.owner() == "bot"
    assert await db.one("select settled_at is null from inbox where kind = 'echo'")
    await clock.advance(db.url, 10)
    await settle(db)
    assert await db.owner() == "person"
    assert not await db.one("select settled_at is null from inbox where kind = 'echo'")


async def test_an_unmatched_echo_is_a_persons_at_once_when_nothing_of_ours_is_open(db: Database) -> None:
    await made(db, "hello", state="accepted", message_ids=True)
    await db.receive(webhook(echo("something else", dateTime="2026-11-20T09:16:00Z")))
    await settle(db)
    [owner] = await db.rows("select owner, reason, manager_last_message_at from owners")
    assert (owner.owner, owner.reason) == ("person", "a manager wrote")
    assert owner.manager_last_message_at.isoformat() == "2026-11-20T09:16:00+00:00"


async def test_a_messengers_clock_that_is_ahead_does_not_keep_the_chat_for_ever(db: Database) -> None:
    await db.chat()
    await db.receive(webhook(echo("Hi, this is Sara", by_person=True, dateTime="2199-01-01T00:00:00Z")))
    await settle(db)
    assert await db.one("select manager_last_message_at <= majlis_now() from owners")


async def test_a_row_nobody_tried_yet_matches_no_echo(db: Database) -> None:
    """A manager's words that happen to be what the bot is about to say."""
    await db.say("hello")
    await db.receive(webhook(echo("hello")))
    await settle(db)
    assert await db.owner() == "person"
    assert await db.one("select state from outbox") == "queued"


async def test_a_manager_who_writes_first_owns_the_chat_before_the_customer_answers(db: Database) -> None:
    await db.receive(webhook(echo("hello", chat_id="971509999999", sentFromApp=True)))
    async with in_background(Clerk(db.engine, READER, "clerk of tests").run()):

        async def owned() -> bool:
            return bool(await db.one("select exists (select 1 from owners where owner = 'person')"))

        await eventually(owned, what="the chat is the manager's")


# --- statuses ---


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
