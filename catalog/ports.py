"""What the catalog needs of wherever the seller keeps the products; a connector offers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SourceItem:
    """One item as its source tells it; an empty text where the source has none."""

    item_id: str
    sku: str
    name: str
    description: str
    # As the seller writes it: "Office Chairs".
    category: str
    brand: str
    # For one piece, without tax, in the currency that `ItemSource.currency` names.
    rate: Decimal
    # Pieces that may be promised; None: the source does not know.
    stock: int | None
    is_active: bool
    # None when the source does not say.
    last_modified: datetime | None
    # The seller's own fields by their API names; empty ones are left out.
    custom_fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UnreadableSourceItem:
    """An item that is there and cannot be read; `problem` is for the operator."""

    # None when not even that can be read.
    item_id: str | None
    problem: str


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One page of all items, active and inactive; or those that were asked for."""

    items: Sequence[SourceItem]
    unreadable: Sequence[UnreadableSourceItem]
    has_more: bool


class SourceAway(Exception):
    """The source gives no usable answer now; asking again later can help."""

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class SourceRefused(Exception):
    """The source refuses; only the operator can mend it, and the message says what is wrong."""


class ItemSource(Protocol):
    """The seller's items. Every method raises SourceAway or SourceRefused."""

    async def currency(self) -> str:
        """The ISO code of the currency of all rates."""
        ...

    async def page(self, number: int) -> SourcePage:
        """One page of all items, counted from 1; an item never moves to an earlier page but by deletions."""
        ...

    async def items(self, item_ids: Sequence[str]) -> SourcePage:
        """Those of the items that exist."""
        ...

    async def items_now(self, item_ids: Sequence[str]) -> SourcePage:
        """As `items`, for a customer who waits (about three seconds at most)."""
        ...
