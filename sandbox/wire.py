"""JSON on the wire: read strictly, written so that poison text survives the trip."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sanic import Request
from sanic.response import HTTPResponse

JSON_TYPE = "application/json; charset=utf-8"


class BadRequest(Exception):
    """A control or phone request that cannot be understood; its text says what to mend."""


def dumps(value: object) -> bytes:
    """UTF-8 JSON; text that UTF-8 cannot hold (a lone surrogate) is escaped instead."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def json_response(value: object, status: int = 200) -> HTTPResponse:
    """A JSON answer."""
    return HTTPResponse(dumps(value), status=status, content_type=JSON_TYPE)


def read_object(request: Request) -> dict[str, object]:
    """The JSON object of the body, {} for an empty body. Raises BadRequest otherwise."""
    if not request.body:
        return {}
    try:
        value = json.loads(request.body)
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadRequest(f"the body is {type(value).__name__}; send a JSON object")
    return value


def text_field(body: Mapping[str, object], name: str) -> str:
    """A required, non-empty string of a body. Raises BadRequest naming it."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise BadRequest(f"{name} is missing: send a non-empty string")
    return value


def optional_text(body: Mapping[str, object], name: str) -> str | None:
    """A string of a body, or None when absent. Raises BadRequest when it is something else."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"{name} is {value!r}; send a string")
    return value


def count_field(body: Mapping[str, object], name: str, default: int) -> int:
    """A whole number of at least 1. Raises BadRequest naming the field."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BadRequest(f"{name} is {value!r}; send a whole number of at least 1")
    return value


def number_argument(request: Request, name: str, default: float) -> float:
    """A number of the query string. Raises BadRequest naming it."""
    raw = request.args.get(name)
    if raw is None:
        return default
    try:
        return float(raw)
    except ValueError as error:
        raise BadRequest(f"{name} is {raw!r}; send a number") from error
