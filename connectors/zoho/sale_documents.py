"""Customers, estimates and sales orders in Zoho Books and Inventory (port `sales.ports.SaleDocuments`).

In Books these custom fields have to be marked "no duplicates" (`zoho.md` §3.10): `cf_wa_id` of customers
(the WhatsApp number) and `cf_bot_ref` of estimates (the quote's printed number).
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from connectors.zoho.books import BooksClient, NewContact, UniqueField
from connectors.zoho.documents import Line, NewDocument, SalesDocument
from connectors.zoho.errors import ZohoDuplicate, ZohoRefused
from connectors.zoho.inventory import InventoryClient
from sales.ports import Buyer, Document, Offer

_CUSTOMER_KEY = "cf_wa_id"
_ESTIMATE_KEY = "cf_bot_ref"


class ZohoSaleDocuments:
    """Every method raises a `ZohoError`."""

    def __init__(self, books: BooksClient, inventory: InventoryClient) -> None:
        self._books = books
        self._inventory = inventory
        # Per cent -> id: a tax stays while there are documents with it, and each call has to wait its turn.
        self._tax_ids: dict[Decimal, str] = {}

    async def keep_customer(self, buyer: Buyer) -> str:
        """By the WhatsApp number; where another customer has the company's name, that one is it: names are
        unique in Books, and a company may write to us from two phones. It stays as it is."""
        contact = NewContact(
            contact_name=buyer.company,
            company_name=buyer.company,
            last_name=buyer.contact,
            email=buyer.email,
            phone=buyer.phone,
            language_code=buyer.language,
            tax_treatment="vat_registered" if buyer.trn else "vat_not_registered",
            tax_reg_no=buyer.trn or "",
        )
        try:
            made = await self._books.upsert_contact(contact, UniqueField(_CUSTOMER_KEY, buyer.phone))
            return made.contact_id
        except ZohoDuplicate:
            named = await self._books.find_contacts(name=buyer.company)
            if not named:
                raise
            return named[0].contact_id

    async def keep_estimate(self, customer_id: str, offer: Offer) -> Document:
        """By the printed number, revision included."""
        estimate = await self._document(customer_id, offer, offer.issued_on, expires_on=offer.last_day)
        return _read(await self._books.upsert_estimate(estimate, UniqueField(_ESTIMATE_KEY, offer.number)))

    async def estimate(self, estimate_id: str) -> Document:
        """One estimate."""
        return _read(await self._books.estimate(estimate_id))

    async def mark_estimate_sent(self, estimate_id: str) -> None:
        """Sent."""
        await self._books.mark_estimate_sent(estimate_id)

    async def accept_estimate(self, estimate_id: str) -> None:
        """Accepted."""
        await self._books.accept_estimate(estimate_id)

    async def decline_estimate(self, estimate_id: str) -> None:
        """Declined: Books knows no "replaced"."""
        await self._books.decline_estimate(estimate_id)

    async def find_order(self, reference: str) -> Document | None:
        """The oldest with this reference; there is one, unless a person made another."""
        found = await self._inventory.sales_orders_by_reference(reference)
        return _read(found[-1]) if found else None

    async def create_order(self, customer_id: str, offer: Offer, ordered_on: datetime.date) -> Document:
        """A draft."""
        return _read(
            await self._inventory.create_sales_order(await self._document(customer_id, offer, ordered_on))
        )

    async def order(self, order_id: str) -> Document:
        """One sales order."""
        return _read(await self._inventory.sales_order(order_id))

    async def confirm_order(self, order_id: str) -> None:
        """Confirmed."""
        await self._inventory.confirm_sales_order(order_id)

    async def _document(
        self,
        customer_id: str,
        offer: Offer,
        day: datetime.date,
        *,
        expires_on: datetime.date | None = None,
    ) -> NewDocument:
        tax_id = await self._tax_id(offer.vat_percent)
        return NewDocument(
            customer_id=customer_id,
            reference_number=offer.number,
            date=day,
            expiry_date=expires_on,
            discount=offer.discount,
            lines=[
                Line(line.item_id or "", Decimal(line.quantity), line.rate, name=line.name, tax_id=tax_id)
                for line in offer.lines
            ],
        )

    async def _tax_id(self, percent: Decimal) -> str:
        """The organization's tax of this rate: an item's own may be another than the quote promised."""
        if percent in self._tax_ids:
            return self._tax_ids[percent]
        taxes = await self._inventory.taxes()
        for tax in taxes:
            if tax.percentage == percent:
                self._tax_ids[percent] = tax.tax_id
                return tax.tax_id
        raise ZohoRefused(
            f"GET /settings/taxes: none of the {len(taxes)} taxes is of {percent} %; make one in Zoho under"
            " Settings, Taxes"
        )


def _read(document: SalesDocument) -> Document:
    return Document(document.document_id, document.number, document.customer_id, document.total)
