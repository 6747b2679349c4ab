"""The weekly review over a real database: the chosen chats, masked, graded once, kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from app.period import Period
from app.weekly_review import OLDEST_WEEKS
from quality.ports import ChatToGrade, Verdict
from quality.real_chats import RealChatGrader
from quality.review_storage import failures, forget_weeks, reviewed_weeks
from sales.hand_over_reason import Reason
from sales.ownership_storage import hand_over
from storage.clock import advance
from tests.integration.report_support import DAY, MANAGER, TUESDAY, last_week, noon_of, review, turn_at
from tests.support import CHAT_ID, OTHER_CHAT_ID, Database

HOUR = timedelta(hours=1)
WORDS = "red chairs for my majlis"


class Noting:
    """Grades without a judge and remembers what it was shown; breaks on chats named in `breaks_on`."""

    def __init__(self) -> None:
        self.shown: list[ChatToGrade] = []
        self.breaks_on: set[str] = set()

    async def grade(self, chat: ChatToGrade) -> Sequence[Verdict]:
        if chat.transcript.name in self.breaks_on:
            raise TypeError(chat.transcript.turns[0].customer[0])
        self.shown.append(chat)
        return await RealChatGrader(None).grade(chat)


@pytest.fixture
async def week(db: Database) -> Period:
    """The week before; the day after is of the same week still."""
    await noon_of(db, TUESDAY)
    return await last_week(db)


@pytest.fixture
def grader() -> Noting:
    return Noting()


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
    assert len(grader.shown) == 4
    rows = await db.rows("select language, handed_over from quality_reviews order by language, handed_over")
    assert [tuple(row) for row in rows] == [("ar", False), ("en", False), ("en", False), ("en", True)]


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


def reviewed_until() -> float | None:
    """What operators' alarms look at."""
    return REGISTRY.get_sample_value("majlis_reviewed_until_seconds")


async def is_finished(db: Database, week: Period) -> bool:
    return bool(
        await db.one("select finished_at is not null from quality_weeks where week = :week", week=week.first)
    )


async def test_a_chat_that_cannot_be_graded_stops_no_other(
    db: Database, week: Period, grader: Noting
) -> None:
    await turn_at(db, CHAT_ID, week.since + HOUR, WORDS)
    await turn_at(db, OTHER_CHAT_ID, week.since + HOUR)
    grader.breaks_on = {f"chat {await db.chat(CHAT_ID)}"}

    assert await review(db, grader) is None

    assert len(grader.shown) == 1
    assert not await is_finished(db, week)
    # Not a word of the chat is in it.
    problem = await db.one("select problem from jobs where state = 'waiting'")
    assert problem == "chats not graded: 1; the worker's log has quality.chat_not_graded with the place"

    grader.breaks_on = set()
    assert await review(db, grader) == 1
    assert await is_finished(db, week)


async def test_a_week_that_failed_to_its_end_is_finished_in_the_next(
    db: Database, week: Period, grader: Noting
) -> None:
    await turn_at(db, CHAT_ID, week.since + HOUR)
    grader.breaks_on = {f"chat {await db.chat(CHAT_ID)}"}
    assert await review(db, grader) is None
    await advance(db.url, 7 * DAY)
    newest = await last_week(db)
    await turn_at(db, OTHER_CHAT_ID, newest.since + HOUR)

    # The newest week does not wait for it.
    assert await review(db, grader) is None
    assert await is_finished(db, newest)
    assert reviewed_until() == newest.until.timestamp()

    grader.breaks_on = set()
    assert await review(db, grader) == 1
    assert await is_finished(db, week)
    # An older week is graded by what was said in it.
    assert (grader.shown[-1].since, grader.shown[-1].until) == (week.since, week.until)
    assert reviewed_until() == newest.until.timestamp()


async def test_a_week_is_given_up_at_last(db: Database, week: Period, grader: Noting) -> None:
    await turn_at(db, CHAT_ID, week.since + HOUR)
    grader.breaks_on = {f"chat {await db.chat(CHAT_ID)}"}
    assert await review(db, grader) is None
    await advance(db.url, OLDEST_WEEKS * 7 * DAY)
    grader.breaks_on = set()
    assert await review(db, grader) == 0
    assert not await is_finished(db, week)


class Strict:
    """Finds rule 3 broken in every chat, and rule 9 too in the last."""

    def __init__(self, last: int) -> None:
        self._last = f"chat {last}"

    async def grade(self, chat: ChatToGrade) -> Sequence[Verdict]:
        broken = (3, 9) if chat.transcript.name == self._last else (3,)
        return [Verdict(rule, passed=False, why="of a test") for rule in broken]


async def test_a_rule_that_is_always_broken_hides_no_other(db: Database, week: Period) -> None:
    for number in range(4):
        await turn_at(db, f"97150000001{number}", week.since + HOUR)
    chats = [row.id for row in await db.rows("select id from conversations order by id")]
    assert await review(db, Strict(chats[-1])) == 4
    async with db.engine.begin() as connection:
        found = await failures(connection, week.first, week.after, limit=2)
    assert [(one.rule, one.chat) for one in found] == [(3, chats[0]), (3, chats[1]), (9, chats[3])]
