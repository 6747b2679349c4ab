"""What a customer has chosen so far: products and pieces, as the conversation keeps them (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Item:
    """One chosen product; `quantity` is None until the customer says how many."""

    sku: str
    quantity: int | None = None


Items = tuple[Item, ...]


def read_items(stored: Any) -> Items:
    """The items out of what `store_items` made of them."""
    return tuple(Item(one["sku"], one.get("quantity")) for one in stored or ())


def store_items(items: Iterable[Item]) -> list[dict[str, Any]] | None:
    """The items as a slot keeps them; None when there are none."""
    return [{"sku": item.sku, "quantity": item.quantity} for item in items] or None


def choose(items: Items, sku: str, quantity: int | None) -> Items:
    """Take a product; one that is chosen already keeps its pieces unless they are named anew."""
    known = quantity_of(items, sku)
    return _placed(items, Item(sku, quantity or known))


def add(items: Items, sku: str, quantity: int | None) -> Items:
    """Take so many more of a product."""
    known = quantity_of(items, sku)
    total = (known or 0) + quantity if quantity else known
    return _placed(items, Item(sku, total))


def remove(items: Items, sku: str) -> Items:
    """Leave a product out."""
    return tuple(item for item in items if item.sku != sku)


def quantity_of(items: Items, sku: str) -> int | None:
    """How many pieces of a product are chosen, None when that is not known."""
    return next((item.quantity for item in items if item.sku == sku), None)


def _placed(items: Items, new: Item) -> Items:
    if all(item.sku != new.sku for item in items):
        return (*items, new)
    return tuple(new if item.sku == new.sku else item for item in items)
