"""Customers of Inventory and Books: a name that nobody else has, and people to talk to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sandbox.zoho.finance.bodies import (
    Record,
    check_unique,
    custom_fields,
    id_text,
    invalid,
    text,
)
from sandbox.zoho.finance.paging import contains
from sandbox.zoho.finance.stamps import offset_stamp
from sandbox.zoho.ids import Ids
from sandbox.zoho.knobs import ZohoKnobs
from sandbox.zoho.replies import FinanceRefusal

TAX_TREATMENTS = {
    "vat_registered",
    "vat_not_registered",
    "gcc_vat_registered",
    "gcc_vat_not_registered",
    "non_gcc",
    "dz_vat_registered",
    "dz_vat_not_registered",
}
_TEXTS = ("company_name", "language_code", "tax_reg_no", "place_of_contact", "notes", "website")
_PERSON_TEXTS = ("first_name", "last_name", "email", "phone", "mobile", "salutation", "designation")


class Contacts:
    """All customers by id."""

    def __init__(
        self, ids: Ids, now: Callable[[], datetime], knobs: ZohoKnobs, currency: Mapping[str, object]
    ) -> None:
        self._ids = ids
        self._now = now
        self._knobs = knobs
        self._currency = currency
        self.all: dict[str, Record] = {}

    def clear(self) -> None:
        """Nobody is left."""
        self.all.clear()

    def get(self, contact_id: str) -> Record:
        """One customer. Raises FinanceRefusal 1002."""
        if contact_id not in self.all:
            raise FinanceRefusal(404, 1002, "Contact does not exist.")
        return self.all[contact_id]

    def create(self, body: Record) -> Record:
        """A new customer. Raises FinanceRefusal."""
        stamp = offset_stamp(self._now())
        contact_id = self._ids.next(self.all)
        contact: Record = {
            "contact_id": contact_id,
            "contact_name": "",
            "contact_type": "customer",
            "status": "active",
            **dict.fromkeys(_TEXTS, ""),
            "tax_treatment": "",
            "currency_id": self._currency["currency_id"],
            "currency_code": self._currency["currency_code"],
            "billing_address": {},
            "shipping_address": {},
            "contact_persons": [],
            "custom_fields": [],
            "created_time": stamp,
        }
        self.all[contact_id] = self._changed(contact, body, stamp)
        return self.all[contact_id]

    def update(self, contact_id: str, body: Record) -> Record:
        """Change what the body names. Raises FinanceRefusal; then nothing was changed."""
        changed = self._changed(self.get(contact_id), body, offset_stamp(self._now()))
        self.all[contact_id] = changed
        return changed

    def listed(self, query: Mapping[str, str]) -> list[Record]:
        """By name; arguments that it does not know are ignored."""
        chosen = [contact for contact in self.all.values() if _passes(contact, query)]
        return sorted(chosen, key=lambda contact: str(contact["contact_name"]).lower())

    def _changed(self, contact: Record, body: Record, stamp: str) -> Record:
        changed = {**contact, "last_modified_time": stamp}
        for name in ("contact_name", "contact_type", *_TEXTS):
            changed[name] = text(body, name, contact[name])
        if not str(changed["contact_name"]).strip():
            raise invalid("contact_name")
        if body.get("tax_treatment", "") not in ("", *TAX_TREATMENTS):
            raise invalid("tax_treatment")
        changed["tax_treatment"] = body.get("tax_treatment", contact["tax_treatment"])
        if id_text(body, "currency_id") not in {"", self._currency["currency_id"]}:
            raise FinanceRefusal(404, 1002, "Currency does not exist.")
        for name in ("billing_address", "shipping_address"):
            changed[name] = body.get(name, contact[name])
        if "contact_persons" in body:
            changed["contact_persons"] = self._persons(body["contact_persons"])
        if "custom_fields" in body:
            known = self._knobs.finance_unique_fields.get("contacts", [])
            changed["custom_fields"] = custom_fields(body, known)
        others = {key: other for key, other in self.all.items() if key != contact["contact_id"]}
        wanted = str(changed["contact_name"]).strip().lower()
        if any(str(other["contact_name"]).strip().lower() == wanted for other in others.values()):
            message = f'The customer "{changed["contact_name"]}" already exists. Specify a different name.'
            raise FinanceRefusal(400, 3062, message)
        check_unique(others, changed, "contacts")
        primary: Record = next((p for p in changed["contact_persons"] if p["is_primary_contact"]), {})
        for name in ("first_name", "last_name", "email", "phone", "mobile"):
            changed[name] = primary.get(name, text(body, name, str(contact.get(name, ""))))
        return changed

    def _persons(self, given: object) -> list[Record]:
        if not isinstance(given, list) or not all(isinstance(person, dict) for person in given):
            raise invalid("contact_persons")
        return [
            {
                "contact_person_id": id_text(person, "contact_person_id") or self._ids.next(),
                **{name: text(person, name) for name in _PERSON_TEXTS},
                "is_primary_contact": bool(person.get("is_primary_contact", index == 0)),
                "communication_preference": person.get("communication_preference", {}),
            }
            for index, person in enumerate(given)
        ]


def _passes(contact: Record, query: Mapping[str, str]) -> bool:
    for name in ("contact_name", "company_name", "email", "phone", "contact_type"):
        if name in query and str(contact.get(name, "")).lower() != query[name].lower():
            return False
    chosen = query.get("filter_by", "Status.All")
    if chosen in {"Status.Active", "Status.Inactive"} and contact["status"] != chosen[7:].lower():
        return False
    return contains(contact, query, "contact_name", "company_name", "email", "phone", "mobile")
