"""Items of the sandbox Inventory: pages, filters, stock fields, and changes in the middle of a sweep."""

from __future__ import annotations

import pytest

from tests.integration.zoho_sandbox_support import CHAIR, DESK, zoho


async def test_pages_hold_at_most_200_and_tell_of_more() -> None:
    async with zoho(*({"name": f"Chair {number:03}"} for number in range(250))) as it:
        first = (await it.inventory("GET", "items", page=1, per_page=500)).json()
        assert (len(first["items"]), first["page_context"]["has_more_page"]) == (200, True)
        assert first["page_context"]["per_page"] == 200
        second = (await it.inventory("GET", "items", page=2, per_page=200)).json()
        assert (len(second["items"]), second["page_context"]["has_more_page"]) == (50, False)
        assert second["items"][0]["name"] == "Chair 200"
        await it.turn(page_context_as_list=True)
        assert (await it.inventory("GET", "items")).json()["page_context"][0]["page"] == 1


async def test_a_trailing_slash_and_a_stray_id_are_accepted() -> None:
    async with zoho(CHAIR) as it:
        listed = await it.inventory("GET", "items/", id="")
        assert [item["item_id"] for item in listed.json()["items"]] == [CHAIR["item_id"]]
        one = await it.inventory("GET", f"items/{CHAIR['item_id']}/", id=CHAIR["item_id"])
        assert one.json()["item"]["sku"] == "CH-1"


@pytest.mark.parametrize("given", [None, "999"])
async def test_a_call_without_the_organization_is_refused(given: str | None) -> None:
    async with zoho(CHAIR) as it:
        query = {} if given is None else {"organization_id": given}
        answer = await it.client.get("/inventory/v1/items", params=query)
        assert (answer.status_code, answer.json()["code"]) == (400, 4029)
        organizations = await it.client.get("/inventory/v1/organizations")
        assert organizations.json()["organizations"][0]["currency_code"] == "AED"


async def test_known_filters_work_and_unknown_ones_are_silently_ignored() -> None:
    async with zoho(CHAIR, {**DESK, "status": "inactive"}) as it:

        async def skus(**query: str) -> list[str]:
            answer = await it.inventory("GET", "items", **query)
            assert answer.json()["code"] == 0
            return [item["sku"] for item in answer.json()["items"]]

        assert await skus() == ["CH-1", "DE-1"]
        assert await skus(filter_by="Status.Active") == ["CH-1"]
        assert await skus(sku="DE-1") == ["DE-1"]
        assert await skus(name_contains="hai") == ["CH-1"]
        assert await skus(modified_since="2099-01-01") == ["CH-1", "DE-1"]
        assert await skus(sort_column="rate", sort_order="D") == ["DE-1", "CH-1"]


async def test_last_modified_time_wants_an_offset_without_colon_and_may_be_ignored() -> None:
    async with zoho(CHAIR) as it:
        late = "2099-01-01T00:00:00+0400"
        assert (await it.inventory("GET", "items", last_modified_time=late)).json()["items"] == []
        for wrong in ("2099-01-01T00:00:00+04:00", "2099-01-01T00:00:00 0400"):
            refused = await it.inventory("GET", "items", last_modified_time=wrong)
            assert (refused.status_code, refused.json()["code"]) == (400, 2)
        assert len((await it.books("GET", "items", last_modified_time=late)).json()["items"]) == 1
        await it.turn(items_honour_last_modified_time=False)
        assert len((await it.inventory("GET", "items", last_modified_time=late)).json()["items"]) == 1


async def test_stock_is_empty_text_where_nothing_is_counted() -> None:
    async with zoho({**CHAIR, "stock_on_hand": 7}, {**DESK, "track_inventory": False}) as it:
        chair, desk = (await it.inventory("GET", "items")).json()["items"]
        assert (chair["actual_available_for_sale_stock"], chair["actual_committed_stock"]) == (7, 0)
        assert (desk["actual_available_for_sale_stock"], desk["available_stock"]) == ("", "")


async def test_one_item_many_items_and_a_picture() -> None:
    async with zoho({**CHAIR, "image_name": "chair.png"}, DESK) as it:
        missing = await it.inventory("GET", "items/4150868000000999999")
        assert (missing.status_code, missing.json()["code"]) == (404, 1002)
        ids = f"{DESK['item_id']},4150868000000999999,{CHAIR['item_id']}"
        details = (await it.inventory("GET", "itemdetails", item_ids=ids)).json()["items"]
        assert [item["name"] for item in details] == ["Desk", "Chair"]
        picture = await it.inventory("GET", f"items/{CHAIR['item_id']}/image")
        assert picture.headers["content-type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")
        assert (await it.inventory("GET", f"items/{DESK['item_id']}/image")).json()["code"] == 1002


async def test_unknown_paths_and_methods() -> None:
    async with zoho() as it:
        unknown = await it.inventory("GET", "nowhere")
        assert (unknown.status_code, unknown.json()["code"]) == (404, 5)
        wrong = await it.inventory("DELETE", "items")
        assert (wrong.status_code, wrong.json()["code"]) == (405, 37)
        no_estimates = await it.inventory("GET", "estimates")
        assert no_estimates.status_code == 404, "Inventory has no estimates"


async def test_items_come_change_and_go_at_once_or_between_two_pages() -> None:
    async with zoho(
        *({"item_id": f"41508680000002000{n:02}", "name": f"Chair {n:02}"} for n in range(4))
    ) as it:

        async def names(page: int) -> list[str]:
            answer = await it.inventory("GET", "items", page=page, per_page=2)
            return [item["name"] for item in answer.json()["items"]]

        await it.control("items", {"change": {"4150868000000200003": {"name": "Chair 03 blue"}}})
        await it.control("items", {"delete": ["4150868000000200000"], "after_page": 1})
        assert await names(1) == ["Chair 00", "Chair 01"]
        assert await names(2) == ["Chair 03 blue"], "Chair 02 slid into the page that was read already"
        await it.control("items", {"insert": [{"name": "A chair"}]})
        assert (await names(1))[0] == "A chair"
        unknown = await it.client.post("/control/zoho/items", json={"delete": ["1"]})
        assert unknown.status_code == 400


async def test_a_reset_brings_the_first_items_back_and_keeps_tokens() -> None:
    async with zoho(CHAIR) as it:
        await it.control("items", {"delete": [CHAIR["item_id"]]})
        await it.turn(latency_seconds=0.01)
        assert (await it.client.post("/control/reset")).status_code == 200
        assert (await it.state())["knobs"]["latency_seconds"] == 0
        assert len((await it.inventory("GET", "items")).json()["items"]) == 1
