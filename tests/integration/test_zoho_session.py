"""One call from token to judged answer, over real sockets, for answers that no stand-in gives."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.zoho import Zoho, grant_name, open_zoho, zoho_is_configured
from connectors.zoho.crm import NewTask
from connectors.zoho.documents import Line, NewDocument
from connectors.zoho.errors import (
    ZohoGrantRefused,
    ZohoListingLost,
    ZohoNotReached,
    ZohoOutcomeUnknown,
    ZohoRefused,
    ZohoScopeMissing,
    ZohoThrottled,
    ZohoTokenUnavailable,
    ZohoUnavailable,
)
from connectors.zoho.session import Pace
from tests.integration.zoho_support import ORGANIZATION_ID, Told, settings_for, told_zoho

NO_PATIENCE = Pace(patience_seconds=1.0)
ITEM = {"item_id": 4815000000044208123, "sku": "CH-1", "name": "Chair", "status": "active", "rate": 1299.1}
GOOD_ITEM = {"code": 0, "message": "success", "item": ITEM}
UNAUTHORIZED = {"code": 57, "message": "You are not authorized to perform this operation"}
INVALID_TOKEN = {"code": "INVALID_TOKEN", "details": {}, "message": "invalid oauth token", "status": "error"}
ORDER = NewDocument("77", [Line("1", Decimal(2), Decimal("10.50"))], "majlis-1", date(2026, 1, 15))


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[tuple[Told, Zoho]]:
    async with told_zoho(engine) as pair:
        yield pair


async def test_a_call_carries_token_and_organization_and_keeps_every_digit(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    told.answer(200, GOOD_ITEM)
    item = await zoho.inventory.item("4815000000044208123")
    assert item.item_id == "4815000000044208123"
    assert item.rate == Decimal("1299.1")
    assert told.asked[0].path == "/inventory/v1/items/4815000000044208123"
    assert told.asked[0].query == {"organization_id": ORGANIZATION_ID}
    assert told.asked[0].token == "token-1"
    assert b"client_secret=a+secret" in told.token_body


async def test_a_dead_token_is_replaced_once_and_the_call_replayed(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    told.answer(401, UNAUTHORIZED)
    told.answer(201, {"code": 0, "salesorder": {"salesorder_id": "5", "total": 21}})
    # A write is replayed too: what a 401 answers has not been carried out.
    order = await zoho.inventory.create_sales_order(ORDER)
    assert order.document_id == "5"
    assert [asked.token for asked in told.asked] == ["token-1", "token-2"]
    assert told.asked[0].body == told.asked[1].body
    assert told.grants == 2


async def test_a_new_token_that_is_refused_too_shows_a_missing_scope(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    for _ in range(3):
        told.answer(401, UNAUTHORIZED)
    with pytest.raises(ZohoScopeMissing):
        await zoho.inventory.item("1")
    assert told.grants == 2
    # The route is remembered: further calls do not use up the shared budget of refreshes.
    with pytest.raises(ZohoScopeMissing):
        await zoho.inventory.item("2")
    assert told.grants == 2
    assert len(told.asked) == 3


async def test_crm_refusing_a_new_token_is_no_loop_either(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    for _ in range(2):
        told.answer(401, INVALID_TOKEN)
    with pytest.raises(ZohoTokenUnavailable, match="same data centre"):
        await zoho.crm.get("Leads", "1", ["Last_Name"])
    assert told.grants == 2
    assert len(told.asked) == 2


async def test_a_missing_crm_scope_costs_no_refresh(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    told.answer(401, {"code": "OAUTH_SCOPE_MISMATCH", "details": {}, "message": "invalid", "status": "error"})
    with pytest.raises(ZohoScopeMissing):
        await zoho.crm.organization()
    assert told.grants == 1


async def test_no_answer_is_repeated_only_where_that_is_harmless(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    told.answers = [None, None]
    told.answer(200, GOOD_ITEM)
    assert (await zoho.inventory.item("1")).sku == "CH-1"
    told.answers = [None]
    told.answer(200, {"data": [{"code": "SUCCESS", "details": {"id": "9"}, "action": "update"}]})
    lead = await zoho.crm.upsert_one("Leads", {"Mobile": "+971500000000"}, ["Mobile"])
    assert (lead.record_id, lead.created) == ("9", False)
    told.answers = [None]
    told.asked.clear()
    with pytest.raises(ZohoOutcomeUnknown) as caught:
        await zoho.crm.create_note("Leads", "9", "majlis-1", "A chat")
    assert not caught.value.outcome_known
    assert len(told.asked) == 1


async def test_trouble_that_lasts_is_told_after_three_attempts(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    for _ in range(3):
        told.answer(502, b"<html>Bad Gateway</html>")
    with pytest.raises(ZohoUnavailable) as caught:
        await zoho.inventory.item("1")
    assert caught.value.may_retry
    assert told.answers == []


async def test_a_block_stops_every_caller_before_zoho_is_asked(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    told.answer(429, {"code": 44, "message": "blocked"}, retry_after="37")
    with pytest.raises(ZohoThrottled) as caught:
        await zoho.inventory.at(NO_PATIENCE).item("1")
    assert caught.value.retry_after_seconds == 37
    # Books shares Inventory's limit; CRM does not.
    with pytest.raises(ZohoThrottled) as caught:
        await zoho.books.at(NO_PATIENCE).estimate("1")
    assert caught.value.retry_after_seconds is not None
    assert 30 < caught.value.retry_after_seconds <= 37
    assert len(told.asked) == 1
    told.answer(200, {"org": [{"id": "1", "company_name": "Seller"}]})
    assert (await zoho.crm.organization()).fields["company_name"] == "Seller"


async def test_a_short_block_is_waited_for_within_the_caller_s_patience(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    told.answer(429, {"code": 1070, "message": "in process"}, retry_after="1")
    told.answer(200, GOOD_ITEM)
    began = time.monotonic()
    assert (await zoho.inventory.item("1")).sku == "CH-1"
    assert time.monotonic() - began >= 1


async def test_patience_ends_a_call_that_hangs(engine: AsyncEngine) -> None:
    # Takes connections and never answers, the accounts server as well.
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        zoho = open_zoho(settings_for(f"http://127.0.0.1:{deaf.getsockname()[1]}"), engine)
        began = time.monotonic()
        with pytest.raises(ZohoTokenUnavailable):
            await zoho.inventory.at(Pace(live=True, patience_seconds=0.3)).item("1")
        assert time.monotonic() - began < 3
        await zoho.close()


async def test_a_redirect_does_not_lead_the_token_elsewhere(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    for _ in range(3):
        told.answer(302, b"", location=f"{told.url}/elsewhere")
    with pytest.raises(ZohoUnavailable):
        await zoho.inventory.item("1")
    assert {asked.path for asked in told.asked} == {"/inventory/v1/items/1"}


async def test_nobody_there_means_that_nothing_happened(engine: AsyncEngine, both: tuple[Told, Zoho]) -> None:
    told, _ = both
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    zoho = open_zoho(settings_for(told.url, zoho_api_url=nowhere), engine)
    with pytest.raises(ZohoNotReached) as caught:
        await zoho.inventory.create_sales_order(ORDER)
    assert caught.value.outcome_known
    await zoho.close()


async def test_a_refused_grant_is_the_operator_s_business(
    engine: AsyncEngine, both: tuple[Told, Zoho]
) -> None:
    told, zoho = both
    told.grant_refusal = {"error": "invalid_code"}
    for call in (zoho.inventory.item("1"), zoho.crm.organization()):
        with pytest.raises(ZohoGrantRefused, match="ZOHO_REFRESH_TOKEN") as caught:
            await call
        assert not caught.value.may_retry
    assert (told.grants, told.asked) == (1, [])
    told.grant_refusal = None
    mended = open_zoho(settings_for(told.url, zoho_refresh_token="1000.another"), engine)
    told.answer(200, GOOD_ITEM)
    assert (await mended.inventory.item("1")).sku == "CH-1"
    await mended.close()


@pytest.mark.parametrize(
    "name",
    ["zoho_accounts_url", "zoho_api_url", "zoho_client_id", "zoho_client_secret", "zoho_refresh_token"],
)
def test_a_corrected_setting_begins_afresh(name: str) -> None:
    before, after = (
        settings_for("http://127.0.0.1:1"),
        settings_for("http://127.0.0.1:1", **{name: "http://x"}),
    )
    assert grant_name(before) != grant_name(after)
    assert "secret" not in grant_name(before)


def test_zoho_is_configured_when_nothing_is_missing() -> None:
    assert zoho_is_configured(settings_for("http://127.0.0.1:1"))
    assert not zoho_is_configured(settings_for("http://127.0.0.1:1", zoho_refresh_token=""))


async def test_both_keys_of_a_new_order_are_understood(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    told.answer(201, {"code": 0, "sales_order": {"salesorder_id": 5, "total": 21.0, "status": "draft"}})
    assert (await zoho.inventory.create_sales_order(ORDER)).document_id == "5"


async def test_an_answer_to_a_write_that_cannot_be_read_leaves_its_outcome_open(
    both: tuple[Told, Zoho],
) -> None:
    told, zoho = both
    told.answer(201, {"code": 0, "message": "The sales order has been created"})
    with pytest.raises(ZohoOutcomeUnknown, match="salesorder or sales_order is missing"):
        await zoho.inventory.create_sales_order(ORDER)


async def test_a_look_up_does_not_trust_the_filter(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    rows = [{"salesorder_id": str(n), "reference_number": f"other-{n}", "total": 1} for n in range(3)]
    more, last = {"has_more_page": True}, [{"has_more_page": False}]
    told.answer(200, {"code": 0, "salesorders": rows, "page_context": more})
    rows = [{"salesorder_id": "9", "reference_number": "majlis-1", "total": 21}]
    told.answer(200, {"code": 0, "salesorders": rows, "page_context": last})
    found = await zoho.inventory.sales_orders_by_reference("majlis-1")
    assert [order.document_id for order in found] == ["9"]
    for _ in range(5):
        told.answer(200, {"code": 0, "salesorders": [], "page_context": more})
    with pytest.raises(ZohoRefused, match="is ignored"):
        await zoho.inventory.sales_orders_by_reference("majlis-1")


async def test_an_odd_item_does_not_hide_its_page(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    odd = ITEM | {"item_id": "2", "rate": "on request"}
    told.answer(200, {"code": 0, "items": [ITEM, odd], "page_context": [{"has_more_page": True}]})
    page = await zoho.inventory.items_page(1)
    assert [item.sku for item in page.items] == ["CH-1"]
    assert [(item.item_id, item.problem) for item in page.unreadable] == [
        ("2", "rate is a str, a number was expected")
    ]
    assert page.has_more


async def test_an_order_that_a_person_made_void_is_not_confirmed(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    told.answer(400, {"code": 36011, "message": "The status of this sales order cannot be changed."})
    told.answer(200, {"code": 0, "salesorder": {"salesorder_id": "5", "status": "void", "total": 21}})
    with pytest.raises(ZohoRefused):
        await zoho.inventory.confirm_sales_order("5")


async def test_a_lost_listing_begins_again_at_the_caller_s(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    told.answer(200, {"data": [{"id": "1"}], "info": {"more_records": True, "next_page_token": "abc"}})
    told.answer(400, {"code": "EXPIRED_VALUE", "details": {}, "message": "expired", "status": "error"})
    since = datetime(2026, 1, 15, 6, tzinfo=UTC)
    page = await zoho.crm.list("Deals", ["Stage"], modified_since=since)
    assert page.next_page_token == "abc"
    with pytest.raises(ZohoListingLost):
        await zoho.crm.list("Deals", ["Stage"], page_token=page.next_page_token)
    first, second = told.asked
    assert first.headers["if-modified-since"] == "2026-01-15T06:00:00+00:00"
    assert second.query["page_token"] == "abc"
    assert "page" not in second.query


async def test_a_task_says_what_it_is_about(both: tuple[Told, Zoho]) -> None:
    told, zoho = both
    told.answer(201, {"data": [{"code": "SUCCESS", "details": {"id": "31"}, "status": "success"}]})
    task = NewTask("Call back", ("Deals", "5"), due=date(2026, 1, 16), owner_id="7")
    assert await zoho.crm.create_task(task) == "31"
    assert b'"What_Id":{"id":"5"},"$se_module":"Deals"' in told.asked[0].body
    assert b'"Due_Date":"2026-01-16","Owner":{"id":"7"}' in told.asked[0].body
