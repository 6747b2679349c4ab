"""The discounts managers approve: by word in their chat, or in the deal; read where a quote is made.

What counts is the table approved_discounts, which says what stands in the deal in Zoho, and not the
dialogue's slot of the same name: a slot is what Rasa was told. It is written by `sales.discount_news`, for
`sales.deal_poll` and `sales.approval_job`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

# The deal of a quote that was ordered is over, though the job that closes it may still wait for Zoho.
_IN_FORCE = text(
    "select a.percent from crm_links l"
    " join approved_discounts a on a.deal_id = l.deal_id and a.withdrawn_at is null"
    " where l.conversation_id = :id and l.deal_state = 'open' and not exists"
    " (select from orders o join quote_links ordered on ordered.quote_id = o.quote_id"
    " where ordered.deal_id = l.deal_id and o.conversation_id = l.conversation_id)"
)
_OF_DEAL = text("select percent from approved_discounts where deal_id = :deal and withdrawn_at is null")
_WITHDRAW = text(
    "update approved_discounts set withdrawn_at = majlis_now() where deal_id = :deal and withdrawn_at is null"
)
_PUT = text(
    "insert into approved_discounts (conversation_id, deal_id, percent) values (:id, :deal, :percent)"
)
_APPROVE = text(
    "insert into discount_approvals (conversation_id, quote_id, percent, approved_by, turn_id)"
    " values (:id, :quote, :percent, :who, :turn) returning id"
)
_REPLACE = text(
    "update discount_approvals set state = 'replaced', ended_at = majlis_now()"
    " where conversation_id = :id and state = 'waiting'"
)
_APPROVAL = "select id, conversation_id, quote_id, percent, approved_at, state from discount_approvals where "
_READ = text(_APPROVAL + "id = :id")
_NEWEST = text(_APPROVAL + "conversation_id = :id order by id desc limit 1")
_WAITING = text(_APPROVAL + "state = 'waiting' order by id")
_END = text(
    "update discount_approvals set state = :state, ended_at = majlis_now()"
    " where id = :id and state = 'waiting'"
)


class ApprovalState(StrEnum):
    """What became of an approval that a manager gave by word."""

    # Zoho does not have it yet.
    WAITING = "waiting"
    IN_FORCE = "in_force"
    # Another one came after it.
    REPLACED = "replaced"
    # The deal was closed before it could be entered.
    REFUSED = "refused"


@dataclass(frozen=True)
class Approval:
    """A discount that a manager approved by word, in per cent."""

    id: int
    conversation_id: int
    quote_id: int
    percent: Decimal
    approved_at: datetime
    state: ApprovalState


async def approved_discount(connection: AsyncConnection, conversation_id: int) -> Decimal:
    """Per cent that the chat's next quote carries; 0 without an approval."""
    percent: Decimal | None = (await connection.execute(_IN_FORCE, {"id": conversation_id})).scalar()
    return percent or Decimal(0)


async def percent_of_deal(connection: AsyncConnection, deal_id: str) -> Decimal | None:
    """Per cent in force for the deal, over or not; None: none."""
    percent: Decimal | None = (await connection.execute(_OF_DEAL, {"deal": deal_id})).scalar()
    return percent


async def put_in_force(
    connection: AsyncConnection, conversation_id: int, deal_id: str, percent: Decimal | None
) -> bool:
    """Put what stands in the deal in force in place of what stood there before, under the lock of the sale.

    False when it is in force already, or nothing stands there.
    """
    if await percent_of_deal(connection, deal_id) == percent:
        return False
    await connection.execute(_WITHDRAW, {"deal": deal_id})
    if percent is None:
        return False
    await connection.execute(_PUT, {"id": conversation_id, "deal": deal_id, "percent": percent})
    return True


async def approve(
    connection: AsyncConnection,
    conversation_id: int,
    quote_id: int,
    percent: Decimal,
    *,
    who: str,
    turn_id: int,
) -> int:
    """Record a manager's word, in place of one that Zoho does not have yet; its id."""
    await connection.execute(_REPLACE, {"id": conversation_id})
    parameters = {"id": conversation_id, "quote": quote_id, "percent": percent, "who": who, "turn": turn_id}
    return int((await connection.execute(_APPROVE, parameters)).scalar_one())


async def find_approval(connection: AsyncConnection, approval_id: int) -> Approval:
    """One of them."""
    return _approval((await connection.execute(_READ, {"id": approval_id})).one())


async def newest_approval(connection: AsyncConnection, conversation_id: int) -> Approval | None:
    """The last one that was given for this chat."""
    row = (await connection.execute(_NEWEST, {"id": conversation_id})).first()
    return None if row is None else _approval(row)


async def waiting_approvals(connection: AsyncConnection) -> Sequence[Approval]:
    """Those that Zoho does not have yet, oldest first."""
    return [_approval(row) for row in await connection.execute(_WAITING)]


async def end_approval(connection: AsyncConnection, approval_id: int, state: ApprovalState) -> None:
    """Note what became of one that waited; a repeat changes nothing."""
    await connection.execute(_END, {"id": approval_id, "state": state.value})


def _approval(row: Row[Any]) -> Approval:
    return Approval(
        row.id, row.conversation_id, row.quote_id, row.percent, row.approved_at, ApprovalState(row.state)
    )
