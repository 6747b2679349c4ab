"""The price_traces table: for each amount a customer was shown, the record it came from (G8).

Written before the text is sent, in the transaction that keeps the reply, so no amount is ever out without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from offscript.rendering import Rendered

_FORGET = text("delete from price_traces where turn_id = :turn_id and text_hash = :text_hash")
_KEEP = text(
    "insert into price_traces (conversation_id, turn_id, text_hash, ordinal, value, is_percent, record_id,"
    " synced_at) values (:conversation_id, :turn_id, :text_hash, :ordinal, :value, :is_percent,"
    " :record_id, :synced_at)"
)
_AMOUNTS = text(
    "select turn_id, array_agg(value) as amounts from price_traces"
    " where conversation_id = :conversation_id and not is_percent group by turn_id"
)


async def keep_trace(
    connection: AsyncConnection, *, conversation_id: int, turn_id: int, rendered: Rendered
) -> None:
    """Store where each amount of `rendered` comes from; a turn that is repeated stores it once."""
    key = {"turn_id": turn_id, "text_hash": rendered.text_hash}
    await connection.execute(_FORGET, key)
    rows = [
        {
            **key,
            "conversation_id": conversation_id,
            "ordinal": ordinal,
            "value": amount.value,
            "is_percent": amount.is_percent,
            "record_id": amount.record_id,
            "synced_at": amount.synced_at,
        }
        for ordinal, amount in enumerate(rendered.trace)
    ]
    if rows:
        await connection.execute(_KEEP, rows)


async def amounts_by_turn(
    connection: AsyncConnection, conversation_id: int
) -> Mapping[int, frozenset[Decimal]]:
    """AED that each turn of a chat showed and that came from a record."""
    rows = await connection.execute(_AMOUNTS, {"conversation_id": conversation_id})
    return {row.turn_id: frozenset(row.amounts) for row in rows}
