"""What the hourly check finds, row by row, and what it asks the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from turns.silence import Span

_ARRIVALS = text(
    "select majlis_now() as now, (select received_at from inbox order by id limit 1) as first,"
    " (select received_at from inbox order by id desc limit 1) as last"
)
_CUSTOMERS = text(
    "select count(distinct (channel_id, chat_type, chat_id)) from inbox"
    " where kind = 'message' and received_at > :start and received_at <= :end"
)
_BEFORE = text("select wrong_since is not null as is_wrong, told from checks where name = :name for update")
_NOTE = text(
    "insert into checks (name, state, sentence, wrong_since)"
    " values (:name, :state, :sentence, case when :state = 'wrong' then majlis_now() end)"
    " on conflict (name) do update set state = :state, sentence = :sentence, looked_at = majlis_now(),"
    " wrong_since = case when :state = 'wrong' then coalesce(checks.wrong_since, majlis_now())"
    "  when :state = 'unjudged' then checks.wrong_since end,"
    " told = checks.told and :state <> 'fine'"
)
_TOLD = text("update checks set told = true where name = :name")
_RESULTS = text(
    "select name, state, sentence, looked_at, majlis_now() - looked_at as age, wrong_since"
    " from checks order by name"
)
_WAITING = text(
    "select (select count(*) from turns where state = 'parked') as parked_turns,"
    " (select count(*) from inbox where kind = 'parked') as parked_elements,"
    " (select count(*) from outbox where state = 'uncertain') as uncertain"
)


class State(StrEnum):
    """How a check came out."""

    FINE = "fine"
    WRONG = "wrong"
    # It could not be told this time.
    UNJUDGED = "unjudged"


@dataclass(frozen=True)
class Look:
    """One check's outcome; `sentence` is for the operator and holds neither secrets nor personal data."""

    name: str
    state: State
    sentence: str


@dataclass(frozen=True)
class Result(Look):
    """A kept outcome."""

    looked_at: datetime
    # Since the look, by business time.
    age_seconds: float
    # When the incident began that is open; None when there is none.
    wrong_since: datetime | None


class News(StrEnum):
    """What the manager's chat has not heard yet."""

    BEGAN = "began"
    MENDED = "mended"


@dataclass(frozen=True)
class Arrivals:
    """By business time; `first` and `last` are None while nothing ever came."""

    now: datetime
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True)
class Waiting:
    """How much waits for a person."""

    parked_turns: int
    parked_elements: int
    # Messages of which nobody knows whether they were sent.
    uncertain: int


async def arrivals(connection: AsyncConnection) -> Arrivals:
    """When something of any kind came in from the messenger."""
    return Arrivals(**(await connection.execute(_ARRIVALS)).one()._mapping)


async def customers_in(connection: AsyncConnection, spans: Sequence[Span]) -> list[int]:
    """How many different customers wrote in each span."""
    return [
        (await connection.execute(_CUSTOMERS, {"start": span.start, "end": span.end})).scalar_one()
        for span in spans
    ]


async def note(connection: AsyncConnection, look: Look) -> News | None:
    """Keep the outcome; what the manager's chat should hear now, once for an incident (see `note_told`)."""
    before = (await connection.execute(_BEFORE, {"name": look.name})).one_or_none()
    await connection.execute(_NOTE, {"name": look.name, "state": look.state, "sentence": look.sentence})
    was_told = before is not None and before.told
    if look.state is State.WRONG and not was_told:
        return News.BEGAN
    return News.MENDED if look.state is State.FINE and was_told else None


async def note_told(connection: AsyncConnection, name: str) -> None:
    """The manager's chat has heard that the incident began."""
    await connection.execute(_TOLD, {"name": name})


async def results(connection: AsyncConnection) -> list[Result]:
    """The newest outcome of every check."""
    return [
        Result(
            row.name, State(row.state), row.sentence, row.looked_at, row.age.total_seconds(), row.wrong_since
        )
        for row in await connection.execute(_RESULTS)
    ]


async def waiting(connection: AsyncConnection) -> Waiting:
    """How much waits for a person now."""
    return Waiting(**(await connection.execute(_WAITING)).one()._mapping)
