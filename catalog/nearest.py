"""When nothing fits, what comes nearest, and what has to be given up for it?

Found in one statement: every product of the kind asked for is charged for each wish it breaks, and the
cheapest breach wins. What breaks the same wishes as the winner comes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, Select, Subquery, case, func, literal, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.filters import Conditions, SearchFilters, fixed_conditions, wished_conditions
from catalog.product import Product
from catalog.query import Query, read_query_words
from catalog.relevance import (
    holds_enough,
    is_asked_for_meaning,
    is_near,
    refused_conditions,
    relevance,
)
from catalog.schema import products
from catalog.search import page_of, plan_for_these_values, product_of
from catalog.sides import length_of

# How much a customer minds, as a shop assistant would offer: fewer pieces now, a little more money,
# another colour … What has to fit a room or seat people is given up last.
_PAINS = {
    "quantity": 10,
    "max_price": 20,
    "min_price": 20,
    "colors": 30,
    "materials": 40,
    "brands": 50,
    "text": 55,
    "size": 70,
    "seats": 80,
    "min_size": 85,
    "max_size": 90,
}
# Far from the budget another colour within it is nearer; but one wish given up is better than two.
_BEARABLE_PRICE_FACTOR = Decimal("1.5")
_UNBEARABLE_PRICE_PAIN = 35
# How many centimetres a side that the catalog does not know is taken to be off.
_FAR = 10_000


@dataclass(frozen=True)
class Nearest:
    """The products of one page that come nearest, and how many come as near."""

    products: tuple[Product, ...]
    total: int
    # Names of the filters given up, the least painful first; empty when something fits after all.
    relaxed: tuple[str, ...]


async def find_nearest(
    connection: AsyncConnection, filters: SearchFilters, query: Query | None = None
) -> Nearest | None:
    """Find what to offer when `search_catalog` found nothing; None when there is nothing of the kind.

    Never given up: the category, whatever was turned down, and stock; nor the brand or the words (`text`)
    where nothing else says what is wanted. Nearest in price first; `order` is not read.
    """
    await plan_for_these_values(connection)
    fixed, wishes = await _conditions(connection, filters, query or read_query_words(filters.text))
    if filters.category is None and not wishes:
        return None
    names = sorted(wishes, key=_PAINS.__getitem__)
    statement = _statement(filters, fixed, {name: wishes[name] for name in names})
    rows = (await connection.execute(statement)).all()
    if not rows[0].total:
        return None
    return Nearest(
        products=tuple(product_of(row) for row in rows if row.sku is not None),
        total=rows[0].total,
        relaxed=tuple(name for place, name in enumerate(names) if rows[0].broken >> place & 1),
    )


async def _conditions(
    connection: AsyncConnection, filters: SearchFilters, query: Query
) -> tuple[list[ColumnElement[bool]], Conditions]:
    """What always holds, and what may be given up by name."""
    fixed = [*fixed_conditions(filters), *refused_conditions(query)]
    wishes = wished_conditions(filters)
    if not query.is_empty:
        words, sense = await relevance(connection, filters, query)
        is_answer = holds_enough(filters, words)
        if sense is not None and is_asked_for_meaning(filters, words):
            is_answer = or_(is_answer, is_near(sense))
        if words.holds_all is not None:
            is_answer = or_(is_answer, words.holds_all)
        if not filters.says_what:
            fixed.append(is_answer)
        wishes["text"] = is_answer if words.holds_all is None else words.holds_all
    if filters.category is None and "brands" in wishes:
        fixed.append(wishes.pop("brands"))
    return fixed, wishes


def _statement(
    filters: SearchFilters, fixed: Sequence[ColumnElement[bool]], wishes: Conditions
) -> Select[Any]:
    pain: ColumnElement[int] = literal(0, Integer)
    # One bit for each wish a product breaks, in the order of `wishes`.
    broken: ColumnElement[int] = literal(0, Integer)
    for place, (name, wish) in enumerate(wishes.items()):
        is_broken = not_(func.coalesce(wish, False))
        pain = pain + case((is_broken, _pain(name, filters)), else_=0)
        broken = broken + case((is_broken, 1 << place), else_=0)
    keys = [pain.label("pain"), *_gaps(filters), products.c.rate, products.c.sku]
    near = select(broken.label("broken"), *keys).where(*fixed).cte("near")
    best = select(near.c.broken).order_by(*_keys(near)).limit(1).cte("best")
    same = select(near).where(near.c.broken == select(best.c.broken).scalar_subquery()).cte("same")
    page = select(same).order_by(*_keys(same)).offset(filters.offset).limit(filters.limit).subquery("page")
    return page_of(
        page,
        _keys(page),
        select(func.count()).select_from(same).scalar_subquery().label("total"),
        select(best.c.broken).scalar_subquery().label("broken"),
    )


def _keys(rows: CTE | Subquery) -> list[ColumnElement[Any]]:
    """The sort keys in their order: least pain, then the smallest gaps, then price and SKU."""
    return [column for column in rows.c if column.name != "broken"]


def _pain(name: str, filters: SearchFilters) -> Any:
    """What giving up one filter costs; a price far from the limit costs more."""
    if name == "max_price" and filters.max_price is not None:
        too_far = products.c.rate > filters.max_price * _BEARABLE_PRICE_FACTOR
    elif name == "min_price" and filters.min_price is not None:
        too_far = products.c.rate < filters.min_price / _BEARABLE_PRICE_FACTOR
    else:
        return _PAINS[name]
    return case((too_far, _UNBEARABLE_PRICE_PAIN), else_=_PAINS[name])


def _gaps(filters: SearchFilters) -> list[Any]:
    """How far a product is from each number that was asked for, in the order in which that matters."""
    gaps: list[ColumnElement[Any]] = []
    columns = products.c
    if filters.max_price is not None:
        gaps.append(func.greatest(columns.rate - filters.max_price, 0))
    if filters.min_price is not None:
        gaps.append(func.greatest(filters.min_price - columns.rate, 0))
    if filters.seats is not None:
        gaps.append(func.greatest(filters.seats - func.coalesce(columns.seats, 0), 0))
    if filters.size:
        gaps.append(_size_gap(filters.size))
    for limit in filters.max_size:
        gaps.append(func.greatest(func.coalesce(length_of(limit.side), _FAR) - limit.centimetres, 0))
    for limit in filters.min_size:
        gaps.append(func.greatest(limit.centimetres - func.coalesce(length_of(limit.side), -_FAR), 0))
    if filters.quantity is not None:
        gaps.append(func.greatest(filters.quantity - columns.stock, 0))
    return [gap.label(f"gap_{number}") for number, gap in enumerate(gaps)]


def _size_gap(size: tuple[int, ...]) -> ColumnElement[Any]:
    """How many centimetres the sides are off in all; unknown sides are far off."""
    width, depth, height = (
        func.coalesce(column, _FAR)
        for column in (products.c.width_cm, products.c.depth_cm, products.c.height_cm)
    )
    if len(size) == 1:
        is_tall = products.c.height_cm >= func.greatest(products.c.width_cm, products.c.depth_cm, 0)
        tall = case((is_tall, height), else_=_FAR)
        return func.least(*(func.abs(column - size[0]) for column in (width, depth, tall)))
    first, second, *rest = size
    others = (depth,) if rest else (depth, height)
    gap: ColumnElement[Any] = func.least(
        *(
            func.abs(width - one) + func.abs(column - other)
            for column in others
            for one, other in ((first, second), (second, first))
        )
    )
    for side in rest:
        gap = gap + func.abs(height - side)
    return gap
