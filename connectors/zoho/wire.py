"""Zoho's values as they travel: ids, amounts, stock, times and JSON, read and written (`zoho.md` §2, §3).

Reading is forgiving where Zoho is careless (an id may be a JSON integer, an untracked stock is an empty
text) and strict where guessing would be a lie; what cannot be read raises `Unreadable`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any, Never

Json = Mapping[str, Any]

_SURROGATES = re.compile("[\ud800-\udfff]")


class Unreadable(ValueError):
    """Zoho's answer is not of the documented form; the text names the field and the shape of its value."""


def parse_json(body: bytes) -> Json:
    """The object in an answer's body, with every fraction as an exact Decimal.

    Raises:
        Unreadable: for HTML, a cut document, another encoding, or JSON that is no object.
    """
    try:
        document = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the body ({len(body)} bytes) is not JSON: {type(error).__name__}") from error
    if not isinstance(document, dict):
        raise Unreadable(f"the body is a {type(document).__name__}, an object was expected")
    return document


def write_json(document: Mapping[str, object]) -> bytes:
    """A request's body; Decimals become JSON numbers of the same value."""
    return json.dumps(document, default=_number, ensure_ascii=False, separators=(",", ":")).encode()


def identifier(document: Json, name: str) -> str:
    """A required id, as text also where Zoho sends an integer (19 digits do not survive a float)."""
    value = optional_identifier(document.get(name))
    if value is None:
        raise Unreadable(f"{name} is {shape(document.get(name))}, an id was expected")
    return value


def optional_identifier(value: object) -> str | None:
    """An id as text; None for a missing or empty one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def text(document: Json, name: str) -> str:
    """A text, empty when it is missing or null; numbers come as their digits. Fit for Postgres."""
    value = document.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Unreadable(f"{name} is {shape(value)}, a text was expected")
    return storable(str(value))


def storable(value: str) -> str:
    """The same text without what Postgres refuses: NUL goes, a lone surrogate becomes U+FFFD."""
    return (value if value.isascii() else _SURROGATES.sub("\ufffd", value)).replace("\x00", "")


def amount(document: Json, name: str) -> Decimal:
    """A required amount of money or quantity."""
    value = decimal(document.get(name))
    if value is None:
        raise Unreadable(f"{name} is {shape(document.get(name))}, a number was expected")
    return value


def decimal(value: object) -> Decimal | None:
    """A number that may come as a JSON number or as text; None when it is missing, empty or no number."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def stock(item: Json) -> int | None:
    """Whole pieces of an item that may be promised, never below 0; None when Zoho does not track it.

    Physical stock (`actual_…`) wins over accounting stock; an empty text stands for untracked
    (`zoho.md` §3.4).
    """
    for name in ("actual_available_for_sale_stock", "available_for_sale_stock"):
        if name in item:
            pieces = decimal(item[name])
            return None if pieces is None else max(0, int(pieces.to_integral_value(ROUND_FLOOR)))
    return None


def moment(document: Json, name: str) -> datetime | None:
    """An ISO 8601 time with its offset, with or without colon; None when it is missing or has none."""
    value = document.get(name)
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo is not None else None


def crm_time(time: datetime) -> str:
    """A time as CRM reads it: no fraction, the offset with its colon."""
    return _aware(time).isoformat(timespec="seconds")


def rows(document: Json, name: str) -> Sequence[Json]:
    """A list of objects; empty when it is missing or null."""
    value = document.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Unreadable(f"{name} is {shape(value)}, a list of objects was expected")
    return value


def record(document: Json, *names: str) -> Json:
    """The object under the first of `names` that is there (Zoho spells some keys in two ways)."""
    for name in names:
        value = document.get(name)
        if isinstance(value, dict):
            return value
    raise Unreadable(f"{' or '.join(names)} is missing, an object was expected")


def shape(value: object) -> str:
    """What kind of value it is, without giving it away."""
    if value is None:
        return "missing"
    return "empty" if value == "" else f"a {type(value).__name__}"


def _no_number(name: str) -> Never:
    raise Unreadable(f"the body holds {name}, which is no number")


def _number(value: object) -> float:
    if not isinstance(value, Decimal):
        raise TypeError(f"a {type(value).__name__} cannot be sent to Zoho; give text or numbers")
    number = float(value)
    if Decimal(repr(number)) != value:
        raise ValueError("an amount has more digits than a JSON number keeps; round it first")
    return number


def _aware(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise ValueError("a time for Zoho needs a time zone; give datetime(..., tzinfo=UTC) or the like")
    return time
