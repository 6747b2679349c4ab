"""Judging answers of CRM v8 (`zoho.md` §2.3, §2.4). Pure functions.

No status is believed alone: a 202 may carry an error, a 207 and a 400 carry one result per record.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from connectors.zoho import wire
from connectors.zoho.answers import (
    Answer,
    Call,
    Effect,
    TokenNotAccepted,
    no_usable_answer,
    scope_missing,
    short_pause_seconds,
    throttled,
)
from connectors.zoho.errors import (
    ZohoDuplicate,
    ZohoError,
    ZohoInvalid,
    ZohoListingLost,
    ZohoNotFound,
    ZohoRefused,
)
from connectors.zoho.wire import Json, Unreadable

# Nothing found, nothing changed since: both without a body.
_NOTHING = frozenset({204, 304})
_TOKEN_CODES = frozenset({"INVALID_TOKEN", "AUTHENTICATION_FAILURE"})
_SCOPE_CODES = frozenset({"OAUTH_SCOPE_MISMATCH", "NO_PERMISSION"})
_THROTTLE_CODE = "TOO_MANY_REQUESTS"
_INTERNAL_CODE = "INTERNAL_ERROR"
_INVALID_CODES = frozenset(
    "INVALID_DATA MANDATORY_NOT_FOUND REQUIRED_PARAM_MISSING EXPECTED_FIELD_MISSING LIMIT_EXCEEDED"
    " DEPENDENT_FIELD_MISSING DEPENDENT_MISMATCH MAPPING_MISMATCH MULTIPLE_OR_MULTI_ERRORS".split()
)
_LISTING_CODES = frozenset(
    "EXPIRED_VALUE TOKEN_BOUND_DATA_MISMATCH PAGINATION_LIMIT_EXCEEDED"
    " DISCRETE_PAGINATION_LIMIT_EXCEEDED".split()
)
_EXPECTATIONS = ("expected_data_type", "maximum_length", "expected_fields", "limit")
DONE_CODES = frozenset({"SUCCESS", "SCHEDULED"})


def judge(call: Call, answer: Answer) -> Json:
    """The document of an answer that says something about the call; empty for 204 and 304.

    A write's document may hold failed records: `results` tells them apart.

    Raises:
        TokenNotAccepted: for a token that is not accepted.
        ZohoError: the leaf that fits for everything else.
    """
    if answer.status in _NOTHING:
        return {}
    try:
        document = wire.parse_json(answer.body)
    except Unreadable as error:
        raise _without_body(call, answer, str(error)) from None
    if answer.status == 429:
        raise throttled(call, answer, _THROTTLE_CODE, short_pause_seconds())
    code = document.get("code")
    if isinstance(code, str) and code not in DONE_CODES:
        raise _failure(call, answer, code, document)
    if answer.is_trouble:
        raise no_usable_answer(call, f"HTTP {answer.status}", code=f"HTTP {answer.status}")
    walkable = call.effect is not Effect.READ and isinstance(document.get("data"), list)
    if answer.is_success or walkable:
        return document
    raise _without_body(call, answer, "no code in the body")


def results(call: Call, document: Json, *, sent: int) -> Sequence[Json | ZohoError]:
    """What became of each record sent, in the order they were sent.

    Raises:
        ZohoOutcomeUnknown: when the answer does not have one result for each.
    """
    try:
        entries = wire.rows(document, "data")
    except Unreadable as error:
        raise no_usable_answer(call, str(error)) from None
    if len(entries) != sent:
        raise no_usable_answer(call, f"{len(entries)} results for {sent} records")
    return [entry if entry.get("code") in DONE_CODES else _record_error(call, entry) for entry in entries]


def _without_body(call: Call, answer: Answer, reason: str) -> Exception:
    code = f"HTTP {answer.status}"
    match answer.status:
        case 401:
            return TokenNotAccepted(call, code, "", may_be_scope=False)
        case 429:
            return throttled(call, answer, code, short_pause_seconds())
    if 400 <= answer.status < 500 and not answer.is_trouble:
        return ZohoRefused(f"{call}: refused with {code}, {reason}", code=code)
    return no_usable_answer(call, f"{code}, {reason}", code=code)


def _failure(call: Call, answer: Answer, code: str, entry: Json) -> Exception:
    details = _words(entry)
    if code in _TOKEN_CODES:
        return TokenNotAccepted(call, code, details, may_be_scope=False)
    if code in _SCOPE_CODES:
        return scope_missing(call, code, details)
    if answer.status == 401:
        return TokenNotAccepted(call, code, details, may_be_scope=False)
    if code == _THROTTLE_CODE:
        return throttled(call, answer, code, short_pause_seconds())
    if answer.is_trouble:
        return no_usable_answer(call, f"HTTP {answer.status}, {code}", code=code, details=details)
    return _record_error(call, entry)


def _record_error(call: Call, entry: Json) -> ZohoError:
    code, details = wire.storable(str(entry.get("code") or "")), _words(entry)
    about = entry.get("details")
    about = about if isinstance(about, dict) else {}
    said = f"{call}: Zoho answers {code or 'no code'}"
    if not code or code == _INTERNAL_CODE:
        return no_usable_answer(call, said, code=code, details=details)
    if code in _SCOPE_CODES:
        return scope_missing(call, code, details)
    if code in _LISTING_CODES:
        return ZohoListingLost(f"{said}, the listing has to begin again", code=code, details=details)
    if code == "DUPLICATE_DATA":
        return ZohoDuplicate(
            f"{said}, it exists already", code=code, details=details, existing_id=_existing_id(about)
        )
    if code == "INVALID_DATA" and "resource_path_index" in about:
        # It is the address, not the body, that holds the invalid id.
        return ZohoNotFound(f"{said}, there is no such record", code=code, details=details)
    if code in _INVALID_CODES:
        return _invalid(said, code, details, about)
    return ZohoRefused(said, code=code, details=details)


def _invalid(said: str, code: str, details: str, about: Json) -> ZohoInvalid:
    field = next(
        (str(about[name]) for name in ("api_name", "json_path", "param_name") if about.get(name)), ""
    )
    expected = "; ".join(
        f"{name} {_listed(about[name])}" for name in _EXPECTATIONS if about.get(name) is not None
    )
    where, wanted = f" about {field}" if field else "", f" (expected: {expected})" if expected else ""
    return ZohoInvalid(f"{said}{where}{wanted}", code=code, details=details, field=field, expected=expected)


def _listed(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    names = [str(part.get("api_name", part)) if isinstance(part, dict) else str(part) for part in value]
    return ", ".join(names)


def _existing_id(about: Json) -> str | None:
    """The id of the record with the same value: nested, or plain in older answers."""
    record = about.get("duplicate_record")
    nested = wire.optional_identifier(record.get("id")) if isinstance(record, dict) else None
    return nested or wire.optional_identifier(about.get("id"))


def _words(entry: Json) -> str:
    words, about = str(entry.get("message") or ""), entry.get("details")
    if about:
        words += " " + json.dumps(about, ensure_ascii=False, default=str)
    return wire.storable(words.strip())
