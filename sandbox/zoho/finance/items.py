"""Items of Inventory: how they start, how they are listed, and how a manager changes them meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sandbox.zoho.finance.paging import contains
from sandbox.zoho.finance.stamps import offset_stamp
from sandbox.zoho.ids import Ids
from sandbox.zoho.replies import FinanceRefusal

Item = dict[str, object]

STOCK_FIELDS = (
    "stock_on_hand",
    "available_stock",
    "actual_available_stock",
    "available_for_sale_stock",
    "actual_available_for_sale_stock",
    "committed_stock",
    "actual_committed_stock",
)
SORT_COLUMNS = {
    "name",
    "sku",
    "rate",
    "purchase_rate",
    "created_time",
    "last_modified_time",
    "reorder_level",
    "stock_on_hand",
}
_MODIFIED_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d{4}|Z)")
_DEFAULTS: Mapping[str, object] = {
    "name": "Item",
    "sku": "",
    "status": "active",
    "source": "user",
    "item_type": "inventory",
    "product_type": "goods",
    "description": "",
    "rate": 0,
    "purchase_rate": 0,
    "unit": "pcs",
    "tax_name": "Standard Rate",
    "tax_percentage": 5,
    "is_taxable": True,
    "is_combo_product": False,
    "track_inventory": True,
    "can_be_sold": True,
    "category_id": "",
    "category_name": "",
    "brand": "",
    "manufacturer": "",
    "image_name": "",
    "image_document_id": "",
    "custom_fields": [],
    "is_linked_with_zohocrm": False,
}


class ItemsError(ValueError):
    """A change of items that cannot be made; the text names the item."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a manager does to the items."""

    insert: list[Item] = field(default_factory=list)
    change: dict[str, Item] = field(default_factory=dict)
    delete: list[str] = field(default_factory=list)
    # wait until this page of the list has been answered; None: at once
    after_page: int | None = None


class Items:
    """All items by id, in the order of their making."""

    def __init__(self, ids: Ids, now: Callable[[], datetime], tax_id: str) -> None:
        self._ids = ids
        self._now = now
        self._tax_id = tax_id
        self._items: dict[str, Item] = {}
        self._waiting: list[Change] = []

    def start_with(self, items: Iterable[Mapping[str, object]]) -> None:
        """These items and no others."""
        self._items.clear()
        self._waiting.clear()
        for item in items:
            self._insert(item)

    def all(self) -> list[Item]:
        """Every item."""
        return list(self._items.values())

    def get(self, item_id: str) -> Item:
        """One item. Raises FinanceRefusal 1002."""
        if item_id not in self._items:
            raise FinanceRefusal(404, 1002, "Item does not exist.")
        return self._items[item_id]

    def chosen(self, item_ids: Iterable[str]) -> list[Item]:
        """Those of the ids that exist."""
        return [self._items[item_id] for item_id in item_ids if item_id in self._items]

    def act(self, change: Change) -> None:
        """Carry a change out now or after its page. Raises ItemsError; then nothing was changed."""
        if unknown := [i for i in (*change.change, *change.delete) if i not in self._items]:
            raise ItemsError(f"there are no items {unknown}: use item ids of GET /control/zoho/records")
        if change.after_page is None:
            self._carry_out(change)
        else:
            self._waiting.append(change)

    def page_was_answered(self, page: int) -> None:
        """What waited for this page happens before the next one."""
        due = [change for change in self._waiting if change.after_page == page]
        self._waiting = [change for change in self._waiting if change.after_page != page]
        for change in due:
            self._carry_out(change)

    def listed(self, query: Mapping[str, str], *, honour_modified_time: bool) -> list[Item]:
        """Filtered and sorted; what it does not know among the arguments it ignores (zoho.md §3.3)."""
        items = [item for item in self._items.values() if _passes(item, query)]
        if honour_modified_time and "last_modified_time" in query:
            since = _moment(query["last_modified_time"])
            items = [item for item in items if _moment(str(item["last_modified_time"])) > since]
        column = sort_column(query)
        items.sort(key=lambda item: _sortable(item.get(column)), reverse=query.get("sort_order") == "D")
        return items

    def _carry_out(self, change: Change) -> None:
        for item_id in change.delete:
            self._items.pop(item_id, None)
        for item_id, values in change.change.items():
            if item_id in self._items:
                self._items[item_id].update({"last_modified_time": offset_stamp(self._now()), **values})
        for item in change.insert:
            self._insert(item)

    def _insert(self, values: Mapping[str, object]) -> None:
        given = values.get("item_id")
        item_id = str(given) if given else self._ids.next(self._items)
        if item_id in self._items:
            raise ItemsError(f"item_id {item_id} is there already: change it or leave item_id out")
        stamp = offset_stamp(self._now())
        item: Item = {"item_id": item_id, **_DEFAULTS, "tax_id": self._tax_id, "created_time": stamp}
        item["last_modified_time"] = stamp
        item.update(values)
        item["item_id"] = item_id
        stock = item.get("actual_available_for_sale_stock", item.get("stock_on_hand", 0))
        if item["track_inventory"] is False:
            # Zoho writes an empty string, not 0, where nothing is counted
            stock = ""
        for name in STOCK_FIELDS:
            item.setdefault(name, stock if "committed" not in name or stock == "" else 0)
        self._items[item_id] = item


def sort_column(query: Mapping[str, str]) -> str:
    """The column that sorts; an unknown one is ignored."""
    column = query.get("sort_column", "")
    return column if column in SORT_COLUMNS else "name"


def _passes(item: Item, query: Mapping[str, str]) -> bool:
    chosen = query.get("filter_by", "Status.All")
    if chosen in {"Status.Active", "Status.Inactive"} and item["status"] != chosen[7:].lower():
        return False
    for name in ("status", "sku", "name", "item_id", "category_id"):
        if name in query and str(item.get(name, "")) != query[name]:
            return False
    return contains(item, query, "name", "sku", "description") and _starts(item, query)


def _starts(item: Item, query: Mapping[str, str]) -> bool:
    return all(
        str(item.get(name, "")).lower().startswith(query[f"{name}_startswith"].lower())
        for name in ("name", "sku")
        if f"{name}_startswith" in query
    )


def _sortable(value: object) -> tuple[int, Decimal, str]:
    """Numbers by size, after empty values and before texts."""
    if isinstance(value, int | float | Decimal):
        return (1, Decimal(str(value)), "")
    return (0 if value in (None, "") else 2, Decimal(0), str(value or "").lower())


def _moment(value: str) -> datetime:
    """Raises FinanceRefusal 2 for an offset with a colon, or one whose + arrived as a space."""
    if _MODIFIED_TIME.fullmatch(value) is None:
        raise FinanceRefusal(400, 2, "Invalid value passed for last_modified_time")
    return datetime.fromisoformat(value)
