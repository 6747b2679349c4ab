"""Reads of the sandbox CRM: fields, pages, page tokens, conditional reads, search and its lag, metadata."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.integration.zoho_sandbox_support import ZohoBench, zoho


async def many_leads(it: ZohoBench, count: int) -> None:
    """So many leads."""
    for begin in range(0, count, 100):
        numbers = range(begin, min(begin + 100, count))
        await it.leads(*({"Last_Name": f"Khan {number:04}", "Company": "X"} for number in numbers))


def names(answer: httpx.Response) -> list[str]:
    """The last names of a list."""
    return [lead["Last_Name"] for lead in answer.json()["data"]]


async def test_a_list_must_name_its_fields() -> None:
    async with zoho() as it:
        missing = await it.crm("GET", "Leads")
        assert (missing.status_code, missing.json()["code"]) == (400, "REQUIRED_PARAM_MISSING")
        assert missing.json()["details"] == {"param_name": "fields"}
        many = await it.crm("GET", "Leads", fields=",".join(f"F{number}" for number in range(51)))
        assert (many.status_code, many.json()["code"]) == (400, "LIMIT_EXCEEDED")


async def test_an_empty_list_is_204_without_a_body() -> None:
    async with zoho() as it:
        empty = await it.crm("GET", "Leads", fields="Last_Name")
        assert (empty.status_code, empty.content) == (204, b"")


async def test_a_page_shows_the_named_fields_newest_first() -> None:
    async with zoho() as it:
        await many_leads(it, 3)
        answer = await it.crm("GET", "Leads", fields="Last_Name", per_page=2)
        assert names(answer) == ["Khan 0002", "Khan 0001"]
        assert set(answer.json()["data"][0]) == {"id", "Last_Name"}
        info = answer.json()["info"]
        assert (info["count"], info["more_records"], info["sort_order"]) == (2, True, "desc")
        ordered = await it.crm("GET", "Leads", fields="Last_Name", sort_by="id", sort_order="asc")
        assert names(ordered)[0] == "Khan 0000"


@pytest.mark.parametrize("query", [{"per_page": 201}, {"sort_by": "Email"}, {"page": 0}, {"page_token": "x"}])
async def test_an_impossible_argument_is_refused(query: dict[str, Any]) -> None:
    async with zoho() as it:
        await many_leads(it, 1)
        answer = await it.crm("GET", "Leads", fields="Last_Name", **query)
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_DATA")


async def test_beyond_2000_records_only_a_page_token_leads_on() -> None:
    async with zoho() as it:
        await many_leads(it, 2005)
        query: dict[str, Any] = {"fields": "Last_Name", "per_page": 200}
        last = await it.crm("GET", "Leads", **query, page=10)
        token = last.json()["info"]["next_page_token"]
        wall = await it.crm("GET", "Leads", **query, page=11)
        assert (wall.status_code, wall.json()["code"]) == (400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED")
        beyond = await it.crm("GET", "Leads", **query, page_token=token)
        assert names(beyond) == [f"Khan {number:04}" for number in (4, 3, 2, 1, 0)]
        both = await it.crm("GET", "Leads", **query, page_token=token, page=2)
        assert both.json()["code"] == "AMBIGUITY_DURING_PROCESSING"
        other = await it.crm("GET", "Leads", fields="Email", per_page=200, page_token=token)
        assert other.json()["code"] == "TOKEN_BOUND_DATA_MISMATCH"
        await it.client.post("/control/clock", json={"advance_seconds": 86_400})
        late = await it.crm("GET", "Leads", **query, page_token=token)
        assert late.json()["code"] == "EXPIRED_VALUE"


async def test_if_modified_since_is_304_when_nothing_is_newer() -> None:
    async with zoho() as it:
        await many_leads(it, 1)
        [lead] = await it.records("leads")
        for path, fields in (("Leads", "Last_Name"), (f"Leads/{lead['id']}", "")):
            late = {"If-Modified-Since": "2099-01-01T00:00:00+04:00"}
            unchanged = await it.crm("GET", path, headers=late, fields=fields)
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            early = {"If-Modified-Since": "2020-01-01T00:00:00+04:00"}
            assert (await it.crm("GET", path, headers=early, fields=fields)).status_code == 200


async def test_search_finds_a_record_only_after_the_index_has_it() -> None:
    async with zoho() as it:
        await it.leads({"Last_Name": "Khan", "Company": "X", "Mobile": "+971501234567"})
        query: dict[str, Any] = {"phone": "+971501234567"}
        assert (await it.crm("GET", "Leads/search", **query)).status_code == 204
        await it.client.post("/control/clock", json={"advance_seconds": 5})
        assert names(await it.crm("GET", "Leads/search", **query)) == ["Khan"]
        await it.turn(crm_search_lag_seconds=3600)
        assert (await it.crm("GET", "Leads/search", **query)).status_code == 204


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"criteria": "(Last_Name:equals:khan 0001)"}, ["Khan 0001"]),
        (
            {"criteria": "((Last_Name:starts_with:Khan)and(Last_Name:in:Khan 0000,Khan 0002))"},
            ["Khan 0000", "Khan 0002"],
        ),
        ({"criteria": "(Last_Name:equals:A)or(Last_Name:equals:Khan 0002)"}, ["Khan 0002"]),
        ({"word": "0001"}, ["Khan 0001"]),
    ],
)
async def test_search_by_criteria_and_word(query: dict[str, Any], found: list[str]) -> None:
    async with zoho() as it:
        await it.turn(crm_search_lag_seconds=0)
        await many_leads(it, 3)
        assert names(await it.crm("GET", "Leads/search", **query)) == found


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "REQUIRED_PARAM_MISSING"),
        ({"word": "x"}, "INVALID_DATA"),
        ({"phone": "call me"}, "INVALID_DATA"),
        ({"criteria": "Last_Name=Khan"}, "INVALID_QUERY"),
        ({"criteria": "(Last_Name:sounds_like:Khan)"}, "INVALID_QUERY"),
        ({"criteria": "((Last_Name:equals:Khan)"}, "INVALID_QUERY"),
        ({"criteria": "or".join(["(A:equals:b)"] * 16)}, "LIMIT_EXCEEDED"),
    ],
)
async def test_a_search_that_cannot_be_understood(query: dict[str, Any], code: str) -> None:
    async with zoho() as it:
        answer = await it.crm("GET", "Leads/search", **query)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_an_id_that_nobody_has_and_one_that_is_none() -> None:
    async with zoho() as it:
        assert (await it.crm("GET", "Leads/4150868000000999999")).status_code == 204
        await it.turn(crm_unknown_id="400")
        for record_id in ("4150868000000999999", "abc"):
            answer = await it.crm("GET", f"Leads/{record_id}")
            assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_DATA")


async def test_unknown_modules_paths_and_methods() -> None:
    async with zoho() as it:
        module = await it.crm("GET", "Trucks", fields="Name")
        assert (module.status_code, module.json()["code"]) == (400, "INVALID_MODULE")
        path = await it.crm("GET", "a/b/c/d")
        assert (path.status_code, path.json()["code"]) == (404, "INVALID_URL_PATTERN")
        method = await it.crm("PATCH", "Leads")
        assert (method.status_code, method.json()["code"]) == (405, "INVALID_REQUEST_METHOD")


async def test_what_official_clients_ask_at_start() -> None:
    async with zoho() as it:
        [user] = (await it.crm("GET", "users", type="CurrentUser")).json()["users"]
        assert isinstance(user["id"], str)
        [org] = (await it.crm("GET", "org")).json()["org"]
        assert org["iso_code"] == "AED"
        fields = {
            field["api_name"]: field
            for field in (await it.crm("GET", "settings/fields", module="Leads")).json()["fields"]
        }
        assert (fields["Last_Name"]["system_mandatory"], fields["City"]["system_mandatory"]) == (True, False)
        assert (fields["Mobile"]["unique"], fields["Phone"]["unique"]) == ({"casesensitive": "false"}, {})
        missing = await it.crm("GET", "settings/fields")
        assert missing.json()["code"] == "REQUIRED_PARAM_MISSING"
