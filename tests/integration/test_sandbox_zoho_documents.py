"""Customers, estimates and sales orders of the sandbox: numbers, VAT, states, upserts and the PDF."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.zoho_sandbox_support import CHAIR, DESK, ORGANIZATION_ID, ZohoBench, zoho

LINES = [{"item_id": CHAIR["item_id"], "quantity": 3}, {"item_id": DESK["item_id"], "quantity": 1}]


async def estimate(it: ZohoBench, **fields: object) -> dict[str, Any]:
    """A new estimate."""
    body = {"customer_id": await it.customer(), "line_items": LINES, **fields}
    answer = await it.books("POST", "estimates", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["estimate"]
    return made


async def test_a_customers_name_is_taken_once() -> None:
    async with zoho() as it:
        contact = {
            "contact_name": "Al Noor",
            "contact_persons": [{"first_name": "Aisha", "phone": "+971501"}],
        }
        made = await it.books("POST", "contacts", contact)
        assert (made.status_code, made.json()["contact"]["phone"]) == (201, "+971501")
        again = await it.inventory("POST", "contacts", {"contact_name": "al noor "})
        assert (again.status_code, again.json()["code"]) == (400, 3062)
        assert "already exists" in again.json()["message"]
        found = await it.books("GET", "contacts", phone_contains="71501")
        assert [item["contact_name"] for item in found.json()["contacts"]] == ["Al Noor"]
        refused = await it.books("POST", "contacts", {"contact_name": "B", "tax_treatment": "none"})
        assert refused.json()["code"] == 2


@pytest.mark.parametrize("encoding", ["data", "files"])
async def test_a_body_may_come_as_jsonstring(encoding: str) -> None:
    async with zoho() as it:
        text = json.dumps({"contact_name": "شركة النور"})
        field: Any = {"JSONString": text} if encoding == "data" else {"JSONString": (None, text)}
        answer = await it.client.post(
            f"/books/v3/contacts?organization_id={ORGANIZATION_ID}", **{encoding: field}
        )
        assert (answer.status_code, answer.json()["contact"]["contact_name"]) == (201, "شركة النور")
        broken = await it.client.post(
            f"/books/v3/contacts?organization_id={ORGANIZATION_ID}", content=b'{"contact_name":'
        )
        assert (broken.status_code, broken.json()["code"]) == (400, 11)


async def test_totals_carry_5_percent_vat() -> None:
    async with zoho(CHAIR, DESK) as it:
        made = await estimate(it, discount="10%")
        # 3 × 199.99 + 1250 = 1849.97; less 10 % (185.00) = 1664.97; VAT 83.25
        assert (made["sub_total"], made["discount_total"]) == (1849.97, 185.0)
        assert (made["tax_total"], made["total"]) == (83.25, 1748.22)
        assert (made["currency_code"], made["status"]) == ("AED", "draft")


async def test_vat_may_be_rounded_on_each_line_and_may_be_included() -> None:
    async with zoho({**CHAIR, "rate": 0.1}, DESK) as it:
        lines = [{"item_id": CHAIR["item_id"]}] * 3
        assert (await estimate(it, line_items=lines))["tax_total"] == 0.02
        await it.turn(tax_rounding_type="item_level")
        each = await it.books(
            "POST", "estimates", {"customer_id": await it.customer("B"), "line_items": lines}
        )
        assert each.json()["estimate"]["tax_total"] == 0.03
        body = {
            "customer_id": await it.customer("C"),
            "is_inclusive_tax": True,
            "line_items": [{"name": "Delivery", "rate": 105}],
        }
        inclusive = (await it.books("POST", "estimates", body)).json()["estimate"]
        assert (inclusive["tax_total"], inclusive["total"]) == (5, 105)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"customer_id": None}, 400, 2),
        ({"customer_id": "4150868000000999999"}, 404, 1002),
        ({"line_items": []}, 400, 4016),
        ({"line_items": [{"item_id": "4150868000000999999"}]}, 404, 1002),
        ({"line_items": [{"item_id": CHAIR["item_id"], "quantity": 0}]}, 400, 2),
        ({"date": "23/11/2026"}, 400, 2),
        ({"estimate_number": "EST-7"}, 400, 4),
        ({"custom_fields": [{"api_name": "cf_unknown", "value": "1"}]}, 400, 2),
    ],
)
async def test_an_estimate_that_cannot_be_is_refused(changes: dict[str, Any], status: int, code: int) -> None:
    async with zoho(CHAIR, DESK) as it:
        body = {"customer_id": await it.customer(), "line_items": LINES, **changes}
        answer = await it.books("POST", "estimates", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert await it.records("estimates") == []


async def test_numbers_are_given_in_order_or_by_the_caller_once() -> None:
    async with zoho(CHAIR, DESK) as it:
        customer_id = await it.customer()
        body = {"customer_id": customer_id, "line_items": LINES}
        numbers = [
            (await it.books("POST", "estimates", body)).json()["estimate"]["estimate_number"]
            for _ in range(2)
        ]
        assert numbers == ["EST-000001", "EST-000002"]
        own = {**body, "estimate_number": "Q-1"}
        for status, code in ((201, 0), (400, 36004)):
            answer = await it.books("POST", "estimates", own, ignore_auto_number_generation="true")
            assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_estimate_is_accepted_only_after_it_was_sent() -> None:
    async with zoho(CHAIR, DESK) as it:
        path = f"estimates/{(await estimate(it))['estimate_id']}"
        early = await it.books("POST", f"{path}/status/accepted")
        assert (early.status_code, early.json()["code"]) == (400, 36)
        assert (await it.books("POST", f"{path}/status/sent")).json()["code"] == 0
        assert (await it.books("POST", f"{path}/status/accepted")).json()["code"] == 0
        assert (await it.books("GET", path)).json()["estimate"]["status"] == "accepted"
        assert (await it.books("POST", f"{path}/status/loved")).status_code == 404


async def test_upsert_by_unique_identifier_makes_one_estimate() -> None:
    async with zoho(CHAIR, DESK) as it:
        headers = {"X-Unique-Identifier-Key": "cf_bot_ref", "X-Unique-Identifier-Value": "ref-1"}
        body: dict[str, object] = {
            "customer_id": await it.customer(),
            "line_items": LINES,
            "custom_fields": [{"api_name": "cf_bot_ref", "value": "ref-1"}],
        }
        absent = await it.books("PUT", "estimates", body, headers=headers)
        assert (absent.status_code, absent.json()["code"]) == (404, 1002)
        headers["X-Upsert"] = "true"
        assert (await it.books("PUT", "estimates", body, headers=headers)).status_code == 201
        changed = await it.books("PUT", "estimates", {**body, "notes": "again"}, headers=headers)
        assert (changed.status_code, changed.json()["estimate"]["notes"]) == (200, "again")
        assert len(await it.records("estimates")) == 1
        doubled = await it.books("POST", "estimates", body)
        assert (doubled.status_code, doubled.json()["code"]) == (400, 4)
        headers["X-Unique-Identifier-Key"] = "cf_other"
        assert (await it.books("PUT", "estimates", body, headers=headers)).json()["code"] == 2
        assert (await it.inventory("PUT", "salesorders", body)).status_code == 405, "Books only"


async def test_lists_are_found_by_reference_number() -> None:
    async with zoho(CHAIR, DESK) as it:
        customer_id = await it.customer()
        for reference in ("a", "b"):
            body = {"customer_id": customer_id, "line_items": LINES, "reference_number": reference}
            await it.inventory("POST", "salesorders", body)
        found = (await it.inventory("GET", "salesorders", reference_number="b")).json()["salesorders"]
        assert [order["reference_number"] for order in found] == ["b"]
        assert "line_items" not in found[0]
        await it.turn(inventory_honours_reference_number=False)
        assert (
            len((await it.inventory("GET", "salesorders", reference_number="b")).json()["salesorders"]) == 2
        )
        assert len((await it.books("GET", "salesorders", reference_number="b")).json()["salesorders"]) == 1


async def test_a_sales_order_is_confirmed_once_and_a_void_one_is_closed() -> None:
    async with zoho(CHAIR, DESK) as it:
        body = {"customer_id": await it.customer(), "line_items": LINES}
        made = (await it.inventory("POST", "salesorders", body)).json()["salesorder"]
        assert (made["status"], made["salesorder_number"]) == ("draft", "SO-00001")
        path = f"salesorders/{made['salesorder_id']}"
        confirmed = await it.inventory("POST", f"{path}/status/confirmed")
        assert confirmed.json() == {
            "code": 0,
            "message": "Sales order status has been changed to 'Confirmed'.",
        }
        assert (await it.inventory("POST", f"{path}/status/confirmed")).json()["code"] == 36
        assert (await it.inventory("GET", path)).json()["salesorder"]["status"] == "confirmed"
        assert (await it.books("POST", f"{path}/status/confirmed")).status_code == 404, "Books says open"
        assert (await it.books("GET", path)).json()["salesorder"]["status"] == "open"
        assert (await it.inventory("POST", f"{path}/status/void")).json()["code"] == 0
        assert (await it.inventory("PUT", path, {"notes": "x"})).json()["code"] == 36


async def test_the_create_reply_of_a_sales_order_may_spell_its_key_otherwise() -> None:
    async with zoho(CHAIR, DESK) as it:
        await it.turn(salesorder_key="sales_order")
        body = {"customer_id": await it.customer(), "line_items": LINES}
        made = (await it.inventory("POST", "salesorders", body)).json()
        path = f"salesorders/{made['sales_order']['salesorder_id']}"
        assert "salesorder" in (await it.inventory("GET", path)).json()


async def test_an_estimate_comes_as_a_pdf_and_its_errors_as_json() -> None:
    async with zoho(CHAIR, DESK) as it:
        made = await estimate(it)
        path = f"estimates/{made['estimate_id']}"
        by_header = await it.books("GET", path, headers={"Accept": "application/pdf"})
        by_query = await it.books("GET", path, accept="pdf")
        bulk = await it.books("GET", "estimates/pdf", estimate_ids=made["estimate_id"])
        for answer in (by_header, by_query, bulk):
            assert answer.headers["content-type"] == "application/pdf"
            assert answer.content.startswith(b"%PDF-")
            assert answer.content.rstrip().endswith(b"%%EOF")
            assert b"EST-000001" in answer.content
        missing = await it.books("GET", "estimates/4150868000000999999", accept="pdf")
        assert (missing.status_code, missing.json()["code"]) == (404, 1002)
