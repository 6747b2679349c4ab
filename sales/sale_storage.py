"""The row of a chat's sale: how far it is, and the lock under which everything about it changes.

Whoever writes facts, basket or stage locks the sale first, so that what a guard saw is still true when its
transaction commits. Locks are taken in the order conversation, sale, owner, outbox, inbox, job.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.stages import Outcome, Stage

# `for update` on a missing row locks nothing, so the row is made first.
_ENSURE = text("insert into sales (conversation_id) values (:id) on conflict do nothing")
_READ = "select stage, outcome, changed_at from sales where conversation_id = :id"
_READ_ONLY = text(_READ)
_READ_LOCKED = text(_READ + " for update")
_SET_OUTCOME = text(
    "update sales set outcome = :outcome, changed_at = majlis_now()"
    " where conversation_id = :id and outcome <> :outcome"
)
# After its order something was chosen again, or another number was quoted: that is the next sale.
_IS_OVER = text(
    "select exists (select from quotes later where later.conversation_id = q.conversation_id"
    " and later.number > q.number)"
    " or (exists (select from orders o join quotes ordered on ordered.id = o.quote_id"
    " where ordered.number = q.number)"
    " and exists (select from basket_lines where conversation_id = q.conversation_id))"
    " from quotes q where q.id = :quote"
)


@dataclass(frozen=True)
class Sale:
    """How far a sale is; `changed_at` is business time, None before anything happened."""

    stage: Stage = Stage.GREETING
    outcome: Outcome = Outcome.OPEN
    changed_at: datetime | None = None


async def read_sale(connection: AsyncConnection, conversation_id: int) -> Sale:
    """How far the chat's sale is."""
    row = (await connection.execute(_READ_ONLY, {"id": conversation_id})).first()
    return Sale() if row is None else Sale(Stage(row.stage), Outcome(row.outcome), row.changed_at)


async def lock_sale(connection: AsyncConnection, conversation_id: int) -> Sale:
    """How far the chat's sale is, locked until the transaction ends: what is decided on it stays true."""
    row = (await connection.execute(_READ_LOCKED, {"id": conversation_id})).first()
    if row is None:
        await connection.execute(_ENSURE, {"id": conversation_id})
        row = (await connection.execute(_READ_LOCKED, {"id": conversation_id})).one()
    return Sale(Stage(row.stage), Outcome(row.outcome), row.changed_at)


async def end_sale(
    connection: AsyncConnection, conversation_id: int, quote_id: int, outcome: Outcome
) -> bool:
    """Note what became of the sale of this quote; False when it was noted, or the chat is at the next sale.

    Zoho may tell of an order or a closed deal long after the customer began anew.
    """
    await lock_sale(connection, conversation_id)
    if (await connection.execute(_IS_OVER, {"quote": quote_id})).scalar_one():
        return False
    return await set_outcome(connection, conversation_id, outcome)


async def set_outcome(connection: AsyncConnection, conversation_id: int, outcome: Outcome) -> bool:
    """Note what became of the sale; False when it was noted already. The stage stays as it is."""
    await lock_sale(connection, conversation_id)
    changed = await connection.execute(_SET_OUTCOME, {"id": conversation_id, "outcome": outcome.value})
    return bool(changed.rowcount)
