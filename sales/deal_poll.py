"""What managers do to our open deals in CRM comes back here: closed deals, approved discounts (design §7).

A discount exists only by what stands in the deal's field for it: a manager writes it there, or has it written
by a word in his own chat (`sales.approval_job`). Nothing a customer says reaches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales.crm_links import end_deal
from sales.discount_news import bring_into_force
from sales.discount_storage import percent_of_deal
from sales.ports import DealEnd, DealRecords, DealSeen, Messages
from sales.sale_storage import end_sale, lock_sale
from sales.stages import Outcome
from storage.cron import Tick
from storage.jobs import Job

KIND = "crm.poll"
TICK = Tick("crm.poll", 120, KIND)

_OPEN = text(
    "select l.conversation_id, l.deal_id, a.percent from crm_links l"
    " left join approved_discounts a on a.deal_id = l.deal_id and a.withdrawn_at is null"
    " where l.deal_id is not null and l.deal_state = 'open' order by l.conversation_id"
)
_QUOTE = text("select max(quote_id) from quote_links where deal_id = :deal")
# A poll that Zoho refuses is parked for the operator, once: the newest tells what is wrong now.
_DROP_EARLIER = text(
    "update jobs set state = 'dropped', ended_at = clock_timestamp() where kind = :kind and state = 'parked'"
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _OpenDeal:
    conversation_id: int
    deal_id: str
    # The discount in force.
    percent: Decimal | None


class DealPoll:
    """The work of these jobs (`storage.jobs.Work`)."""

    def __init__(self, engine: AsyncEngine, deals: DealRecords, messages: Messages) -> None:
        self._engine = engine
        self._deals = deals
        self._messages = messages

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing to look up: a poll writes nothing outside."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Read our open deals and take over what changed; repeated, it changes nothing more."""
        async with self._engine.begin() as connection:
            await connection.execute(_DROP_EARLIER, {"kind": KIND})
            rows = (await connection.execute(_OPEN)).all()
        ours = {row.deal_id: _OpenDeal(*row) for row in rows}
        closed = approved = 0
        seen = await self._deals.read_deals(list(ours)) if ours else ()
        for deal in seen:
            known, percent = ours[deal.deal_id], _approval(deal)
            if deal.end is None and percent == known.percent:
                continue
            async with self._engine.begin() as connection:
                await lock_sale(connection, known.conversation_id)
                # Closed first: nobody hears of a discount on a sale that is over.
                if deal.end is not None:
                    closed += await _close(connection, known, deal.end)
                # What came into force since is newer than what was read; the next poll compares again.
                if await percent_of_deal(connection, known.deal_id) == known.percent:
                    approved += await bring_into_force(
                        connection, self._messages, known.conversation_id, known.deal_id, percent
                    )
        return {"open": len(ours), "closed": closed, "approved": approved, "missing": len(ours) - len(seen)}


def _approval(deal: DealSeen) -> Decimal | None:
    percent = deal.discount_percent
    if not percent:
        return None
    if not 0 < percent < 100:
        log.warning("crm.discount_out_of_range", deal=deal.deal_id)
        return None
    return percent


async def _close(connection: AsyncConnection, deal: _OpenDeal, end: DealEnd) -> bool:
    if not await end_deal(connection, deal.conversation_id, deal.deal_id, end.value):
        return False
    quote_id = (await connection.execute(_QUOTE, {"deal": deal.deal_id})).scalar_one()
    return await end_sale(connection, deal.conversation_id, quote_id, Outcome(end.value))
