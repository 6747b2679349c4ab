"""`majlis doctor` tells whether last week's real chats were reviewed, and whether weeks fit days of costs."""

from __future__ import annotations

from app.doctor.findings import Level
from app.period import Period
from storage.clock import advance
from tests.integration.doctor_support import Clinic
from tests.integration.report_support import DAY, THURSDAY, last_week, noon_of


async def late_in_a_week(it: Clinic) -> Period:
    """On a Thursday, with chats of earlier weeks; the week that is over then."""
    it.set(majlis_test_clock=True)
    await noon_of(it.db, THURSDAY)
    await it.db.write("update conversations set created_at = majlis_now() - interval '30 days'")
    return await last_week(it.db)


async def told(it: Clinic) -> tuple[Level, str]:
    [found] = await it.findings("weekly review")
    return found.level, found.sentence


async def test_a_review_that_did_not_run_is_told(healthy: Clinic) -> None:
    week = await late_in_a_week(healthy)
    name = f"the week of {week.first:%d %b}"

    assert await told(healthy) == (Level.WARNING, f"nothing is graded of {name}, which is over for days")

    begun = "insert into quality_weeks (week, chats, chosen) values (:week, 4, 2)"
    await healthy.db.write(begun, week=week.first)
    said = f"0 of 2 chats are graded of {name}, which is over for days"
    assert await told(healthy) == (Level.WARNING, said)

    await healthy.db.write("update quality_weeks set finished_at = majlis_now()")
    assert await told(healthy) == (Level.OK, f"0 of 4 chats of {name} were graded")


async def test_a_review_has_some_days(healthy: Clinic) -> None:
    await late_in_a_week(healthy)
    await advance(healthy.db.url, -3 * DAY)
    level, said = await told(healthy)
    assert level is Level.OK
    assert "graded within 2 days after it" in said


async def test_an_earlier_week_that_is_not_finished_is_told(healthy: Clinic) -> None:
    earlier = await late_in_a_week(healthy)
    begun = "insert into quality_weeks (week, chats, chosen, finished_at) values (:week, 4, 2, :finished)"
    await healthy.db.write(begun, week=earlier.first, finished=None)
    await advance(healthy.db.url, 7 * DAY)
    newest = await last_week(healthy.db)
    await healthy.db.write(begun, week=newest.first, finished=newest.until)
    said = f"0 of 2 chats are graded of the week of {earlier.first:%d %b}, which is over for days"
    assert await told(healthy) == (Level.WARNING, said)


async def test_days_that_begin_at_two_moments_are_told(healthy: Clinic) -> None:
    [found] = await healthy.findings("seller.yml")
    assert found.level is Level.OK

    healthy.set(timezone="Europe/London")

    [found] = await healthy.findings("seller.yml")
    assert found.level is Level.WARNING
    assert found.sentence == (
        "its timezone is Asia/Dubai and TIMEZONE is Europe/London: the report's weeks and the days of its"
        " costs begin at other moments"
    )
