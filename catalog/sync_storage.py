"""The rows of a catalog sync: what is on sale before, and the one transaction that swaps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import column, literal_column, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.schema import IS_ACTIVE, products
from catalog.sync_plan import KnownRow, Plan, plan_swap
from catalog.sync_rules import Mirrored, MirroredItem
from catalog.vocabulary import refresh_vocabulary
from storage.steps import reach

# One statement must stay far below the time a statement may take.
_ROWS_AT_ONCE = 500

# Readers go on; who writes products (live prices, vectors, another swap) waits for the end of this one.
_LOCK = text("lock table products in share row exclusive mode")
_BEGIN = text(
    "insert into catalog_sweeps as last (began_at) values (:began_at)"
    " on conflict (single_row) do update set began_at = excluded.began_at"
    " where last.began_at < excluded.began_at returning 1"
)
_DISPLACE = text("delete from products where sku = any(:skus)")
# Two steps, because two products may have swapped their SKUs.
_LEAVE_NAMES = text("update products set sku = 'renamed ' || sku where sku = any(:old)")
_TAKE_NAMES = text(
    "update products set sku = names.new"
    " from unnest(cast(:old as text[]), cast(:new as text[])) as names(old, new)"
    " where products.sku = 'renamed ' || names.old"
)
_TAKE_OFF = text("update products set status = 'inactive' where sku = any(:skus) and status = 'active'")
_SEEN = text(
    "update products set synced_at = :began_at where zoho_item_id = any(:item_ids) and synced_at < :began_at"
)


class SweepOvertaken(Exception):
    """A sweep that began later has been taken over already; this one is old news."""


@dataclass(frozen=True)
class Swapped:
    """How many rows a swap made, changed and took off sale."""

    new: int
    changed: int
    taken_off: int


async def business_now(engine: AsyncEngine) -> datetime:
    """The time by which the catalog's age is told."""
    async with engine.connect() as connection:
        now: datetime = (await connection.execute(text("select majlis_now()"))).scalar_one()
    return now


async def items_on_sale(engine: AsyncEngine) -> Sequence[str]:
    """The ids of the items whose products are on sale."""
    wanted = select(products.c.zoho_item_id).where(IS_ACTIVE, products.c.zoho_item_id.is_not(None))
    async with engine.connect() as connection:
        return [str(item_id) for item_id in (await connection.execute(wanted)).scalars()]


async def swap(
    engine: AsyncEngine,
    mirrored: Mirrored,
    rows: Mapping[str, Mapping[str, Any]],
    began_at: datetime,
    accept: Callable[[Plan], None],
) -> Swapped:
    """Make the products what the sweep of `began_at` saw; `rows` are their columns by item id.

    `accept` looks at the plan first; what it raises ends the swap with nothing changed.

    Raises:
        SweepOvertaken: nothing was changed.
    """
    async with engine.begin() as connection:
        await connection.execute(_LOCK)
        if (await connection.execute(_BEGIN, {"began_at": began_at})).first() is None:
            raise SweepOvertaken
        plan = plan_swap(await _known_rows(connection), mirrored, began_at)
        accept(plan)
        await _free_names(connection, plan)
        new = changed = 0
        for start in range(0, len(plan.items), _ROWS_AT_ONCE):
            part = plan.items[start : start + _ROWS_AT_ONCE]
            document = orjson.dumps([_columns(one, rows, began_at) for one in part], default=str).decode()
            for row in await connection.execute(_UPSERT, {"rows": document}):
                new += row.is_new
                changed += not row.is_new
            reach("catalog.swapping")
        await connection.execute(_TAKE_OFF, {"skus": list(plan.taken_off)})
        item_ids = [one.item_id for one in plan.items]
        await connection.execute(_SEEN, {"item_ids": item_ids, "began_at": began_at})
        await refresh_vocabulary(connection)
    return Swapped(new, changed, plan.leaving_sale)


async def _known_rows(connection: AsyncConnection) -> list[KnownRow]:
    names = ("sku", "zoho_item_id", "status", "rate", "stock", "synced_at")
    rows = await connection.execute(select(*(products.c[name] for name in names)))
    return [KnownRow(*row) for row in rows]


async def _free_names(connection: AsyncConnection, plan: Plan) -> None:
    if plan.displaced:
        await connection.execute(_DISPLACE, {"skus": list(plan.displaced)})
    if plan.renamed:
        old = list(plan.renamed)
        await connection.execute(_LEAVE_NAMES, {"old": old})
        await connection.execute(_TAKE_NAMES, {"old": old, "new": list(plan.renamed.values())})


def _columns(
    one: MirroredItem, rows: Mapping[str, Mapping[str, Any]], began_at: datetime
) -> Mapping[str, Any]:
    """The row of an item; rate, stock and status as the plan has them."""
    product = one.product
    return {
        **rows[one.item_id],
        "rate": product.rate,
        "stock": product.stock,
        "status": product.status,
        "zoho_item_id": one.item_id,
        "name_ar_is_made": one.name_ar_is_made,
        "synced_at": began_at,
    }


def _upsert() -> Any:
    made_elsewhere = {"embedding", "embedding_hash"}
    names = [each.name for each in products.columns if each.name not in made_elsewhere]
    given = text("jsonb_populate_recordset(null::products, cast(:rows as jsonb))")
    statement = insert(products).from_select(names, select(*map(column, names)).select_from(given))
    # A row that is only seen again is not written for that (`_SEEN` does it once for all).
    compared = [name for name in names if name not in {"sku", "synced_at"}]
    return statement.on_conflict_do_update(
        index_elements=[products.c.sku],
        set_={name: statement.excluded[name] for name in compared},
        where=tuple_(*(products.c[name] for name in compared)).is_distinct_from(
            tuple_(*(statement.excluded[name] for name in compared))
        ),
    ).returning(products.c.sku, (literal_column("products.xmax") == 0).label("is_new"))


_UPSERT = _upsert()
