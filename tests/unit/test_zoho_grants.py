"""What Majlis makes of an answer of Zoho's accounts server (zoho.md §1.3)."""

from __future__ import annotations

import json

import pytest

from connectors.zoho.accounts import judge_grant
from storage.ports import Granted, GrantRefused, GrantThrottled, GrantUnanswered

US = "https://www.zohoapis.com"
TOKEN = {"access_token": "1000.a.b", "api_domain": US, "token_type": "Bearer", "expires_in": 3600}


def judged(status: int, document: object, api_url: str = US) -> object:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return judge_grant(status, body, api_url)


def test_a_token_comes_with_its_life() -> None:
    assert judged(200, TOKEN) == Granted("1000.a.b", 3600.0, US)


def test_old_servers_count_milliseconds_beside_seconds() -> None:
    assert judged(200, TOKEN | {"expires_in": 3_600_000, "expires_in_sec": 3600}) == Granted(
        "1000.a.b", 3600.0, US
    )


@pytest.mark.parametrize("error", ["invalid_code", "invalid_client", "invalid_client_secret"])
@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_refusal_is_for_good_also_with_status_200(status: int, error: str) -> None:
    grant = judged(status, {"error": error})
    assert isinstance(grant, GrantRefused)
    assert grant.reason.startswith(error)
    assert "ZOHO_REFRESH_TOKEN" in grant.reason


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (
            400,
            {"error": "Access Denied", "error_description": "You have made too many requests", "status": "x"},
        ),
        (200, {"error": "Access Denied"}),
        (400, {"error": "general", "error_description": "You have made too many requests continuously."}),
        (400, b"<html>Access Denied</html>"),
        (429, {}),
    ],
)
def test_too_many_tokens_are_no_refusal(status: int, body: object) -> None:
    assert isinstance(judged(status, body), GrantThrottled)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"error": "server_error"}),
        (400, {"error": "general_error"}),
        (500, {"error": "invalid_code"}),
        (502, b"<html>Bad Gateway</html>"),
        (200, b'{"access_tok'),
        (200, {}),
        (200, {"access_token": ""}),
        (404, {}),
    ],
)
def test_an_answer_without_meaning_is_none(status: int, body: object) -> None:
    assert isinstance(judged(status, body), GrantUnanswered)


def test_a_host_that_is_not_zoho_s_is_not_believed() -> None:
    assert judged(200, TOKEN | {"api_domain": "https://www.zohoapis.com.attacker.example"}) == Granted(
        "1000.a.b", 3600.0, None
    )


def test_the_configured_host_is_believed_whatever_it_is() -> None:
    ours = "http://127.0.0.1:4000"
    assert judged(200, TOKEN | {"api_domain": ours}, ours) == Granted("1000.a.b", 3600.0, ours)


def test_another_data_centre_names_the_setting_to_mend() -> None:
    grant = judged(200, TOKEN | {"api_domain": "https://www.zohoapis.sa"})
    assert isinstance(grant, GrantRefused)
    assert "ZOHO_API_URL to https://www.zohoapis.sa" in grant.reason


def test_a_crm_sandbox_of_the_same_data_centre_is_at_home() -> None:
    assert isinstance(judged(200, TOKEN, "https://sandbox.zohoapis.com"), Granted)
