"""Once a week a sample of last week's real chats is graded (design §10).

Ticks count from 1970-01-01, a Thursday, and the seller's weeks begin on Mondays in his time zone. So the tick
comes every day, and its job does something on the first one after a week's end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
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
from quality.review_storage import begin_week, finish_week, is_begun, keep_review, ungraded
from quality.sampling import USUAL_SIZE, Candidate, choose
from sales.review import standings
from sales.seller import Seller
from storage.cron import Tick
from storage.jobs import Job
from turns.figures import languages

KIND = "quality.review"
TICK = Tick("quality.review", 86_400, KIND)

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
    """

    engine: AsyncEngine
    grader: Grader
    seller: Seller
    manager: str
    size: int = USUAL_SIZE

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing to look up: a repeat goes on where the one before it stopped."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Grade the newest week that is over, unless it is; chats that were graded before stay graded."""
        async with self.engine.begin() as connection:
            period = await last_weeks(connection, 1, self.seller.timezone)
            if not await is_begun(connection, period.first):
                chats = await _candidates(connection, period, self.manager)
                chosen = choose(chats, period.first, self.size)
                await begin_week(connection, period.first, chats=len(chats), chosen=chosen)
            waiting = await ungraded(connection, period.first)
            codes = (await read_document(connection))["skus"]
            ground = Ground(await read_products(connection), self.seller)
        for chat in waiting:
            job.must_be_held()
            await self._review(period, chat, ground, codes)
        async with self.engine.begin() as connection:
            await finish_week(connection, period.first)
        REVIEWED_UNTIL.set(period.until.timestamp())
        log.info("quality.reviewed", week=period.first.isoformat(), chats=len(waiting))
        return {"week": period.first.isoformat(), "graded": len(waiting)}

    async def _review(self, period: Period, chat: Candidate, ground: Ground, codes: Collection[str]) -> None:
        async with self.engine.begin() as connection:
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
