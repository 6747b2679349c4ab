"""Who wrote in a period, in which language, and how fast they were answered.

A turn belongs to the moment at which the last of its messages came, by business time. How long its customer
waited is measured by the database's own clock, from when the turn was due (the customer had stopped writing
for the debounce) until Wazzup took the first reply.
"""

# ruff: noqa: S608 (statements are put together of our own words only)
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Upper ends in seconds of how waiting times are shown; what took longer is the last group.
WAITS = (2, 5, 10, 20, 30, 60)
PROMISED_SECONDS = 30

# The managers' own chat is no customer's. A burst that goes over the end belongs to the next period; no burst
# lasts a day.
_TURNS = (
    "with of_period as (select t.id, t.conversation_id, t.language, t.state, t.due_at"
    " from inbox i join turns t on t.id = i.turn_id join conversations c on c.id = t.conversation_id"
    " where i.kind = 'message' and i.received_at >= :since"
    " and i.received_at < cast(:until as timestamptz) + interval '1 day' and c.chat_id <> :manager"
    " group by t.id having max(i.received_at) < :until)"
)
_LANGUAGES = text(
    _TURNS + " select conversation_id as chat, mode() within group (order by language) as language"
    " from of_period group by conversation_id order by conversation_id"
)
# What a withheld turn was told is that the house is paused: a notice, and no answer.
_WAITED = (
    ", waited as (select p.id, extract(epoch from min(o.accepted_at) - p.due_at)::float8 as seconds"
    " from of_period p join outbox o on o.turn_id = p.id and o.accepted_at is not null"
    " where p.state <> 'withheld' group by p.id, p.due_at)"
)
_RESPONSES = text(
    _TURNS + _WAITED + " select count(*) as answered,"
    " percentile_cont(0.5) within group (order by seconds)::float8 as median,"
    " percentile_cont(0.95) within group (order by seconds)::float8 as slow,"
    " count(*) filter (where seconds <= :promised) as in_time,"
    " (select count(*) from of_period) as turns from waited"
)
_GROUPS = text(
    _TURNS + _WAITED + " select width_bucket(seconds, cast(:ends as float8[])) as place, count(*) as turns"
    " from waited group by 1"
)


@dataclass(frozen=True)
class Responses:
    """Waiting times in seconds of the turns that got a reply; `groups` as WAITS, and what took longer."""

    turns: int
    answered: int
    in_time: int
    median: float | None
    slow: float | None
    groups: Sequence[int]


async def languages(
    connection: AsyncConnection, since: datetime, until: datetime, *, manager: str
) -> Mapping[int, str]:
    """The chats in which a customer wrote, and the language of most of their turns.

    `manager`: the chat id of the managers' own chat, which does not count; empty for none.
    """
    rows = await connection.execute(_LANGUAGES, {"since": since, "until": until, "manager": manager})
    return {row.chat: row.language for row in rows}


async def responses(
    connection: AsyncConnection, since: datetime, until: datetime, *, manager: str
) -> Responses:
    """How fast the turns of the period were answered."""
    period = {"since": since, "until": until, "manager": manager}
    row = (await connection.execute(_RESPONSES, {**period, "promised": PROMISED_SECONDS})).one()
    # A wait of exactly an end belongs below it.
    ends = [end + 1e-9 for end in WAITS]
    found = {each.place: each.turns for each in await connection.execute(_GROUPS, {**period, "ends": ends})}
    groups = tuple(found.get(place, 0) for place in range(len(WAITS) + 1))
    return Responses(row.turns, row.answered, row.in_time, row.median, row.slow, groups)
