"""What a sales order (Inventory) and an estimate (Books) have in common (`zoho.md` §3.6, §3.7)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from connectors.zoho import wire
from connectors.zoho.wire import Json


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be sold; rate is for one piece, in the document's currency."""

    # Empty for a line without an item, which needs a name.
    item_id: str
    quantity: Decimal
    rate: Decimal
    name: str = ""
    description: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A sales order or an estimate to be made."""

    customer_id: str
    lines: Sequence[Line]
    # Our own key; Zoho does not keep it unique, so look before making a second.
    reference_number: str
    date: datetime.date
    # Estimates only: the last day it holds.
    expiry_date: datetime.date | None = None
    # Off the whole document, before tax, in its currency.
    discount: Decimal = Decimal(0)
    notes: str = ""
    terms: str = ""
    # API name (`cf_…`) → value.
    custom_fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SalesDocument:
    """A sales order or an estimate as Zoho keeps it."""

    document_id: str
    number: str
    reference_number: str
    # draft, sent, accepted, declined, expired, invoiced; confirmed (also: open), void, ...
    status: str
    customer_id: str
    currency_code: str
    total: Decimal
    # Rows of a list have the total only.
    sub_total: Decimal | None
    tax_total: Decimal | None


def document_body(new: NewDocument) -> dict[str, object]:
    """The JSON body; what is empty is left out, so that Zoho's own defaults hold."""
    body: dict[str, object] = {
        "customer_id": new.customer_id,
        "reference_number": new.reference_number,
        "date": new.date.isoformat(),
        "line_items": [_line_body(line) for line in new.lines],
    }
    if new.expiry_date is not None:
        body["expiry_date"] = new.expiry_date.isoformat()
    if new.discount:
        body |= {
            "discount": new.discount,
            "discount_type": "entity_level",
            "is_discount_before_tax": True,
        }
    body |= {name: words for name, words in (("notes", new.notes), ("terms", new.terms)) if words}
    if new.custom_fields:
        body["custom_fields"] = custom_fields_body(new.custom_fields)
    return body


def custom_fields_body(fields: Mapping[str, str]) -> list[dict[str, str]]:
    """Custom fields as Inventory and Books take them."""
    return [{"api_name": name, "value": value} for name, value in fields.items()]


def read_document(row: Json, kind: str) -> SalesDocument:
    """A `salesorder` or an `estimate` out of an answer; `kind` begins the names of its fields."""
    return SalesDocument(
        document_id=wire.identifier(row, f"{kind}_id"),
        number=wire.text(row, f"{kind}_number"),
        reference_number=wire.text(row, "reference_number"),
        status=wire.text(row, "status"),
        customer_id=wire.optional_identifier(row.get("customer_id")) or "",
        currency_code=wire.text(row, "currency_code"),
        total=wire.amount(row, "total"),
        sub_total=wire.decimal(row.get("sub_total")),
        tax_total=wire.decimal(row.get("tax_total")),
    )


def _line_body(line: Line) -> dict[str, object]:
    body: dict[str, object] = {"quantity": line.quantity, "rate": line.rate}
    for name in ("item_id", "name", "description", "tax_id"):
        if words := getattr(line, name):
            body[name] = words
    return body
