"""Zoho: data centre, token, organization and currency, what the connection may read, the fields it needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from app.doctor.findings import Finding, off, ok, problem, warning
from app.doctor.patient import Patient
from app.zoho import Zoho, zoho_is_configured
from connectors.zoho.data_centres import data_centre
from connectors.zoho.errors import (
    ZohoError,
    ZohoGrantRefused,
    ZohoNotFound,
    ZohoRefused,
    ZohoScopeMissing,
    ZohoThrottled,
)
from sales.seller import Seller

_SCOPES = "make a new refresh token with all scopes of docs/operators.md and set ZOHO_REFRESH_TOKEN"
# Nobody's: a record that is not there is answered once the token's scope was looked at.
_NOBODY_ID = "1"
_NOBODY = "nobody@majlis.invalid"
# Fields by which records are found again, by CRM module (docs/operators.md, "What Zoho has to have").
_UNIQUE_FIELDS = {
    "Leads": "Mobile",
    "Contacts": "Mobile",
    "Accounts": "Majlis_Reference",
    "Deals": "Majlis_Reference",
}


async def look_at_account(patient: Patient) -> Sequence[Finding]:
    """Data centre, grant, organization and currency."""
    settings = patient.settings
    if not zoho_is_configured(settings):
        sentence = "not connected: the catalog stays as it is; leads, quotes and orders wait as jobs"
        return [off("Zoho", sentence, "docs/operators.md, Connecting Zoho")]
    ours, theirs = data_centre(settings.zoho_accounts_url), data_centre(settings.zoho_api_url)
    if ours is not None and theirs is not None and ours != theirs:
        sentence = f"ZOHO_ACCOUNTS_URL is in the data centre .{ours} and ZOHO_API_URL in .{theirs}"
        return [problem("Zoho", sentence, "name the one where the company signed up in both")]
    if patient.zoho is None:
        return [off("Zoho", "not looked at: its token is kept in the database")]
    try:
        organization = await patient.zoho.inventory.organization()
    except ZohoError as error:
        return [_failed("Zoho", error)]
    found = [ok("Zoho", "data centre, token and organization are right")]
    currency = patient.seller.currency if patient.seller else "AED"
    if organization.currency_code != currency:
        sentence = (
            f"the organization keeps its books in {organization.currency_code}, Majlis sells in {currency}"
        )
        found.append(problem("Zoho", sentence, f"connect the organization whose base currency is {currency}"))
    return found


async def look_at_scopes(patient: Patient) -> Sequence[Finding]:
    """Whether every kind of record that Majlis reads can be read; writing is not tried."""
    if patient.zoho is None:
        return [off("Zoho scopes", "not looked at: Zoho is not connected")]
    calls = _calls(patient.zoho)
    outcomes = await asyncio.gather(*(_failure(call) for call in calls.values()))
    failures = {what: error for what, error in zip(calls, outcomes, strict=True) if error is not None}
    missing = [what for what, error in failures.items() if isinstance(error, ZohoScopeMissing)]
    found = []
    if missing:
        sentence = f"the connection may not read: {', '.join(missing)}"
        found.append(problem("Zoho scopes", sentence, _SCOPES))
    others = [error for error in failures.values() if not isinstance(error, ZohoScopeMissing)]
    if others:
        found.append(_failed("Zoho scopes", others[0]))
    return found or [ok("Zoho scopes", "everything that is needed can be read (writing was not tried)")]


def _calls(zoho: Zoho) -> Mapping[str, Callable[[], Awaitable[object]]]:
    """A cheap read for each kind of record."""

    def of_module(module: str) -> Callable[[], Awaitable[object]]:
        return lambda: zoho.crm.list(module, ["Created_Time"])

    modules = ("Leads", "Contacts", "Accounts", "Deals", "Notes", "Tasks")
    return {
        **{f"CRM {module}": of_module(module) for module in modules},
        "Inventory items": lambda: zoho.inventory.items_page(1, per_page=1),
        "Inventory sales orders": lambda: zoho.inventory.sales_order(_NOBODY_ID),
        "Inventory settings": zoho.inventory.taxes,
        "Books customers": lambda: zoho.books.find_contacts(email=_NOBODY),
        "Books estimates": lambda: zoho.books.estimate(_NOBODY_ID),
    }


async def _failure(call: Callable[[], Awaitable[object]]) -> ZohoError | None:
    try:
        await call()
    except (ZohoNotFound, ZohoRefused):
        return None
    except ZohoError as error:
        return error
    return None


async def look_at_fields(patient: Patient) -> Sequence[Finding]:
    """The fields that docs/operators.md asks for, the tax, and the items' own fields."""
    if patient.zoho is None or patient.seller is None:
        return [off("Zoho fields", "not looked at: they need Zoho and a valid data/seller.yml")]
    found = [*await _crm_fields(patient.zoho, patient.seller), *await _finance(patient.zoho, patient.seller)]
    return found or [ok("Zoho fields", "CRM's fields, the items' fields and the tax are there")]


async def _crm_fields(zoho: Zoho, seller: Seller) -> Sequence[Finding]:
    discount = seller.zoho_deal_fields.discount
    try:
        modules = await asyncio.gather(*(zoho.crm.fields(module) for module in _UNIQUE_FIELDS))
    except ZohoScopeMissing:
        sentence = "CRM's fields cannot be looked at without the scope ZohoCRM.settings.fields.READ"
        return [warning("Zoho fields", sentence, _SCOPES)]
    except ZohoError as error:
        return [_failed("Zoho fields", error)]
    found = []
    for (module, name), fields in zip(_UNIQUE_FIELDS.items(), modules, strict=True):
        if name not in fields:
            mend = f"make a text field {name} there, marked as no duplicates"
            found.append(problem("Zoho fields", f"CRM {module} has no field {name}", mend))
        elif not fields[name]:
            sentence = f"{name} of CRM {module} may hold duplicates: a customer could be there twice"
            found.append(
                problem("Zoho fields", sentence, "mark it as no duplicates (Setup, Modules and Fields)")
            )
    if discount not in modules[-1]:
        mend = "make that number field, or correct zoho_deal_fields.discount in data/seller.yml"
        found.append(problem("Zoho fields", f"CRM Deals have no field {discount} for discounts", mend))
    return found


async def _finance(zoho: Zoho, seller: Seller) -> Sequence[Finding]:
    try:
        taxes, page = await asyncio.gather(zoho.inventory.taxes(), zoho.inventory.items_page(1))
    except ZohoError as error:
        return [_failed("Zoho fields", error)]
    found = []
    if all(tax.percentage != seller.vat_percent for tax in taxes):
        sentence = f"Zoho has no tax of {seller.vat_percent:g} %: quotes and orders are refused"
        found.append(
            problem("Zoho fields", sentence, "make it in Zoho, or correct vat_percent in data/seller.yml")
        )
    wanted = seller.zoho_fields.model_dump().values()
    used = {name for item in page.items for name in item.custom_fields}
    if page.items and (unused := [name for name in wanted if name not in used]):
        sentence = f"none of the first {len(page.items)} items has a value in {', '.join(unused)}"
        mend = "fill them in Zoho Inventory, or correct zoho_fields in data/seller.yml"
        found.append(warning("Zoho fields", sentence, mend))
    return found


def _failed(subject: str, error: ZohoError) -> Finding:
    """An error says what Zoho answered and holds nobody's data."""
    match error:
        case ZohoGrantRefused():
            mend = "correct what it names and start Majlis again"
        case ZohoScopeMissing():
            mend = _SCOPES
        case ZohoThrottled():
            return warning(subject, str(error), "wait a minute, then `majlis doctor` again")
        case ZohoRefused():
            mend = "correct ZOHO_ORGANIZATION_ID, or connect a user of that organization"
        case _:
            mend = "see ZOHO_ACCOUNTS_URL, ZOHO_API_URL and whether this machine reaches them"
    return problem(subject, str(error), mend)
