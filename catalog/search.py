"""Which products fit what a customer asked for?

Every filter is a condition in SQL (`catalog.filters`). Words choose and rank among what fits: products
that hold all of them, else those that hold enough or mean about the same, lexical and vector rank fused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import CTE, ColumnElement, Label, Row, Select, Subquery, func, literal, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.filters import SearchFilters, conditions, paired_condition, wished_conditions
from catalog.product import Product
from catalog.query import Query, read_query_words
from catalog.relevance import (
    Semantic,
    holds_enough,
    is_asked_for_meaning,
    is_near,
    refused_conditions,
    relevance,
)
from catalog.schema import products

__all__ = ["SearchFilters", "SearchResult", "read_products", "search_catalog"]

_PLAN_EACH_TIME = text("select set_config('plan_cache_mode', 'force_custom_plan', true)")

# The usual constant of reciprocal rank fusion: how little the first ranks weigh more than the next.
_FUSION = 60


Held = Literal["all", "some", "none"]


@dataclass(frozen=True)
class SearchResult:
    """The products of one page, and how many fit in all."""

    products: tuple[Product, ...]
    total: int
    # How many of the words each of these products holds: "all" (also in meaning, or there were none),
    # "some" of them, or "none": the products then fit the filters only.
    held: Held = "all"

    @property
    def words_matched(self) -> bool:
        """Whether these products are what the words describe, not only the nearest of its kind."""
        return self.held == "all"


PRODUCT_COLUMNS = [products.c[field.name] for field in fields(Product)]


def product_of(row: Row[Any]) -> Product:
    """The product in a row that holds PRODUCT_COLUMNS."""
    values = {column.name: row._mapping[column.name] for column in PRODUCT_COLUMNS}
    return Product(**values | {"colors": tuple(values["colors"])})


async def search_catalog(
    connection: AsyncConnection, filters: SearchFilters, query: Query | None = None
) -> SearchResult:
    """Find the active products that satisfy every filter, in an order that is always the same.

    `query` is what `read_query(filters.text)` made of the words; without it the words are looked up as
    they stand. Words that no product answers leave what the filters find when a category or a brand was
    asked for, and nothing otherwise: nobody who asks for lamps is shown chairs.
    """
    await plan_for_these_values(connection)
    query = query or read_query_words(filters.text)
    if query.is_empty:
        if filters.text.strip() and not (filters.says_what or wished_conditions(filters)):
            # "what do you have?" describes nothing: the whole catalog is no answer.
            return SearchResult((), 0, held="none")
        return await _page(connection, filters, _fitting(filters, query))
    words, sense = await relevance(connection, filters, query)
    if words.holds_all is not None:
        # Who holds every word needs no second opinion: the best held first, then the cheapest.
        fitting = _fitting(filters, query, share=words.share).where(words.holds_all)
        if (result := await _page(connection, filters, fitting)).total:
            return result
    if words.holds_any is not None:
        fitting = _fitting(filters, query, words.share, sense).where(holds_enough(filters, words))
        if (result := await _page(connection, filters, fitting)).total:
            return replace(result, held="some")
    if sense is not None and is_asked_for_meaning(filters, words):
        fitting = _fitting(filters, query, words.share, sense).where(is_near(sense))
        if (result := await _page(connection, filters, fitting)).total:
            return result
    if not filters.says_what:
        return SearchResult((), 0, held="none")
    return replace(await _page(connection, filters, _fitting(filters, query)), held="none")


async def plan_for_these_values(connection: AsyncConnection) -> None:
    """Have the rest of the transaction planned for the values at hand.

    A statement that is used often gets one plan for all values; a rare colour and a common one, a narrow
    price and a wide one want different indexes (at 100,000 products that plan took five times as long).
    """
    await connection.execute(_PLAN_EACH_TIME)


async def read_products(connection: AsyncConnection, skus: Sequence[str]) -> list[Product]:
    """The active products with these SKUs, in the order asked; one that is gone is left out."""
    statement = select(*PRODUCT_COLUMNS).where(products.c.sku.in_(skus), products.c.status == "active")
    found = {row.sku: product_of(row) for row in await connection.execute(statement)}
    return [found[sku] for sku in skus if sku in found]


async def read_item_ids(connection: AsyncConnection, skus: Sequence[str]) -> Mapping[str, str]:
    """The ids in Zoho Inventory of the products with these SKUs, as far as they have one."""
    statement = select(products.c.sku, products.c.zoho_item_id).where(
        products.c.sku.in_(skus), products.c.zoho_item_id.is_not(None)
    )
    return {row.sku: row.zoho_item_id for row in await connection.execute(statement)}


async def read_sync_times(connection: AsyncConnection, skus: Sequence[str]) -> Mapping[str, datetime]:
    """When each of these products was last seen in its source, in business time."""
    statement = select(products.c.sku, products.c.synced_at).where(products.c.sku.in_(skus))
    return {row.sku: row.synced_at for row in await connection.execute(statement)}


def _fitting(
    filters: SearchFilters,
    query: Query,
    share: ColumnElement[float] | None = None,
    sense: Semantic | None = None,
) -> Select[Any]:
    """What the order needs of each product within the filters."""
    columns: list[ColumnElement[Any]] = [
        products.c.sku,
        products.c.rate,
        (products.c.width_cm * products.c.depth_cm).label("area"),
        products.c.height_cm.label("height"),
        products.c.seats.label("seats"),
    ]
    if share is not None:
        columns.append(share.label("share"))
    if sense is not None:
        columns.append(sense.distance.label("distance"))
    rows = select(*columns).where(*conditions(filters), *refused_conditions(query))
    return rows if share is None else rows.where(*paired_condition(filters))


async def _page(connection: AsyncConnection, filters: SearchFilters, fitting: Select[Any]) -> SearchResult:
    """One page of `fitting` in the order of the filters."""
    # Materialised: the filters come first, and each share and distance is computed once.
    fits = fitting.cte("fits").prefix_with("materialized")
    rows = _fused(fits) if "distance" in fits.c else fits
    page = (
        select(rows)
        .order_by(*_keys(filters, rows.c))
        .offset(filters.offset)
        .limit(filters.limit)
        .subquery("page")
    )
    total = select(func.count()).select_from(fits).scalar_subquery().label("total")
    found = (await connection.execute(page_of(page, _keys(filters, page.c), total))).all()
    return SearchResult(tuple(product_of(row) for row in found if row.sku is not None), found[0].total)


def _fused(fits: CTE) -> CTE:
    """The same rows with the ranks of both legs made one."""
    # How many hold as much: so the products of a long tie do not all stand right behind the first.
    by_words = func.count().over(order_by=fits.c.share.desc())
    by_meaning = func.rank().over(order_by=fits.c.distance.asc().nulls_last())
    fused = 1.0 / (_FUSION + by_words) + 1.0 / (_FUSION + by_meaning)
    return select(fits, fused.label("fused")).cte("ranked")


def page_of(page: Subquery, keys: Sequence[ColumnElement[Any]], *facts: Label[Any]) -> Select[Any]:
    """The products of `page` in the order of its `keys`, each row with the facts about all that were found.

    At least one row comes, with an empty product when the page lies behind the end: so the facts do too.
    """
    one = select(literal(1).label("one")).subquery("one")
    return (
        select(*facts, *PRODUCT_COLUMNS)
        .select_from(one.outerjoin(page, true()).outerjoin(products, products.c.sku == page.c.sku))
        .order_by(*keys)
    )


def _keys(filters: SearchFilters, row: Any) -> list[ColumnElement[Any]]:
    """The sort keys; the SKU comes last, so that no two products are ever equal."""
    best = [row[name].desc() for name in ("fused", "share") if name in row][:1]
    if filters.seats is not None:
        # Who asks for two seats is better served by two than by six.
        best.append(row.seats)
    first: dict[str, list[ColumnElement[Any]]] = {
        "relevance": best,
        "cheapest": [],
        "dearest": [row.rate.desc()],
        # By the floor it takes; what has no floor size goes by its height, behind the others.
        "biggest": [row.area.desc().nulls_last(), row.height.desc().nulls_last()],
        "smallest": [row.area.asc().nulls_last(), row.height.asc().nulls_last()],
    }
    return [*first[filters.order], row.rate, row.sku]
