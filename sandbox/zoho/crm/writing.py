"""Inserts, changes, upserts and deletions: one result per record, in the order in which they came."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from sandbox.zoho.crm.checks import check_mandatory, check_record, invalid_data
from sandbox.zoho.crm.fields import NOT_UPSERTABLE, SYSTEM_FIELDS
from sandbox.zoho.crm.module_records import USER, ModuleRecords, Record, crm_stamp
from sandbox.zoho.replies import Asked, CrmRefusal, Reply

MAX_RECORDS = 100
MAX_DUPLICATE_CHECK_FIELDS = 10

Result = dict[str, object]


def read_json(asked: Asked) -> dict[str, object]:
    """The JSON object of the body, whatever its Content-Type. Raises CrmRefusal."""
    try:
        body = json.loads(asked.body, parse_float=Decimal)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise CrmRefusal(400, "INVALID_DATA", "body", {"expected_data_type": "jsonobject"})
    return body


def read_records(body: Mapping[str, object]) -> list[dict[str, object]]:
    """The objects of `data`. Raises CrmRefusal."""
    data = body.get("data")
    place: dict[str, object] = {"api_name": "data", "json_path": "$.data"}
    if data is None:
        raise CrmRefusal(400, "MANDATORY_NOT_FOUND", "required field not found", place)
    if not isinstance(data, list) or not data or not all(isinstance(item, dict) for item in data):
        raise CrmRefusal(400, "INVALID_DATA", "invalid data", {**place, "expected_data_type": "jsonarray"})
    if len(data) > MAX_RECORDS:
        raise CrmRefusal(400, "LIMIT_EXCEEDED", "limit exceeded", {**place, "limit": MAX_RECORDS})
    return data


class Writing:
    """Changes of one organization's records."""

    def __init__(self, records: ModuleRecords) -> None:
        self._records = records

    def insert(self, module: str, data: Sequence[Mapping[str, object]]) -> Reply:
        """New records: 201, 207 when some failed, 400 when all did."""
        return _walk(data, lambda item, index: self._insert(module, item, index), 201)

    def update(self, module: str, data: Sequence[Mapping[str, object]]) -> Reply:
        """Changes by id."""
        return _walk(data, lambda item, index: self._update(module, item, index), 200)

    def upsert(self, module: str, body: Mapping[str, object]) -> Reply:
        """Change the record that a duplicate check finds, else make one."""
        if module in NOT_UPSERTABLE:
            details = {"resource_path_index": 0}
            raise CrmRefusal(400, "INVALID_MODULE", "the module name given seems to be invalid", details)
        checks = self._duplicate_checks(module, body.get("duplicate_check_fields"))
        return _walk(read_records(body), lambda item, index: self._upsert(module, item, index, checks), 200)

    def delete(self, module: str, ids: Sequence[str]) -> Reply:
        """Into the recycle bin."""
        if len(ids) > MAX_RECORDS:
            raise CrmRefusal(400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": MAX_RECORDS})

        def one(item: Mapping[str, object], _index: int) -> Result:
            record_id = str(item["id"])
            if not self._records.exists(module, record_id):
                message = "the id given seems to be invalid"
                raise CrmRefusal(400, "INVALID_DATA", message, {"id": record_id})
            self._records.delete(module, record_id)
            return _success("record deleted", {"id": record_id})

        return _walk([{"id": record_id} for record_id in ids], one, 200)

    def _insert(self, module: str, item: Mapping[str, object], index: int) -> Result:
        if "id" in item:
            raise invalid_data("id", index)
        values = self._checked(module, item, index)
        check_mandatory(values, self._records.fields(module), index)
        if module == "Notes" and not (values.get("Note_Title") or values.get("Note_Content")):
            details = {"api_name": "Note_Content", "json_path": f"$.data[{index}].Note_Content"}
            raise CrmRefusal(400, "MANDATORY_NOT_FOUND", "required field not found", details)
        self._check_unique(module, values, None, index)
        return _success("record added", _details(self._records.add(module, values)))

    def _update(self, module: str, item: Mapping[str, object], index: int) -> Result:
        record_id = item.get("id")
        if record_id is None:
            details = {"api_name": "id", "json_path": f"$.data[{index}].id"}
            raise CrmRefusal(400, "MANDATORY_NOT_FOUND", "required field not found", details)
        record = self._records.modules[module].get(str(record_id)) if isinstance(record_id, str) else None
        if record is None:
            message = "the id given seems to be invalid"
            place = {"id": record_id, "json_path": f"$.data[{index}].id"}
            raise CrmRefusal(400, "INVALID_DATA", message, place)
        self._change(record, item, index)
        return _success("record updated", _details(record))

    def _upsert(self, module: str, item: Mapping[str, object], index: int, checks: Sequence[str]) -> Result:
        for name in checks:
            record = self._records.find(module, name, item.get(name))
            if record is not None:
                self._change(record, item, index)
                done = _success("record updated", _details(record))
                return {**done, "action": "update", "duplicate_field": name}
        return {**self._insert(module, item, index), "action": "insert", "duplicate_field": None}

    def _change(self, record: Record, item: Mapping[str, object], index: int) -> None:
        values = self._checked(record.module, item, index)
        check_mandatory({**record.values, **values}, self._records.fields(record.module), index)
        self._check_unique(record.module, values, record, index)
        self._records.change(record, values)

    def _checked(self, module: str, item: Mapping[str, object], index: int) -> dict[str, object]:
        if module == "Tasks" and isinstance(item.get("What_Id"), Mapping):
            item = {**item, "What_Id": _with_module(item, index)}
        return check_record(item, self._records.fields(module), index, self._records.exists)

    def _check_unique(
        self, module: str, values: Mapping[str, object], own: Record | None, index: int
    ) -> None:
        for name, field in self._records.fields(module).items():
            other = self._records.find(module, name, values.get(name)) if field.is_unique else None
            if other is not None and other is not own:
                details = {
                    "api_name": name,
                    "json_path": f"$.data[{index}].{name}",
                    "duplicate_record": {"id": other.id, "module": {"api_name": module}, "Owner": USER},
                }
                raise CrmRefusal(400, "DUPLICATE_DATA", "duplicate data", details)

    def _duplicate_checks(self, module: str, given: object) -> list[str]:
        """The fields that tell a duplicate, in their order. Raises CrmRefusal for any other field."""
        fields = self._records.fields(module)
        allowed = [SYSTEM_FIELDS[module], *(name for name, field in fields.items() if field.is_unique)]
        if given is None:
            return allowed
        place: dict[str, object] = {"api_name": "duplicate_check_fields"}
        if not isinstance(given, list):
            raise CrmRefusal(
                400, "INVALID_DATA", "invalid data", {**place, "expected_data_type": "jsonarray"}
            )
        if len(given) > MAX_DUPLICATE_CHECK_FIELDS:
            limit = {**place, "limit": MAX_DUPLICATE_CHECK_FIELDS}
            raise CrmRefusal(400, "LIMIT_EXCEEDED", "limit exceeded", limit)
        for index, name in enumerate(given):
            if name not in allowed:
                place = {"json_path": f"$.duplicate_check_fields[{index}]", "api_name": name}
                raise CrmRefusal(400, "INVALID_DATA", "the given field is not a unique field", place)
        return given


def _with_module(item: Mapping[str, object], index: int) -> dict[str, object]:
    """A task's `What_Id` says by `$se_module` where its record lives."""
    module = item.get("$se_module")
    if module is None:
        details = {"api_name": "$se_module", "json_path": f"$.data[{index}].$se_module"}
        raise CrmRefusal(400, "DEPENDENT_FIELD_MISSING", "dependent field is missing", details)
    pointed = item["What_Id"]
    assert isinstance(pointed, Mapping)
    return {**pointed, "module": {"api_name": module}}


def _walk(
    data: Sequence[Mapping[str, object]],
    write: Callable[[Mapping[str, object], int], Result],
    success_status: int,
) -> Reply:
    results: list[Result] = []
    failed = 0
    for index, item in enumerate(data):
        try:
            results.append(write(item, index))
        except CrmRefusal as refusal:
            results.append(refusal.as_json())
            failed += 1
    status = success_status if not failed else 400 if failed == len(data) else 207
    return Reply({"data": results}, status)


def _details(record: Record) -> dict[str, object]:
    user = {"name": USER["name"], "id": USER["id"]}
    return {
        "Modified_Time": crm_stamp(record.modified_at),
        "Modified_By": user,
        "Created_Time": crm_stamp(record.created_at),
        "id": record.id,
        "Created_By": user,
        "$approval_state": "approved",
    }


def _success(message: str, details: Mapping[str, object]) -> Result:
    return {"code": "SUCCESS", "details": dict(details), "message": message, "status": "success"}
