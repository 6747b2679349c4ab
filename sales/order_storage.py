"""Orders: one for each accepted quote, told to the CRM by a job."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.order_job import ask_for_sales_order
from sales.quote import render_number
from sales.quote_storage import Quote

_PLACE = text(
    "insert into orders (quote_id, conversation_id) values (:quote, :conversation)"
    " on conflict (quote_id) do nothing returning id"
)


_ALL = text(
    "select o.number, q.year, q.number as quote, q.revision from orders o join quotes q on q.id = o.quote_id"
    " where o.conversation_id = :id order by o.id"
)


@dataclass(frozen=True)
class Order:
    """An order as its customer knows it; `number` is None until the CRM has given one."""

    number: str | None
    quote_number: str


async def newest_order(connection: AsyncConnection, conversation_id: int) -> Order | None:
    """The chat's last order."""
    orders = await orders_of(connection, conversation_id)
    return orders[-1] if orders else None


async def orders_of(connection: AsyncConnection, conversation_id: int) -> tuple[Order, ...]:
    """All of the chat's orders, the first one first."""
    rows = await connection.execute(_ALL, {"id": conversation_id})
    return tuple(Order(row.number, render_number(row.year, row.quote, row.revision)) for row in rows)


async def place_order(connection: AsyncConnection, quote: Quote) -> None:
    """Place the order of an accepted quote, in the transaction that accepted it; a repeat changes nothing."""
    placed = await connection.execute(_PLACE, {"quote": quote.id, "conversation": quote.conversation_id})
    order_id = placed.scalar()
    if order_id is not None:
        await ask_for_sales_order(connection, quote.conversation_id, order_id)
