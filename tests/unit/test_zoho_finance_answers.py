"""What Majlis makes of an answer of Zoho Inventory or Books (zoho.md §3)."""

from __future__ import annotations

import json

import pytest

from connectors.zoho import finance_answers
from connectors.zoho.answers import Answer, Call, Effect, TokenNotAccepted
from connectors.zoho.errors import (
    Told,
    ZohoDuplicate,
    ZohoError,
    ZohoInvalid,
    ZohoNotFound,
    ZohoOutcomeUnknown,
    ZohoRefused,
    ZohoScopeMissing,
    ZohoThrottled,
    ZohoTokenUnavailable,
    ZohoUnavailable,
)

READ = Call("GET", "/items", Effect.READ)
WRITE = Call("POST", "/salesorders", Effect.ONCE)


def answer(status: int, document: object, **headers: str) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def refusal(
    status: int, code: int, message: str = "", call: Call = READ, headers: dict[str, str] | None = None
) -> ZohoError:
    with pytest.raises(ZohoError) as caught:
        finance_answers.judge(call, answer(status, {"code": code, "message": message}, **(headers or {})))
    return caught.value


@pytest.mark.parametrize("status", [200, 201])
def test_success_is_a_good_status_and_code_0(status: int) -> None:
    document = {"code": 0, "message": "success", "items": []}
    assert finance_answers.judge(READ, answer(status, document)) == document


@pytest.mark.parametrize("code", [1, 9, 1002, 1038])
def test_a_good_status_with_another_code_is_a_failure(code: int) -> None:
    assert refusal(200, code).code == str(code)


def test_a_bad_status_with_code_0_is_a_failure() -> None:
    assert isinstance(refusal(400, 0), ZohoRefused)
    assert isinstance(refusal(500, 0), ZohoUnavailable)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, b"<html><body>Bad Gateway</body></html>"),
        (503, b""),
        (200, b'{"code": 0, "message": "succ'),
        (200, b'{"message": "success"}'),
        (200, b"[]"),
        (200, b'{"code": 0, "rate": NaN}'),
        (200, b'{"code": 0, "name": "\xff"}'),
        (302, b""),
        (408, b"slow"),
    ],
)
def test_what_cannot_be_read_says_nothing_about_a_write(status: int, body: bytes) -> None:
    with pytest.raises(ZohoUnavailable):
        finance_answers.judge(READ, answer(status, body))
    with pytest.raises(ZohoOutcomeUnknown) as caught:
        finance_answers.judge(WRITE, answer(status, body))
    assert not caught.value.outcome_known
    assert caught.value.told is Told.FOLLOWS


def test_a_refusal_in_html_is_still_a_refusal() -> None:
    with pytest.raises(ZohoRefused, match="HTTP 403"):
        finance_answers.judge(WRITE, answer(403, b"<html>forbidden</html>"))


@pytest.mark.parametrize("status", [429, 200])
@pytest.mark.parametrize("code", [43, 44])
def test_too_many_in_a_minute_waits_a_minute(status: int, code: int) -> None:
    error = refusal(status, code, "has been blocked", call=WRITE)
    assert isinstance(error, ZohoThrottled)
    assert error.retry_after_seconds == 60
    assert error.outcome_known


def test_too_many_at_once_waits_a_moment() -> None:
    waits = {refusal(429, 1070).retry_after_seconds for _ in range(50)}
    assert all(wait is not None and 2 <= wait <= 5 for wait in waits)
    assert len(waits) > 1, "processes that were refused together have to come back apart"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x_rate_limit_reset": "34881"}, 34_881),
        ({}, 600),
        ({"x_rate_limit_reset": "soon"}, 600),
        ({"x_rate_limit_reset": "1795400000"}, 86_400),
        ({"x_rate_limit_reset": "34881", "retry_after": "120"}, 120),
    ],
)
def test_the_day_s_quota_waits_for_its_reset(headers: dict[str, str], seconds: float) -> None:
    assert refusal(429, 45, headers=headers).retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("17", 17), ("0", 1), ("Mon, 23 Nov 2026 02:10:30 GMT", 30), ("tomorrow", 60), ("", 60)],
)
def test_retry_after_wins_over_our_own_figure(retry_after: str, seconds: float) -> None:
    # The service's clock may differ from ours: the date is taken against the answer's own.
    error = refusal(429, 44, headers={"retry_after": retry_after, "date": "Mon, 23 Nov 2026 02:10:00 GMT"})
    assert error.retry_after_seconds == seconds


@pytest.mark.parametrize(("status", "code", "is_scope"), [(401, 57, True), (401, 14, False), (200, 57, True)])
def test_a_refused_token_may_be_a_missing_scope(status: int, code: int, is_scope: bool) -> None:
    document = {"code": code, "message": "You are not authorized to perform this operation"}
    with pytest.raises(TokenNotAccepted) as caught:
        finance_answers.judge(READ, answer(status, document))
    assert isinstance(caught.value.verdict, ZohoScopeMissing) == is_scope
    assert isinstance(caught.value.verdict, ZohoTokenUnavailable) != is_scope


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (404, 1002, "Item does not exist.", ZohoNotFound),
        (400, 9998, "The customer does not exist.", ZohoNotFound),
        (400, 1001, "The item name is taken.", ZohoDuplicate),
        (400, 3062, "The contact name is taken", ZohoDuplicate),
        (400, 9999, "Sales Order with the number already exists.", ZohoDuplicate),
        (400, 4, "An estimate with this number has already been created.", ZohoDuplicate),
        (400, 4, "Invalid format", ZohoInvalid),
        (400, 2, "Invalid value passed for customer_id", ZohoInvalid),
        (400, 4016, "No line items", ZohoInvalid),
        (404, 5, "Invalid URL Passed", ZohoRefused),
        (400, 36, "has dependents", ZohoRefused),
    ],
)
def test_a_definite_no_has_its_kind(status: int, code: int, message: str, kind: type[ZohoError]) -> None:
    error = refusal(status, code, message, call=WRITE)
    assert type(error) is kind
    assert not error.may_retry
    assert error.outcome_known
    assert error.details == message


def test_an_invalid_value_names_its_field() -> None:
    error = refusal(400, 2, "Invalid value passed for customer_id")
    assert isinstance(error, ZohoInvalid)
    assert error.field == "customer_id"
    assert "customer_id" in str(error)


@pytest.mark.parametrize("code", [4029, 6041])
def test_a_wrong_organization_says_what_to_mend(code: int) -> None:
    assert "ZOHO_ORGANIZATION_ID" in str(refusal(400, code))


def test_zoho_s_own_words_stay_out_of_the_log_line() -> None:
    error = refusal(400, 3062, 'The customer "Mariam Al Suwaidi" already exists')
    assert "Mariam" not in str(error)
    assert "Mariam" in error.details


def test_an_internal_error_is_trouble_whatever_its_status() -> None:
    assert isinstance(refusal(400, 1000, "Internal error"), ZohoUnavailable)
    assert isinstance(refusal(500, 1000, "Internal error", call=WRITE), ZohoOutcomeUnknown)
