"""Once a week a sample of last week's real chats is graded (design §10).

Ticks count from 1970-01-01, a Thursday, and the seller's weeks begin on Mondays in his time zone. So the tick
comes every day, and its job does something on the first one after a week's end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.period import Period, last_weeks
from catalog.vocabulary import read_document
from offscript.masking import Masker
from offscript.token_table import TokenTable
from offscript.vault import vault_of
from quality.ports import (
    ApprovedDiscount,
    ChatLine,
    ChatToGrade,
    DetailEvent,
    DetailStep,
    GradedQuote,
    Grader,
    Who,
)
from quality.review_storage import begin_week, finish_week, is_begun, keep_review, ungraded
from quality.sampling import USUAL_SIZE, Candidate, choose
from sales.chat_phone import find_phone
from sales.fact_storage import read_customer_facts
from sales.quote_storage import Quote
from sales.review import discounts, quotes_sent, standings
from storage.cron import Tick
from storage.jobs import Job
from turns.figures import languages
from turns.review import detail_steps, said_in, transport_of

KIND = "quality.review"
TICK = Tick("quality.review", 86_400, KIND)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WeeklyReview:
    """The work of these jobs (`storage.jobs.Work`).

    `manager`: the chat id of the managers' own chat, which is not reviewed; empty for none.
    """

    engine: AsyncEngine
    grader: Grader
    timezone: str
    manager: str
    size: int = USUAL_SIZE

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing to look up: a repeat goes on where the one before it stopped."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Grade the newest week that is over, unless it is; chats that were graded before stay graded."""
        async with self.engine.begin() as connection:
            period = await last_weeks(connection, 1, self.timezone)
            if not await is_begun(connection, period.first):
                chats = await _candidates(connection, period, self.manager)
                chosen = choose(chats, period.first, self.size)
                await begin_week(connection, period.first, chats=len(chats), chosen=chosen)
            waiting = await ungraded(connection, period.first)
            codes = (await read_document(connection))["skus"]
        for chat in waiting:
            job.must_be_held()
            await self._review(period, chat, codes)
        async with self.engine.begin() as connection:
            await finish_week(connection, period.first)
        log.info("quality.reviewed", week=period.first.isoformat(), chats=len(waiting))
        return {"week": period.first.isoformat(), "graded": len(waiting)}

    async def _review(self, period: Period, chat: Candidate, codes: Collection[str]) -> None:
        async with self.engine.begin() as connection:
            shown = await masked_chat(connection, period, chat, codes)
        # A grader may ask a model: no connection is held meanwhile.
        verdicts = await self.grader.grade(shown)
        async with self.engine.begin() as connection:
            await keep_review(connection, period.first, chat.conversation_id, shown.lines, verdicts)


async def _candidates(connection: AsyncConnection, period: Period, manager: str) -> list[Candidate]:
    tags = await languages(connection, period.since, period.until, manager=manager)
    stand = await standings(connection, tags.keys(), period.since, period.until)
    return [Candidate(chat, tag, stand[chat].outcome, stand[chat].handed_over) for chat, tag in tags.items()]


async def masked_chat(
    connection: AsyncConnection, period: Period, chat: Candidate, codes: Collection[str]
) -> ChatToGrade:
    """A chat as graders see it; what its tokens stand for is known nowhere afterwards."""
    number = chat.conversation_id
    facts, phone = await read_customer_facts(connection, number), await find_phone(connection, number)
    masker = Masker(vault_of(facts, phone), TokenTable(), codes)
    said = await said_in(connection, number, period.since, period.until)
    steps = await detail_steps(connection, number)
    quotes = await quotes_sent(connection, number, period.since, period.until)
    return ChatToGrade(
        language=chat.language,
        outcome=chat.outcome,
        handed_over=chat.handed_over,
        transport=await transport_of(connection, number),
        lines=tuple(
            ChatLine(
                Who(line.who),
                masker.mask(line.text),
                line.at,
                line.turn_id,
                line.is_template,
                line.customer_wrote_at,
            )
            for line in said
        ),
        # Questions of earlier weeks were judged then.
        details=_of_period(
            [DetailEvent(DetailStep(each.step), each.detail, each.turn_id) for each in steps],
            {line.turn_id for line in said},
        ),
        quotes=tuple(_graded(quote) for quote in quotes),
        discounts=tuple(
            ApprovedDiscount(each.percent, each.since, each.until)
            for each in await discounts(connection, number)
        ),
    )


def _of_period(events: list[DetailEvent], turns: set[int | None]) -> tuple[DetailEvent, ...]:
    return tuple(
        event for event in events if event.step is not DetailStep.ASKED or event.turn_id in turns - {None}
    )


def _graded(quote: Quote) -> GradedQuote:
    return GradedQuote(
        number=quote.number,
        lines=quote.lines,
        vat_percent=quote.vat_percent,
        discount_percent=quote.discount_percent,
        totals=quote.totals,
        created_at=quote.created_at,
    )
