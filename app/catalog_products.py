"""The catalog as comparisons and the fifteen rules need it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.schema import products
from quality.observed import Product, Products


async def read_products(connection: AsyncConnection) -> Products:
    """All products, also those that are not sold any more."""
    rows = (await connection.execute(select(products))).mappings()
    return Products(
        Product(
            sku=row["sku"],
            name_en=row["name_en"],
            name_ar=row["name_ar"],
            description_en=row["description_en"],
            category=row["category"],
            colors=tuple(row["colors"]),
            material=row["material"],
            brand=row["brand"],
            price=row["rate"],
            stock=row["stock"],
            seats=row["seats"],
            sides=(row["width_cm"], row["depth_cm"], row["height_cm"]),
            changed_at=row["last_modified"],
        )
        for row in rows
    )
