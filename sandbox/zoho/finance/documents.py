"""Estimates and sales orders: numbers, lines, amounts and the states that follow one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.zoho.finance.bodies import (
    Record,
    amount,
    check_unique,
    custom_fields,
    date,
    id_text,
    invalid,
    text,
)
from sandbox.zoho.finance.contacts import Contacts
from sandbox.zoho.finance.items import Items
from sandbox.zoho.finance.paging import contains
from sandbox.zoho.finance.stamps import local_date, offset_stamp
from sandbox.zoho.finance.totals import totals
from sandbox.zoho.ids import Ids
from sandbox.zoho.knobs import ZohoKnobs
from sandbox.zoho.replies import FinanceRefusal


@dataclass(frozen=True, slots=True)
class Kind:
    """What sets one kind of document apart."""

    # as in paths and lists: `estimates`
    plural: str
    # as in replies and field names: `estimate`
    singular: str
    title: str
    number_format: str
    # state -> the states it may follow
    follows: Mapping[str, frozenset[str]]
    # no change of the document in these
    closed: frozenset[str]


ESTIMATES = Kind(
    plural="estimates",
    singular="estimate",
    title="Estimate",
    number_format="EST-{:06}",
    follows={
        "sent": frozenset({"draft", "sent"}),
        "accepted": frozenset({"sent", "declined"}),
        "declined": frozenset({"sent", "accepted"}),
    },
    closed=frozenset({"invoiced"}),
)
SALES_ORDERS = Kind(
    plural="salesorders",
    singular="salesorder",
    title="Sales order",
    number_format="SO-{:05}",
    follows={
        "confirmed": frozenset({"draft", "approved"}),
        "void": frozenset({"draft", "approved", "confirmed"}),
    },
    closed=frozenset({"void"}),
)
_TEXTS = ("reference_number", "notes", "terms", "place_of_supply", "tax_treatment", "salesperson_name")
_KEPT = ("discount", "discount_type", "is_discount_before_tax", "is_inclusive_tax")
_DATES = ("expiry_date", "shipment_date")


class Documents:
    """All documents of one kind by id."""

    def __init__(
        self,
        kind: Kind,
        ids: Ids,
        now: Callable[[], datetime],
        knobs: ZohoKnobs,
        items: Items,
        contacts: Contacts,
        vat: Mapping[str, object],
    ) -> None:
        self.kind = kind
        self._ids = ids
        self._now = now
        self._knobs = knobs
        self._items = items
        self._contacts = contacts
        self._vat = vat
        self._last_number = 0
        self.all: dict[str, Record] = {}

    @property
    def number_field(self) -> str:
        """`estimate_number` or `salesorder_number`."""
        return f"{self.kind.singular}_number"

    def clear(self) -> None:
        """None is left; numbers begin again."""
        self.all.clear()
        self._last_number = 0

    def get(self, document_id: str) -> Record:
        """One document. Raises FinanceRefusal 1002."""
        if document_id not in self.all:
            raise FinanceRefusal(404, 1002, f"{self.kind.title} does not exist.")
        return self.all[document_id]

    def create(self, body: Record, *, own_number: bool, sent: bool = False) -> Record:
        """A new document; `own_number` is the caller's `ignore_auto_number_generation`."""
        stamp = offset_stamp(self._now())
        document: Record = {
            f"{self.kind.singular}_id": self._ids.next(self.all),
            self.number_field: "",
            "status": "sent" if sent else "draft",
            "date": local_date(self._now()),
            **dict.fromkeys((*_TEXTS, *_DATES), ""),
            "discount": 0,
            "discount_type": "entity_level",
            "is_discount_before_tax": True,
            "is_inclusive_tax": False,
            "currency_code": "AED",
            "exchange_rate": 1,
            "line_items": [],
            "custom_fields": [],
            "created_time": stamp,
        }
        document = self._changed(document, body)
        document[self.number_field] = self._number(body, own_number=own_number)
        self.all[str(document[f"{self.kind.singular}_id"])] = document
        return document

    def update(self, document_id: str, body: Record) -> Record:
        """Change what the body names. Raises FinanceRefusal; then nothing was changed."""
        document = self.get(document_id)
        if document["status"] in self.kind.closed:
            raise FinanceRefusal(400, 36, f"{self.kind.title} is {document['status']} and cannot be changed.")
        self.all[document_id] = self._changed(document, body)
        return self.all[document_id]

    def move(self, document_id: str, state: str) -> None:
        """Into another state. Raises FinanceRefusal 5 for one that does not exist, 36 for a wrong order."""
        document = self.get(document_id)
        if state not in self.kind.follows:
            raise FinanceRefusal(404, 5, "Invalid URL Passed")
        if document["status"] not in self.kind.follows[state]:
            message = f"{self.kind.title} is {document['status']} and cannot be marked as {state}."
            raise FinanceRefusal(400, 36, message)
        document["status"] = state
        document["last_modified_time"] = offset_stamp(self._now())

    def listed(self, query: Mapping[str, str], *, honour_reference: bool) -> list[Record]:
        """The newest first, without lines."""
        exact = [self.number_field, "customer_id", "status"]
        if honour_reference:
            exact.append("reference_number")
        chosen = [
            document
            for document in self.all.values()
            if all(str(document[name]) == query[name] for name in exact if name in query)
            and contains(document, query, self.number_field, "reference_number", "customer_name")
        ]
        return [
            {name: value for name, value in document.items() if name not in {"line_items", "taxes"}}
            for document in reversed(chosen)
        ]

    def _number(self, body: Record, *, own_number: bool) -> str:
        given = text(body, self.number_field)
        if not own_number:
            if given:
                message = (
                    f"{self.number_field} is generated; pass ignore_auto_number_generation=true to set it."
                )
                raise FinanceRefusal(400, 4, message)
            self._last_number += 1
            return self.kind.number_format.format(self._last_number)
        if not given:
            raise invalid(self.number_field)
        if any(other[self.number_field] == given for other in self.all.values()):
            raise FinanceRefusal(400, 36004, f"{self.kind.title} {given} has already been created.")
        return given

    def _changed(self, document: Record, body: Record) -> Record:
        changed: Record = {**document, "last_modified_time": offset_stamp(self._now())}
        customer_id = id_text(body, "customer_id") or document.get("customer_id", "")
        if not customer_id:
            raise invalid("customer_id")
        if customer_id not in self._contacts.all:
            raise FinanceRefusal(404, 1002, "Customer does not exist.")
        changed["customer_id"] = customer_id
        changed["customer_name"] = self._contacts.all[customer_id]["contact_name"]
        for name in _TEXTS:
            changed[name] = text(body, name, document[name])
        for name in ("date", *_DATES):
            changed[name] = date(body, name, document[name])
        for name in (*_KEPT, "shipping_charge", "adjustment"):
            changed[name] = body.get(name, document.get(name, 0))
        if "custom_fields" in body:
            known = self._knobs.finance_unique_fields.get(self.kind.plural, [])
            changed["custom_fields"] = custom_fields(body, known)
        own_id = document[f"{self.kind.singular}_id"]
        others = {key: other for key, other in self.all.items() if key != own_id}
        check_unique(others, changed, self.kind.plural)
        lines = body.get("line_items", document["line_items"])
        if not isinstance(lines, list) or not lines:
            raise FinanceRefusal(400, 4016, "Please add at least one line item.")
        changed["line_items"] = [self._line(line) for line in lines]
        per_line = self._knobs.tax_rounding_type == "item_level"
        changed.update(totals(changed, changed["line_items"], per_line=per_line))
        return changed

    def _line(self, given: Any) -> Record:
        if not isinstance(given, dict):
            raise invalid("line_items")
        item_id = id_text(given, "item_id")
        item: Mapping[str, Any] = self._items.get(item_id) if item_id else {}
        name = text(given, "name", str(item.get("name", "")))
        if not name and not text(given, "description"):
            raise invalid("line_items: name")
        quantity = amount(given.get("quantity", 1), "quantity")
        if quantity <= 0:
            raise invalid("quantity")
        return {
            "line_item_id": id_text(given, "line_item_id") or self._ids.next(),
            "item_id": item_id,
            "sku": item.get("sku", ""),
            "name": name,
            "description": text(given, "description", str(item.get("description", ""))),
            "rate": amount(given["rate"] if "rate" in given else str(item.get("rate", 0)), "rate"),
            "quantity": quantity,
            "unit": text(given, "unit", str(item.get("unit", ""))),
            "discount": given.get("discount", 0),
            **self._tax(given, item),
        }

    def _tax(self, given: Record, item: Mapping[str, Any]) -> Record:
        """VAT of the line: its own `tax_id`, else the item's; goods that are not taxable carry none."""
        tax_id = id_text(given, "tax_id")
        if tax_id and tax_id != self._vat["tax_id"]:
            raise FinanceRefusal(404, 1002, "Tax does not exist.")
        if not tax_id and item.get("is_taxable") is False:
            return {"tax_id": "", "tax_name": "", "tax_percentage": Decimal(0)}
        rate = self._vat["tax_percentage"] if tax_id else item.get("tax_percentage", 5)
        percentage = amount(str(rate or 0), "tax_percentage")
        return {
            "tax_id": self._vat["tax_id"],
            "tax_name": self._vat["tax_name"],
            "tax_percentage": percentage,
        }
