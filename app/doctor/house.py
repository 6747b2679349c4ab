"""The house itself: the seller's file, the managers' chat, the hourly check and the weekly review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import text

from app.doctor.findings import Finding, off, ok, problem, warning
from app.doctor.patient import Patient
from app.period import last_weeks
from app.weekly_review import OLDEST_WEEKS
from quality.review_storage import ReviewedWeek, reviewed_weeks
from sales.manager_chat import ManagerChat
from turns.check_storage import Result, State, results
from turns.hourly_check import EVERY_SECONDS, WEBHOOK

_OVERDUE_SECONDS = 2 * EVERY_SECONDS
# Its tick comes every day.
_REVIEW_DAYS = 2
_REVIEW_IS_OVERDUE = text(
    "select exists (select from conversations where created_at < :until) as had_chats,"
    " majlis_now() > cast(:until as timestamptz) + make_interval(days => :days) as is_overdue"
)


async def look_at_seller(patient: Patient) -> Sequence[Finding]:
    """Whether `data/seller.yml` can be used, and fits the settings."""
    if patient.seller is None:
        return [problem("seller.yml", patient.seller_problem, "correct the fields it names")]
    own, budgets = patient.seller.timezone, patient.settings.timezone
    if own != budgets:
        # Weeks are the seller's, and what a model cost is counted by the budgets' days.
        sentence = (
            f"its timezone is {own} and TIMEZONE is {budgets}: the report's weeks and the days of its costs"
            " begin at other moments"
        )
        return [warning("seller.yml", sentence, f"set TIMEZONE={own}")]
    return [ok("seller.yml", "valid")]


async def look_at_managers_chat(patient: Patient) -> Sequence[Finding]:
    """Whether managers are reached by WhatsApp."""
    chat_id = patient.settings.manager_chat_id
    if not chat_id:
        sentence = "none: managers hear of hand-overs by Zoho tasks only, and cannot give commands"
        return [off("manager", sentence, "set MANAGER_CHAT_ID to the manager's number, digits only")]
    if not chat_id.isdecimal():
        mend = "write it as Wazzup does: digits only, country code first"
        return [problem("manager", "MANAGER_CHAT_ID is no number: nobody is reached", mend)]
    if patient.engine is None:
        return [ok("manager", "MANAGER_CHAT_ID is set")]
    async with patient.engine.connect() as connection:
        chat = await ManagerChat(patient.settings.wazzup_channel_id, chat_id).standing(connection)
    if chat is None or not chat.has_written:
        sentence = "the manager never wrote to the bot: until then only templates reach him"
        return [warning("manager", sentence, "have him send it one message")]
    window = "open" if chat.window_is_open else "closed: templates"
    return [ok("manager", f"his chat is known; its window is {window}")]


async def look_at_hourly_check(patient: Patient) -> Sequence[Finding]:
    """What the worker's own check found last."""
    if patient.engine is None:
        return [off("hourly check", "not looked at: there is no database")]
    async with patient.engine.connect() as connection:
        kept = await results(connection)
    if not kept:
        return [warning("hourly check", "it has not run yet", "it runs within a minute of a worker's start")]
    return [_told(result) for result in kept]


async def look_at_review(patient: Patient) -> Sequence[Finding]:
    """Whether the real chats of the newest week that is over were reviewed, and of those still tried."""
    if patient.engine is None or patient.seller is None:
        return [off("weekly review", "not looked at: there is no database or no seller.yml")]
    async with patient.engine.connect() as connection:
        period = await last_weeks(connection, 1, patient.seller.timezone)
        weeks = await reviewed_weeks(connection, period.first, period.after)
        tried = period.after - timedelta(weeks=OLDEST_WEEKS)
        left = [
            week for week in await reviewed_weeks(connection, tried, period.first) if not week.is_finished
        ]
        overdue = {"until": period.until, "days": _REVIEW_DAYS}
        row = (await connection.execute(_REVIEW_IS_OVERDUE, overdue)).one()
    if left:
        return [_overdue(left[-1].week, left[-1])]
    name = f"the week of {period.first:%d %b}"
    if weeks and weeks[0].is_finished:
        return [ok("weekly review", f"{weeks[0].graded} of {weeks[0].chats} chats of {name} were graded")]
    if not row.had_chats:
        return [ok("weekly review", f"{name} had no chats")]
    if not row.is_overdue:
        return [ok("weekly review", f"{name} is graded within {_REVIEW_DAYS} days after it")]
    return [_overdue(period.first, weeks[0] if weeks else None)]


def _overdue(first: date, begun: ReviewedWeek | None) -> Finding:
    graded = f"{begun.graded} of {begun.chosen} chats are" if begun else "nothing is"
    mend = "look for quality. in the worker's log, and for quality.review in majlis parked"
    return warning(
        "weekly review", f"{graded} graded of the week of {first:%d %b}, which is over for days", mend
    )


def _told(result: Result) -> Finding:
    minutes = f"{result.age_seconds / 60:.0f} min ago"
    sentence = f"{result.name}, {minutes}: {result.sentence}"
    if result.state is State.WRONG:
        assert result.wrong_since is not None
        sentence += f" (since {result.wrong_since:%d %b %H:%M} UTC)"
        if result.name == WEBHOOK:
            # Looked at just now too, and perhaps mended since.
            return warning("hourly check", sentence, "the line about the webhook says how it stands now")
        mend = "write to the channel yourself; see the lines about Wazzup, channel and webhook"
        return problem("hourly check", sentence, mend)
    if result.age_seconds > _OVERDUE_SECONDS:
        return warning("hourly check", sentence, "it is overdue: see the worker, and `majlis parked`")
    return off("hourly check", sentence) if result.state is State.UNJUDGED else ok("hourly check", sentence)
