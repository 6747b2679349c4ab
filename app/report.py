"""`majlis report`: the figures of the newest whole weeks, counted room by room, as one page (design §10)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import StartError
from app.period import Period, last_weeks
from app.person import database_of
from app.running import joined
from app.seller import load_seller
from app.settings import Settings
from app.supervisor import read_state
from offscript import figures as model_figures
from quality.report_figures import Cost, Figures, Waits
from quality.report_page import render
from quality.review_storage import failures, reviewed_weeks, rule_counts, unjudged
from sales import figures as sale_figures
from sales.stages import Stage
from storage.pool import allow_longer
from turns import figures as turn_figures
from turns.turn_storage import business_now

# More than anybody reads at once; the counts are of all.
_SHOWN_FAILURES_OF_A_RULE = 8
_CONSISTENT = text("set transaction isolation level repeatable read, read only")
# What customers wait for keeps its few seconds; a report may be of two years.
_LONGEST_SECONDS = 300


class ReportUnwritable(StartError):
    """The page cannot be written where it was asked for."""


async def report_now(settings: Settings, weeks: int, out: Path | None) -> Path:
    """Write the report of the Majlis of these settings; the file, in this folder unless it is named.

    A file that is there is written over: a report can be made again at any time.

    Raises:
        SettingsError: without a database, or when it does not answer.
        SellerUnfit: data/seller.yml is wrong.
        ReportUnwritable: the file cannot be written.
    """
    seller = load_seller()
    settings = joined(settings, read_state(settings.run_folder))
    async with database_of(settings) as engine, engine.connect() as connection:
        # Every figure is of one moment.
        await connection.execute(_CONSISTENT)
        await allow_longer(connection, _LONGEST_SECONDS)
        period = await last_weeks(connection, weeks, seller.timezone)
        figures = await count(connection, period, seller.name.en, manager=settings.manager_chat_id)
    place = out or Path(f"majlis-report-{period.first}.html")
    try:
        place.write_text(render(figures), encoding="utf-8")
    except OSError as error:
        raise ReportUnwritable(
            f"{place} cannot be written ({error.strerror}): name another file with --out."
        ) from error
    return place


async def count(connection: AsyncConnection, period: Period, seller: str, *, manager: str) -> Figures:
    """All figures of the period; `manager`: the chat id of the managers' own chat, which does not count."""
    since, until = period.since, period.until
    chats = await turn_figures.languages(connection, since, until, manager=manager)
    furthest = await sale_figures.reached(connection, chats.keys(), until)
    negotiated = await sale_figures.negotiated(connection, chats.keys(), until)
    waits = await turn_figures.responses(connection, since, until, manager=manager)
    share = await model_figures.model_share(connection, since, until, manager=manager)
    now = await business_now(connection)
    stages = list(Stage)
    came = {
        stage: [chat for chat in chats if stages.index(furthest[chat]) >= stages.index(stage)]
        for stage in stages
    } | {Stage.NEGOTIATING: [chat for chat in chats if chat in negotiated]}
    return Figures(
        seller=seller,
        first=period.first,
        last=period.after - timedelta(days=1),
        made_at=now.astimezone(ZoneInfo(period.timezone)),
        funnel={stage: Counter(chats[chat] for chat in came[stage]) for stage in stages},
        waits=Waits(
            turns=waits.turns,
            answered=waits.answered,
            promised_seconds=turn_figures.PROMISED_SECONDS,
            in_time=waits.in_time,
            median=waits.median,
            slow=waits.slow,
            groups=tuple(zip(_wait_names(), waits.groups, strict=True)),
        ),
        hand_overs=await sale_figures.hand_overs(connection, since, until),
        follow_ups=await sale_figures.follow_ups(connection, since, until),
        costs=[
            Cost(each.day, each.purpose, each.calls, each.dollars)
            for each in await model_figures.costs(connection, period.first, period.after)
        ],
        answered_turns=share.turns,
        model_turns=share.with_model,
        weeks=await reviewed_weeks(connection, period.first, period.after),
        rules=await rule_counts(connection, period.first, period.after),
        unjudged=await unjudged(connection, period.first, period.after),
        failures=await failures(connection, period.first, period.after, limit=_SHOWN_FAILURES_OF_A_RULE),
    )


def _wait_names() -> list[str]:
    ends = turn_figures.WAITS
    return [
        f"up to {ends[0]} s",
        *(f"{low} to {high} s" for low, high in pairwise(ends)),
        f"over {ends[-1]} s",
    ]
