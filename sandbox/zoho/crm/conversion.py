"""A lead becomes a contact, with an account and a deal; once (zoho.md §2.6)."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.zoho.crm.module_records import ModuleRecords, Record
from sandbox.zoho.crm.writing import Writing, read_records
from sandbox.zoho.replies import CrmRefusal, Reply


def convert(records: ModuleRecords, writing: Writing, lead_id: str, body: Mapping[str, object]) -> Reply:
    """Convert one lead. Raises CrmRefusal; then nothing was made."""
    lead = records.modules["Leads"].get(lead_id)
    if lead is None:
        message = "the id given seems to be invalid"
        raise CrmRefusal(400, "INVALID_DATA", message, {"resource_path_index": 1})
    if lead.converted_to is not None:
        raise CrmRefusal(400, "ID_ALREADY_CONVERTED", "id already converted", {"id": lead_id})
    wish = read_records(body)[0]
    account = _given(records, wish, "Accounts")
    contact = _given(records, wish, "Contacts")
    deal_values = wish.get("Deals")
    if deal_values is not None and not isinstance(deal_values, dict):
        place = {"api_name": "Deals", "json_path": "$.data[0].Deals", "expected_data_type": "jsonobject"}
        raise CrmRefusal(400, "INVALID_DATA", "invalid data", place)
    deal = None if deal_values is None else _make(records, writing, "Deals", deal_values)
    if contact is None:
        fields = records.fields("Contacts")
        copied = {name: value for name, value in lead.values.items() if name in fields and name != "Owner"}
        try:
            contact = _make(records, writing, "Contacts", copied)
        except CrmRefusal:
            if deal is not None:
                del records.modules["Deals"][deal.id]
            raise
    if account is None and lead.values.get("Company"):
        account = records.find("Accounts", "Account_Name", lead.values["Company"])
        if account is None:
            account = records.add("Accounts", {"Account_Name": lead.values["Company"]})
    if account is not None:
        records.change(contact, {"Account_Name": {"id": account.id}})
    if deal is not None:
        links: dict[str, object] = {"Contact_Name": {"id": contact.id}}
        if account is not None:
            links["Account_Name"] = {"id": account.id}
        records.change(deal, links)
    lead.converted_to = {"Contact": contact.id, "Account": _id(account), "Deal": _id(deal)}
    records.change(lead, {})
    details = {"Contacts": _pointer(contact), "Deals": _pointer(deal), "Accounts": _pointer(account)}
    done = {"code": "SUCCESS", "message": "The record has been converted successfully", "status": "success"}
    return Reply({"data": [{**done, "details": details}]})


def _given(records: ModuleRecords, wish: Mapping[str, object], module: str) -> Record | None:
    """The existing record that the lead is to join."""
    pointed = wish.get(module)
    if pointed is None:
        return None
    record_id = pointed.get("id") if isinstance(pointed, Mapping) else None
    if not isinstance(record_id, str) or not records.exists(module, record_id):
        details = {"api_name": module, "json_path": f"$.data[0].{module}.id"}
        raise CrmRefusal(400, "INVALID_DATA", "invalid data", details)
    return records.modules[module][record_id]


def _make(records: ModuleRecords, writing: Writing, module: str, values: dict[str, object]) -> Record:
    reply = writing.insert(module, [values])
    assert isinstance(reply.value, dict)
    [result] = reply.value["data"]
    if result["status"] == "error":
        raise CrmRefusal(400, result["code"], result["message"], result["details"])
    return records.modules[module][result["details"]["id"]]


def _id(record: Record | None) -> str | None:
    return None if record is None else record.id


def _pointer(record: Record | None) -> dict[str, object] | None:
    return None if record is None else {"name": record.name, "id": record.id}
