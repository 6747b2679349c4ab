"""Are prices still right? Asked of the source just before they are promised in writing.

The hourly sweep keeps prices fresh; those that are older than two hours (sweeps fail, or skip the item) are
asked for by themselves, all of a quote's in one call. The customer waits for the answer, so it comes within
seconds or not at all, and a source that is away is an answer too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.ports import ItemSource, SourceAway, SourceItem, SourceRefused
from catalog.sync_rules import sellable_rate, stock_of

log = structlog.get_logger(__name__)

_READ = text(
    "select sku, rate, stock, zoho_item_id, status = 'active' as is_active, majlis_now() as now,"
    " majlis_now() - synced_at > cast(:minutes as float8) * interval '1 minute' as is_old from products"
    " where sku = any(:skus)"
)
# A sweep that was taken over meanwhile may have read the item after we did.
_WRITE = text(
    "update products set rate = :rate, stock = :stock, status = :status, synced_at = :asked_at"
    " where zoho_item_id = :item_id and synced_at < :asked_at"
)
_GONE = text(
    "update products set status = 'inactive', synced_at = :asked_at"
    " where zoho_item_id = :item_id and synced_at < :asked_at"
)


class PriceState(Enum):
    """What is known of a price now."""

    # Seen recently enough; nobody was asked.
    FRESH = "fresh"
    # Asked just now, and as it was.
    CONFIRMED = "confirmed"
    # Asked just now, and different: `rate` is the new one, `rate_before` what the catalog said.
    CHANGED = "changed"
    # Not sold any more, or never was.
    GONE = "gone"
    # Nobody knows now; `rate` is the last one that was known. Promise nothing on it.
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True)
class PriceCheck:
    """The answer for one product; rates are AED for one piece without VAT."""

    sku: str
    state: PriceState
    rate: Decimal | None
    rate_before: Decimal | None
    stock: int
    # Why nobody knows, for the log and the manager; empty otherwise.
    reason: str = ""


async def check_prices(
    engine: AsyncEngine, source: ItemSource, skus: Sequence[str], *, older_than_minutes: float = 120
) -> Mapping[str, PriceCheck]:
    """Ask the source for those of the products whose last sweep is older, and keep what it says.

    Runs in transactions of its own, none of which is open while the source is asked; the caller's next
    statement sees the new prices. Never raises for a source that is away. A caller inside a transaction gives
    an engine with connections of its own: one that waits for its pool holds nobody up.

    Raises one of `storage.pool.DATABASE_FAILED`: nothing could be answered without the database anyhow, and a
    turn that is taken again when it is back keeps the customer from reading of an outage he need not notice.
    """
    async with engine.connect() as connection:
        found = await connection.execute(_READ, {"skus": list(skus), "minutes": older_than_minutes})
        rows = {row.sku: row for row in found}
    checks = {sku: _known(sku, rows.get(sku)) for sku in skus}
    asked = [rows[sku] for sku, check in checks.items() if check is None]
    return {
        **{sku: check for sku, check in checks.items() if check is not None},
        **(await _ask(engine, source, asked) if asked else {}),
    }


def _known(sku: str, row: Row[Any] | None) -> PriceCheck | None:
    """What is known without asking; None when the source has to be asked."""
    if row is None or not row.is_active:
        return PriceCheck(sku, PriceState.GONE, None, None if row is None else row.rate, 0)
    if not row.is_old:
        return PriceCheck(sku, PriceState.FRESH, row.rate, row.rate, row.stock)
    if row.zoho_item_id is None:
        return _unconfirmed(row, "no item of Zoho belongs to the product: run majlis sync")
    return None


async def _ask(engine: AsyncEngine, source: ItemSource, rows: Sequence[Row[Any]]) -> Mapping[str, PriceCheck]:
    try:
        page = await source.items_now([row.zoho_item_id for row in rows])
    except (SourceAway, SourceRefused) as error:
        return {row.sku: _unconfirmed(row, f"Zoho does not answer: {error}") for row in rows}
    items = {item.item_id: item for item in page.items}
    # One that cannot be read may be any of those that are missing, if it has not even an id.
    problems = {one.item_id: one.problem for one in page.unreadable}
    checks = {}
    for row in rows:
        item = items.get(row.zoho_item_id)
        problem = problems.get(row.zoho_item_id) or problems.get(None)
        if item is None and problem is not None:
            checks[row.sku] = _unconfirmed(row, f"Zoho's item cannot be read: {problem}")
        else:
            checks[row.sku] = await _keep(engine, row, item)
    return checks


async def _keep(engine: AsyncEngine, row: Row[Any], item: SourceItem | None) -> PriceCheck:
    key = {"item_id": row.zoho_item_id, "asked_at": row.now}
    if item is None or not item.is_active:
        async with engine.begin() as connection:
            await connection.execute(_GONE, key)
        return PriceCheck(row.sku, PriceState.GONE, None, row.rate, 0)
    rate = sellable_rate(item)
    if rate is None:
        return _unconfirmed(row, f"Zoho's rate {item.rate} is no price")
    stock = stock_of(item)
    async with engine.begin() as connection:
        await connection.execute(_WRITE, {**key, "rate": rate, "stock": stock, "status": "active"})
    state = PriceState.CONFIRMED if rate == row.rate else PriceState.CHANGED
    return PriceCheck(row.sku, state, rate, row.rate, stock)


def _unconfirmed(row: Row[Any], reason: str) -> PriceCheck:
    log.warning("price.unconfirmed", sku=row.sku, why=reason)
    return PriceCheck(row.sku, PriceState.UNCONFIRMED, row.rate, row.rate, row.stock, reason)
