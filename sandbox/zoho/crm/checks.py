"""Values of CRM fields: what Zoho refuses, in its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from sandbox.zoho.crm.fields import READ_ONLY, Field
from sandbox.zoho.replies import CrmRefusal

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[0-9 ().\-]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TEXT_KINDS = frozenset({"text", "textarea", "email", "phone", "picklist", "website"})

# whether a module has a record with that id
Exists = Callable[[str, str], bool]


def invalid_data(name: str, index: int, **details: object) -> CrmRefusal:
    """INVALID_DATA of one field of one record."""
    place = {"api_name": name, "json_path": f"$.data[{index}].{name}"}
    return CrmRefusal(400, "INVALID_DATA", "invalid data", {**place, **details})


def check_record(
    record: Mapping[str, object], fields: Mapping[str, Field], index: int, exists: Exists
) -> dict[str, object]:
    """The values to keep, lookups as `{"id"}`. Raises CrmRefusal for the first one at fault."""
    kept: dict[str, object] = {}
    for name, value in record.items():
        if name == "id" or name.startswith("$"):
            continue
        if name in READ_ONLY or name not in fields:
            raise invalid_data(name, index)
        kept[name] = None if value is None else _checked(fields[name], value, index, exists)
    return kept


def check_mandatory(record: Mapping[str, object], fields: Mapping[str, Field], index: int) -> None:
    """Raises CrmRefusal for a mandatory field that a new record leaves out or a change empties."""
    for name, field in fields.items():
        if field.is_mandatory and record.get(name) in (None, ""):
            details = {"api_name": name, "json_path": f"$.data[{index}].{name}"}
            raise CrmRefusal(400, "MANDATORY_NOT_FOUND", "required field not found", details)


def _checked(field: Field, value: object, index: int, exists: Exists) -> object:
    if field.kind in _TEXT_KINDS:
        return _text(field, value, index)
    if field.kind in {"lookup", "ownerlookup", "parent", "related"}:
        return _lookup(field, value, index, exists)
    if not _FITS[field.kind](value):
        raise invalid_data(field.name, index, expected_data_type=field.kind)
    return value


def _text(field: Field, value: object, index: int) -> str:
    if not isinstance(value, str):
        raise invalid_data(field.name, index, expected_data_type=field.kind)
    if len(value) > field.length:
        raise invalid_data(field.name, index, maximum_length=field.length)
    pattern = {"email": _EMAIL, "phone": _PHONE}.get(field.kind)
    if value and pattern is not None and pattern.fullmatch(value) is None:
        raise invalid_data(field.name, index, expected_data_type=field.kind)
    if field.choices and value not in field.choices:
        raise invalid_data(field.name, index, expected_data_type="picklist")
    return value


def _lookup(field: Field, value: object, index: int, exists: Exists) -> dict[str, object]:
    record_id = value.get("id") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(record_id, str):
        raise invalid_data(field.name, index, expected_data_type="jsonobject")
    if field.kind == "ownerlookup":
        return {"id": record_id}
    module: object = field.target
    if field.kind in {"parent", "related"}:
        named = value.get("module")
        module = named.get("api_name") if isinstance(named, Mapping) else named
        if not isinstance(module, str):
            details = {"expected_fields": [{"api_name": "module"}], "api_name": field.name}
            raise CrmRefusal(400, "EXPECTED_FIELD_MISSING", "expected field is missing", details)
    if not exists(str(module), record_id):
        raise invalid_data(field.name, index)
    if field.target is not None:
        return {"id": record_id}
    return {"id": record_id, "module": {"api_name": module}}


def _is_date(value: object) -> bool:
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


_FITS: Mapping[str, Callable[[object], bool]] = {
    "double": lambda value: isinstance(value, int | Decimal) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "date": _is_date,
    "list": lambda value: isinstance(value, list),
}
