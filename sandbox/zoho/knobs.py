"""What a test may turn at the Zoho stand-in: limits, faults, and points where the documentation is silent.

Each default follows zoho.md; where pages disagree it is the stricter reading. `PUT /control/zoho/knobs`
changes some and keeps the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields

from sandbox.zoho.faults import Fault, FaultError, faults_json, read_faults

ALL_SCOPES = [
    "ZohoCRM.modules.ALL",
    "ZohoCRM.settings.ALL",
    "ZohoCRM.users.READ",
    "ZohoCRM.org.READ",
    "ZohoSearch.securesearch.READ",
    "ZohoInventory.fullaccess.all",
    "ZohoBooks.fullaccess.all",
]


class ZohoKnobError(ValueError):
    """A knob that does not exist or a value it cannot take; the text names both."""


def _unique_crm_fields() -> dict[str, list[str]]:
    return {
        "Leads": ["Mobile", "WhatsApp_Id"],
        "Contacts": ["Mobile", "WhatsApp_Id"],
        "Accounts": ["Majlis_Reference"],
        "Deals": ["Majlis_Reference"],
    }


def _unique_finance_fields() -> dict[str, list[str]]:
    return {
        "contacts": ["cf_bot_ref", "cf_wa_id"],
        "estimates": ["cf_bot_ref"],
        "salesorders": ["cf_bot_ref"],
    }


@dataclass(slots=True)
class ZohoKnobs:
    """See each field."""

    # --- accounts ---
    expires_in_seconds: int = 3600
    # every refresh is answered "Access Denied" while this is on
    access_denied: bool = False
    refreshes_per_window: int = 10
    refresh_window_seconds: float = 600.0
    # what the grant covers
    scopes: list[str] = field(default_factory=lambda: list(ALL_SCOPES))

    # --- any call ---
    faults: list[Fault] = field(default_factory=list)
    # real seconds that every API call takes before it is carried out
    latency_seconds: float = 0.0

    # --- CRM ---
    crm_concurrent_calls: int = 10
    crm_credits_per_day: int = 50_000
    # documented nowhere: 429 carries Retry-After with that many seconds
    crm_retry_after_seconds: int | None = None
    # how long a new or changed record stays out of the search index, in sandbox time
    crm_search_lag_seconds: float = 5.0
    # fields marked "no duplicates"; a name that CRM does not have becomes a text field of that module
    crm_unique_fields: dict[str, list[str]] = field(default_factory=_unique_crm_fields)
    # fields that this organization made mandatory on top of Zoho's own
    crm_mandatory_fields: dict[str, list[str]] = field(default_factory=dict)
    # pages differ on an id that nobody has: "204", or "400" with INVALID_DATA
    crm_unknown_id: str = "204"

    # --- Inventory and Books ---
    finance_calls_per_minute: int = 100
    finance_calls_per_day: int = 7500
    finance_in_flight: int = 5
    # custom fields marked "no duplicates", per kind of record
    finance_unique_fields: dict[str, list[str]] = field(default_factory=_unique_finance_fields)
    # the documentation's create reply says sales_order, practice and GET say salesorder
    salesorder_key: str = "salesorder"
    # a schema of Books shows page_context as a list
    page_context_as_list: bool = False
    # documented for Inventory's items; switched off it is ignored like any unknown filter
    items_honour_last_modified_time: bool = True
    # not documented for Inventory's sales orders, seen to work
    inventory_honours_reference_number: bool = True
    # the organization's choice: VAT is rounded once per document, or on each line
    tax_rounding_type: str = "entity_level"

    def update(self, changes: Mapping[str, object]) -> None:
        """Take some knobs from JSON. Raises ZohoKnobError naming the knob; then nothing was changed."""
        known = {item.name for item in fields(self)}
        taken: dict[str, object] = {}
        for name, value in changes.items():
            if name not in known:
                raise ZohoKnobError(f"there is no knob {name!r}; the knobs are {', '.join(sorted(known))}")
            taken[name] = _CHECKS[name](name, value)
        for name, value in taken.items():
            setattr(self, name, value)

    def reset(self) -> None:
        """Every knob back to its default."""
        fresh = ZohoKnobs()
        for item in fields(self):
            setattr(self, item.name, getattr(fresh, item.name))

    def as_json(self) -> dict[str, object]:
        """All knobs as `update` would take them."""
        return {**asdict(self), "faults": faults_json(self.faults)}


_Check = Callable[[str, object], object]


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ZohoKnobError(f"{name} is {value!r}; send true or false")
    return value


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ZohoKnobError(f"{name} is {value!r}; send a whole number of at least 0")
    return value


def _count_or_none(name: str, value: object) -> int | None:
    return None if value is None else _count(name, value)


def _seconds(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ZohoKnobError(f"{name} is {value!r}; send a number of seconds of at least 0")
    return float(value)


def _texts(name: str, value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ZohoKnobError(f"{name} is {value!r}; send a list of strings")
    return list(value)


def _names(name: str, value: object) -> dict[str, list[str]]:
    if not isinstance(value, dict):
        raise ZohoKnobError(f"{name} is {value!r}; send an object of kind and list of field names")
    return {str(kind): _texts(f"{name}.{kind}", listed) for kind, listed in value.items()}


def _one_of(*choices: str) -> _Check:
    def check(name: str, value: object) -> object:
        if value not in choices:
            raise ZohoKnobError(f"{name} is {value!r}; send one of {', '.join(choices)}")
        return value

    return check


def _faults(_name: str, value: object) -> list[Fault]:
    try:
        return read_faults(value)
    except FaultError as error:
        raise ZohoKnobError(str(error)) from error


_CHECKS: dict[str, _Check] = {
    "expires_in_seconds": _count,
    "access_denied": _flag,
    "refreshes_per_window": _count,
    "refresh_window_seconds": _seconds,
    "scopes": _texts,
    "faults": _faults,
    "latency_seconds": _seconds,
    "crm_concurrent_calls": _count,
    "crm_credits_per_day": _count,
    "crm_retry_after_seconds": _count_or_none,
    "crm_search_lag_seconds": _seconds,
    "crm_unique_fields": _names,
    "crm_mandatory_fields": _names,
    "crm_unknown_id": _one_of("204", "400"),
    "finance_calls_per_minute": _count,
    "finance_calls_per_day": _count,
    "finance_in_flight": _count,
    "finance_unique_fields": _names,
    "salesorder_key": _one_of("salesorder", "sales_order"),
    "page_context_as_list": _flag,
    "items_honour_last_modified_time": _flag,
    "inventory_honours_reference_number": _flag,
    "tax_rounding_type": _one_of("entity_level", "item_level"),
}
