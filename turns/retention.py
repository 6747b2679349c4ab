"""Messages that are old enough to be forgotten: of chats that go on, and whole chats where nothing goes on.

What waits for somebody stays: open and parked turns, parked elements, messages that are still to be sent.
"""

# ruff: noqa: S608 (statements are put together of our own words only)
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.erasing import SALE_IS_OPEN

# In a query of its own: asked once, and not again for every row.
_BEFORE = "(select majlis_now() - make_interval(days => :days))"
_TURN_IS_OVER = "select from turns t where t.id = {turn} and t.state in ('done', 'withheld', 'dropped')"
_OVER = _TURN_IS_OVER.format(turn="row.turn_id")

# In this order: a recording's words, what a turn said and did, then what came in and went out. A session of
# Rasa's that is over is never read again; the newest is the chat's memory.
_OLD = {
    "transcripts": (
        "delete from transcripts where inbox_id in (select row.inbox_id from transcripts row"
        f" join inbox i on i.id = row.inbox_id where row.created_at < {_BEFORE}"
        f" and exists ({_TURN_IS_OVER.format(turn='i.turn_id')}) limit :limit)"
    ),
    "turn_replies": (
        "delete from turn_replies where turn_id in (select row.turn_id from turn_replies row"
        f" where row.created_at < {_BEFORE} and exists ({_OVER}) limit :limit)"
    ),
    "action_results": (
        "delete from action_results where ctid = any(array(select row.ctid from action_results row"
        f" where row.created_at < {_BEFORE} and exists ({_OVER}) limit :limit))"
    ),
    "inbox": (
        "delete from inbox where id in (select row.id from inbox row"
        f" where row.received_at < {_BEFORE} and row.kind <> 'parked' and row.settled_at is not null"
        f" and (row.turn_id is null or exists ({_OVER}))"
        " and not exists (select from received_files f where f.inbox_id = row.id)"
        " and not exists (select from transcripts v where v.inbox_id = row.id) limit :limit)"
    ),
    "outbox": (
        "delete from outbox where id in (select row.id from outbox row"
        f" where row.created_at < {_BEFORE} and row.state not in ('queued', 'uncertain')"
        " and not exists (select from follow_ups f where f.outbox_id = row.id) limit :limit)"
    ),
    # The row is what other rows count on; the words are what is forgotten.
    "words of turns": (
        "update turns set text = '' where id in (select row.id from turns row"
        f" where row.finished_at < {_BEFORE} and row.state in ('done', 'withheld', 'dropped')"
        " and row.text <> '' limit :limit)"
    ),
    "events": (
        "delete from events where id in (select row.id from events row"
        f" where row.timestamp < extract(epoch from {_BEFORE})"
        " and row.id < (select max(later.id) from events later"
        " where later.sender_id = row.sender_id and later.type_name = 'session_started') limit :limit)"
    ),
}
_STATEMENTS = {name: text(statement) for name, statement in _OLD.items()}
KINDS = tuple(_OLD)
"""What is forgotten of chats that go on, in the order in which it can be."""

_IS_IDLE = (
    f"greatest(chat.last_customer_message_at, chat.created_at) < {_BEFORE}"
    " and chat.due_at is null and chat.current_turn_id is null"
    " and not exists (select from outbox o where o.conversation_id = chat.id"
    f"  and (o.created_at >= {_BEFORE} or o.state in ('queued', 'uncertain')))"
    " and not exists (select from owners w where w.conversation_id = chat.id"
    f"  and w.manager_last_message_at >= {_BEFORE})"
    " and not exists (select from turns t where t.conversation_id = chat.id and t.state = 'parked')"
    " and not exists (select from jobs j where j.conversation_id = chat.id"
    "  and j.state in ('waiting', 'parked'))"
    f" and not ({SALE_IS_OPEN})"
)
_IDLE = text(
    f"select chat.id from conversations chat where chat.id > :after and {_IS_IDLE}"
    " order by chat.id limit :limit"
)
_LOCK_IDLE = text(
    f"select chat.id from conversations chat where chat.id = :id and {_IS_IDLE}"
    " for update of chat skip locked"
)


async def forget(connection: AsyncConnection, kind: str, days: int, limit: int) -> int:
    """Forget up to `limit` rows of one of KINDS that are so old; how many there were."""
    return (await connection.execute(_STATEMENTS[kind], {"days": days, "limit": limit})).rowcount


async def idle_chats(connection: AsyncConnection, days: int, *, after: int, limit: int) -> Sequence[int]:
    """Chats, by id from `after` on, in which nothing was written for so long and no sale is open."""
    parameters = {"days": days, "after": after, "limit": limit}
    return list((await connection.execute(_IDLE, parameters)).scalars())


async def lock_idle(connection: AsyncConnection, conversation_id: int, days: int) -> bool:
    """Lock the chat until the transaction ends; False when it is idle no longer, or in somebody's hands."""
    parameters = {"id": conversation_id, "days": days}
    return (await connection.execute(_LOCK_IDLE, parameters)).first() is not None
