"""The weekly review over a real database: the chosen chats, masked, graded once, kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.period import Period
from app.weekly_review import KIND, TICK, WeeklyReview
from quality.ports import ChatToGrade, Verdict
from quality.record_rules import RecordRules
from quality.review_storage import failures, forget_weeks, reviewed_weeks, rule_counts
from sales.fact_storage import remember_facts
from sales.fact_values import Fact
from sales.hand_over_reason import Reason
from sales.ownership_storage import hand_over
from storage.clock import advance
from storage.cron import tick
from storage.job_runner import JobRunner
from tests.integration.quote_support import sent
from tests.integration.report_support import DUBAI, MANAGER, last_week, turn_at
from tests.support import CHAT_ID, OTHER_CHAT_ID, Database, eventually, in_background
from turns.review import DETAILS, detail_steps

HOUR = timedelta(hours=1)
DAY = 86_400.0


class Noting:
    """Grades by rows and remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[ChatToGrade] = []

    async def grade(self, chat: ChatToGrade) -> Sequence[Verdict]:
        self.shown.append(chat)
        return await RecordRules().grade(chat)


@pytest.fixture
def db(database_url: str, engine: AsyncEngine) -> Database:
    return Database(database_url, engine)


@pytest.fixture
async def week(db: Database) -> Period:
    return await last_week(db)


@pytest.fixture
def grader() -> Noting:
    return Noting()


async def review(db: Database, grader: Noting, *, size: int = 30) -> int | None:
    """A tick and its job, as a worker does them; how many chats were graded."""
    work = WeeklyReview(db.engine, grader, DUBAI, MANAGER, size)
    async with db.engine.begin() as connection:
        job_id = await tick(connection, TICK.name, TICK.every_seconds, TICK.kind)
    assert job_id is not None

    async def ended() -> bool:
        return bool(await db.one("select state = 'done' from jobs where id = :id", id=job_id))

    async with in_background(JobRunner(db.engine, {KIND: work}, at_once=1).run()):
        await eventually(ended, what="the review is done")
    result: int = await db.one("select (result ->> 'graded')::int from jobs where id = :id", id=job_id)
    return result


async def test_what_is_shown_and_kept_is_masked(db: Database, week: Period, grader: Noting) -> None:
    chat = await db.chat(CHAT_ID)
    async with db.engine.begin() as connection:
        await remember_facts(connection, chat, {Fact.CONTACT_NAME: "Zubaida Saeed"})
    said = "I am Zubaida, mail zubaida@post.example or call 050 765 4321, budget 900 AED"
    turn = await turn_at(db, CHAT_ID, week.since + HOUR, said, reply="Thank you Zubaida, which email?")
    await db.write("insert into channels (channel_id, transport, state)"
                   " select channel_id, 'wapi', 'active' from conversations")  # fmt: skip
    for event in (
        {"event": "slot", "name": "email", "value": "zubaida@post.example"},
        {"event": "user", "message_id": str(turn)},
        {"event": "bot", "metadata": {"utter_action": "utter_ask_quote_form_email"}},
    ):
        await db.write(
            "insert into events (sender_id, type_name, data) values (:chat, :kind, :data)",
            chat=str(chat),
            kind=event["event"],
            data=json.dumps(event),
        )

    assert await review(db, grader) == 1

    [shown] = grader.shown
    assert [line.who for line in shown.lines] == ["customer", "majlis"]
    assert shown.lines[0].text == "I am <PERSON_1>, mail <EMAIL_1> or call <PHONE_1>, budget <AMOUNT_1> AED"
    assert (shown.language, shown.outcome, shown.handed_over, shown.transport) == (
        "en",
        "open",
        False,
        "wapi",
    )
    async with db.engine.begin() as connection:
        [failure] = await failures(connection, week.first, week.after, limit=10)
        counts = await rule_counts(connection, week.first, week.after)
    assert (failure.rule, failure.chat, failure.why) == (6, chat, "asked again though it was known: email")
    assert failure.lines[1] == {"who": "majlis", "text": "Thank you <PERSON_1>, which email?"}
    assert [(count.rule, count.judged, count.failed) for count in counts] == [(6, 1, 1), (14, 1, 0)]
    kept = await db.rows("select * from quality_verdicts")
    assert "ubaida" not in str(kept)
    assert "765" not in str(kept)


async def test_a_new_session_knows_what_it_says_it_knows(db: Database) -> None:
    chat = await db.chat(CHAT_ID)
    for kind, event in (
        ("slot", {"name": "company", "value": "Falcon Bay"}),
        ("slot", {"name": "category", "value": "chair"}),
        ("session_started", {}),
        ("slot", {"name": "email", "value": "m@falconbay.example"}),
        ("user", {"message_id": "7"}),
        ("bot", {"metadata": {"utter_action": "utter_ask_quote_form_company"}}),
        ("bot", {"metadata": {"utter_action": "utter_greet"}}),
        ("bot", {"text": "a reply without a name"}),
        ("slot", {"name": "email", "value": None}),
    ):
        await db.write(
            "insert into events (sender_id, type_name, data) values (:chat, :kind, :data)",
            chat=str(chat),
            kind=kind,
            data=json.dumps(event),
        )
    async with db.engine.begin() as connection:
        steps = await detail_steps(connection, chat)
    assert [(each.step, each.detail, each.turn_id) for each in steps] == [
        ("known", "company", None),
        *(("forgotten", detail, None) for detail in DETAILS),
        ("known", "email", None),
        ("asked", "company", 7),
        ("forgotten", "email", 7),
    ]


async def test_a_week_is_graded_once(db: Database, week: Period, grader: Noting) -> None:
    await turn_at(db, CHAT_ID, week.since + HOUR)
    await turn_at(db, MANAGER, week.since + HOUR)
    assert await review(db, grader) == 1
    await advance(db.url, DAY)
    assert await review(db, grader) == 0
    assert len(grader.shown) == 1
    async with db.engine.begin() as connection:
        [reviewed] = await reviewed_weeks(connection, week.first, week.after)
    assert (reviewed.chats, reviewed.chosen, reviewed.graded, reviewed.is_finished) == (1, 1, 1, True)


async def test_what_a_review_found_is_forgotten_with_the_words(
    db: Database, week: Period, grader: Noting
) -> None:
    await turn_at(db, CHAT_ID, week.since + HOUR)
    await review(db, grader)
    for days, gone in ((30, 0), (1, 1)):
        async with db.engine.begin() as connection:
            assert await forget_weeks(connection, days, 500) == gone
    assert await db.one("select count(*) from quality_verdicts") == 0


async def test_every_kind_of_chat_is_among_the_chosen(db: Database, week: Period, grader: Noting) -> None:
    for number in range(6):
        await turn_at(db, f"97150000001{number}", week.since + HOUR)
    await turn_at(db, CHAT_ID, week.since + HOUR, language="ar")
    await turn_at(db, OTHER_CHAT_ID, week.since + HOUR)
    async with db.engine.begin() as connection:
        await hand_over(connection, await db.chat(OTHER_CHAT_ID), reason=Reason.ASKED)
    await db.write("update hand_overs set at = :at", at=week.since + HOUR)
    assert await review(db, grader, size=4) == 4
    groups = sorted((chat.language, chat.handed_over) for chat in grader.shown)
    assert groups == [("ar", False), ("en", False), ("en", False), ("en", True)]


async def test_a_review_that_was_cut_goes_on_with_the_chats_it_chose(
    db: Database, week: Period, grader: Noting
) -> None:
    for number in range(4):
        await turn_at(db, f"97150000001{number}", week.since + HOUR)
    assert await review(db, grader) == 4
    await db.write("update quality_weeks set finished_at = null")
    await db.write(
        "update quality_reviews set graded_at = null where id = (select min(id) from quality_reviews)"
    )
    await db.write("delete from quality_verdicts")
    # Meanwhile a message of that week was stored late.
    await turn_at(db, CHAT_ID, week.since + HOUR)
    await advance(db.url, DAY)
    assert await review(db, grader) == 1
    assert await db.one("select finished_at is not null from quality_weeks")


async def test_quotes_of_the_week_are_judged_with_their_approvals(
    db: Database, week: Period, grader: Noting
) -> None:
    quote = await sent(db, discount_percent=Decimal(10))
    chat = await db.chat(CHAT_ID)
    await turn_at(db, CHAT_ID, week.since + HOUR)
    await db.write("update quotes set sent_at = :at, created_at = :at", at=week.since + HOUR)
    assert await review(db, grader) == 1
    async with db.engine.begin() as connection:
        [failure] = await failures(connection, week.first, week.after, limit=10)
    assert (failure.rule, failure.why) == (10, f"{quote.number} has 10 % that nobody approved")
    await db.write("delete from quality_weeks")
    await db.write(
        "insert into approved_discounts (conversation_id, deal_id, percent, seen_at)"
        " values (:chat, 'd', 10, :at)",
        chat=chat,
        at=week.since,
    )
    await advance(db.url, DAY)
    assert await review(db, grader) == 1
    async with db.engine.begin() as connection:
        counts = await rule_counts(connection, week.first, week.after)
    assert [(count.rule, count.failed) for count in counts] == [(9, 0), (10, 0), (14, 0)]
