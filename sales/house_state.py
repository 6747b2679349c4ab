"""Whether the whole house is paused: then every chat is a person's, for all workers at once (design §11).

The rows of `owners` stay as they are, so that what a manager took over stays his when the pause ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_READ = text("select paused_at, paused_by from house_state")
_PAUSE = text(
    "update house_state set paused_at = majlis_now(), paused_by = :who where paused_at is null"
    " returning paused_at"
)
_RESUME = text(
    "update house_state h set paused_at = null, paused_by = null from house_state before"
    " where h.paused_at is not null and before.only_row = h.only_row"
    " returning before.paused_at, before.paused_by"
)
_NOTE_TOLD = text(
    "insert into pause_notices (conversation_id, paused_at) select :id, paused_at from house_state"
    " where paused_at is not null and not exists"
    " (select from owners where conversation_id = :id and owner = 'person'"
    " and changed_by_turn is distinct from :turn) on conflict do nothing"
)


@dataclass(frozen=True)
class Pause:
    """A pause: since when, by business time, and by whom."""

    since: datetime
    by: str


async def read_pause(connection: AsyncConnection) -> Pause | None:
    """The pause the house is in; None: it works."""
    row = (await connection.execute(_READ)).one()
    return None if row.paused_at is None else Pause(row.paused_at, row.paused_by)


async def begin_pause(connection: AsyncConnection, who: str) -> bool:
    """Give all chats to persons; False when they were already."""
    return (await connection.execute(_PAUSE, {"who": who})).first() is not None


async def end_pause(connection: AsyncConnection) -> Pause | None:
    """Give them back; the pause that ended, None when there was none."""
    row = (await connection.execute(_RESUME)).first()
    return None if row is None else Pause(row.paused_at, row.paused_by)


async def note_told(connection: AsyncConnection, conversation_id: int, turn_id: int) -> bool:
    """Note that this customer is told of the pause now; False when he was, or a person has his chat.

    `turn_id` is the turn whose answer the pause keeps back: if that one gave the chat to the person, its
    customer has read nothing of it.
    """
    parameters = {"id": conversation_id, "turn": turn_id}
    return (await connection.execute(_NOTE_TOLD, parameters)).rowcount == 1
