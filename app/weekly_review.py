"""Once a week a sample of last week's real chats is graded (design §10).

Ticks count from 1970-01-01, a Thursday, and the seller's weeks begin on Mondays in his time zone. So the tick
comes every day, and its job does something on the first one after a week's end, and for as long as a week of
the last few is unfinished.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.catalog_products import read_products
from app.masked_words import mask_of
from app.period import Period, last_weeks
from app.transcripts import Ground, read_transcript
from catalog.vocabulary import read_document
from quality.ports import ChatToGrade, Grader
from quality.review_storage import (
    begin_week,
    finish_week,
    is_begun,
    keep_review,
    unfinished,
    ungraded,
)
from quality.sampling import USUAL_SIZE, Candidate, choose
from sales.review import standings
from sales.seller import Seller
from storage.cron import Tick
from storage.jobs import Job, JobLater
from storage.pool import allow_longer, is_away
from turns.figures import languages

KIND = "quality.review"
TICK = Tick("quality.review", 86_400, KIND)
# So many weeks are tried, the newest among them; what is still unfinished then stays so.
OLDEST_WEEKS = 4
# A judge's model is paid for each attempt, and nobody waits for the report.
_RETRY_SECONDS = 3_600.0
# A week has many chats, and a chat may have years.
_LONGEST_SECONDS = 60

REVIEWED_UNTIL = Gauge(
    "majlis_reviewed_until_seconds",
    "End of the newest week whose chosen chats are all graded, as Unix time",
    multiprocess_mode="mostrecent",
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WeeklyReview:
    """The work of these jobs (`storage.jobs.Work`).

    `manager`: the chat id of the managers' own chat, which is not reviewed; empty for none.
    `stopping` set: the chat in hand is the last, and the rest is another worker's.
    """

    engine: AsyncEngine
    grader: Grader
    seller: Seller
    manager: str
    size: int = USUAL_SIZE
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing to look up: a repeat goes on where the one before it stopped."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Grade the newest week that is over and what is left of those before it.

        Chats that were graded before stay graded; one that cannot be graded keeps no other from it.

        Raises:
            JobLater: when there were such chats, or the worker ends before all are graded.
        """
        async with self.engine.begin() as connection:
            await allow_longer(connection, _LONGEST_SECONDS)
            newest = await last_weeks(connection, 1, self.seller.timezone)
            if not await is_begun(connection, newest.first):
                chats = await _candidates(connection, newest, self.manager)
                chosen = choose(chats, newest.first, self.size)
                await begin_week(connection, newest.first, chats=len(chats), chosen=chosen)
            oldest = newest.after - timedelta(weeks=OLDEST_WEEKS)
            weeks = await unfinished(connection, oldest)
            codes = (await read_document(connection))["skus"]
            ground = Ground(await read_products(connection), self.seller)
        graded, failed = 0, 0
        for first in weeks:
            period = Period(first, first + timedelta(weeks=1), newest.timezone)
            waiting, broken = await self._grade(job, period, ground, codes)
            graded, failed = graded + waiting - broken, failed + broken
        async with self.engine.begin() as connection:
            if newest.first not in await unfinished(connection, newest.first):
                REVIEWED_UNTIL.set(newest.until.timestamp())
        if failed:
            problem = (
                f"chats not graded: {failed}; the worker's log has quality.chat_not_graded with the place"
            )
            raise JobLater(problem, _RETRY_SECONDS)
        return {"week": newest.first.isoformat(), "graded": graded}

    async def _grade(
        self, job: Job, period: Period, ground: Ground, codes: Collection[str]
    ) -> tuple[int, int]:
        """Grade what is left of a week; of how many chats, and how many of them could not be graded."""
        async with self.engine.begin() as connection:
            waiting = await ungraded(connection, period.first)
        failed = 0
        for place, chat in enumerate(waiting):
            if self.stopping.is_set():
                # Cut off, it would count as an attempt that ended without a word, and few of them park a job.
                raise JobLater(f"the worker ends; chats not graded yet: {len(waiting) - place}")
            job.must_be_held()
            try:
                await self._review(period, chat, ground, codes)
            except Exception as error:
                if is_away(error):
                    raise
                failed += 1
                log.exception(
                    "quality.chat_not_graded", week=period.first.isoformat(), chat=chat.conversation_id
                )
        if not failed:
            async with self.engine.begin() as connection:
                await finish_week(connection, period.first)
        log.info("quality.reviewed", week=period.first.isoformat(), chats=len(waiting), failed=failed)
        return len(waiting), failed

    async def _review(self, period: Period, chat: Candidate, ground: Ground, codes: Collection[str]) -> None:
        async with self.engine.begin() as connection:
            await allow_longer(connection, _LONGEST_SECONDS)
            number = chat.conversation_id
            shown = ChatToGrade(
                await read_transcript(connection, number, ground, until=period.until),
                await mask_of(connection, number, self.seller, codes),
                period.since,
                period.until,
            )
        # A grader may ask a model: no connection is held meanwhile.
        verdicts = await self.grader.grade(shown)
        async with self.engine.begin() as connection:
            await keep_review(connection, period.first, chat.conversation_id, verdicts)


async def _candidates(connection: AsyncConnection, period: Period, manager: str) -> list[Candidate]:
    tags = await languages(connection, period.since, period.until, manager=manager)
    stand = await standings(connection, tags.keys(), period.since, period.until)
    return [Candidate(chat, tag, stand[chat].outcome, stand[chat].handed_over) for chat, tag in tags.items()]
