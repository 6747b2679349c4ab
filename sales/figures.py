"""How sales went in a period: how far chats came, who needed a person, what reminders brought."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.hand_over_reason import Reason
from sales.stages import Stage

# The furthest stage that a chat was ever in by the end of the period: who came back to choose again had
# come as far before.
_FURTHEST = text(
    "select chat.id, coalesce(max(s.position), 1) as furthest"
    " from unnest(cast(:chats as bigint[])) as chat(id)"
    " left join stage_history h on h.conversation_id = chat.id and h.at < :until"
    " left join stages s on s.name = h.to_stage group by chat.id"
)
_NEGOTIATED = text(
    "select distinct conversation_id from stage_history"
    " where conversation_id = any(:chats) and to_stage = :negotiating and at < :until"
)
# A manager who took a chat by himself was not waited for.
_HAND_OVERS = text(
    "select reason, count(*) as count, count(answered_at) as answered,"
    " (percentile_cont(0.5) within group (order by extract(epoch from answered_at - at))"
    "  filter (where reason <> all(:taken)))::float8 as median_seconds"
    " from hand_overs where at >= :since and at < :until group by reason order by count(*) desc, reason"
)
# Answered: the customer wrote after it and before the silence's next reminder. Ordered: and then ordered.
_FOLLOW_UPS = text(
    "with sent as (select f.step, f.conversation_id, f.made_at, c.last_customer_message_at > f.made_at"
    "  and not exists (select from follow_ups later where later.conversation_id = f.conversation_id"
    "   and later.silence_since = f.silence_since and later.step > f.step and later.state <> 'withdrawn')"
    "  as is_answered"
    " from follow_ups f join conversations c on c.id = f.conversation_id join outbox o on o.id = f.outbox_id"
    " where f.made_at >= :since and f.made_at < :until and f.state = 'made'"
    "  and o.state in ('accepted', 'uncertain'))"
    " select step, count(*) as sent, count(*) filter (where is_answered) as answered,"
    " count(*) filter (where is_answered and exists (select from orders where"
    "  orders.conversation_id = sent.conversation_id and orders.created_at > sent.made_at)) as ordered"
    " from sent group by step order by step"
)
_TAKEN = (Reason.MANAGER_WROTE.value, Reason.TAKEN.value)


@dataclass(frozen=True)
class HandOvers:
    """Hand-overs for one reason; `median_seconds` to the manager's first message, None where there was none
    to wait for.
    """

    reason: str
    count: int
    answered: int
    median_seconds: float | None


@dataclass(frozen=True)
class FollowUps:
    """Reminders of one day of a silence."""

    step: int
    sent: int
    answered: int
    ordered: int


async def reached(
    connection: AsyncConnection, chats: Collection[int], until: datetime
) -> Mapping[int, Stage]:
    """The furthest stage that each chat had come to before `until`."""
    rows = await connection.execute(_FURTHEST, {"chats": list(chats), "until": until})
    in_order = tuple(Stage)
    return {row.id: in_order[row.furthest - 1] for row in rows}


async def negotiated(connection: AsyncConnection, chats: Collection[int], until: datetime) -> frozenset[int]:
    """Those of the chats in which something was negotiated before `until`; an order needs no negotiation."""
    parameters = {"chats": list(chats), "negotiating": Stage.NEGOTIATING.value, "until": until}
    return frozenset((await connection.execute(_NEGOTIATED, parameters)).scalars())


async def hand_overs(connection: AsyncConnection, since: datetime, until: datetime) -> Sequence[HandOvers]:
    """Hand-overs of the period, the most frequent reason first."""
    parameters = {"since": since, "until": until, "taken": list(_TAKEN)}
    return [HandOvers(**row._mapping) for row in await connection.execute(_HAND_OVERS, parameters)]


async def follow_ups(connection: AsyncConnection, since: datetime, until: datetime) -> Sequence[FollowUps]:
    """Reminders that went out in the period, by day of the silence, with what came of them until now."""
    parameters = {"since": since, "until": until}
    return [FollowUps(**row._mapping) for row in await connection.execute(_FOLLOW_UPS, parameters)]
