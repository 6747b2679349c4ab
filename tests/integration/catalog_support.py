"""A shop of a few products for the tests of the catalog room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.product import Product
from catalog.rows import product_row
from catalog.schema import products
from catalog.search import SearchFilters, search_catalog
from catalog.vocabulary import refresh_vocabulary

_PLAIN = Product(
    sku="",
    name_en="Task chair",
    name_ar="كرسي مكتب",
    description_en="Mesh back.",
    description_ar="ظهر شبك.",
    category="chair",
    colors=("black",),
    material="mesh",
    brand=None,
    width_cm=60,
    depth_cm=60,
    height_cm=100,
    seats=1,
    rate=Decimal("400.00"),
    stock=10,
    status="active",
    image_url=None,
    last_modified=datetime(2026, 1, 1, tzinfo=UTC),
)


def product(sku: str, **changes: Any) -> Product:
    """A black mesh chair of 400 dirhams, ten in stock, but for the changes."""
    return replace(_PLAIN, sku=sku, **changes)


async def store(connection: AsyncConnection, stored: Iterable[Product]) -> None:
    """Put products into the shop as a sync would."""
    await connection.execute(insert(products), [product_row(one) for one in stored])
    await refresh_vocabulary(connection)


async def found(connection: AsyncConnection, **filters: Any) -> list[str]:
    """The SKUs of one page, fifty at most."""
    result = await search_catalog(connection, SearchFilters(**{"limit": 50, **filters}))
    return [one.sku for one in result.products]
