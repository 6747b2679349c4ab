"""Tables quality_weeks, quality_reviews and quality_verdicts: the weekly review of real chats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from quality.ports import Verdict
from quality.sampling import Candidate

_BEGIN = text(
    "insert into quality_weeks (week, chats, chosen) values (:week, :chats, :chosen)"
    " on conflict do nothing returning week"
)
_FINISH = text(
    "update quality_weeks set finished_at = majlis_now() where week = :week and finished_at is null"
)
_IS_BEGUN = text("select exists (select from quality_weeks where week = :week)")
_UNFINISHED = text(
    "select week from quality_weeks where finished_at is null and week >= :since order by week desc"
)
_CHOOSE = text(
    "insert into quality_reviews (week, conversation_id, language, outcome, handed_over)"
    " values (:week, :chat, :language, :outcome, :handed_over)"
)
_UNGRADED = text(
    "select conversation_id, language, outcome, handed_over from quality_reviews"
    " where week = :week and graded_at is null order by conversation_id"
)
# Another worker may have graded it meanwhile: the first result stays.
_GRADED = text(
    "update quality_reviews set graded_at = majlis_now()"
    " where week = :week and conversation_id = :chat and graded_at is null returning id"
)
_VERDICT = text(
    "insert into quality_verdicts (review_id, rule, passed, why, lines)"
    " values (:review, :rule, :passed, :why, cast(:lines as jsonb))"
)
_FORGET = text(
    "delete from quality_weeks where week in (select week from quality_weeks"
    " where week < (select majlis_now() - make_interval(days => :days))::date order by week limit :limit)"
)
_WEEKS = text(
    "select w.week, w.chats, w.chosen, w.finished_at is not null as is_finished,"
    " (select count(*) from quality_reviews r where r.week = w.week and r.graded_at is not null) as graded"
    " from quality_weeks w where w.week >= :first and w.week < :after order by w.week"
)
_RULES = text(
    "select v.rule, count(v.passed) as judged, count(*) filter (where not v.passed) as failed"
    " from quality_verdicts v join quality_reviews r on r.id = v.review_id"
    " where r.week >= :first and r.week < :after group by v.rule having count(v.passed) > 0 order by v.rule"
)
_UNJUDGED = text(
    "select v.rule, v.why, count(*) as chats"
    " from quality_verdicts v join quality_reviews r on r.id = v.review_id"
    " where r.week >= :first and r.week < :after and v.passed is null"
    " group by v.rule, v.why order by v.rule, count(*) desc, v.why"
)
# One rule that is broken everywhere hides no other.
_FAILURES = text(
    "select rule, week, chat, language, why, lines from ("
    "  select v.rule, r.week, r.conversation_id as chat, r.language, v.why, v.lines, r.id,"
    "   row_number() over (partition by v.rule order by r.week, r.id) as place"
    "  from quality_verdicts v join quality_reviews r on r.id = v.review_id"
    "  where r.week >= :first and r.week < :after and not v.passed) broken"
    " where place <= :limit order by rule, week, id"
)


@dataclass(frozen=True)
class ReviewedWeek:
    """What became of a week's review."""

    week: date
    chats: int
    chosen: int
    graded: int
    is_finished: bool


@dataclass(frozen=True)
class RuleCount:
    """In how many reviewed chats a rule had something to judge, and how often it was broken."""

    rule: int
    judged: int
    failed: int


@dataclass(frozen=True)
class Unjudged:
    """In how many reviewed chats nobody could tell whether a rule was kept, and why."""

    rule: int
    why: str
    chats: int


@dataclass(frozen=True)
class Failure:
    """A rule that a chat broke; `lines` are who and text, masked."""

    rule: int
    week: date
    # The chat's number in the database, as logs name it.
    chat: int
    language: str
    why: str
    lines: Sequence[Mapping[str, str]]


async def is_begun(connection: AsyncConnection, week: date) -> bool:
    """Whether the chats of the week that begins on this Monday are chosen."""
    return bool((await connection.execute(_IS_BEGUN, {"week": week})).scalar_one())


async def begin_week(
    connection: AsyncConnection, week: date, *, chats: int, chosen: Sequence[Candidate]
) -> None:
    """Write down which chats are reviewed, of how many; what was written down before stays."""
    parameters = {"week": week, "chats": chats, "chosen": len(chosen)}
    if (await connection.execute(_BEGIN, parameters)).first() is None:
        return
    for chat in chosen:
        await connection.execute(
            _CHOOSE,
            {
                "week": week,
                "chat": chat.conversation_id,
                "language": chat.language,
                "outcome": chat.outcome,
                "handed_over": chat.handed_over,
            },
        )


async def unfinished(connection: AsyncConnection, since: date) -> Sequence[date]:
    """The weeks from `since` on whose chats are chosen and not all graded, the newest first."""
    return list((await connection.execute(_UNFINISHED, {"since": since})).scalars())


async def ungraded(connection: AsyncConnection, week: date) -> Sequence[Candidate]:
    """The chosen chats that are still to be graded."""
    return [Candidate(**row._mapping) for row in await connection.execute(_UNGRADED, {"week": week})]


async def keep_review(
    connection: AsyncConnection,
    week: date,
    conversation_id: int,
    verdicts: Sequence[Verdict],
) -> None:
    """Keep what was found in a chat; once a week and chat."""
    parameters = {"week": week, "chat": conversation_id}
    review = (await connection.execute(_GRADED, parameters)).scalar()
    if review is None:
        return
    for verdict in verdicts:
        shown = [{"who": line.who.value, "text": line.text} for line in verdict.lines]
        await connection.execute(
            _VERDICT,
            {
                "review": review,
                "rule": verdict.rule,
                "passed": verdict.passed,
                "why": verdict.why,
                "lines": orjson.dumps(shown).decode(),
            },
        )


async def finish_week(connection: AsyncConnection, week: date) -> None:
    """Note that every chosen chat is graded."""
    await connection.execute(_FINISH, {"week": week})


async def forget_weeks(connection: AsyncConnection, days: int, limit: int) -> int:
    """Forget up to `limit` weeks that began so long ago, with all that was found; how many there were."""
    return (await connection.execute(_FORGET, {"days": days, "limit": limit})).rowcount


async def reviewed_weeks(connection: AsyncConnection, first: date, after: date) -> Sequence[ReviewedWeek]:
    """The reviews of the weeks that begin from `first` to before `after`."""
    rows = await connection.execute(_WEEKS, {"first": first, "after": after})
    return [ReviewedWeek(**row._mapping) for row in rows]


async def rule_counts(connection: AsyncConnection, first: date, after: date) -> Sequence[RuleCount]:
    """The same weeks' verdicts by rule; a rule that judged nothing is left out."""
    rows = await connection.execute(_RULES, {"first": first, "after": after})
    return [RuleCount(**row._mapping) for row in rows]


async def unjudged(connection: AsyncConnection, first: date, after: date) -> Sequence[Unjudged]:
    """The same weeks' chats without a verdict, by rule and reason."""
    rows = await connection.execute(_UNJUDGED, {"first": first, "after": after})
    return [Unjudged(**row._mapping) for row in rows]


async def failures(connection: AsyncConnection, first: date, after: date, *, limit: int) -> Sequence[Failure]:
    """By rule at most `limit` chats of the same weeks that broke it."""
    rows = await connection.execute(_FAILURES, {"first": first, "after": after, "limit": limit})
    return [Failure(**row._mapping) for row in rows]
