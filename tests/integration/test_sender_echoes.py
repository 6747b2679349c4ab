"""What comes back of a send: echoes, ours and a manager's (turns.gateway_events)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import text

from sandbox.wazzup.media import StoredFile
from storage import clock
from tests.integration.sender_support import made, settle, street
from tests.support import (
    OTHER_CHAT_ID,
    READER,
    Database,
    echo,
    eventually,
    in_background,
    webhook,
)
from turns.clerk import Clerk
from turns.ports import Reply


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


async def test_a_file_whose_answer_was_lost_is_ours_under_the_vendors_address(
    db: Database, tmp_path: Path
) -> None:
    async with street(db, webhooks_home=tmp_path) as it:
        file = it.wazzup.media.put(
            StoredFile(data=b"%PDF-1.7", content_type="application/pdf", file_name="q.pdf", expires_at=None)
        )
        it.turn_knobs(echo="all", send_script=["accept_then_drop"])
        await db.say(Reply(content_uri=file))
        async with in_background(it.sender().run(), it.clerk().run()):

            async def named() -> bool:
                return bool(await db.one("select state = 'accepted' and message_id is not null from outbox"))

            await eventually(named, what="the file has its id")
            await clock.advance(db.url, 11)
            await settle(db)
        [message] = it.arrived()
        assert message.content_uri != file
        assert await db.one("select message_id from outbox") == message.message_id
        assert await db.owner() == "bot"


async def test_of_several_files_the_oldest_is_recognised_first_and_texts_are_told_apart(db: Database) -> None:
    ids = await made(db, "hello", "bye", state="uncertain")
    await db.write(
        "update outbox set text = null, content_uri = 'https://ours/' || id where id = :id", id=ids[1]
    )
    await db.receive(webhook(echo(None, message_id="e1", type="document", contentUri="https://copy/1")))
    await settle(db)
    rows = await db.rows("select id from outbox where state = 'accepted'")
    assert [row.id for row in rows] == [ids[1]]
    # Another file that nobody sent from here is a person's, once our own sends are settled.
    await db.receive(webhook(echo(None, message_id="e2", type="document", contentUri="https://copy/2")))
    await clock.advance(db.url, 10)
    await settle(db)
    assert await db.owner() == "person"


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
