"""Everything that Inventory and Books share: the organization, items, customers, estimates, sales orders."""

from __future__ import annotations

from sandbox.clock import SandboxClock
from sandbox.config import SandboxConfig
from sandbox.zoho.finance.contacts import Contacts
from sandbox.zoho.finance.documents import ESTIMATES, SALES_ORDERS, Documents
from sandbox.zoho.finance.items import Items
from sandbox.zoho.ids import Ids
from sandbox.zoho.knobs import ZohoKnobs

CURRENCY = {
    "currency_id": "4150868000000000097",
    "currency_code": "AED",
    "currency_name": "AED- United Arab Emirates Dirham",
    "currency_symbol": "AED",
    "price_precision": 2,
    "is_base_currency": True,
    "exchange_rate": 1,
    "effective_date": "2020-01-01",
}
VAT = {
    "tax_id": "4150868000000000201",
    "tax_name": "Standard Rate",
    "tax_percentage": 5,
    "tax_type": "tax",
    "is_default_tax": True,
}


class Ledger:
    """The organization's records; both products read and write the same ones."""

    def __init__(self, config: SandboxConfig, clock: SandboxClock, knobs: ZohoKnobs, ids: Ids) -> None:
        self._config = config
        tax_id = str(VAT["tax_id"])
        self.items = Items(ids, clock.now, tax_id)
        self.contacts = Contacts(ids, clock.now, knobs, CURRENCY)
        self.estimates = Documents(ESTIMATES, ids, clock.now, knobs, self.items, self.contacts, VAT)
        self.sales_orders = Documents(SALES_ORDERS, ids, clock.now, knobs, self.items, self.contacts, VAT)
        self.clear()

    def organization(self) -> dict[str, object]:
        """The one organization."""
        return {
            "organization_id": self._config.zoho_organization_id,
            "name": "Majlis sandbox",
            "contact_name": "Majlis",
            "email": "owner@sandbox.example",
            "is_default_org": True,
            "is_org_active": True,
            "plan_name": "STANDARD",
            "time_zone": "Asia/Dubai",
            "language_code": "en",
            "fiscal_year_start_month": "january",
            "country": "U.A.E",
            "currency_id": CURRENCY["currency_id"],
            "currency_code": CURRENCY["currency_code"],
            "currency_symbol": CURRENCY["currency_symbol"],
            "price_precision": CURRENCY["price_precision"],
        }

    def by_kind(self) -> dict[str, list[dict[str, object]]]:
        """All records for the control API and the page."""
        return {
            "items": self.items.all(),
            "customers": list(self.contacts.all.values()),
            "estimates": list(self.estimates.all.values()),
            "salesorders": list(self.sales_orders.all.values()),
        }

    def clear(self) -> None:
        """Only the items of the start remain."""
        self.items.start_with(self._config.zoho_items)
        self.contacts.clear()
        self.estimates.clear()
        self.sales_orders.clear()
