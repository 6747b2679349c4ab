"""What Majlis makes of an answer of Zoho CRM (zoho.md §2.3, §2.4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors.zoho import crm_answers
from connectors.zoho.answers import Answer, Call, Effect, TokenNotAccepted
from connectors.zoho.errors import (
    ZohoDuplicate,
    ZohoError,
    ZohoInvalid,
    ZohoListingLost,
    ZohoNotFound,
    ZohoOutcomeUnknown,
    ZohoRefused,
    ZohoScopeMissing,
    ZohoThrottled,
    ZohoTokenUnavailable,
    ZohoUnavailable,
)

LIST = Call("GET", "/Leads", Effect.READ)
UPSERT = Call("POST", "/Leads/upsert", Effect.REPEATABLE)
CREATE = Call("POST", "/Notes", Effect.ONCE)


def answer(status: int, document: object = None, **headers: str) -> Answer:
    if document is None:
        return Answer(status, {}, b"")
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def failed(code: str, message: str = "", **details: Any) -> dict[str, Any]:
    return {"code": code, "details": details, "message": message, "status": "error"}


def made(record_id: str) -> dict[str, Any]:
    return {"code": "SUCCESS", "details": {"id": record_id}, "action": "insert", "status": "success"}


def refusal(status: int, code: str, *, call: Call = LIST, **details: Any) -> ZohoError:
    with pytest.raises(ZohoError) as caught:
        crm_answers.judge(call, answer(status, failed(code, **details)))
    return caught.value


@pytest.mark.parametrize("status", [204, 304])
def test_nothing_found_has_no_body(status: int) -> None:
    assert crm_answers.judge(LIST, answer(status)) == {}


def test_each_record_has_its_own_outcome_in_the_order_sent() -> None:
    entries = [made("1"), failed("DUPLICATE_DATA", duplicate_record={"id": "9"}), made("3")]
    document = crm_answers.judge(UPSERT, answer(207, {"data": entries}))
    first, second, third = crm_answers.results(UPSERT, document, sent=3)
    assert (first, third) == (entries[0], entries[2])
    assert isinstance(second, ZohoDuplicate)
    assert second.existing_id == "9"


@pytest.mark.parametrize("status", [200, 202, 400])
def test_all_records_may_fail_whatever_the_status_says(status: int) -> None:
    entries = [failed("MANDATORY_NOT_FOUND", api_name="Last_Name"), failed("INVALID_DATA", api_name="Email")]
    document = crm_answers.judge(UPSERT, answer(status, {"data": entries}))
    outcomes = crm_answers.results(UPSERT, document, sent=2)
    assert [outcome.field for outcome in outcomes if isinstance(outcome, ZohoInvalid)] == [
        "Last_Name",
        "Email",
    ]


def test_a_202_with_an_error_is_an_error() -> None:
    assert isinstance(refusal(202, "MANDATORY_NOT_FOUND", call=UPSERT, api_name="Company"), ZohoInvalid)


@pytest.mark.parametrize("entries", [[], [made("1"), made("2")], ["?"], None])
def test_results_that_do_not_match_what_was_sent_say_nothing(entries: object) -> None:
    with pytest.raises(ZohoOutcomeUnknown):
        crm_answers.results(CREATE, {"data": entries}, sent=1)


def test_a_result_without_a_code_says_nothing_about_its_record() -> None:
    (outcome,) = crm_answers.results(CREATE, {"data": [{"details": {"id": "1"}}]}, sent=1)
    assert isinstance(outcome, ZohoOutcomeUnknown)


def test_a_duplicate_names_the_record_in_either_form() -> None:
    new_form = refusal(400, "DUPLICATE_DATA", call=CREATE, duplicate_record={"id": 554023000000527002})
    old_form = refusal(400, "DUPLICATE_DATA", call=CREATE, id="554023000000527002", api_name="Email")
    assert isinstance(new_form, ZohoDuplicate)
    assert isinstance(old_form, ZohoDuplicate)
    assert new_form.existing_id == old_form.existing_id == "554023000000527002"


@pytest.mark.parametrize("code", ["INVALID_TOKEN", "AUTHENTICATION_FAILURE", "SOMETHING_NEW"])
def test_an_unaccepted_token_is_worth_another(code: str) -> None:
    with pytest.raises(TokenNotAccepted) as caught:
        crm_answers.judge(CREATE, answer(401, failed(code)))
    assert isinstance(caught.value.verdict, ZohoTokenUnavailable)
    assert not caught.value.may_be_scope


@pytest.mark.parametrize(
    ("status", "code"), [(401, "OAUTH_SCOPE_MISMATCH"), (403, "OAUTH_SCOPE_MISMATCH"), (403, "NO_PERMISSION")]
)
def test_a_missing_scope_is_not_worth_another_token(status: int, code: str) -> None:
    assert isinstance(refusal(status, code), ZohoScopeMissing)


@pytest.mark.parametrize("body", [failed("TOO_MANY_REQUESTS"), b"<html>slow down</html>", {"anything": 1}])
def test_too_many_calls_wait_a_moment_without_a_header(body: object) -> None:
    with pytest.raises(ZohoThrottled) as caught:
        crm_answers.judge(CREATE, answer(429, body))
    assert caught.value.retry_after_seconds is not None
    assert 2 <= caught.value.retry_after_seconds <= 5
    with pytest.raises(ZohoThrottled) as caught:
        crm_answers.judge(CREATE, answer(429, body, retry_after="40"))
    assert caught.value.retry_after_seconds == 40


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, failed("INTERNAL_ERROR")),
        (400, failed("INTERNAL_ERROR")),
        (502, b"<html></html>"),
        (200, b'{"data": [{"code": "SUC'),
        (200, b""),
        (503, {"data": [made("1")]}),
    ],
)
def test_trouble_says_nothing_about_a_write(status: int, body: object) -> None:
    with pytest.raises(ZohoUnavailable):
        crm_answers.judge(LIST, answer(status, body))
    with pytest.raises(ZohoOutcomeUnknown):
        crm_answers.judge(CREATE, answer(status, body))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ID_ALREADY_CONVERTED", ZohoRefused),
        ("EXPIRED_VALUE", ZohoListingLost),
        ("TOKEN_BOUND_DATA_MISMATCH", ZohoListingLost),
        ("DISCRETE_PAGINATION_LIMIT_EXCEEDED", ZohoListingLost),
        ("INVALID_DATA", ZohoInvalid),
        ("REQUIRED_PARAM_MISSING", ZohoInvalid),
        ("RECORD_LOCKED", ZohoRefused),
        ("INVALID_MODULE", ZohoRefused),
        ("A_CODE_OF_NEXT_YEAR", ZohoRefused),
    ],
)
def test_a_definite_no_has_its_kind(code: str, kind: type[ZohoError]) -> None:
    assert type(refusal(400, code)) is kind


def test_an_invalid_id_in_the_address_is_a_missing_record() -> None:
    assert isinstance(refusal(400, "INVALID_DATA", resource_path_index=1), ZohoNotFound)


def test_an_invalid_value_says_what_would_be_right() -> None:
    error = refusal(400, "INVALID_DATA", api_name="Email", expected_data_type="email", maximum_length=100)
    assert isinstance(error, ZohoInvalid)
    assert error.field == "Email"
    assert error.expected == "expected_data_type email; maximum_length 100"
    several = refusal(400, "EXPECTED_FIELD_MISSING", expected_fields=[{"api_name": "Stage"}, "Pipeline"])
    assert isinstance(several, ZohoInvalid)
    assert several.expected == "expected_fields Stage, Pipeline"
