"""Zoho Inventory v1: items with stock, sales orders, the organization (`zoho.md` §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from connectors.zoho import wire
from connectors.zoho.answers import Call, Effect
from connectors.zoho.documents import NewDocument, SalesDocument, document_body, read_document
from connectors.zoho.errors import ZohoRefused
from connectors.zoho.finance_lists import PAGE_SIZE, has_more, look_up
from connectors.zoho.items import Item, read_item
from connectors.zoho.session import BACKGROUND, Pace, ZohoSession
from connectors.zoho.wire import Json, Unreadable

__all__ = ["InventoryClient", "Item", "ItemsPage", "Organization", "Tax", "UnreadableItem"]

# Zoho shows one and the same state under either word.
CONFIRMED_STATES = frozenset({"confirmed", "open"})
# A bulk detail's ids travel in the address.
_IDS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class UnreadableItem:
    """An item that cannot be mirrored as it stands; `problem` is for the operator."""

    item_id: str | None
    problem: str


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """Items in Zoho's order: one page of the list, or those that were asked for by their ids."""

    items: Sequence[Item]
    has_more: bool
    # These exist in Zoho: a mirror must not take them for vanished.
    unreadable: Sequence[UnreadableItem]


@dataclass(frozen=True, slots=True)
class Organization:
    """The organization and its base currency, in which item rates are."""

    organization_id: str
    name: str
    currency_id: str
    currency_code: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax of the organization."""

    tax_id: str
    name: str
    # Per cent.
    percentage: Decimal


class InventoryClient:
    """Calls Inventory at one pace; every method raises a `ZohoError` (`connectors.zoho.errors`)."""

    def __init__(self, session: ZohoSession, organization_id: str, pace: Pace = BACKGROUND) -> None:
        self._session = session
        self._organization_id = organization_id
        self._pace = pace

    def at(self, pace: Pace) -> InventoryClient:
        """The same client for a caller with another pace, a live turn for example."""
        return InventoryClient(self._session, self._organization_id, pace)

    async def items_page(self, page: int, per_page: int = PAGE_SIZE) -> ItemsPage:
        """One page of all items, active and inactive, counted from 1; at most 200 on each.

        No filter is sent: Zoho silently ignores what it does not know (`zoho.md` §3.3).
        """
        query = {
            "page": str(page),
            "per_page": str(per_page),
            "filter_by": "Status.All",
            # By what never changes in the middle of a sweep, and new items come last.
            "sort_column": "created_time",
            "sort_order": "A",
        }
        return await self._session.request(Call("GET", "/items", Effect.READ, query), self._pace, _read_page)

    async def item(self, item_id: str) -> Item:
        """One item as it stands now. Raises ZohoNotFound when it is gone."""
        call = Call("GET", f"/items/{item_id}", Effect.READ)
        return await self._session.request(
            call, self._pace, lambda document: read_item(wire.record(document, "item"))
        )

    async def items_by_id(self, item_ids: Sequence[str]) -> ItemsPage:
        """The items of these ids that exist."""
        items: list[Item] = []
        unreadable: list[UnreadableItem] = []
        for start in range(0, len(item_ids), _IDS_AT_ONCE):
            wanted = item_ids[start : start + _IDS_AT_ONCE]
            call = Call("GET", "/itemdetails", Effect.READ, {"item_ids": ",".join(wanted)})
            found = await self._session.request(call, self._pace, _read_items)
            items += [item for item in found.items if item.item_id in wanted]
            unreadable += found.unreadable
        return ItemsPage(items, False, unreadable)

    async def create_sales_order(self, order: NewDocument) -> SalesDocument:
        """Make a draft. Never repeated here: look for its reference first, and after an unknown outcome."""
        call = Call("POST", "/salesorders", Effect.ONCE, body=document_body(order))
        return await self._session.request(call, self._pace, _read_order)

    async def sales_order(self, order_id: str) -> SalesDocument:
        """One sales order. Raises ZohoNotFound."""
        call = Call("GET", f"/salesorders/{order_id}", Effect.READ)
        return await self._session.request(call, self._pace, _read_order)

    async def sales_orders_by_reference(self, reference_number: str) -> Sequence[SalesDocument]:
        """The sales orders with exactly this reference, newest first; more than one is possible."""
        return await look_up(
            self._session,
            self._pace,
            "/salesorders",
            "salesorders",
            {"reference_number": reference_number},
            lambda row: row.get("reference_number") == reference_number,
            lambda row: read_document(row, "salesorder"),
        )

    async def confirm_sales_order(self, order_id: str) -> None:
        """Confirm a draft; one that is confirmed already stays so."""
        try:
            call = Call("POST", f"/salesorders/{order_id}/status/confirmed", Effect.REPEATABLE)
            await self._session.request(call, self._pace, lambda _: None)
        except ZohoRefused:
            if (await self.sales_order(order_id)).status not in CONFIRMED_STATES:
                raise

    async def taxes(self) -> Sequence[Tax]:
        """The organization's taxes."""
        call = Call("GET", "/settings/taxes", Effect.READ)
        return await self._session.request(call, self._pace, _read_taxes)

    async def organization(self) -> Organization:
        """The organization of ZOHO_ORGANIZATION_ID. Raises ZohoRefused when the connection cannot see it."""
        call = Call("GET", "/organizations", Effect.READ)
        seen = await self._session.request(call, self._pace, _read_organizations)
        for organization in seen:
            if organization.organization_id == self._organization_id:
                return organization
        raise ZohoRefused(
            f"{call}: ZOHO_ORGANIZATION_ID is not among the {len(seen)} organizations this connection sees"
        )


def _read_page(document: Json) -> ItemsPage:
    if "items" not in document:
        raise Unreadable("items is missing, a list was expected")
    return _read_items(document)


def _read_items(document: Json) -> ItemsPage:
    items: list[Item] = []
    unreadable: list[UnreadableItem] = []
    for row in wire.rows(document, "items"):
        try:
            items.append(read_item(row))
        except Unreadable as error:
            unreadable.append(UnreadableItem(wire.optional_identifier(row.get("item_id")), str(error)))
    return ItemsPage(items, has_more(document), unreadable)


def _read_order(document: Json) -> SalesDocument:
    # The published description says `sales_order` where the service says `salesorder`.
    return read_document(wire.record(document, "salesorder", "sales_order"), "salesorder")


def _read_taxes(document: Json) -> Sequence[Tax]:
    return [
        Tax(wire.identifier(row, "tax_id"), wire.text(row, "tax_name"), wire.amount(row, "tax_percentage"))
        for row in wire.rows(document, "taxes")
    ]


def _read_organizations(document: Json) -> Sequence[Organization]:
    return [
        Organization(
            organization_id=wire.identifier(row, "organization_id"),
            name=wire.text(row, "name"),
            currency_id=wire.optional_identifier(row.get("currency_id")) or "",
            currency_code=wire.text(row, "currency_code"),
            time_zone=wire.text(row, "time_zone"),
        )
        for row in wire.rows(document, "organizations")
    ]
