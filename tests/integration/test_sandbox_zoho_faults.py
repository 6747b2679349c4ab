"""Faults by knob: which call they strike, what the client sees, and whether the call took effect."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from tests.integration.zoho_sandbox_support import CHAIR, zoho

LEAD = {"Last_Name": "Khan", "Company": "X"}


async def test_a_code_with_http_200_strikes_the_nth_call_of_a_path() -> None:
    async with zoho(CHAIR) as it:
        await it.fault("answer", path="/inventory/v1/items*", nth=2, code=43)
        codes = [(await it.inventory("GET", "items")).json()["code"] for _ in range(3)]
        assert codes == [0, 43, 0]
        other = await it.inventory("GET", "contacts")
        assert (other.status_code, other.json()["code"]) == (200, 0)


async def test_html_in_place_of_an_answer_for_several_calls() -> None:
    async with zoho(CHAIR) as it:
        await it.fault("html", product="inventory", times=2)
        answers = [await it.inventory("GET", "items") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [502, 502, 200]
        assert answers[0].headers["content-type"].startswith("text/html")


async def test_a_truncated_answer_is_no_json_but_the_call_took_effect() -> None:
    async with zoho() as it:
        await it.fault("truncate", method="POST")
        answer = await it.leads(LEAD)
        assert answer.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            answer.json()
        assert len(await it.records("leads")) == 1


@pytest.mark.parametrize(("after_commit", "records"), [(False, 0), (True, 1)])
async def test_a_cut_connection_before_and_after_the_commit(after_commit: bool, records: int) -> None:
    async with zoho() as it:
        await it.fault("drop", path="/crm/v8/*", after_commit=after_commit)
        with pytest.raises(httpx.RemoteProtocolError):
            await it.leads(LEAD)
        assert len(await it.records("leads")) == records
        [call] = (await it.client.get("/control/zoho/calls", params={"product": "crm"})).json()["calls"]
        assert (call["status"], call["fault"]) == (None, "drop")


async def test_a_server_error_after_the_commit() -> None:
    async with zoho() as it:
        await it.fault("answer", status=500, code="INTERNAL_ERROR", after_commit=True)
        answer = await it.leads(LEAD)
        assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL_ERROR")
        assert len(await it.records("leads")) == 1


async def test_a_slow_call_commits_at_once_or_only_in_the_end() -> None:
    async with zoho() as it:
        for after_commit, expected in ((False, 0), (True, 1)):
            await it.fault("slow", method="POST", seconds=30, after_commit=after_commit)
            with pytest.raises(httpx.ReadTimeout):
                await it.client.post("/crm/v8/Leads", json={"data": [LEAD]}, timeout=0.3)
            assert len(await it.records("leads")) == expected


async def test_a_token_dies_in_the_middle_of_a_sweep() -> None:
    async with zoho(CHAIR) as it:
        await it.fault("expire_token", path="/inventory/v1/items", nth=2)
        statuses = [(await it.inventory("GET", "items")).status_code for _ in range(3)]
        assert statuses == [200, 401, 401], "the token stays dead"
        token = (await it.refresh()).json()["access_token"]
        it.client.headers["Authorization"] = f"Zoho-oauthtoken {token}"
        assert (await it.inventory("GET", "items")).status_code == 200


async def test_the_accounts_server_fails_too() -> None:
    async with zoho() as it:
        await it.fault("html", product="accounts", status=503)
        assert (await it.refresh()).status_code == 503
        await it.fault("drop", product="accounts", after_commit=True)
        with pytest.raises(httpx.RemoteProtocolError):
            await it.refresh()
        assert (await it.state())["accounts"]["issued"] == 2, "the token was issued, its answer was lost"


@pytest.mark.parametrize(
    ("knobs", "word"),
    [
        ({"no_such_knob": 1}, "no_such_knob"),
        ({"faults": [{"action": "explode"}]}, "explode"),
        ({"faults": [{"action": "html", "nht": 2}]}, "nht"),
        ({"faults": [{"action": "html", "nth": 0}]}, "nth"),
        ({"faults": [{"action": "html", "product": "desk"}]}, "desk"),
        ({"latency_seconds": -1}, "latency_seconds"),
        ({"crm_unknown_id": "500"}, "crm_unknown_id"),
    ],
)
async def test_a_knob_that_cannot_be_names_itself(knobs: dict[str, object], word: str) -> None:
    async with zoho() as it:
        before = (await it.state())["knobs"]
        answer = await it.client.put("/control/zoho/knobs", json={"expires_in_seconds": 5, **knobs})
        assert answer.status_code == 400
        assert word in answer.json()["error"]
        assert (await it.state())["knobs"] == before, "nothing was changed"


async def test_control_waits_for_records_and_calls() -> None:
    async with zoho() as it:

        async def waited(route: str, **query: str) -> int:
            answer = await it.client.get(f"/control/zoho/{route}", params={"timeout_seconds": "5", **query})
            return answer.status_code

        records = asyncio.create_task(waited("records", kind="leads", at_least="1"))
        calls = asyncio.create_task(waited("calls", path="/crm/v8/Leads", method="POST", at_least="1"))
        await it.leads(LEAD)
        assert (await records, await calls) == (200, 200)
        assert await waited("records", kind="deals", at_least="1", timeout_seconds="0") == 408
        assert await waited("records", kind="trucks") == 400
