"""Bodies of Inventory and Books: read in each of their spellings, and checked field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.zoho.replies import Asked, FinanceRefusal

Record = dict[str, Any]
_LARGEST = Decimal(10) ** 15
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def read_body(asked: Asked) -> Record:
    """The JSON object of the body or of the form field `JSONString`. Raises FinanceRefusal 11."""
    raw: str | bytes = asked.form.get("JSONString", "") if asked.form else asked.body
    try:
        body = json.loads(raw, parse_float=Decimal)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise FinanceRefusal(400, 11, "The request body is empty or not a JSON object.")
    return body


def invalid(name: str) -> FinanceRefusal:
    """Code 2 naming the field."""
    return FinanceRefusal(400, 2, f"Invalid value passed for {name}")


def text(body: Mapping[str, Any], name: str, default: str = "") -> str:
    """A text field. Raises FinanceRefusal 2."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise invalid(name)
    return value


def id_text(body: Mapping[str, Any], name: str) -> str:
    """An id, sent as a string or as a number; empty when absent. Raises FinanceRefusal 2."""
    value = body.get(name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool) or not str(value).isdecimal():
        raise invalid(name)
    return str(value)


def amount(value: object, name: str) -> Decimal:
    """A number, also as text. Raises FinanceRefusal 2."""
    try:
        if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
            raise InvalidOperation
        number = Decimal(value)
        if not number.is_finite() or abs(number) > _LARGEST:
            raise InvalidOperation
    except InvalidOperation:
        raise invalid(name) from None
    return number


def date(body: Mapping[str, Any], name: str, default: str) -> str:
    """A date as yyyy-mm-dd. Raises FinanceRefusal 2."""
    value = text(body, name, default)
    if value and _DATE.fullmatch(value) is None:
        raise invalid(name)
    return value


def custom_fields(body: Mapping[str, Any], known: list[str]) -> list[dict[str, object]]:
    """`[{api_name, value}]`; a name that the organization does not have is refused with code 2."""
    given = body.get("custom_fields", [])
    if not isinstance(given, list):
        raise invalid("custom_fields")
    kept: list[dict[str, object]] = []
    for item in given:
        name = item.get("api_name") if isinstance(item, dict) else None
        if name not in known:
            raise invalid(f"custom_fields: {name}")
        kept.append({"api_name": name, "label": name, "value": item.get("value")})
    return kept


def custom_value(record: Mapping[str, Any], name: str) -> object:
    """What a record holds in a custom field."""
    return next((item["value"] for item in record["custom_fields"] if item["api_name"] == name), None)


def check_unique(records: Mapping[str, Record], record: Record, kind: str) -> None:
    """Raises FinanceRefusal 4 when another record has the same value in a field without duplicates.

    All custom fields of this organization are marked so.
    """
    for item in record["custom_fields"]:
        name, value = item["api_name"], item["value"]
        for other in records.values():
            if other is not record and value and custom_value(other, name) == value:
                raise FinanceRefusal(
                    400, 4, f"A record of {kind} with the value {value} for {name} already exists."
                )


def find_by(records: Mapping[str, Record], name: str, value: str) -> Record | None:
    """The record with this value in a custom field."""
    return next((record for record in records.values() if str(custom_value(record, name)) == value), None)
