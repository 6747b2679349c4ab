"""Which of the organization's records belong to one customer, followed from the phone number (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

Record = Mapping[str, object]


def records_of(phone: str, records: Mapping[str, Sequence[Record]]) -> dict[str, list[Record]]:
    """By kind what belongs to the customer with this number; signs in the number do not matter."""
    digits = _digits(phone)
    leads = [record for record in records["leads"] if _digits(record.get("Mobile")) == digits]
    contacts = [record for record in records["contacts"] if _digits(record.get("Mobile")) == digits]
    accounts = _with_id(records["accounts"], _pointed_to(contacts, "Account_Name"))
    deals = _pointing(records["deals"], "Contact_Name", contacts)
    about = [*leads, *contacts, *accounts, *deals]
    # Two chats of one company share its customer in Books: what they bought is told by the deals' numbers.
    numbers = {str(record.get("Majlis_Reference")) for record in deals}
    return {
        "leads": leads,
        "accounts": accounts,
        "contacts": contacts,
        "deals": deals,
        "notes": _pointing(records["notes"], "Parent_Id", about),
        "tasks": [
            record
            for record in records["tasks"]
            if _points(record, "What_Id", about) or _points(record, "Who_Id", about)
        ],
        "customers": [record for record in records["customers"] if digits in _custom_values(record)],
        "estimates": _numbered(records["estimates"], numbers),
        "salesorders": _numbered(records["salesorders"], numbers),
    }


def _digits(value: object) -> str:
    return "".join(sign for sign in str(value or "") if sign.isdigit())


def _custom_values(record: Record) -> set[str]:
    values = record.get("custom_fields")
    if not isinstance(values, list):
        return set()
    return {_digits(item.get("value")) for item in values if isinstance(item, Mapping)}


def _id_at(record: Record, field: str) -> str | None:
    value = record.get(field)
    return str(value["id"]) if isinstance(value, Mapping) and "id" in value else None


def _pointed_to(records: Sequence[Record], field: str) -> set[str | None]:
    return {_id_at(record, field) for record in records} - {None}


def _with_id(records: Sequence[Record], ids: Collection[str | None]) -> list[Record]:
    return [record for record in records if str(record["id"]) in ids]


def _points(record: Record, field: str, to: Sequence[Record]) -> bool:
    found = _id_at(record, field)
    return found is not None and any(str(other["id"]) == found for other in to)


def _pointing(records: Sequence[Record], field: str, to: Sequence[Record]) -> list[Record]:
    return [record for record in records if _points(record, field, to)]


def _numbered(records: Sequence[Record], numbers: Collection[str]) -> list[Record]:
    """Documents that refer to a quote with one of these numbers, in any revision ("Q-2026-00042 R2")."""
    return [record for record in records if str(record["reference_number"]).partition(" ")[0] in numbers]
