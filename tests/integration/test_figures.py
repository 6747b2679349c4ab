"""The figures of a report on rows that are known."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.period import Period
from offscript import figures as model_figures
from offscript.figures import DayCost, ModelShare
from sales import figures as sale_figures
from sales.figures import FollowUps, HandOvers
from sales.hand_over_reason import Reason
from sales.ownership_storage import give_back, hand_over
from sales.stages import Stage
from tests.integration.quote_support import sent
from tests.integration.report_support import MANAGER, come_to, last_week, turn_at
from tests.support import CHAT_ID, OTHER_CHAT_ID, Database
from turns import figures as turn_figures

HOUR = timedelta(hours=1)
THIRD_CHAT_ID = "971500000003"


@pytest.fixture
async def week(db: Database) -> Period:
    return await last_week(db)


def test_weeks_begin_at_the_sellers_midnight(week: Period) -> None:
    assert week.first.weekday() == week.after.weekday() == 0
    assert week.until - week.since == timedelta(days=7)
    assert week.since.utcoffset() == timedelta(hours=4)
    assert (week.since.hour, week.since.minute) == (0, 0)


async def test_languages_are_those_of_most_turns_of_the_period(db: Database, week: Period) -> None:
    first = await db.chat(CHAT_ID)
    second = await db.chat(OTHER_CHAT_ID)
    await turn_at(db, CHAT_ID, week.since, language="ar")
    await turn_at(db, CHAT_ID, week.since + HOUR, language="ar")
    await turn_at(db, CHAT_ID, week.since + 2 * HOUR, language="en")
    await turn_at(db, OTHER_CHAT_ID, week.until - HOUR, language="mixed")
    await turn_at(db, THIRD_CHAT_ID, week.since - timedelta(seconds=1))
    await turn_at(db, THIRD_CHAT_ID, week.until)
    await turn_at(db, MANAGER, week.since)
    async with db.engine.begin() as connection:
        found = await turn_figures.languages(connection, week.since, week.until, manager=MANAGER)
    assert found == {first: "ar", second: "mixed"}


async def test_waits_end_with_the_first_reply(db: Database, week: Period) -> None:
    for seconds in (1.0, 2.0, 3.0, 30.0, 90.0):
        await turn_at(db, CHAT_ID, week.since + HOUR, replies_after=(seconds, seconds + 5))
    await turn_at(db, CHAT_ID, week.since + HOUR, replies_after=(), state="withheld")
    # That the house is paused is a notice, and no answer.
    await turn_at(db, CHAT_ID, week.since + HOUR, replies_after=(0.5,), state="withheld")
    async with db.engine.begin() as connection:
        found = await turn_figures.responses(connection, week.since, week.until, manager=MANAGER)
    assert (found.turns, found.answered, found.in_time) == (7, 5, 4)
    assert found.median == pytest.approx(3.0)
    assert found.slow == pytest.approx(78.0)
    assert dict(zip((*turn_figures.WAITS, None), found.groups, strict=True)) == {
        2: 2, 5: 1, 10: 0, 20: 0, 30: 1, 60: 0, None: 1,
    }  # fmt: skip


async def test_without_turns_there_are_no_waits(db: Database, week: Period) -> None:
    async with db.engine.begin() as connection:
        found = await turn_figures.responses(connection, week.since, week.until, manager="")
        assert await turn_figures.languages(connection, week.since, week.until, manager="") == {}
        assert await model_figures.model_share(connection, week.since, week.until, manager="") == ModelShare(
            0, 0
        )
    assert (found.turns, found.answered, found.median, found.slow) == (0, 0, None, None)
    assert set(found.groups) == {0}


async def test_the_furthest_stage_counts_up_to_the_periods_end(db: Database, week: Period) -> None:
    first, second = await db.chat(CHAT_ID), await db.chat(OTHER_CHAT_ID)
    await come_to(db, CHAT_ID, Stage.QUALIFYING, Stage.SELECTING, Stage.QUALIFYING)
    async with db.engine.begin() as connection:
        now = (await connection.exec_driver_sql("select majlis_now()")).scalar_one()
        found = await sale_figures.reached(connection, [first, second], now)
        before = await sale_figures.reached(connection, [first, second], week.until)
    assert found == {first: Stage.SELECTING, second: Stage.GREETING}
    assert before == {first: Stage.GREETING, second: Stage.GREETING}


async def test_hand_overs_wait_for_the_managers_first_message(db: Database, week: Period) -> None:
    chats = [await db.chat(chat_id) for chat_id in (CHAT_ID, OTHER_CHAT_ID, THIRD_CHAT_ID)]
    async with db.engine.begin() as connection:
        for chat in chats[:2]:
            await hand_over(connection, chat, reason=Reason.ASKED)
        began = (await connection.exec_driver_sql("select at from hand_overs limit 1")).scalar_one()
        for minutes in (10, 50):
            await hand_over(
                connection, chats[0], reason=Reason.MANAGER_WROTE,
                manager_message_at=began + timedelta(minutes=minutes),
            )  # fmt: skip
        # Given back unanswered, and taken over by a manager of his own accord.
        await give_back(connection, chats[1], reason=Reason.GIVEN_BACK)
        await hand_over(
            connection, chats[1], reason=Reason.MANAGER_WROTE, manager_message_at=began + timedelta(hours=1)
        )
        # No hand-over: a manager's messages of before.
        await give_back(connection, chats[1], reason=Reason.GIVEN_BACK)
        await hand_over(connection, chats[2], reason=Reason.STUCK)
    await db.write("update hand_overs set at = at - interval '30 days', answered_at = answered_at"
                   " - interval '30 days' where reason = :stuck", stuck=Reason.STUCK)  # fmt: skip
    async with db.engine.begin() as connection:
        found = await sale_figures.hand_overs(connection, began - HOUR, began + HOUR)
        before = await sale_figures.hand_overs(connection, began - HOUR * 1000, began - HOUR)
    assert found == [
        HandOvers(Reason.ASKED, 2, 1, 600.0),
        HandOvers(Reason.MANAGER_WROTE, 1, 1, None),
    ]
    assert before == [HandOvers(Reason.STUCK, 1, 0, None)]


async def follow_up(
    db: Database, chat_id: str, step: int, state: str = "made", sent: str = "accepted"
) -> None:
    """A reminder that went out now, three days after the customer fell silent."""
    await db.write(
        "with row as (insert into outbox (conversation_id, ordinal, text, state, due_at)"
        "  values (:chat, 0, 'reminder', :sent, null) returning id)"
        " insert into follow_ups (conversation_id, silence_since, step, zone, quote_id, outbox_id, state,"
        " made_at) select :chat, '2026-01-01', :step, 'Asia/Dubai', max(q.id), max(row.id), :state,"
        " majlis_now() - interval '3 hours' from row, quotes q where q.conversation_id = :chat",
        chat=await db.chat(chat_id),
        step=step,
        state=state,
        sent=sent,
    )


async def test_what_reminders_brought(db: Database) -> None:
    for chat_id in (CHAT_ID, OTHER_CHAT_ID, THIRD_CHAT_ID):
        await sent(db, chat_id=chat_id)
    await db.write("update conversations set last_customer_message_at = '2026-01-01'")
    await follow_up(db, CHAT_ID, 3)
    await follow_up(db, CHAT_ID, 7)
    await follow_up(db, OTHER_CHAT_ID, 3)
    await follow_up(db, THIRD_CHAT_ID, 3)
    await follow_up(db, THIRD_CHAT_ID, 7, state="withdrawn", sent="withheld")
    # The first answers after his second reminder and orders; the second answers.
    await db.write(
        "update conversations set last_customer_message_at = majlis_now() where chat_id = any(:ids)",
        ids=[CHAT_ID, OTHER_CHAT_ID],
    )
    await db.write(
        "insert into orders (quote_id, conversation_id) select q.id, q.conversation_id from quotes q"
        " join conversations c on c.id = q.conversation_id where c.chat_id = :id",
        id=CHAT_ID,
    )
    async with db.engine.begin() as connection:
        now = (await connection.exec_driver_sql("select majlis_now()")).scalar_one()
        found = await sale_figures.follow_ups(connection, now - 4 * HOUR, now)
        assert await sale_figures.follow_ups(connection, now - HOUR, now) == []
    assert found == [FollowUps(3, 3, 1, 0), FollowUps(7, 1, 1, 1)]


async def test_what_models_cost_and_which_turns_needed_one(db: Database, week: Period) -> None:
    by_rules = await turn_at(db, CHAT_ID, week.since + HOUR)
    by_model = await turn_at(db, CHAT_ID, week.since + 2 * HOUR)
    await turn_at(db, MANAGER, week.since + HOUR)
    await turn_at(db, CHAT_ID, week.until)
    calls = [
        (week.first, by_model, "triage", "0.001"),
        (week.first, by_model, "answer", "0.02"),
        (week.first, by_model, "answer", "0.03"),
        (week.first + timedelta(days=1), by_rules, "summary", "0.004"),
        (week.after, by_rules, "answer", "5"),
    ]
    for day, turn, purpose, dollars in calls:
        await db.write(
            "insert into model_calls (day, turn_id, purpose, prompt_version, model_asked, cost)"
            " values (:day, :turn, :purpose, '1', 'm', :cost)",
            day=day,
            turn=turn,
            purpose=purpose,
            cost=Decimal(dollars),
        )
    # A call after the period does not count for its day, but its turn had a model.
    await db.write("delete from model_calls where cost = 5")
    async with db.engine.begin() as connection:
        costs = await model_figures.costs(connection, week.first, week.after)
        share = await model_figures.model_share(connection, week.since, week.until, manager=MANAGER)
    assert costs == [
        DayCost(week.first, "answer", 2, Decimal("0.05")),
        DayCost(week.first, "triage", 1, Decimal("0.001")),
        DayCost(week.first + timedelta(days=1), "summary", 1, Decimal("0.004")),
    ]
    assert share == ModelShare(2, 1)
