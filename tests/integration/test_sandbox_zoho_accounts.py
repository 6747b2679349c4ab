"""The accounts server of the sandbox: three spellings of a refresh, its refusals, its two limits."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.integration.zoho_sandbox_support import GRANT, ORGANIZATION_ID, zoho


@pytest.mark.parametrize(
    "spelling",
    [
        {"params": GRANT},
        {"data": GRANT},
        {"files": {name: (None, value) for name, value in GRANT.items()}},
    ],
    ids=["query", "urlencoded", "multipart"],
)
async def test_a_refresh_is_understood_in_each_spelling(spelling: dict[str, Any]) -> None:
    async with zoho() as it:
        answer = await it.client.post("/oauth/v2/token", **spelling)
        body = answer.json()
        assert answer.status_code == 200
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
        assert body["api_domain"] == it.sandbox.url
        assert "refresh_token" not in body, "Zoho does not rotate refresh tokens"


@pytest.mark.parametrize(
    ("field", "error"),
    [
        ("client_id", "invalid_client"),
        ("client_secret", "invalid_client_secret"),
        ("refresh_token", "invalid_code"),
    ],
)
async def test_a_wrong_field_is_refused_with_http_200(field: str, error: str) -> None:
    async with zoho() as it:
        answer = await it.refresh(**{field: "wrong"})
        assert (answer.status_code, answer.json()) == (200, {"error": error})


async def test_a_revoked_refresh_token_is_invalid_code_and_its_tokens_die() -> None:
    async with zoho() as it:
        revoked = await it.client.post("/oauth/v2/token/revoke", data={"token": GRANT["refresh_token"]})
        assert revoked.json() == {"status": "success"}
        assert (await it.refresh()).json() == {"error": "invalid_code"}
        assert (await it.inventory("GET", "items")).status_code == 401


async def test_the_eleventh_refresh_within_ten_minutes_is_access_denied_until_the_window_ends() -> None:
    async with zoho() as it:
        for _ in range(9):
            assert (await it.refresh()).status_code == 200
        for _ in range(2):
            denied = await it.refresh()
            assert denied.status_code == 400
            assert (denied.json()["error"], denied.json()["status"]) == ("Access Denied", "failure")
            assert "retry-after" not in denied.headers
        assert (await it.state())["accounts"] == {"issued": 10, "throttled": 2, "live_tokens": 10}
        await it.turn(refresh_window_seconds=0)
        assert (await it.refresh()).status_code == 400, "the block lasts for the rest of the ten minutes"


async def test_the_eleventh_live_token_kills_the_oldest() -> None:
    async with zoho() as it:
        await it.turn(refreshes_per_window=100)
        for _ in range(9):
            await it.refresh()
        assert (await it.inventory("GET", "items")).status_code == 200
        await it.refresh()
        assert (await it.inventory("GET", "items")).status_code == 401, "the client holds the oldest token"


async def test_a_token_lives_as_long_as_the_knob_says() -> None:
    async with zoho() as it:
        await it.turn(expires_in_seconds=0)
        body = (await it.refresh()).json()
        assert body["expires_in"] == 0
        headers = {"Authorization": f"Zoho-oauthtoken {body['access_token']}"}
        answer = await it.crm("GET", "org", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_TOKEN")


async def test_tokens_die_early_on_demand() -> None:
    async with zoho() as it:
        assert await it.control("tokens", {"kill": "all"}) == {"killed": 1}
        assert (await it.crm("GET", "org")).status_code == 401


@pytest.mark.parametrize("header", [None, "Bearer {}", "Zoho-oauthtoken wrong"])
async def test_each_product_refuses_a_stranger_in_its_own_words(header: str | None) -> None:
    async with zoho() as it:
        token = (await it.refresh()).json()["access_token"]
        headers = {} if header is None else {"Authorization": header.format(token)}
        async with httpx.AsyncClient(base_url=it.sandbox.url, headers=headers) as stranger:
            crm = await stranger.get("/crm/v8/org")
            known = "INVALID_TOKEN" if header == "Zoho-oauthtoken wrong" else "AUTHENTICATION_FAILURE"
            assert (crm.status_code, crm.json()["code"]) == (401, known)
            for base in ("/inventory/v1", "/books/v3"):
                finance = await stranger.get(f"{base}/contacts?organization_id={ORGANIZATION_ID}")
                assert (finance.status_code, finance.json()["code"]) == (401, 57)


async def test_a_missing_scope_is_told_apart_in_crm_only() -> None:
    async with zoho() as it:
        await it.turn(scopes=["ZohoCRM.modules.leads.READ", "ZohoInventory.items.READ"])
        assert (await it.crm("GET", "Leads", fields="Last_Name")).status_code == 204
        refused = await it.leads({"Last_Name": "Khan", "Company": "X"})
        assert (refused.status_code, refused.json()["code"]) == (401, "OAUTH_SCOPE_MISMATCH")
        assert (await it.inventory("GET", "items")).status_code == 200
        closed = await it.inventory("GET", "contacts")
        assert (closed.status_code, closed.json()["code"]) == (401, 57)


async def test_access_denied_by_knob_ends_with_the_knob() -> None:
    async with zoho() as it:
        await it.turn(access_denied=True)
        assert (await it.refresh()).json()["error"] == "Access Denied"
        await it.turn(access_denied=False)
        assert "access_token" in (await it.refresh()).json()


async def test_the_list_of_calls_holds_no_secret() -> None:
    async with zoho() as it:
        await it.client.post("/oauth/v2/token", params=GRANT)
        listed = (await it.client.get("/control/zoho/calls")).text
        token = it.client.headers["Authorization"].split(" ")[1]
        assert GRANT["client_secret"] not in listed
        assert GRANT["refresh_token"] not in listed
        assert token not in listed
