"""The tables owners and hand_overs: read and lock a chat's owner, hand it over, give it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.hand_over_notice import ask_for_hand_over_notice
from sales.hand_over_task import ask_for_task
from sales.ownership import Owner, Ownership

_READ = (
    "select owner, changed_at, changed_by_turn, manager_last_message_at, reason <> :new as is_changed,"
    " (select paused_at from house_state) as paused_at from owners where conversation_id = :id"
)
_NEW = "new chat"

# `for update` on a missing row locks nothing, so the row is made first; then a reader and a hand-over
# of the same chat come one after the other.
_ENSURE = text(
    "insert into owners (conversation_id, owner, reason) values (:id, 'bot', :new) on conflict do nothing"
)
_READ_LOCKED = text(_READ + " for update of owners")
_HAND_OVER = text(
    "insert into owners (conversation_id, owner, reason, changed_by_turn, manager_last_message_at)"
    " values (:id, 'person', :reason, :turn, :manager_at)"
    " on conflict (conversation_id) do update set owner = 'person',"
    " reason = case when owners.owner = 'person' then owners.reason else excluded.reason end,"
    " changed_at = case when owners.owner = 'person' then owners.changed_at else excluded.changed_at end,"
    " changed_by_turn = case when owners.owner = 'person' then owners.changed_by_turn"
    " else excluded.changed_by_turn end,"
    " manager_last_message_at ="
    " greatest(owners.manager_last_message_at, excluded.manager_last_message_at)"
    " returning changed_at"
)
_RECORD = text(
    "insert into hand_overs (conversation_id, reason, at, answered_at)"
    " values (:id, :reason, :at, case when cast(:manager_at as timestamptz) is not null"
    " then greatest(:at, cast(:manager_at as timestamptz)) end)"
)
# Only the newest: one that was given back unanswered was never answered.
_ANSWERED = text(
    "update hand_overs set answered_at = :manager_at where answered_at is null and at <= :manager_at"
    " and id = (select max(id) from hand_overs where conversation_id = :id)"
)
_GIVE_BACK = text(
    "update owners set owner = 'bot', reason = :reason, changed_at = majlis_now(), changed_by_turn = null"
    " where conversation_id = :id"
)


async def lock_ownership(connection: AsyncConnection, conversation_id: int) -> Ownership:
    """The chat's owner, locked until the transaction ends: what is decided on it stays true.

    While the house is paused every chat is a person's, and no turn of ours may still say so by itself.
    """
    row = await _lock(connection, conversation_id)
    own = Owner(row.owner)
    given_back_at = row.changed_at if own is Owner.BOT and row.is_changed else None
    manager_at = row.manager_last_message_at
    if row.paused_at is not None:
        since = row.paused_at if own is Owner.BOT else row.changed_at
        return Ownership(Owner.PERSON, since, None, manager_at, is_paused=True, given_back_at=given_back_at)
    return Ownership(own, row.changed_at, row.changed_by_turn, manager_at, given_back_at=given_back_at)


async def own_owner(connection: AsyncConnection, conversation_id: int) -> Owner:
    """Whose the chat is when no pause gives it to persons, locked as above."""
    return Owner((await _lock(connection, conversation_id)).owner)


async def hand_over(
    connection: AsyncConnection,
    conversation_id: int,
    *,
    reason: str,
    turn_id: int | None = None,
    manager_message_at: datetime | None = None,
) -> None:
    """Give the chat to a person; repeated, it only notes the manager's newest message.

    The managers are told by a task and in their chat, unless it was one of them who took the chat over, by
    writing in it or by a command.
    """
    before = await own_owner(connection, conversation_id)
    handed_over = await connection.execute(
        _HAND_OVER,
        {"id": conversation_id, "reason": str(reason), "turn": turn_id, "manager_at": manager_message_at},
    )
    handed_over_at = handed_over.scalar_one()
    if before is Owner.BOT:
        record = {"id": conversation_id, "reason": str(reason), "at": handed_over_at}
        await connection.execute(_RECORD, {**record, "manager_at": manager_message_at})
    elif manager_message_at is not None:
        await connection.execute(_ANSWERED, {"id": conversation_id, "manager_at": manager_message_at})
    if before is Owner.BOT and manager_message_at is None:
        await ask_for_task(connection, conversation_id, reason=reason, handed_over_at=handed_over_at)
        await ask_for_hand_over_notice(connection, conversation_id, handed_over_at.isoformat(), reason=reason)


async def _lock(connection: AsyncConnection, conversation_id: int) -> Row[Any]:
    parameters = {"id": conversation_id, "new": _NEW}
    row = (await connection.execute(_READ_LOCKED, parameters)).first()
    if row is None:
        await connection.execute(_ENSURE, parameters)
        row = (await connection.execute(_READ_LOCKED, parameters)).one()
    return row


async def give_back(connection: AsyncConnection, conversation_id: int, *, reason: str) -> None:
    """Give the chat back to the bot."""
    await connection.execute(_GIVE_BACK, {"id": conversation_id, "reason": str(reason)})
