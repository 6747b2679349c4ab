"""Zoho's accounts server: one request for an access token (`zoho.md` §1.3)."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit

import httpx
import structlog

from connectors.zoho import wire
from connectors.zoho.data_centres import data_centre
from connectors.zoho.wire import Json, Unreadable
from storage.ports import Grant, Granted, GrantRefused, GrantThrottled, GrantUnanswered

HTTP_SECONDS = 20.0
_DEFAULT_LIFE_SECONDS = 3600.0
# Asking again gets the same answer.
_FINAL = frozenset(
    "invalid_code invalid_client invalid_client_secret invalid_grant invalid_token unauthorized_client"
    " unsupported_grant_type access_denied".split()
)
_THROTTLED = re.compile(r"access denied|too many requests", re.IGNORECASE)

log = structlog.get_logger(__name__)


class AccountsClient:
    """Asks for access tokens with one refresh token; `api_url` is where they will be used."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        accounts_url: str,
        api_url: str,
        client_id: str,
        client_secret: str,
        refresh_token: str,
    ) -> None:
        self._http = http
        self._url = f"{accounts_url.rstrip('/')}/oauth/v2/token"
        self._api_url = api_url
        # In the body, never in the address: addresses end up in logs.
        self._form = {
            "grant_type": "refresh_token",
            "client_id": client_id,
            "client_secret": client_secret,
            "refresh_token": refresh_token,
        }

    async def refresh(self) -> Grant:
        """Ask once (a `storage.ports.Refresh`): whatever happens is an outcome, never an exception."""
        try:
            async with asyncio.timeout(HTTP_SECONDS):
                response = await self._http.post(self._url, data=self._form, timeout=HTTP_SECONDS)
        except (httpx.HTTPError, TimeoutError) as error:
            return GrantUnanswered(f"the accounts server did not answer ({type(error).__name__})")
        return judge_grant(response.status_code, response.content, self._api_url)


def judge_grant(status: int, body: bytes, api_url: str) -> Grant:
    """What the accounts server's answer means: refusals and throttling come with 200 as well as 400."""
    try:
        document = wire.parse_json(body)
    except Unreadable as unreadable:
        if status == 429 or _THROTTLED.search(body.decode("utf-8", "replace")):
            return GrantThrottled("too many requests for tokens")
        return GrantUnanswered(f"HTTP {status}, {unreadable}")
    error = wire.storable(str(document.get("error") or ""))
    words = f"{error} {document.get('error_description') or ''}"
    if status == 429 or _THROTTLED.search(words):
        return GrantThrottled(error or "too many requests for tokens")
    if status >= 500:
        return GrantUnanswered(f"HTTP {status} {error}".strip())
    if error in _FINAL:
        return GrantRefused(
            f"{error}: check ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN and the data centre in "
            "ZOHO_ACCOUNTS_URL"
        )
    if error:
        # A refusal is kept until the settings change: a word that nobody knows is not enough for that.
        return GrantUnanswered(f"HTTP {status} {error}")
    if status != httpx.codes.OK:
        return GrantUnanswered(f"HTTP {status} without an error")
    return _granted(document, api_url)


def _granted(document: Json, api_url: str) -> Grant:
    token = document.get("access_token")
    if not isinstance(token, str) or not token:
        return GrantUnanswered("HTTP 200 without an access token")
    life = wire.decimal(document.get("expires_in_sec"))
    if life is None:
        life = wire.decimal(document.get("expires_in"))
    seconds = _DEFAULT_LIFE_SECONDS if life is None or life <= 0 else float(life)
    domain = document.get("api_domain")
    domain = domain if isinstance(domain, str) and domain else None
    if domain is None:
        return Granted(token, seconds, None)
    ours, theirs = urlsplit(api_url).hostname or "", urlsplit(domain).hostname or ""
    our_centre, their_centre = data_centre(api_url), data_centre(domain)
    if theirs != ours and their_centre is None:
        # Calls go to ZOHO_API_URL only: nobody can send the token elsewhere by naming a host here.
        log.warning("zoho.api_domain_unknown", host=theirs)
        return Granted(token, seconds, None)
    if our_centre is not None and their_centre is not None and our_centre != their_centre:
        return GrantRefused(f"the account lives at {theirs}: set ZOHO_API_URL to https://{theirs}")
    return Granted(token, seconds, domain)
