"""The account's templates are known as Wazzup lists them, and our own coming back are known as ours."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storage import clock
from tests.integration.sender_support import settle, street
from tests.integration.template_support import ORDER, ORDER_TEMPLATE, WORDS, say
from tests.support import Database, echo, eventually, in_background, webhook
from turns.account import note_templates, watch_account
from turns.gateway_events import settle_templates

DAY = 24 * 3600


# --- what comes back ---


@pytest.mark.parametrize("early", [True, False])
async def test_our_own_template_coming_back_is_ours(db: Database, tmp_path: Path, early: bool) -> None:
    async with street(db, webhooks_home=tmp_path) as it:
        it.turn_knobs(echo="all", echo_before_response=early)
        await clock.advance(db.url, 2 * DAY)
        await say(db, WORDS, ORDER)
        async with in_background(it.sender().run(), it.clerk().run()):
            await it.until_rows("accepted")
            await all_judged(db)
        [message] = it.arrived()
        assert await db.one("select message_id from outbox") == message.message_id
        assert await db.owner() == "bot"


@pytest.mark.parametrize("text", ["the very words", "only the body of it", None])
async def test_the_echo_names_a_template_whose_answer_was_lost(db: Database, text: str | None) -> None:
    await tried_as_template(db)
    said = await db.one("select template_text from outbox")
    words = said if text == "the very words" else text
    await db.receive(webhook(echo(words, type="wapi_template", message_id="e1")))
    await settle(db)
    [row] = await db.rows("select state, message_id from outbox")
    assert (row.state, row.message_id) == ("accepted", "e1")
    assert await db.owner() == "bot"


async def test_a_template_that_a_manager_sends_takes_the_chat_over(db: Database) -> None:
    await tried_as_template(db)
    await db.receive(webhook(echo("Another template", type="wapi_template", by_person=True)))
    await settle(db)
    assert await db.owner() == "person"
    assert await db.one("select state from outbox") == "uncertain"


async def test_free_text_of_ours_is_not_taken_for_a_template(db: Database) -> None:
    [row_id] = await db.say("hello")
    await db.write(
        "update outbox set first_attempt_at = clock_timestamp(), state = 'uncertain', due_at = null"
    )
    await db.receive(webhook(echo("A template", type="wapi_template", message_id="e1")))
    await clock.advance(db.url, 11)
    await settle(db)
    assert await db.one("select message_id is null from outbox where id = :id", id=row_id)
    assert await db.owner() == "person"


async def tried_as_template(db: Database) -> None:
    await say(db, WORDS, ORDER)
    await db.write(
        "update outbox set state = 'uncertain', attempts = 1, first_attempt_at = clock_timestamp(),"
        " due_at = null, template_guid = :guid, template_text = 'Your order is confirmed, SO-00017.'",
        guid=ORDER_TEMPLATE.en,
    )


async def all_judged(db: Database) -> None:
    async def judged() -> bool:
        return not await db.one("select count(*) from inbox where kind = 'echo' and settled_at is null")

    await eventually(judged, what="the echoes are judged")


# --- the list of templates ---


async def status_of(db: Database) -> str:
    return str(await db.one("select status from message_templates where guid = :id", id=ORDER_TEMPLATE.en))


async def test_a_template_event_counts_at_once_and_every_time(db: Database) -> None:
    async with street(db):
        for status in ("PAUSED", "approved", "PAUSED"):
            event = {"templateGuid": ORDER_TEMPLATE.en.upper(), "name": "x", "status": status}
            await db.receive(webhook(templateStatus=event))
            async with db.engine.begin() as connection:
                assert await settle_templates(connection)
                assert not await settle_templates(connection)
            assert await status_of(db) == status.lower()


async def test_after_a_template_event_the_list_is_read_anew(db: Database, tmp_path: Path) -> None:
    async with street(db, webhooks_home=tmp_path) as it:
        changed = asyncio.Event()
        clerk = it.clerk(changed)
        await db.write("update message_templates set status = 'of yesterday'")
        async with in_background(watch_account(db.engine, it.client, changed), clerk.run()):

            async def begun() -> bool:
                return await status_of(db) == "approved"

            await eventually(begun, what="the list was read at the start")
            it.wazzup.templates.change(ORDER_TEMPLATE.en, "paused", upper_case=False)
            await it.wazzup.template_changes(ORDER_TEMPLATE.ar, "disabled")

            async def read() -> bool:
                return await status_of(db) == "paused"

            await eventually(read, what="both changes are known")
        disabled = "select status from message_templates where guid = :id"
        assert await db.one(disabled, id=ORDER_TEMPLATE.ar) == "disabled"


async def test_a_template_that_is_no_longer_listed_is_forgotten_and_a_long_list_is_read_whole(
    db: Database,
) -> None:
    async with street(db) as it:
        await db.write("update message_templates set guid = 'gone' where guid = :id", id=ORDER_TEMPLATE.en)
        listed = it.wazzup.templates.page(100, 0, upper_case=False)
        many = [
            {**listed[0], "templateGuid": f"{number:08}-0000-4000-8000-000000000000"} for number in range(250)
        ]
        it.wazzup.templates.replace([*many, *listed])
        await note_templates(db.engine, it.client)
        assert await db.one("select count(*) from message_templates") == 250 + len(listed)
        assert await status_of(db) == "approved"


async def test_while_wazzup_is_away_the_templates_known_before_stand(db: Database) -> None:
    async with street(db) as it:
        before = await db.one("select count(*) from message_templates")
        it.turn_knobs(rate_limit_requests=1, rate_limit_window_seconds=3600)
        with pytest.raises(OSError, match="templates cannot be read"):
            await note_templates(db.engine, it.client)
        assert await db.one("select count(*) from message_templates") == before > 0
