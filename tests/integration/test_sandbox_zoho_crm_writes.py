"""Writes to the sandbox CRM: one result per record, duplicates, fields, notes, tasks and conversion."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.zoho_sandbox_support import ZohoBench, zoho

LEAD = {
    "Last_Name": "Al Mansoori",
    "Company": "Al Noor",
    "Email": "a@noor.example",
    "Mobile": "+971501234567",
}


async def record_id(it: ZohoBench, module: str, **values: object) -> str:
    """Id of a new record."""
    answer = await it.crm("POST", module, {"data": [values]})
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["data"][0]["details"]["id"]
    return made


async def test_results_stand_in_the_order_of_the_records_and_some_failures_are_207() -> None:
    async with zoho() as it:
        good = {"Last_Name": "A", "Company": "X"}
        mixed = await it.crm("POST", "Leads", {"data": [good, {"Company": "X"}, {**good, "Last_Name": "B"}]})
        assert mixed.status_code == 207
        results = mixed.json()["data"]
        assert [result["code"] for result in results] == ["SUCCESS", "MANDATORY_NOT_FOUND", "SUCCESS"]
        assert results[1]["details"] == {"api_name": "Last_Name", "json_path": "$.data[1].Last_Name"}
        lead_id = results[0]["details"]["id"]
        assert isinstance(lead_id, str)
        assert 17 <= len(lead_id) <= 19
        failed = await it.crm("POST", "Leads", {"data": [{"Company": "X"}]})
        assert (failed.status_code, failed.json()["data"][0]["status"]) == (400, "error")


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("Favourite_Colour", "black", "json_path"),
        ("Email", "not an address", "expected_data_type"),
        ("Mobile", "call me", "expected_data_type"),
        ("Last_Name", "x" * 81, "maximum_length"),
        ("Last_Name", 7, "expected_data_type"),
        ("Annual_Revenue", "much", "expected_data_type"),
        ("Created_Time", "2026-01-01T00:00:00+04:00", "json_path"),
    ],
)
async def test_a_field_with_an_impossible_value_is_invalid_data(
    field: str, value: object, detail: str
) -> None:
    async with zoho() as it:
        answer = await it.leads({**LEAD, field: value})
        [result] = answer.json()["data"]
        assert (answer.status_code, result["code"]) == (400, "INVALID_DATA")
        assert result["details"]["api_name"] == field
        assert detail in result["details"]


async def test_upsert_updates_by_the_given_fields_in_their_order() -> None:
    async with zoho() as it:
        first = (await it.leads(LEAD, duplicate_check_fields=["Mobile"])).json()["data"][0]
        assert (first["action"], first["duplicate_field"]) == ("insert", None)
        renamed = {**LEAD, "Last_Name": "Mansoori", "Email": "new@noor.example"}
        second = await it.leads(renamed, duplicate_check_fields=["WhatsApp_Id", "Mobile"])
        assert second.status_code == 200
        [result] = second.json()["data"]
        assert (result["action"], result["duplicate_field"]) == ("update", "Mobile")
        assert result["details"]["id"] == first["details"]["id"]
        [lead] = await it.records("leads")
        assert lead["Last_Name"] == "Mansoori"


async def test_without_check_fields_the_system_field_comes_first() -> None:
    async with zoho() as it:
        await it.leads(LEAD)
        [result] = (await it.leads({**LEAD, "Email": "A@NOOR.example"})).json()["data"]
        assert (result["action"], result["duplicate_field"]) == ("update", "Email")


async def test_only_system_and_unique_fields_tell_duplicates() -> None:
    async with zoho() as it:
        refused = await it.leads(LEAD, duplicate_check_fields=["Phone"])
        assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_DATA")
        await it.turn(crm_unique_fields={"Leads": ["Phone"]})
        assert (await it.leads(LEAD, duplicate_check_fields=["Phone"])).status_code == 200


@pytest.mark.parametrize("module", ["Notes", "Tasks"])
async def test_notes_and_tasks_are_not_upsertable(module: str) -> None:
    async with zoho() as it:
        answer = await it.crm("POST", f"{module}/upsert", {"data": [{"Subject": "Call"}]})
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_MODULE")


async def test_a_unique_value_is_taken_once_and_the_holder_is_named() -> None:
    async with zoho() as it:
        holder = await record_id(it, "Leads", **LEAD)
        other = await record_id(it, "Leads", Last_Name="B", Company="Y")
        for answer in (
            await it.crm("POST", "Leads", {"data": [{**LEAD, "Email": "b@b.example"}]}),
            await it.crm("PUT", f"Leads/{other}", {"data": [{"Mobile": LEAD["Mobile"]}]}),
        ):
            [result] = answer.json()["data"]
            assert (answer.status_code, result["code"]) == (400, "DUPLICATE_DATA")
            assert result["details"]["duplicate_record"]["id"] == holder


async def test_a_body_needs_no_content_type_and_at_most_100_records() -> None:
    async with zoho() as it:
        bare = await it.client.post("/crm/v8/Leads", content=b'{"data":[{"Last_Name":"A","Company":"X"}]}')
        assert "content-type" not in bare.request.headers
        assert bare.status_code == 201
        many = await it.leads(*({"Last_Name": "A", "Company": "X"} for _ in range(101)))
        assert (many.status_code, many.json()["code"]) == (400, "LIMIT_EXCEEDED")


async def test_updates_and_deletions_by_id() -> None:
    async with zoho() as it:
        lead_id = await record_id(it, "Leads", **LEAD)
        changed = await it.crm("PUT", "Leads", {"data": [{"id": lead_id, "City": "Dubai"}, {"id": "1"}]})
        assert changed.status_code == 207
        assert [result["code"] for result in changed.json()["data"]] == ["SUCCESS", "INVALID_DATA"]
        emptied = await it.crm("PUT", f"Leads/{lead_id}", {"data": [{"Last_Name": None}]})
        assert emptied.json()["data"][0]["code"] == "MANDATORY_NOT_FOUND"
        gone = await it.crm("DELETE", "Leads", ids=lead_id)
        assert gone.json()["data"][0]["message"] == "record deleted"
        assert (await it.crm("GET", f"Leads/{lead_id}")).status_code == 204
        deleted = (await it.crm("GET", "Leads/deleted")).json()["data"]
        assert [entry["id"] for entry in deleted] == [lead_id]


async def test_a_change_is_refused_when_the_record_changed_meanwhile() -> None:
    async with zoho() as it:
        lead_id = await record_id(it, "Leads", **LEAD)
        headers = {"If-Unmodified-Since": "2020-01-01T00:00:00+04:00"}
        answer = await it.crm("PUT", f"Leads/{lead_id}", {"data": [{"City": "Dubai"}]}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (412, "ALREADY_MODIFIED")


async def test_deals_know_their_stages_and_where_they_point() -> None:
    async with zoho() as it:
        account_id = await record_id(it, "Accounts", Account_Name="Al Noor")
        deal = {"Deal_Name": "20 chairs", "Stage": "Qualification", "Account_Name": {"id": account_id}}
        deal_id = await record_id(it, "Deals", **deal, Amount=9999.5, Closing_Date="2026-12-31")
        [shown] = (await it.crm("GET", f"Deals/{deal_id}")).json()["data"]
        assert shown["Account_Name"] == {"name": "Al Noor", "id": account_id}
        assert shown["Amount"] == 9999.5
        for wrong in (
            {"Stage": "Almost"},
            {"Account_Name": {"id": "4150868000000999999"}},
            {"Account_Name": account_id},
            {"Closing_Date": "31.12.2026"},
            {"Amount": "9999.5"},
        ):
            answer = await it.crm("POST", "Deals", {"data": [{**deal, **wrong}]})
            assert answer.json()["data"][0]["code"] == "INVALID_DATA", wrong


async def test_an_organization_may_make_more_fields_mandatory() -> None:
    async with zoho() as it:
        await it.turn(crm_mandatory_fields={"Leads": ["Lead_Source"]})
        [result] = (await it.leads(LEAD)).json()["data"]
        assert (result["code"], result["details"]["api_name"]) == ("MANDATORY_NOT_FOUND", "Lead_Source")


async def test_notes_belong_to_a_record_and_say_something() -> None:
    async with zoho() as it:
        lead_id = await record_id(it, "Leads", **LEAD)
        parent = {"module": {"api_name": "Leads"}, "id": lead_id}
        await record_id(it, "Notes", Note_Content="Wants 20 chairs", Parent_Id=parent)
        under = await it.crm("POST", f"Leads/{lead_id}/Notes", {"data": [{"Note_Title": "ref-1"}]})
        assert under.status_code == 201
        for wrong, code in (
            ({"Parent_Id": parent}, "MANDATORY_NOT_FOUND"),
            ({"Note_Content": "x"}, "MANDATORY_NOT_FOUND"),
            ({"Note_Content": "x", "Parent_Id": {"id": lead_id}}, "EXPECTED_FIELD_MISSING"),
        ):
            answer = await it.crm("POST", "Notes", {"data": [wrong]})
            assert answer.json()["data"][0]["code"] == code
        listed = await it.crm("GET", f"Leads/{lead_id}/Notes", fields="Note_Title,Note_Content")
        assert [note["Note_Title"] for note in listed.json()["data"]] == ["ref-1", None]


async def test_tasks_say_by_se_module_where_their_record_lives() -> None:
    async with zoho() as it:
        lead_id = await record_id(it, "Leads", **LEAD)
        task: dict[str, Any] = {"Subject": "Call Aisha", "What_Id": {"id": lead_id}}
        without = await it.crm("POST", "Tasks", {"data": [task]})
        assert without.json()["data"][0]["code"] == "DEPENDENT_FIELD_MISSING"
        await record_id(it, "Tasks", **task, **{"$se_module": "Leads"})
        listed = await it.crm("GET", f"Leads/{lead_id}/Tasks", fields="Subject")
        assert [item["Subject"] for item in listed.json()["data"]] == ["Call Aisha"]
        assert (await it.crm("GET", f"Leads/{lead_id}/Notes", fields="Note_Title")).status_code == 204


async def test_a_lead_is_converted_once() -> None:
    async with zoho() as it:
        lead_id = await record_id(it, "Leads", **LEAD)
        body = {"data": [{"Deals": {"Deal_Name": "Chairs", "Stage": "Qualification"}}]}
        done = await it.crm("POST", f"Leads/{lead_id}/actions/convert", body)
        details = done.json()["data"][0]["details"]
        assert (done.status_code, details["Accounts"]["name"]) == (200, "Al Noor")
        [deal] = await it.records("deals")
        assert deal["Contact_Name"]["id"] == details["Contacts"]["id"]
        again = await it.crm("POST", f"Leads/{lead_id}/actions/convert", body)
        assert (again.status_code, again.json()["code"]) == (400, "ID_ALREADY_CONVERTED")
        assert len(await it.records("contacts")) == 1
        assert (await it.crm("GET", "Leads", fields="Last_Name")).status_code == 204
        converted = await it.crm("GET", "Leads", fields="Converted_Deal", converted="true")
        assert converted.json()["data"][0]["Converted_Deal"]["id"] == deal["id"]


async def test_a_converted_lead_is_no_duplicate_of_a_new_one() -> None:
    async with zoho() as it:
        lead_id = await record_id(it, "Leads", **LEAD)
        await it.crm("POST", f"Leads/{lead_id}/actions/convert", {"data": [{}]})
        [result] = (await it.leads(LEAD, duplicate_check_fields=["Mobile"])).json()["data"]
        assert (result["action"], result["details"]["id"] != lead_id) == ("insert", True)


async def test_a_refused_conversion_makes_nothing() -> None:
    async with zoho() as it:
        lead_id = await record_id(it, "Leads", **LEAD)
        await record_id(it, "Contacts", Last_Name="Holder", Mobile=LEAD["Mobile"])
        body = {"data": [{"Deals": {"Deal_Name": "Chairs", "Stage": "Qualification"}}]}
        refused = await it.crm("POST", f"Leads/{lead_id}/actions/convert", body)
        assert (refused.status_code, refused.json()["code"]) == (400, "DUPLICATE_DATA")
        counts = (await it.state())["counts"]
        assert (counts["deals"], counts["accounts"], counts["contacts"]) == (0, 0, 1)


async def test_a_manager_changes_a_record_in_zoho() -> None:
    async with zoho() as it:
        deal_id = await record_id(it, "Deals", Deal_Name="Chairs", Stage="Qualification")
        await it.control("record", {"kind": "deals", "id": deal_id, "fields": {"Stage": "Closed Won"}})
        assert (await it.crm("GET", f"Deals/{deal_id}")).json()["data"][0]["Stage"] == "Closed Won"
