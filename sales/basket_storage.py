"""The basket_lines table: a chat's basket survives sessions, restarts and weeks of silence."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.basket import Basket, Line
from sales.sale_storage import lock_sale

_READ = text("select sku, quantity from basket_lines where conversation_id = :id order by position, sku")
_DROP = text("delete from basket_lines where conversation_id = :id")
_WRITE = text(
    "insert into basket_lines (conversation_id, sku, quantity, position)"
    " values (:id, :sku, :quantity, :position)"
)


async def read_basket(connection: AsyncConnection, conversation_id: int) -> Basket:
    """What is chosen, in the order in which it was chosen."""
    rows = await connection.execute(_READ, {"id": conversation_id})
    return tuple(Line(row.sku, row.quantity) for row in rows)


async def lock_basket(connection: AsyncConnection, conversation_id: int) -> Basket:
    """What is chosen; nobody else changes it before the transaction ends."""
    await lock_sale(connection, conversation_id)
    return await read_basket(connection, conversation_id)


async def write_basket(connection: AsyncConnection, conversation_id: int, basket: Basket) -> None:
    """Keep this basket instead of what was chosen before."""
    await lock_sale(connection, conversation_id)
    await connection.execute(_DROP, {"id": conversation_id})
    if basket:
        await connection.execute(
            _WRITE,
            [
                {"id": conversation_id, "sku": line.sku, "quantity": line.quantity, "position": position}
                for position, line in enumerate(basket, start=1)
            ],
        )
