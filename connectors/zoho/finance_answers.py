"""Judging answers of Inventory v1 and Books v3 (`zoho.md` §3). Pure functions.

Success is a 2xx status and code 0; everything else is an error, also with status 200.
"""

from __future__ import annotations

import re

from connectors.zoho import wire
from connectors.zoho.answers import (
    Answer,
    Call,
    TokenNotAccepted,
    header_seconds,
    no_usable_answer,
    short_pause_seconds,
    throttled,
)
from connectors.zoho.errors import ZohoDuplicate, ZohoError, ZohoInvalid, ZohoNotFound, ZohoRefused
from connectors.zoho.wire import Json, Unreadable

_SUCCESS = 0
# 57 also stands for a missing scope; 14 is about the token only.
_TOKEN_CODES = frozenset({14, 57})
_MAY_BE_SCOPE = frozenset({57})
# 43 is an older word for 44.
_MINUTE_CODES = frozenset({43, 44})
_DAY_CODE = 45
_IN_FLIGHT_CODE = 1070
_THROTTLE_CODES = _MINUTE_CODES | {_DAY_CODE, _IN_FLIGHT_CODE}
_MINUTE_SECONDS = 60.0
# The day's quota is gone and Zoho does not say for how long: one call in ten minutes asks.
_DAY_SECONDS = 600.0
_INTERNAL_CODE = 1000
_NOT_FOUND_CODE = 1002
_DUPLICATE_CODES = frozenset({1001, 3062, 36004})
_INVALID_CODES = frozenset({2, 4, 11, 15, 4016})
_ORGANIZATION_CODES = frozenset({4029, 6041})
# Several codes mean more than one thing, and two are known from memory only: the words decide.
_DUPLICATE_WORDS = re.compile(r"already (exists|been created)", re.IGNORECASE)
_NOT_FOUND_WORDS = re.compile(r"does not exist", re.IGNORECASE)
_FIELD_WORDS = re.compile(r"invalid value passed for (?:the )?([A-Za-z_ ]+)", re.IGNORECASE)


def judge(call: Call, answer: Answer) -> Json:
    """The document of a successful answer.

    Raises:
        TokenNotAccepted: for 401, 14 and 57.
        ZohoError: the leaf that fits for everything else.
    """
    try:
        document = wire.parse_json(answer.body)
        code = _code(document)
    except Unreadable as error:
        raise _without_code(call, answer, str(error)) from None
    if answer.is_success and code == _SUCCESS:
        return document
    raise _failure(call, answer, code, wire.storable(str(document.get("message") or "")))


def _code(document: Json) -> int:
    code = wire.decimal(document.get("code"))
    if code is None:
        raise Unreadable(f"code is {wire.shape(document.get('code'))}, a number was expected")
    return int(code)


def _without_code(call: Call, answer: Answer, reason: str) -> Exception:
    code = f"HTTP {answer.status}"
    match answer.status:
        case 401:
            return TokenNotAccepted(call, code, "", may_be_scope=True)
        case 429:
            return throttled(call, answer, code, _MINUTE_SECONDS)
    if 400 <= answer.status < 500 and not answer.is_trouble:
        return ZohoRefused(f"{call}: refused with {code}, {reason}", code=code)
    return no_usable_answer(call, f"{code}, {reason}", code=code)


def _failure(call: Call, answer: Answer, number: int, message: str) -> Exception:
    code = str(number)
    if number in _TOKEN_CODES or answer.status == 401:
        return TokenNotAccepted(call, code, message, may_be_scope=number in _MAY_BE_SCOPE)
    if number in _THROTTLE_CODES or answer.status == 429:
        return throttled(call, answer, code, _pause_seconds(answer, number))
    if number == _INTERNAL_CODE or answer.is_trouble:
        return no_usable_answer(call, f"HTTP {answer.status}, code {code}", code=code, details=message)
    return _refusal(call, number, code, message)


def _pause_seconds(answer: Answer, number: int) -> float:
    if number == _IN_FLIGHT_CODE:
        return short_pause_seconds()
    if number == _DAY_CODE:
        reset = header_seconds(answer.headers, "x-rate-limit-reset")
        return _DAY_SECONDS if reset is None else reset
    return _MINUTE_SECONDS


def _refusal(call: Call, number: int, code: str, message: str) -> ZohoError:
    said = f"{call}: Zoho answers code {code}"
    if number in _DUPLICATE_CODES or _DUPLICATE_WORDS.search(message):
        return ZohoDuplicate(f"{said}, it exists already", code=code, details=message, existing_id=None)
    if number == _NOT_FOUND_CODE or _NOT_FOUND_WORDS.search(message):
        return ZohoNotFound(f"{said}, there is no such record", code=code, details=message)
    if number in _ORGANIZATION_CODES:
        return ZohoRefused(f"{said}: check ZOHO_ORGANIZATION_ID", code=code, details=message)
    named = _FIELD_WORDS.search(message)
    if number in _INVALID_CODES or named:
        field = named[1].strip() if named else ""
        about = f" about {field}" if field else ""
        return ZohoInvalid(
            f"{said}{about}: a value is not accepted", code=code, details=message, field=field, expected=""
        )
    return ZohoRefused(said, code=code, details=message)
