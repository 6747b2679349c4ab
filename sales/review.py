"""What the sale's rows say of chats that are reviewed: how they stand, their quotes and approvals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.quote_storage import Quote, find_quote

_STANDING = text(
    "select chat.id, coalesce(s.outcome, 'open') as outcome, exists (select from hand_overs h"
    " where h.conversation_id = chat.id and h.at >= :since and h.at < :until) as handed_over"
    " from unnest(cast(:chats as bigint[])) as chat(id) left join sales s on s.conversation_id = chat.id"
)
_SENT = text(
    "select id from quotes where conversation_id = :chat and sent_at >= :since and sent_at < :until"
    " order by id"
)
# What stands in the deal, and what was approved by word and is on its way there.
_DISCOUNTS = text(
    "select percent, seen_at as since, withdrawn_at as until from approved_discounts"
    " where conversation_id = :chat union all"
    " select percent, approved_at, case when state in ('replaced', 'refused') then ended_at end"
    " from discount_approvals where conversation_id = :chat order by 2"
)


@dataclass(frozen=True)
class Standing:
    """How a chat's sale stands, and whether a person took over in the period."""

    outcome: str
    handed_over: bool


@dataclass(frozen=True)
class Discount:
    """Per cent that a manager approved, with when it counted."""

    percent: Decimal
    since: datetime
    until: datetime | None


async def standings(
    connection: AsyncConnection, chats: Collection[int], since: datetime, until: datetime
) -> Mapping[int, Standing]:
    """How each of the chats stands."""
    parameters = {"chats": list(chats), "since": since, "until": until}
    rows = await connection.execute(_STANDING, parameters)
    return {row.id: Standing(row.outcome, row.handed_over) for row in rows}


async def quotes_sent(
    connection: AsyncConnection, conversation_id: int, since: datetime, until: datetime
) -> Sequence[Quote]:
    """The quotes that the customer got in the period, oldest first."""
    parameters = {"chat": conversation_id, "since": since, "until": until}
    ids = (await connection.execute(_SENT, parameters)).scalars().all()
    return [quote for number in ids if (quote := await find_quote(connection, number)) is not None]


async def discounts(connection: AsyncConnection, conversation_id: int) -> Sequence[Discount]:
    """Every discount that a manager ever approved for the chat."""
    rows = await connection.execute(_DISCOUNTS, {"chat": conversation_id})
    return [Discount(row.percent, row.since, row.until) for row in rows]
