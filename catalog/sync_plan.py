"""Which rows of the catalog become what, given a sweep: pure, so that each case can be read and tested.

An item keeps its row under a new SKU; a row without an item (of the sample catalog, or of an item that is
gone) is taken over by the item that has its SKU now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from catalog.product import ProductStatus
from catalog.sync_rules import Mirrored, MirroredItem

# More than this share of what is on sale, gone at once, is more likely a fault than a decision.
MOST_TAKEN_OFF = Decimal("0.3")


@dataclass(frozen=True)
class KnownRow:
    """A product's row before the swap, as far as the plan needs it."""

    sku: str
    item_id: str | None
    status: ProductStatus
    rate: Decimal
    stock: int
    synced_at: datetime


@dataclass(frozen=True)
class Plan:
    """What the swap does, in this order."""

    # Rows whose SKU belongs to another product now; nothing is sold under them any more.
    displaced: Sequence[str]
    # Old SKU → new SKU.
    renamed: Mapping[str, str]
    # What the rows of these items become; rows that are so already are not written.
    items: Sequence[MirroredItem]
    # SKUs (as they are then) that are not sold any more and have no product among `items`.
    taken_off: Sequence[str]
    # How many products are on sale before, and how many of these not any more after.
    on_sale: int
    leaving_sale: int

    @property
    def is_implausible(self) -> bool:
        """So many products leave the sale at once that a person should look first."""
        stays_empty = not any(one.product.status == "active" for one in self.items)
        if self.leaving_sale == 0:
            return False
        return stays_empty or self.leaving_sale > MOST_TAKEN_OFF * self.on_sale


def plan_swap(rows: Iterable[KnownRow], mirrored: Mirrored, began_at: datetime) -> Plan:
    """Match items and rows.

    A row that was seen later than the sweep began (`catalog.live_price`) keeps its rate, stock and status:
    they are newer. Skipped items' rows stay as they are.
    """
    rows = list(rows)
    by_item = {row.item_id: row for row in rows if row.item_id is not None}
    taken: dict[str, KnownRow] = {}
    for one in mirrored.items:
        if (row := by_item.get(one.item_id)) is not None:
            taken[one.item_id] = row
    matched = {row.sku for row in taken.values()}
    free = {row.sku.casefold(): row for row in rows if row.sku not in matched}
    for one in mirrored.items:
        if one.item_id not in taken and (row := free.get(one.product.sku.casefold())) is not None:
            taken[one.item_id] = row
            matched.add(row.sku)
            del free[one.product.sku.casefold()]
    wanted = {one.product.sku.casefold() for one in mirrored.items}
    left = [row for row in rows if row.sku not in matched]
    displaced = [row for row in left if row.sku.casefold() in wanted]
    skipped = {one.item_id for one in mirrored.skipped if one.item_id is not None}
    taken_off = [
        row
        for row in left
        if row.sku.casefold() not in wanted
        and row.status == "active"
        and row.item_id not in skipped
        and row.synced_at <= began_at
    ]
    items = [_newest(one, taken.get(one.item_id), began_at) for one in mirrored.items]
    after = {row.sku: one.product.status for one in items if (row := taken.get(one.item_id)) is not None}
    leaving = [row for row in rows if row.status == "active" and after.get(row.sku) == "inactive"]
    leaving += taken_off + [row for row in displaced if row.status == "active"]
    return Plan(
        displaced=[row.sku for row in displaced],
        renamed={
            row.sku: one.product.sku
            for one in items
            if (row := taken.get(one.item_id)) is not None and row.sku != one.product.sku
        },
        items=items,
        taken_off=[row.sku for row in taken_off],
        on_sale=sum(row.status == "active" for row in rows),
        leaving_sale=len(leaving),
    )


def _newest(one: MirroredItem, row: KnownRow | None, began_at: datetime) -> MirroredItem:
    if row is None or row.item_id != one.item_id or row.synced_at <= began_at:
        return one
    return replace(one, product=replace(one.product, rate=row.rate, stock=row.stock, status=row.status))
