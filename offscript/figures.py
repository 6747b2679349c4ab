"""What language models cost in a period, and how many turns went without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# The day is the budgets' own, by TIMEZONE, which the doctor compares with the seller's.
_COSTS = text(
    "select day, purpose, count(*) as calls, sum(cost) as dollars from model_calls"
    " where day >= :first and day < :after group by day, purpose order by day, purpose"
)
# A note made afterwards for a turn's chat is no part of how the turn was answered.
_WITH_MODEL = text(
    "with of_period as (select t.id from inbox i join turns t on t.id = i.turn_id"
    " join conversations c on c.id = t.conversation_id"
    " where i.kind = 'message' and i.received_at >= :since"
    " and i.received_at < cast(:until as timestamptz) + interval '1 day'"
    " and t.state = 'done' and c.chat_id <> :manager group by t.id having max(i.received_at) < :until)"
    " select count(*) as turns, count(*) filter (where exists (select from model_calls m"
    "  where m.turn_id = p.id and m.purpose in ('triage', 'answer'))) as with_model from of_period p"
)


@dataclass(frozen=True)
class DayCost:
    """US dollars that the calls of one purpose cost on one day."""

    day: date
    purpose: str
    calls: int
    dollars: Decimal


@dataclass(frozen=True)
class ModelShare:
    """Turns that were answered, and those of them for which a model was asked."""

    turns: int
    with_model: int


async def costs(connection: AsyncConnection, first: date, after: date) -> Sequence[DayCost]:
    """Costs by day and purpose, from the day `first` to the one before `after`."""
    return [
        DayCost(**row._mapping) for row in await connection.execute(_COSTS, {"first": first, "after": after})
    ]


async def model_share(
    connection: AsyncConnection, since: datetime, until: datetime, *, manager: str
) -> ModelShare:
    """How many turns of the period needed a model; `manager`: the chat that is no customer's."""
    parameters = {"since": since, "until": until, "manager": manager}
    return ModelShare(**(await connection.execute(_WITH_MODEL, parameters)).one()._mapping)
