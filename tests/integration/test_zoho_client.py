"""The Zoho clients against the sandbox's Zoho: what Majlis does with CRM, Inventory and Books."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.zoho import Zoho
from connectors.zoho.books import NewContact, UniqueField
from connectors.zoho.crm import NewTask, Record, Upserted
from connectors.zoho.documents import Line, NewDocument
from connectors.zoho.errors import (
    ZohoDuplicate,
    ZohoInvalid,
    ZohoNotFound,
    ZohoOutcomeUnknown,
    ZohoRefused,
    ZohoScopeMissing,
    ZohoThrottled,
)
from connectors.zoho.session import Pace
from sandbox.zoho.standin import ZohoStandIn
from tests.integration.zoho_support import sandbox_zoho

CHAIR = {
    "item_id": "4150868000000001001",
    "sku": "CH-1",
    "name": "Task chair",
    "rate": 1299.5,
    "stock_on_hand": 12,
    "category_name": "Chairs",
    "image_name": "chair.jpg",
    "cf_name_ar": "كرسي",
}
DESK = {
    "item_id": "4150868000000001002",
    "sku": "DE-1",
    "name": "Desk",
    "rate": 2100,
    "status": "inactive",
    "track_inventory": False,
}
# By this Books finds our customer again.
CUSTOMER = UniqueField("cf_wa_id", "customer-1")
PHONE = "+971501234567"
TODAY = date(2026, 1, 15)
NO_PATIENCE = Pace(live=True, patience_seconds=1.0)


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[tuple[ZohoStandIn, Zoho]]:
    async with sandbox_zoho(engine, [CHAIR, DESK]) as pair:
        yield pair


def fault(standin: ZohoStandIn, **values: object) -> None:
    standin.knobs.update({"faults": [values]})


async def customer_of(zoho: Zoho) -> str:
    contact = NewContact("Al Noor Trading", first_name="Mariam", email="mariam@example.com", phone=PHONE)
    return (await zoho.books.upsert_contact(contact, CUSTOMER)).contact_id


async def lead_of(zoho: Zoho) -> str:
    lead = {"Mobile": PHONE, "Last_Name": "Mariam", "Company": "Al Noor"}
    return (await zoho.crm.upsert_one("Leads", lead, ["Mobile"])).record_id


def chairs(customer_id: str, reference: str = "majlis-1", quantity: int = 2) -> NewDocument:
    lines = [Line(str(CHAIR["item_id"]), Decimal(quantity), Decimal("1299.50"))]
    return NewDocument(customer_id, lines, reference, TODAY)


@pytest.mark.parametrize("as_list", [False, True])
async def test_items_come_page_by_page(both: tuple[ZohoStandIn, Zoho], as_list: bool) -> None:
    standin, zoho = both
    standin.knobs.update({"page_context_as_list": as_list})
    first = await zoho.inventory.items_page(1, per_page=1)
    second = await zoho.inventory.items_page(2, per_page=1)
    assert (first.has_more, second.has_more) == (True, False)
    (chair,), (desk,) = first.items, second.items
    assert (chair.sku, chair.rate, chair.stock, chair.has_image) == ("CH-1", Decimal("1299.5"), 12, True)
    assert chair.custom_fields == {"cf_name_ar": "كرسي"}
    assert (desk.status, desk.stock, desk.has_image) == ("inactive", None, False)
    assert chair.last_modified is not None


async def test_one_item_and_several(both: tuple[ZohoStandIn, Zoho]) -> None:
    _, zoho = both
    chair_id, desk_id = str(CHAIR["item_id"]), str(DESK["item_id"])
    assert (await zoho.inventory.at(NO_PATIENCE).item(chair_id)).sku == "CH-1"
    assert {item.sku for item in (await zoho.inventory.items_by_id([chair_id, "1", desk_id])).items} == {
        "CH-1", "DE-1",
    }  # fmt: skip
    with pytest.raises(ZohoNotFound):
        await zoho.inventory.item("1")


async def test_the_organization_tells_its_currency(both: tuple[ZohoStandIn, Zoho]) -> None:
    _, zoho = both
    assert (await zoho.inventory.organization()).currency_code == "AED"


@pytest.mark.parametrize("key", ["salesorder", "sales_order"])
async def test_an_order_is_made_found_and_confirmed(both: tuple[ZohoStandIn, Zoho], key: str) -> None:
    standin, zoho = both
    standin.knobs.update({"salesorder_key": key})
    order = await zoho.inventory.create_sales_order(chairs(await customer_of(zoho)))
    assert (order.status, order.sub_total, order.total) == ("draft", Decimal(2599), Decimal("2728.95"))
    await zoho.inventory.confirm_sales_order(order.document_id)
    # A repetition after a lost answer is no failure.
    await zoho.inventory.confirm_sales_order(order.document_id)
    assert (await zoho.inventory.sales_order(order.document_id)).status == "confirmed"


@pytest.mark.parametrize("is_honoured", [True, False])
async def test_an_order_whose_answer_was_lost_is_found_by_its_reference(
    both: tuple[ZohoStandIn, Zoho], is_honoured: bool
) -> None:
    standin, zoho = both
    customer_id = await customer_of(zoho)
    await zoho.inventory.create_sales_order(chairs(customer_id, "majlis-0"))
    fault(standin, action="drop", product="inventory", method="POST", after_commit=True)
    with pytest.raises(ZohoOutcomeUnknown):
        await zoho.inventory.create_sales_order(chairs(customer_id, "majlis-1"))
    standin.knobs.update({"inventory_honours_reference_number": is_honoured})
    assert len(await zoho.inventory.sales_orders_by_reference("majlis-1")) == 1
    assert await zoho.inventory.sales_orders_by_reference("majlis") == []
    made = [call for call in standin.calls.all if call.method == "POST" and "salesorders" in call.path]
    assert len(made) == 2, "an order is never made again blindly"


@pytest.mark.parametrize("action", ["drop", "html", "truncate"])
async def test_an_upsert_whose_answer_was_lost_is_repeated(
    both: tuple[ZohoStandIn, Zoho], action: str
) -> None:
    standin, zoho = both
    customer_id = await customer_of(zoho)
    fault(standin, action=action, product="books", method="PUT", after_commit=True)
    unique = UniqueField("cf_bot_ref", "quote-1")
    estimate = await zoho.books.upsert_estimate(chairs(customer_id), unique)
    again = await zoho.books.upsert_estimate(chairs(customer_id, quantity=3), unique)
    assert again.document_id == estimate.document_id
    assert again.sub_total == Decimal("3898.50")
    assert len(standin.records()["estimates"]) == 1


async def test_an_estimate_is_sent_and_accepted(both: tuple[ZohoStandIn, Zoho]) -> None:
    _, zoho = both
    unique = UniqueField("cf_bot_ref", "quote-1")
    made = await zoho.books.upsert_estimate(chairs(await customer_of(zoho)), unique)
    await zoho.books.mark_estimate_sent(made.document_id)
    await zoho.books.accept_estimate(made.document_id)
    await zoho.books.accept_estimate(made.document_id)
    await zoho.books.mark_estimate_sent(made.document_id)
    accepted = await zoho.books.estimate(made.document_id)
    assert (accepted.status, accepted.currency_code) == ("accepted", "AED")
    await zoho.books.decline_estimate(made.document_id)
    with pytest.raises(ZohoNotFound):
        await zoho.books.estimate("1")


async def test_a_customer_is_found_by_any_of_three(both: tuple[ZohoStandIn, Zoho]) -> None:
    _, zoho = both
    customer_id = await customer_of(zoho)
    for found in (
        await zoho.books.find_contacts(name="al noor trading"),
        await zoho.books.find_contacts(email="Mariam@example.com"),
        await zoho.books.find_contacts(phone="+971501234567"),
    ):
        assert [contact.contact_id for contact in found] == [customer_id]
    assert await zoho.books.find_contacts(name="Al Noor") == []
    with pytest.raises(ZohoDuplicate):
        await zoho.books.upsert_contact(NewContact("Al Noor Trading"), UniqueField("cf_wa_id", "customer-2"))
    with pytest.raises(ValueError, match="2 of them"):
        await zoho.books.find_contacts(name="Al Noor", email="mariam@example.com")


async def test_a_customer_with_our_key_is_kept_up_to_date(both: tuple[ZohoStandIn, Zoho]) -> None:
    _, zoho = both
    unique = UniqueField("cf_wa_id", "971501234567")
    first = await zoho.books.upsert_contact(NewContact("Al Noor"), unique)
    second = await zoho.books.upsert_contact(NewContact("Al Noor Trading LLC"), unique)
    assert (second.contact_id, second.contact_name) == (first.contact_id, "Al Noor Trading LLC")


async def test_an_upsert_tells_of_each_record_what_became_of_it(both: tuple[ZohoStandIn, Zoho]) -> None:
    _, zoho = both
    lead_id = await lead_of(zoho)
    known, incomplete, new = await zoho.crm.upsert(
        "Leads",
        [
            {"Mobile": PHONE, "Last_Name": "Mariam A.", "Company": "Al Noor"},
            {"Mobile": "+971509999999", "Company": "Nobody"},
            {"Mobile": "+971508888888", "Last_Name": "Omar", "Company": "Gulf Fit-out"},
        ],
        ["Mobile"],
    )
    assert known == Upserted(lead_id, created=False, duplicate_field="Mobile")
    assert isinstance(incomplete, ZohoInvalid)
    assert incomplete.field == "Last_Name"
    assert isinstance(new, Upserted)
    assert new.created
    lead = await zoho.crm.get("Leads", lead_id, ["Last_Name", "Mobile"])
    assert lead.fields["Last_Name"] == "Mariam A."
    with pytest.raises(ValueError, match="101 records"):
        await zoho.crm.upsert("Leads", [{}] * 101, ["Mobile"])


@pytest.mark.parametrize("unknown", ["204", "400"])
async def test_a_record_that_is_not_there_is_told_in_either_way(
    both: tuple[ZohoStandIn, Zoho], unknown: str
) -> None:
    standin, zoho = both
    standin.knobs.update({"crm_unknown_id": unknown})
    with pytest.raises(ZohoNotFound):
        await zoho.crm.get("Leads", "4150868000000999999", ["Last_Name"])


async def test_a_record_is_changed_and_a_wrong_value_names_its_field(both: tuple[ZohoStandIn, Zoho]) -> None:
    _, zoho = both
    lead_id = await lead_of(zoho)
    await zoho.crm.update("Leads", lead_id, {"City": "Dubai"})
    assert (await zoho.crm.get("Leads", lead_id, ["City"])).fields["City"] == "Dubai"
    with pytest.raises(ZohoInvalid) as caught:
        await zoho.crm.update("Leads", lead_id, {"Email": "no address"})
    assert caught.value.field == "Email"


async def test_a_module_is_listed_to_its_end(both: tuple[ZohoStandIn, Zoho]) -> None:
    standin, zoho = both
    assert (await zoho.crm.list("Leads", ["Last_Name"])).records == []
    numbers = [f"+9715{number:08}" for number in range(250)]
    for start in range(0, 250, 100):
        leads = [
            {"Mobile": mobile, "Last_Name": "L", "Company": "C"} for mobile in numbers[start : start + 100]
        ]
        await zoho.crm.upsert("Leads", leads, ["Mobile"])
    seen: list[Record] = []
    page = await zoho.crm.list("Leads", ["Mobile"])
    seen.extend(page.records)
    while page.next_page_token is not None:
        page = await zoho.crm.list("Leads", ["Mobile"], page_token=page.next_page_token)
        seen.extend(page.records)
    assert sorted(str(record.fields["Mobile"]) for record in seen) == numbers
    tomorrow = standin.clock.now() + timedelta(days=1)
    assert (await zoho.crm.list("Leads", ["Mobile"], modified_since=tomorrow)).records == []


async def test_notes_and_tasks_stand_with_their_record(both: tuple[ZohoStandIn, Zoho]) -> None:
    _, zoho = both
    lead_id = await lead_of(zoho)
    note_id = await zoho.crm.create_note("Leads", lead_id, "majlis-1", "Wants 20 chairs")
    task_id = await zoho.crm.create_task(NewTask("Call back (majlis-2)", ("Leads", lead_id), "Soon", TODAY))
    (note,), (task,) = await zoho.crm.notes("Leads", lead_id), await zoho.crm.tasks("Leads", lead_id)
    assert (note.record_id, note.fields["Note_Title"]) == (note_id, "majlis-1")
    assert (task.record_id, task.fields["Subject"]) == (task_id, "Call back (majlis-2)")


async def test_who_and_where_we_are(both: tuple[ZohoStandIn, Zoho]) -> None:
    _, zoho = both
    assert (await zoho.crm.current_user()).record_id
    assert (await zoho.crm.organization()).record_id


async def test_a_token_killed_before_its_time_is_not_noticed_outside(both: tuple[ZohoStandIn, Zoho]) -> None:
    standin, zoho = both
    for product, call in (("inventory", zoho.inventory.organization), ("crm", zoho.crm.organization)):
        fault(standin, action="expire_token", product=product)
        await call()
    assert standin.tokens.issued_count == 3


async def test_a_missing_scope_is_told_from_a_dead_token(both: tuple[ZohoStandIn, Zoho]) -> None:
    standin, zoho = both
    standin.knobs.update({"scopes": ["ZohoInventory.items.READ", "ZohoCRM.org.READ"]})
    with pytest.raises(ZohoScopeMissing):
        await zoho.inventory.organization()
    with pytest.raises(ZohoScopeMissing):
        await zoho.crm.current_user()
    assert (await zoho.inventory.items_page(1)).items
    assert standin.tokens.issued_count == 2


@pytest.mark.parametrize(
    ("code", "status", "at_least", "at_most"),
    [(44, 429, 50, 60), (43, 200, 50, 60), (1070, 429, 1, 5), (45, 429, 600, 86_400)],
)
async def test_zoho_s_limits_stop_us_for_as_long_as_they_last(
    both: tuple[ZohoStandIn, Zoho], code: int, status: int, at_least: float, at_most: float
) -> None:
    standin, zoho = both
    fault(standin, action="answer", product="inventory", status=status, code=code)
    inventory = zoho.inventory.at(Pace(patience_seconds=1.0))
    for _ in range(2):
        with pytest.raises(ZohoThrottled) as caught:
            await inventory.items_page(1)
        assert caught.value.retry_after_seconds is not None
        assert at_least <= caught.value.retry_after_seconds <= at_most
    asked = [call for call in standin.calls.all if call.product == "inventory"]
    assert len(asked) == 1, "nobody knocks while the block lasts"


@pytest.mark.parametrize("action", ["html", "truncate", "drop"])
async def test_a_read_that_fails_once_is_read_again(both: tuple[ZohoStandIn, Zoho], action: str) -> None:
    standin, zoho = both
    fault(standin, action=action, product="inventory")
    assert len((await zoho.inventory.items_page(1)).items) == 2


async def test_a_failure_with_status_200_is_a_failure(both: tuple[ZohoStandIn, Zoho]) -> None:
    standin, zoho = both
    fault(standin, action="answer", product="books", code=36, message="has transactions")
    with pytest.raises(ZohoRefused) as caught:
        await zoho.books.estimate("1")
    assert caught.value.code == "36"
