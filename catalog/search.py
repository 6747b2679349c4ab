"""Which products fit what a customer asked for? Every constraint is a condition in SQL.

Nothing outside the filters is ever returned, so no ranking that comes later can break a promise.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.product import Product
from catalog.schema import products

DEFAULT_LIMIT = 3
MAXIMUM_LIMIT = 50


@dataclass(frozen=True)
class SearchFilters:
    """What a product must satisfy; an empty or None filter asks for nothing.

    Raises ValueError for a limit outside 1…50 or a quantity below 1.
    """

    category: str | None = None
    # The product comes in at least one of these, and in none of those.
    colors: tuple[str, ...] = ()
    not_colors: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    # AED without VAT, both inclusive.
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    # Products that are sold out are shown only to who asks for them (False).
    in_stock: bool = True
    # Pieces that must be in stock together.
    quantity: int | None = None
    # Words that must all occur in the names, the descriptions or the SKU.
    text: str = ""
    limit: int = DEFAULT_LIMIT

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAXIMUM_LIMIT:
            raise ValueError(f"limit is {self.limit}; use 1 to {MAXIMUM_LIMIT}")
        if self.quantity is not None and self.quantity < 1:
            raise ValueError(f"quantity is {self.quantity}; use 1 or more, or None")


@dataclass(frozen=True)
class SearchResult:
    """The first products that fit, cheapest first, and how many fit in all."""

    products: tuple[Product, ...]
    total: int


_PRODUCT_COLUMNS = [products.c[field.name] for field in fields(Product)]


def _conditions(filters: SearchFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [products.c.status == "active"]
    if filters.category is not None:
        conditions.append(products.c.category == filters.category)
    if filters.colors:
        conditions.append(products.c.colors.overlap(list(filters.colors)))
    if filters.not_colors:
        conditions.append(not_(products.c.colors.overlap(list(filters.not_colors))))
    if filters.materials:
        conditions.append(products.c.material.in_(filters.materials))
    if filters.min_price is not None:
        conditions.append(products.c.rate >= filters.min_price)
    if filters.max_price is not None:
        conditions.append(products.c.rate <= filters.max_price)
    if filters.in_stock:
        conditions.append(products.c.stock > 0)
    if filters.quantity is not None:
        conditions.append(products.c.stock >= filters.quantity)
    searched = [
        products.c[name] for name in ("sku", "name_en", "name_ar", "description_en", "description_ar")
    ]
    for word in filters.text.split():
        conditions.append(or_(*(column.icontains(word, autoescape=True) for column in searched)))
    return conditions


async def search_catalog(connection: AsyncConnection, filters: SearchFilters) -> SearchResult:
    """Find the active products that satisfy every filter, in an order that is always the same."""
    statement = (
        select(*_PRODUCT_COLUMNS, func.count().over().label("total"))
        .where(*_conditions(filters))
        .order_by(products.c.rate, products.c.sku)
        .limit(filters.limit)
    )
    rows = (await connection.execute(statement)).mappings().all()
    found = tuple(
        Product(
            **{
                **{column.name: row[column.name] for column in _PRODUCT_COLUMNS},
                "colors": tuple(row["colors"]),
            }
        )
        for row in rows
    )
    return SearchResult(products=found, total=rows[0]["total"] if rows else 0)
