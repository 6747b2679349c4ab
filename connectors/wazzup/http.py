"""The connection to one account of Wazzup's API v3 (`wazzup-v3.md` §1)."""

from __future__ import annotations

import httpx


def open_account(url: str, api_key: str) -> httpx.AsyncClient:
    """A client for the API at `url`, whose paths begin behind `/v3`; the caller closes it.

    No proxy of the environment is used and no redirect followed: either would be shown the key.
    """
    return httpx.AsyncClient(
        base_url=url.rstrip("/") + "/v3",
        headers={"Authorization": f"Bearer {api_key}"},
        trust_env=False,
        follow_redirects=False,
    )
