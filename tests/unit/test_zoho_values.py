"""Zoho's values as they travel: ids, amounts, stock, times, custom fields (zoho.md §2, §3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from connectors.zoho import wire
from connectors.zoho.documents import Line, NewDocument, document_body, read_document
from connectors.zoho.finance_lists import has_more
from connectors.zoho.items import read_item

DUBAI = timezone(timedelta(hours=4))
ROW: dict[str, Any] = {
    "item_id": "4815000000044208",
    "sku": "CH-1",
    "name": "Task chair",
    "status": "active",
    "rate": Decimal("1299.50"),
    "actual_available_for_sale_stock": 12,
    "last_modified_time": "2026-01-15T10:00:00+0400",
}


def test_ids_are_text_also_where_zoho_sends_numbers() -> None:
    document = wire.parse_json(b'{"code": 0, "item_id": 4815000000044208123}')
    assert wire.identifier(document, "item_id") == "4815000000044208123"
    with pytest.raises(wire.Unreadable, match="item_id is missing"):
        wire.identifier({}, "item_id")
    with pytest.raises(wire.Unreadable, match="item_id is a bool"):
        wire.identifier({"item_id": True}, "item_id")


def test_amounts_keep_their_last_digit() -> None:
    document = wire.parse_json(b'{"total": 1299.10, "tax": "64.96", "none": ""}')
    assert wire.amount(document, "total") == Decimal("1299.10")
    assert wire.decimal(document["tax"]) == Decimal("64.96")
    assert wire.decimal(document["none"]) is None
    assert wire.write_json({"rate": Decimal("1299.10")}) == b'{"rate":1299.1}'
    with pytest.raises(ValueError, match="more digits"):
        wire.write_json({"rate": Decimal("0.1234567890123456789")})


@pytest.mark.parametrize(
    ("fields", "stock"),
    [
        ({"actual_available_for_sale_stock": 7, "available_for_sale_stock": 9}, 7),
        ({"available_for_sale_stock": "9.00"}, 9),
        ({"actual_available_for_sale_stock": "", "available_for_sale_stock": 9}, None),
        ({"available_stock": 4, "stock_on_hand": 4}, None),
        ({"actual_available_for_sale_stock": Decimal("2.75")}, 2),
        ({"actual_available_for_sale_stock": -3}, 0),
        ({"actual_available_for_sale_stock": None}, None),
    ],
)
def test_stock_is_what_may_be_promised(fields: dict[str, object], stock: int | None) -> None:
    assert wire.stock(fields) == stock


def test_times_are_written_and_read_with_their_offset() -> None:
    moment = datetime(2026, 1, 15, 10, 0, 0, 123, tzinfo=DUBAI)
    assert wire.crm_time(moment) == "2026-01-15T10:00:00+04:00"
    assert wire.moment({"at": "2026-01-15T10:00:00+0400"}, "at") == moment.replace(microsecond=0)
    assert wire.moment({"at": "2026-01-15T06:00:00Z"}, "at") == moment.replace(microsecond=0)
    assert wire.moment({"at": "2026-01-15T10:00:00"}, "at") is None
    with pytest.raises(ValueError, match="time zone"):
        wire.crm_time(datetime(2026, 1, 15))


def test_text_is_fit_for_postgres() -> None:
    document = wire.parse_json(b'{"name": "a\\u0000b\\ud800c", "sku": 1234}')
    assert wire.text(document, "name") == "ab\ufffdc"
    assert wire.text(document, "sku") == "1234"
    assert wire.text(document, "missing") == ""


def test_an_item_is_read_with_all_a_mirror_needs() -> None:
    item = read_item(ROW | {"image_name": "chair.jpg", "category_name": "Chairs", "brand": "Diwan"})
    assert (item.item_id, item.sku, item.rate, item.stock) == (
        "4815000000044208", "CH-1", Decimal("1299.50"), 12,
    )  # fmt: skip
    assert (item.status, item.has_image, item.category_name, item.brand) == (
        "active", True, "Chairs", "Diwan",
    )  # fmt: skip
    assert item.last_modified == datetime(2026, 1, 15, 6, tzinfo=UTC)
    assert item.description == ""


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("item_id", None, "item_id is missing"),
        ("rate", "", "rate is empty"),
        ("rate", "12 AED", "rate is a str"),
        ("status", "deleted", "status"),
    ],
)
def test_what_must_be_known_of_an_item_is_never_guessed(field: str, value: object, problem: str) -> None:
    with pytest.raises(wire.Unreadable, match=problem):
        read_item(ROW | {field: value})


@pytest.mark.parametrize(
    "fields",
    [
        {"cf_name_ar": "كرسي", "cf_width_cm": "1,200", "cf_width_cm_unformatted": 1200},
        {
            "custom_field_hash": {
                "cf_name_ar": "كرسي",
                "cf_width_cm": "1,200",
                "cf_width_cm_unformatted": 1200,
            }
        },
        {
            "custom_fields": [
                {"customfield_id": "1", "api_name": "cf_name_ar", "label": "Arabic", "value": "كرسي"},
                {"customfield_id": "2", "label": "Width CM", "value": 1200},
                {"customfield_id": "3", "label": "Empty", "value": ""},
            ]
        },
    ],
)
def test_custom_fields_are_found_in_all_three_places(fields: dict[str, object]) -> None:
    assert read_item(ROW | fields).custom_fields == {"cf_name_ar": "كرسي", "cf_width_cm": "1200"}


@pytest.mark.parametrize(
    ("context", "more"),
    [
        ({"has_more_page": True}, True),
        ([{"has_more_page": True}], True),
        ({"has_more_page": False}, False),
        ([], False),
        (None, False),
    ],
)
def test_a_page_context_may_be_a_list(context: object, more: bool) -> None:
    assert has_more({"page_context": context}) == more


def test_an_order_is_sent_and_read_with_exact_money() -> None:
    new = NewDocument(
        customer_id="77",
        lines=[Line("1", Decimal(3), Decimal("1299.50"), name="Task chair")],
        reference_number="majlis-1",
        date=date(2026, 1, 15),
        discount=Decimal("10.25"),
    )
    body = wire.parse_json(wire.write_json(document_body(new)))
    assert body["line_items"] == [
        {"item_id": "1", "quantity": 3, "rate": Decimal("1299.5"), "name": "Task chair"}
    ]
    assert body["discount"] == Decimal("10.25")
    assert body["is_discount_before_tax"] is True
    assert "expiry_date" not in body
    read = read_document({"estimate_id": 5, "total": "4093.43", "status": "draft"}, "estimate")
    assert (read.document_id, read.total, read.sub_total) == ("5", Decimal("4093.43"), None)
