"""What was said in a chat, for whoever reviews it: the customer's turns and all that reached him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# The words of a turn are those that it was frozen with: an edit, and a voice message as it was heard, count
# where they were read. A tap is what stood on its button; a chat's buttons are unpacked once for all turns.
_HEARD = text(
    "with titles as materialized (select distinct on (button.payload) button.payload, button.title"
    " from outbox o, jsonb_to_recordset(o.buttons) as button(title text, payload text)"
    " where o.conversation_id = :chat order by button.payload, o.id)"
    " select t.id, coalesce(titles.title, t.text) as text,"
    " t.state = 'withheld' as is_withheld, max(i.received_at) as at"
    " from turns t join inbox i on i.turn_id = t.id and i.kind = 'message'"
    " left join titles on titles.payload = t.text"
    " where t.conversation_id = :chat group by t.id, titles.title"
    " having cast(:until as timestamptz) is null or max(i.received_at) < :until order by t.id"
)
# What may have reached him counts, though nobody knows whether it did.
_TOLD = text(
    "select id, turn_id, coalesce(template_text, text, '(file)') as text, template_purpose as purpose,"
    " template_guid is null as is_free, coalesce(first_attempt_at, accepted_at) as at,"
    " array(select title from jsonb_to_recordset(buttons) as button(title text)) as buttons from outbox"
    " where conversation_id = :chat and state in ('accepted', 'uncertain')"
    " and coalesce(first_attempt_at, accepted_at) is not null order by id"
)
_TRANSPORT = text(
    "select coalesce(ch.transport, '') from conversations c"
    " left join channels ch on ch.channel_id = c.channel_id where c.id = :chat"
)
# By way of the turns, as no index finds a chat's messages. One that was taken back before a turn took it is
# not among them.
_WROTE = text(
    "select i.received_at from turns t join inbox i on i.turn_id = t.id"
    " where t.conversation_id = :chat and i.kind = 'message' order by i.received_at"
)


@dataclass(frozen=True)
class Heard:
    """A customer's turn; `at` is when the last of its messages came, by business time."""

    turn_id: int
    text: str
    at: datetime
    # A person had the chat, or all chats: the turn ended in silence.
    is_withheld: bool


@dataclass(frozen=True)
class Told:
    """A message of ours; `at` is when it left, by the database's own clock."""

    id: int
    # None: no turn said it; reminders and notices.
    turn_id: int | None
    text: str
    buttons: tuple[str, ...]
    at: datetime
    # What there is an approved template for; it left as its own words all the same where it is free.
    purpose: str | None
    is_free: bool


async def heard(connection: AsyncConnection, conversation_id: int, until: datetime | None) -> Sequence[Heard]:
    """The customer's turns before this moment, or all, oldest first."""
    rows = await connection.execute(_HEARD, {"chat": conversation_id, "until": until})
    return [Heard(row.id, row.text, row.at, row.is_withheld) for row in rows]


async def told(connection: AsyncConnection, conversation_id: int) -> Sequence[Told]:
    """Everything of ours that left for the customer, in the order in which it was written."""
    rows = await connection.execute(_TOLD, {"chat": conversation_id})
    return [
        Told(row.id, row.turn_id, row.text, tuple(row.buttons), row.at, row.purpose, row.is_free)
        for row in rows
    ]


async def wrote_at(connection: AsyncConnection, conversation_id: int) -> Sequence[datetime]:
    """When each message of the customer came, by business time."""
    rows = await connection.execute(_WROTE, {"chat": conversation_id})
    return list(rows.scalars())


async def transport_of(connection: AsyncConnection, conversation_id: int) -> str:
    """What kind of channel the chat is on; empty where the account did not say."""
    return str((await connection.execute(_TRANSPORT, {"chat": conversation_id})).scalar_one())
