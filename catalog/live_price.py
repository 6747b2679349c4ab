"""Is a product's price still right? Asked of the source just before it is promised in writing.

The hourly sweep keeps prices fresh; one that is older than two hours (sweeps fail, or skip the item) is asked
for by itself. The customer waits for the answer, so it comes within seconds or not at all, and a source that
is away is an answer too: nothing here is raised into a turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.ports import ItemSource, SourceAway, SourceRefused
from catalog.sync_rules import sellable_rate, stock_of
from storage.pool import DATABASE_FAILED

log = structlog.get_logger(__name__)

_READ = text(
    "select sku, rate, stock, zoho_item_id, status = 'active' as is_active, majlis_now() as now,"
    " majlis_now() - synced_at > make_interval(mins => :minutes) as is_old from products where sku = :sku"
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


async def check_price(
    engine: AsyncEngine, source: ItemSource, sku: str, *, older_than_minutes: float = 120
) -> PriceCheck:
    """Ask the source for this product if its last sweep is older, and keep what it says.

    Runs in transactions of its own, none of which is open while the source is asked; the caller's next
    statement sees the new price. Never raises for a source or a database that is away.
    """
    try:
        async with engine.connect() as connection:
            found = await connection.execute(_READ, {"sku": sku, "minutes": older_than_minutes})
            row = found.first()
        if row is None or not row.is_active:
            return PriceCheck(sku, PriceState.GONE, None, None if row is None else row.rate, 0)
        if not row.is_old:
            return PriceCheck(sku, PriceState.FRESH, row.rate, row.rate, row.stock)
        if row.zoho_item_id is None:
            return _unconfirmed(row, "no item of Zoho belongs to the product: run majlis sync")
        return await _ask(engine, source, row)
    except DATABASE_FAILED as error:
        log.warning("price.unconfirmed", sku=sku, why=type(error).__name__)
        return PriceCheck(sku, PriceState.UNCONFIRMED, None, None, 0, "the database is away")


async def _ask(engine: AsyncEngine, source: ItemSource, row: Row[Any]) -> PriceCheck:
    try:
        item = await source.item_now(row.zoho_item_id)
    except (SourceAway, SourceRefused) as error:
        return _unconfirmed(row, f"Zoho does not answer: {error}")
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
