"""Put the sample catalog into an empty house, so that `majlis up` has something to sell."""

from __future__ import annotations

from sqlalchemy import func, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.generator import generate_catalog
from catalog.rows import product_row
from catalog.schema import products
from catalog.vocabulary import refresh_vocabulary


async def load_sample_catalog(connection: AsyncConnection) -> None:
    """Bring the 1,500 sample products and their vocabulary into the database.

    Runs in the caller's transaction, so that nobody sees half a catalog. Loading again changes no row
    that is already as generated; products of other origin are left alone.
    """
    rows = [product_row(product) for product in generate_catalog()]
    statement = insert(products)
    changing = [name for name in rows[0] if name != "sku"]
    upsert = statement.on_conflict_do_update(
        index_elements=[products.c.sku],
        set_={**{name: statement.excluded[name] for name in changing}, "synced_at": func.majlis_now()},
        where=or_(*(products.c[name].is_distinct_from(statement.excluded[name]) for name in changing)),
    )
    await connection.execute(upsert, rows)
    await refresh_vocabulary(connection)
