"""Follow-ups on a real Postgres, by the real sender, to the sandbox's Wazzup."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sales.follow_up_job import KIND
from sales.follow_ups import Consent
from sales.hand_over_reason import Reason
from sales.ownership_storage import give_back, hand_over
from sales.quote_storage import Quote
from sales.sale_storage import set_outcome
from sales.stages import Outcome
from tests.integration.follow_up_support import (
    at_rest,
    job_runner,
    make,
    now,
    pass_time,
    quoted,
    say_consent,
    until,
)
from tests.integration.sale_jobs_support import place_order
from tests.integration.sender_support import Street, settle, street
from tests.support import CHAT_ID, OTHER_CHAT_ID, Database, eventually, in_background, status, webhook

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TEMPLATE = "wapi_template"


@pytest.fixture
async def it(database_url: str, engine: AsyncEngine) -> AsyncIterator[Street]:
    """Noon in Dubai, with a sender at work."""
    db = Database(database_url, engine)
    async with street(db) as built:
        await until(built, 1, 12)
        await writes(built, "Hi")
        async with in_background(built.sender().run()):
            yield built


async def writes(it: Street, words: str, chat_id: str = CHAT_ID) -> None:
    """The customer writes: here, and at Wazzup, which opens its window."""
    await it.customer(words, chat_id)
    await it.db.customer(words, chat_id=chat_id)
    await it.db.write(
        "update conversations set last_customer_message_at = majlis_now(), burst_started_at = null,"
        " burst_due_at = null, due_at = null where chat_id = :chat",
        chat=chat_id,
    )
    await it.db.write("update inbox set settled_at = majlis_now() where settled_at is null")


async def tick(it: Street) -> int:
    """What is due is made and sent; how many were made."""
    made = await make(it.db)
    await at_rest(it)
    return made


def templates(it: Street, chat_id: str = CHAT_ID) -> list[str]:
    """What customers got by template, in order."""
    return [str(message.text) for message in it.arrived(chat_id) if message.type == TEMPLATE]


async def test_day_3_and_day_7_and_nothing_more(it: Street) -> None:
    quote = await quoted(it.db)
    assert await tick(it) == 0
    await pass_time(it, 3 * DAY - timedelta(minutes=1))
    assert await tick(it) == 0
    await pass_time(it, timedelta(minutes=2))
    assert await tick(it) == 1
    [third] = templates(it)
    assert quote.number in third
    for _ in range(3):
        assert await tick(it) == 0
    await pass_time(it, 4 * DAY)
    assert await tick(it) == 1
    assert len(templates(it)) == 2
    assert templates(it)[1] != third
    for _ in range(4):
        await pass_time(it, DAY)
        assert await tick(it) == 0
    # Wazzup took every message as a template, and none as free text.
    assert [message.type for message in it.arrived()] == [TEMPLATE, TEMPLATE]


async def test_after_a_long_pause_only_the_newest(it: Street) -> None:
    await quoted(it.db)
    await pass_time(it, 8 * DAY)
    assert await tick(it) == 1
    rows = await it.db.rows("select step from follow_ups")
    assert [row.step for row in rows] == [7]
    await pass_time(it, DAY)
    assert await tick(it) == 0


@pytest.mark.parametrize("consent", [None, Consent.ASKED, Consent.OPTED_OUT])
async def test_nobody_is_reminded_who_did_not_ask_for_it(it: Street, consent: Consent | None) -> None:
    await quoted(it.db, consent=consent)
    await pass_time(it, 8 * DAY)
    assert await tick(it) == 0
    assert it.arrived() == []


@pytest.fixture
async def unsent(database_url: str, engine: AsyncEngine) -> AsyncIterator[Street]:
    """The same without a sender."""
    db = Database(database_url, engine)
    async with street(db) as built:
        await until(built, 1, 12)
        await writes(built, "Hi")
        yield built


async def happens(it: Street, quote: Quote, event: str) -> None:
    """What ends reminders."""
    match event:
        case "reply":
            await writes(it, "I am thinking about it")
        case "opt out":
            await say_consent(it.db, Consent.OPTED_OUT)
        case "order":
            await place_order(it.db, quote)
        case "lost":
            async with it.db.engine.begin() as connection:
                await set_outcome(connection, quote.conversation_id, Outcome.LOST)
        case "handed over":
            async with it.db.engine.begin() as connection:
                await hand_over(connection, quote.conversation_id, reason="a test")
        case "manager writes":
            wrote_at = await now(it.db)
            async with it.db.engine.begin() as connection:
                await hand_over(
                    connection, quote.conversation_id, reason="a test", manager_message_at=wrote_at
                )
                # Even when he gives the chat back at once.
                await give_back(connection, quote.conversation_id, reason="a test")
        case "taken and given back":
            async with it.db.engine.begin() as connection:
                await hand_over(connection, quote.conversation_id, reason=Reason.TAKEN)
            await pass_time(it, timedelta(minutes=1))
            async with it.db.engine.begin() as connection:
                await give_back(connection, quote.conversation_id, reason=Reason.GIVEN_BACK)


@pytest.mark.parametrize(
    "event",
    ["reply", "opt out", "manager writes", "handed over", "taken and given back", "order", "lost"],
)
@pytest.mark.parametrize("is_made", [False, True], ids=["before it is made", "before it is sent"])
async def test_none_after(unsent: Street, event: str, is_made: bool) -> None:
    """What happens after the follow-up was made, and before the sender comes to it, counts as well."""
    it = unsent
    quote = await quoted(it.db)
    await pass_time(it, 3 * DAY + HOUR)
    if is_made:
        assert await make(it.db) == 1
    await happens(it, quote, event)
    assert await make(it.db) == 0
    async with in_background(it.sender().run()):
        await at_rest(it)
        await pass_time(it, HOUR)
        assert await tick(it) == 0
    assert templates(it) == []
    rows = await it.db.rows("select state from outbox where template_purpose like 'follow_up%'")
    assert [row.state for row in rows] == (["withheld"] if is_made else [])


@pytest.mark.parametrize("event", ["a reply", "a take-over"])
async def test_what_is_being_stored_while_the_sender_decides_is_waited_for(
    unsent: Street, event: str
) -> None:
    it = unsent
    quote = await quoted(it.db)
    await pass_time(it, 3 * DAY + HOUR)
    assert await make(it.db) == 1
    async with it.db.engine.connect() as storing:
        if event == "a reply":
            await storing.execute(text("update conversations set last_customer_message_at = majlis_now()"))
        else:
            await hand_over(storing, quote.conversation_id, reason="a test")
        async with in_background(it.sender().run()):

            async def waits() -> bool:
                return bool(
                    await it.db.one(
                        "select exists (select from pg_stat_activity"
                        " where datname = current_database() and wait_event_type = 'Lock')"
                    )
                )

            await eventually(waits, what="the sender waits for what is being stored")
            await storing.commit()
            await at_rest(it)
    assert templates(it) == []


async def test_a_chat_that_came_back_by_the_customer_s_own_word_is_reminded(it: Street) -> None:
    quote = await quoted(it.db)
    async with it.db.engine.begin() as connection:
        await hand_over(connection, quote.conversation_id, reason="a test")
    await pass_time(it, DAY)
    await writes(it, "anybody there?")
    async with it.db.engine.begin() as connection:
        await give_back(connection, quote.conversation_id, reason=Reason.MANAGER_SILENT)
    await pass_time(it, 3 * DAY)
    assert await tick(it) == 1


async def test_a_reply_begins_a_silence_of_its_own(it: Street) -> None:
    await quoted(it.db)
    await pass_time(it, 3 * DAY)
    assert await tick(it) == 1
    await writes(it, "give me some days")
    await pass_time(it, 3 * DAY - HOUR)
    assert await tick(it) == 0
    await pass_time(it, HOUR)
    assert await tick(it) == 1
    assert len(templates(it)) == 2


async def test_the_last_second_of_the_hours_and_the_first_of_the_next_morning(it: Street) -> None:
    await quoted(it.db)
    await until(it, 3, 20)
    assert await tick(it) == 0
    await until(it, 0, 23, 59)
    assert await tick(it) == 0
    await until(it, 1, 8, 58)
    assert await tick(it) == 0
    await until(it, 0, 9)
    assert await tick(it) == 1


async def test_hours_are_those_of_the_customer(database_url: str, engine: AsyncEngine) -> None:
    db = Database(database_url, engine)
    paris, in_paris = "33612345678", ZoneInfo("Europe/Paris")
    async with street(db) as it, in_background(it.sender().run()):
        await until(it, 1, 10)
        await it.customer("Hi", paris)
        await quoted(db, paris)
        await until(it, 3, 10)
        assert await tick(it) == 0
        await until(it, 0, 9, zone=in_paris)
        assert await tick(it) == 1
        assert await db.one("select zone from follow_ups") == "Europe/Paris"


async def test_what_was_made_in_time_and_comes_too_late_waits_for_the_morning(unsent: Street) -> None:
    it = unsent
    await quoted(it.db)
    await until(it, 3, 19, 59)
    assert await make(it.db) == 1
    await until(it, 0, 20)
    async with in_background(it.sender().run()):
        await at_rest(it)
        assert await tick(it) == 0
        assert templates(it) == []
        await until(it, 1, 9)
        assert await tick(it) == 1
        assert len(templates(it)) == 1
    [row] = await it.db.rows("select state, reason from follow_ups")
    assert tuple(row) == ("made", None)


async def test_one_that_was_overtaken_by_the_next_is_never_sent(unsent: Street) -> None:
    it = unsent
    await quoted(it.db)
    await pass_time(it, 3 * DAY)
    assert await make(it.db) == 1
    # No sender was there until then.
    await pass_time(it, 4 * DAY)
    async with in_background(it.sender().run()):
        await at_rest(it)
        assert await tick(it) == 1
    assert len(templates(it)) == 1
    rows = await it.db.rows("select step, state, reason from follow_ups order by step")
    assert [tuple(row) for row in rows] == [(3, "withdrawn", "newer_is_due"), (7, "made", None)]


async def test_one_that_may_have_left_is_not_made_again(it: Street) -> None:
    await quoted(it.db)
    it.turn_knobs(send_default="accept_then_drop")
    await until(it, 3, 19, 59)
    assert await make(it.db) == 1

    async def tried() -> bool:
        return bool(await it.db.one("select coalesce(max(attempts), 0) > 0 from outbox"))

    await eventually(tried, what="the first attempt")
    it.turn_knobs(send_default="ok")
    # On this side only: Wazzup remembers the key of a moment ago.
    await it.db.write("update test_clock set clock_offset = clock_offset + interval '16 hours'")
    await at_rest(it)
    assert await tick(it) == 0
    assert len(templates(it)) == 1


@pytest.mark.parametrize("code", ["131049", "131050"])
async def test_what_is_not_delivered_is_not_tried_again(it: Street, code: str) -> None:
    """After a limit on this customer nothing for 24 hours; after his own refusal nothing in this silence."""
    await quoted(it.db)
    await pass_time(it, 6 * DAY)
    assert await tick(it) == 1
    [row] = await it.db.rows("select message_id from outbox where template_purpose is not null")
    await it.db.receive(webhook(statuses=[status(row.message_id, "error", code)]))
    await settle(it.db)
    await pass_time(it, DAY - HOUR)
    assert await tick(it) == 0
    await pass_time(it, HOUR + HOUR)
    assert await tick(it) == (1 if code == "131049" else 0)
    assert len(templates(it)) == (2 if code == "131049" else 1)


async def test_a_chat_that_is_being_answered_is_let_be(it: Street) -> None:
    """Time jumped over days while a turn was under way."""
    await quoted(it.db)
    await pass_time(it, 3 * DAY)
    turn_id = await it.db.turn()
    await it.db.write(
        "update conversations set current_turn_id = :turn where chat_id = :chat", turn=turn_id, chat=CHAT_ID
    )
    assert await tick(it) == 0
    await it.db.write("update conversations set current_turn_id = null")
    assert await tick(it) == 1


async def test_the_language_is_the_chat_s(it: Street) -> None:
    await quoted(it.db)
    await it.db.write("update conversations set reply_language = 'ar'")
    await pass_time(it, 3 * DAY)
    assert await tick(it) == 1
    assert "مرحبا" in templates(it)[0]


async def test_the_next_message_is_known_to_answer_a_follow_up(it: Street) -> None:
    quote = await quoted(it.db)
    fact = "select facts ->> 'followed_up' from chat_facts where conversation_id = :id"
    assert await it.db.one(fact, id=quote.conversation_id) is None
    await pass_time(it, 3 * DAY)
    assert await tick(it) == 1
    assert await it.db.one(fact, id=quote.conversation_id) == quote.number
    assert await it.db.one("select stage from sales") == "quoting"
    await writes(it, "ok")
    await it.db.say("Shall I place the order?")
    await at_rest(it)
    assert await it.db.one(fact, id=quote.conversation_id) is None


async def test_without_a_template_a_manager_is_asked_once(it: Street) -> None:
    await quoted(it.db)
    await it.db.write("update message_templates set status = 'paused'")
    await pass_time(it, 3 * DAY)
    assert await tick(it) == 1
    assert await tick(it) == 0
    assert templates(it) == []
    assert await it.db.one("select count(*) from jobs where kind = 'crm.task'") == 1


async def test_many_workers_and_many_chats(it: Street) -> None:
    """Three workers at the same tick: every chat has its one follow-up."""
    chats = [CHAT_ID, OTHER_CHAT_ID, *(f"97150{number:07}" for number in range(120))]
    for chat_id in chats:
        if chat_id not in (CHAT_ID, OTHER_CHAT_ID):
            await it.db.chat(chat_id)
        await quoted(it.db, chat_id)
    await pass_time(it, 3 * DAY + HOUR)
    async with in_background(*(job_runner(it.db).run() for _ in range(3))):
        await it.db.write(
            "insert into jobs (kind, key, payload) select :kind, n::text, '{}' from generate_series(1, 3) n",
            kind=KIND,
        )

        async def done() -> bool:
            return bool(await it.db.one("select count(*) = 3 from jobs where state = 'done'"))

        await eventually(done, what="three ticks at once are done")
    assert await it.db.one("select count(*) from follow_ups") == len(chats)
    assert await it.db.one("select count(*) from outbox") == len(chats)
    results = [row.result for row in await it.db.rows("select result from jobs where state = 'done'")]
    assert sum(result["made"] for result in results) == len(chats)
