"""An item of Zoho Inventory as a mirror of the catalog needs it (`zoho.md` §3.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from connectors.zoho import wire
from connectors.zoho.wire import Json

_UNFORMATTED = "_unformatted"


@dataclass(frozen=True, slots=True)
class Item:
    """One item; empty text where Zoho has none."""

    item_id: str
    sku: str
    name: str
    description: str
    category_name: str
    brand: str
    # In the organization's base currency; exclusive of tax unless the organization is inclusive.
    rate: Decimal
    # Pieces that may be promised; None: Zoho does not track this item's stock.
    stock: int | None
    # `active` or `inactive`.
    status: str
    has_image: bool
    # None when Zoho does not say.
    last_modified: datetime | None
    # API name (`cf_…`) → value as text; empty ones are left out.
    custom_fields: Mapping[str, str]


def read_item(row: Json) -> Item:
    """An item out of a list row or a detail.

    Raises:
        Unreadable: without an id, a rate or a known status; those are never guessed.
    """
    status = wire.text(row, "status")
    if status not in {"active", "inactive"}:
        raise wire.Unreadable(f"status is {wire.shape(row.get('status'))} other than active and inactive")
    return Item(
        item_id=wire.identifier(row, "item_id"),
        sku=wire.text(row, "sku").strip(),
        name=wire.text(row, "name").strip(),
        description=wire.text(row, "description").strip(),
        category_name=wire.text(row, "category_name").strip(),
        brand=wire.text(row, "brand").strip(),
        rate=wire.amount(row, "rate"),
        stock=wire.stock(row),
        status=status,
        has_image=any(row.get(name) for name in ("image_name", "image_document_id", "image_id")),
        last_modified=wire.moment(row, "last_modified_time"),
        custom_fields=custom_fields(row),
    )


def custom_fields(row: Json) -> dict[str, str]:
    """The `cf_…` fields of a record, wherever Zoho put them.

    Three places are in use: keys of the record, `custom_field_hash`, and the list `custom_fields`. The
    machine's form (`…_unformatted`, 1200) wins over the one for people (1,200).
    """
    found: dict[str, str] = {}
    hashed = row.get("custom_field_hash")
    for source in (_listed(row), _named(hashed if isinstance(hashed, dict) else {}), _named(row)):
        found.update(source)
    return found


def _listed(row: Json) -> Iterator[tuple[str, str]]:
    for field in wire.rows(row, "custom_fields"):
        name = wire.text(field, "api_name") or wire.text(field, "placeholder")
        if not name:
            # Documented rows carry the label only; Zoho derives the API name from it in this way.
            name = "cf_" + "_".join(wire.text(field, "label").casefold().split())
        if value := _value(field.get("value")):
            yield name, value


def _named(source: Json) -> Iterator[tuple[str, str]]:
    named = {name: _value(value) for name, value in source.items() if name.startswith("cf_")}
    for name, value in named.items():
        if name.endswith(_UNFORMATTED):
            continue
        if chosen := named.get(name + _UNFORMATTED) or value:
            yield name, chosen


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(filter(None, map(_value, value)))
    return wire.storable(str(value)).strip() if isinstance(value, str | int | Decimal) else ""
