"""The items of Zoho Inventory as the catalog asks for them (`catalog.ports.ItemSource`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from catalog.ports import SourceAway, SourceItem, SourcePage, SourceRefused, UnreadableSourceItem
from connectors.zoho.errors import ZohoError
from connectors.zoho.inventory import InventoryClient, Item, ItemsPage
from connectors.zoho.session import Pace

# A customer waits: a late answer is worth less than none.
LIVE = Pace(live=True, patience_seconds=3.0)


class ZohoItemSource:
    """Reads items at the background's pace, and those that a customer waits for at a live turn's."""

    def __init__(self, inventory: InventoryClient) -> None:
        self._inventory = inventory
        self._live = inventory.at(LIVE)

    async def currency(self) -> str:
        """The organization's base currency, in which Inventory keeps all rates."""
        with _as_source_errors():
            return (await self._inventory.organization()).currency_code

    async def page(self, number: int) -> SourcePage:
        """A page of 200, in the order of the items' making."""
        with _as_source_errors():
            return _source_page(await self._inventory.items_page(number))

    async def items(self, item_ids: Sequence[str]) -> SourcePage:
        """Those of the items that exist."""
        with _as_source_errors():
            return _source_page(await self._inventory.items_by_id(item_ids))

    async def items_now(self, item_ids: Sequence[str]) -> SourcePage:
        """Those of the items that exist, within three seconds."""
        with _as_source_errors():
            return _source_page(await self._live.items_by_id(item_ids))


def _source_page(page: ItemsPage) -> SourcePage:
    return SourcePage(
        items=[_source_item(item) for item in page.items],
        unreadable=[UnreadableSourceItem(one.item_id, one.problem) for one in page.unreadable],
        has_more=page.has_more,
    )


def _source_item(item: Item) -> SourceItem:
    return SourceItem(
        item_id=item.item_id,
        sku=item.sku,
        name=item.name,
        description=item.description,
        category=item.category_name,
        brand=item.brand,
        rate=item.rate,
        stock=item.stock,
        is_active=item.status == "active",
        last_modified=item.last_modified,
        custom_fields=item.custom_fields,
    )


@contextmanager
def _as_source_errors() -> Iterator[None]:
    try:
        yield
    except ZohoError as error:
        if error.may_retry:
            raise SourceAway(str(error), error.retry_after_seconds) from error
        raise SourceRefused(str(error)) from error
