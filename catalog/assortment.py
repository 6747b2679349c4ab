"""What the seller deals in: the categories to name when a customer asks what there is."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.schema import products

# As many as a chat bubble names in one sentence.
NAMED_CATEGORIES = 6


async def read_categories(connection: AsyncConnection, limit: int = NAMED_CATEGORIES) -> list[str]:
    """The categories with the most products in stock, the fullest first."""
    statement = (
        select(products.c.category)
        .where(products.c.status == "active", products.c.stock > 0)
        .group_by(products.c.category)
        .order_by(func.count().desc(), products.c.category)
        .limit(limit)
    )
    return list((await connection.execute(statement)).scalars())
