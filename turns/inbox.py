"""Store webhook elements exactly once and move their chats' due time, in one statement.

One round trip stores any number of elements: what was really new is inserted, and only that wakes
its chat, so a copy that comes again moves no deadline. Rows are inserted in sorted order, so that two
flushes cannot lock each other out; `received_at` keeps the order in which they came.

An echo that comes late, of a message to somebody who was erased meanwhile, is not stored: it would open the
chat again, and look like a manager's who took it over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson
import psycopg
from psycopg import AsyncConnection

from turns.person_mark import PersonMark
from turns.ports import Element, ElementKind

# What an element that cannot be stored as it is fails with: in Postgres, or on the way to it.
UNSTORABLE = (psycopg.DataError, TypeError, ValueError)


@dataclass(frozen=True)
class Debounce:
    """How long a chat waits for the rest of a burst, in seconds."""

    seconds: float
    max_seconds: float


# A tap makes its burst look as old as a burst may get: it is due at once, and since `least` only
# brings a due time forward, nothing pushes it back. A deletion alone wakes nobody.
_STORE = """
with incoming as (
    select * from jsonb_to_recordset(%(elements)s::jsonb) as element(
        kind text, channel_id text, external_id text, variant text, chat_type text, chat_id text,
        sent_at timestamptz, tap boolean, body jsonb, raw text, problem text, place integer, person text)
), stored as (
    insert into inbox (kind, channel_id, external_id, variant, chat_type, chat_id, sent_at, tap, body,
                       raw, problem, settled_at, received_at)
    select kind, channel_id, external_id, variant, chat_type, chat_id, sent_at, tap, body,
           decode(raw, 'hex'), problem, case when kind = 'parked' then majlis_now() end,
           (select majlis_now()) + place * interval '1 microsecond'
    from incoming
    -- A send that was under way when its person was erased ends within the minute.
    where person is null or not exists (
        select from erasures e
        where e.person = incoming.person and incoming.sent_at < e.at + interval '1 minute')
    order by channel_id, external_id, kind, variant
    on conflict do nothing
    returning channel_id, chat_type, chat_id, kind, sent_at, tap
), woken as (
    select channel_id, chat_type, chat_id, bool_or(tap) as tapped,
           max(least(coalesce(sent_at, majlis_now()), majlis_now())) as written_at
    from stored where kind in ('message', 'edit')
    group by channel_id, chat_type, chat_id
    order by channel_id, chat_type, chat_id
), timed as (
    select *, clock_timestamp() as now,
           make_interval(secs => %(debounce)s) as quiet, make_interval(secs => %(longest)s) as longest
    from woken
)
insert into conversations as chat (channel_id, chat_type, chat_id, last_customer_message_at,
                                   burst_started_at, burst_due_at, due_at)
select channel_id, chat_type, chat_id, written_at,
       case when tapped then now - longest else now end,
       case when tapped then now else now + least(quiet, longest) end,
       case when tapped then now else now + least(quiet, longest) end
from timed
on conflict (channel_id, chat_type, chat_id) do update set
    last_customer_message_at = greatest(chat.last_customer_message_at, excluded.last_customer_message_at),
    burst_started_at = least(chat.burst_started_at, excluded.burst_started_at),
    burst_due_at = least(
        least(chat.burst_started_at, excluded.burst_started_at) + make_interval(secs => %(longest)s),
        excluded.burst_due_at),
    -- While a turn is open the due time is its own; the burst's takes over when it ends.
    due_at = case when chat.current_turn_id is not null then chat.due_at else least(
        least(chat.burst_started_at, excluded.burst_started_at) + make_interval(secs => %(longest)s),
        excluded.burst_due_at) end
"""


def _row(element: Element, place: int, mark: PersonMark | None) -> dict[str, object]:
    person = None
    if mark is not None and element.chat_id is not None and element.kind is ElementKind.ECHO:
        person = mark.of(element.chat_id)
    return {
        "place": place,
        "person": person,
        "kind": element.kind.value,
        "channel_id": element.channel_id,
        "external_id": element.external_id,
        "variant": element.variant,
        "chat_type": element.chat_type,
        "chat_id": element.chat_id,
        "sent_at": element.sent_at,
        "tap": element.tap,
        "body": element.body,
        "raw": element.raw.hex() if element.raw is not None else None,
        "problem": element.problem,
    }


async def store(
    connection: AsyncConnection,
    elements: Sequence[Element],
    debounce: Debounce,
    mark: PersonMark | None = None,
) -> None:
    """Store all of `elements` in one transaction (the connection is in autocommit).

    With `mark`, late echoes of chats that were erased are left out.

    Raises one of UNSTORABLE when one of them cannot be kept as it is; then nothing was
    stored, and `store_one_by_one` keeps the rest.
    """
    await connection.execute(
        _STORE,
        {
            "elements": orjson.dumps(
                [_row(element, place, mark) for place, element in enumerate(elements)]
            ).decode(),
            "debounce": debounce.seconds,
            "longest": debounce.max_seconds,
        },
    )


async def store_one_by_one(
    connection: AsyncConnection,
    elements: Sequence[Element],
    debounce: Debounce,
    mark: PersonMark | None = None,
) -> None:
    """Store each element for itself; one that Postgres cannot hold is parked, its siblings go on."""
    for element in elements:
        try:
            await store(connection, [element], debounce, mark)
        except UNSTORABLE as error:
            await store(connection, [parked(element, str(error))], debounce)


def parked(element: Element, problem: str) -> Element:
    """The same element as bytes that any database takes, with the reason beside it."""
    raw = element.raw if element.raw is not None else json.dumps(element.body, default=str).encode()
    return replace(
        element,
        kind=ElementKind.PARKED,
        external_id=hashlib.sha256(raw).hexdigest(),
        channel_id="",
        variant="",
        chat_type=None,
        chat_id=None,
        sent_at=None,
        tap=False,
        body=None,
        raw=raw,
        problem=problem.splitlines()[0][:500],
    )
