"""Put the sample catalog into an empty house, so that `majlis up` has something to sell."""

from __future__ import annotations

from sqlalchemy import func, or_, select, text
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


async def count_other_products(connection: AsyncConnection) -> int:
    """How many products are none of the sample's; 0 also where there is no catalog yet."""
    if (await connection.execute(text("select to_regclass('products')"))).scalar() is None:
        return 0
    samples = [product.sku for product in generate_catalog()]
    others = select(func.count()).select_from(products).where(products.c.sku.not_in(samples))
    return int((await connection.execute(others)).scalar_one())
