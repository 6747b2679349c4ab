"""Which of Zoho's records belong to a customer: followed from the number, and nobody else's."""

from __future__ import annotations

from sandbox.zoho.of_customer import records_of

RECORDS: dict[str, list[dict[str, object]]] = {
    "leads": [{"id": "1", "Mobile": "+971501234567"}, {"id": "2", "Mobile": "+971507654321"}],
    "contacts": [
        {"id": "3", "Mobile": "+971 50 123 4567", "Account_Name": {"id": "5", "name": "Nova"}},
        {"id": "4", "Mobile": None, "Account_Name": {"id": "6", "name": "Other"}},
    ],
    "accounts": [{"id": "5"}, {"id": "6"}],
    "deals": [
        {"id": "7", "Contact_Name": {"id": "3"}, "Majlis_Reference": "Q-2026-00042"},
        {"id": "8", "Contact_Name": {"id": "4"}, "Majlis_Reference": "Q-2026-00043"},
    ],
    "notes": [{"id": "9", "Parent_Id": {"id": "7"}}, {"id": "10", "Parent_Id": {"id": "8"}}],
    "tasks": [
        {"id": "11", "What_Id": {"id": "1"}, "Who_Id": None},
        {"id": "12", "What_Id": None, "Who_Id": {"id": "3"}},
        {"id": "13", "What_Id": {"id": "8"}, "Who_Id": {"id": "4"}},
    ],
    "customers": [
        {"contact_id": "14", "custom_fields": [{"api_name": "cf_wa_id", "value": "971501234567"}]},
        {"contact_id": "15", "custom_fields": []},
    ],
    "estimates": [
        {"estimate_id": "16", "reference_number": "Q-2026-00042"},
        {"estimate_id": "17", "reference_number": "Q-2026-00042 R2"},
        {"estimate_id": "18", "reference_number": "Q-2026-00043"},
    ],
    "salesorders": [{"salesorder_id": "19", "reference_number": "Q-2026-00042 R2"}],
}


def test_records_are_followed_from_the_number() -> None:
    found = records_of("971501234567", RECORDS)
    ids = {kind: [next(iter(record.values())) for record in records] for kind, records in found.items()}
    assert ids == {
        "leads": ["1"],
        "accounts": ["5"],
        "contacts": ["3"],
        "deals": ["7"],
        "notes": ["9"],
        "tasks": ["11", "12"],
        "customers": ["14"],
        "estimates": ["16", "17"],
        "salesorders": ["19"],
    }


def test_somebody_who_is_not_known_has_nothing() -> None:
    assert not any(records_of("971500000000", RECORDS).values())
