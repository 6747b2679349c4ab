"""Wazzup's registration of webhooks: one address per account, read and replaced (`wazzup-v3.md` §3).

Port `turns.ports.WebhookRegistry`. No message of an error repeats the address: it holds the secret.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from connectors.wazzup.failures import normalised
from connectors.wazzup.http import open_account
from turns.ports import Registration, RegistryRefused

LONGEST_ADDRESS = 200
WANTED: Mapping[str, bool] = {
    "messagesAndStatuses": True,
    "contactsAndDealsCreation": False,
    "channelsUpdates": True,
    "templateStatus": True,
}
_READ_SECONDS = 8.0
# The gateway is asked by Wazzup meanwhile, for up to 30 s.
_REGISTER_SECONDS = 40.0
# What a live account calls a switch that is registered under another name.
_LIVE_NAMES = {"wabaTemplatesStatus": "templateStatus"}
_REASONS = {
    "urinotvalid": "Wazzup takes the address for none: PUBLIC_URL has to be a full public address",
    "testpostnotpassed": (
        "Wazzup got no 200 from the address: the gateway has to run, with this WAZZUP_WEBHOOK_SECRET, be "
        "reachable from outside at PUBLIC_URL, and let Wazzup in (GATEWAY_ALLOWED_IPS)"
    ),
    "webhooksrequesterror": (
        "Wazzup could not ask the address: the name in PUBLIC_URL has to be known to public DNS"
    ),
}


class WazzupWebhooks:
    """The registration of the account that the key belongs to."""

    def __init__(self, url: str, api_key: str) -> None:
        self._client = open_account(url, api_key)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def read(self) -> Registration:
        """What is registered now. Raises RegistryRefused or OSError."""
        response = await self._ask("GET", None, _READ_SECONDS)
        try:
            document = response.json()
            address, listed = document.get("webhooksUri"), document.get("subscriptions") or {}
            subscriptions = {_LIVE_NAMES.get(name, name): _is_on(value) for name, value in listed.items()}
        except (ValueError, AttributeError) as error:
            raise OSError("Wazzup's answer cannot be read") from error
        return Registration(
            address=address if isinstance(address, str) and address else None,
            subscriptions={name: subscriptions.get(name, False) for name in WANTED},
            answered_at=_date(response.headers.get("date", "")),
        )

    async def register(self, address: str) -> None:
        """Register the address with the subscriptions of `WANTED`. Raises RegistryRefused or OSError."""
        if len(address) > LONGEST_ADDRESS:
            raise RegistryRefused(
                f"the address has {len(address)} characters and Wazzup takes {LONGEST_ADDRESS}: shorten "
                "WAZZUP_WEBHOOK_SECRET or PUBLIC_URL",
                httpx.codes.BAD_REQUEST,
            )
        body = {"webhooksUri": address, "subscriptions": dict(WANTED)}
        await self._ask("PATCH", body, _REGISTER_SECONDS)

    async def _ask(self, method: str, body: object, seconds: float) -> httpx.Response:
        try:
            async with asyncio.timeout(seconds):
                response = await self._client.request(method, "/webhooks", json=body, timeout=seconds)
        except (httpx.HTTPError, TimeoutError) as error:
            raise OSError(f"Wazzup does not answer: {type(error).__name__}") from error
        status = response.status_code
        if response.is_success:
            return response
        if status == httpx.codes.UNAUTHORIZED:
            raise RegistryRefused("Wazzup does not know this WAZZUP_API_KEY", status)
        if status == httpx.codes.FORBIDDEN:
            raise RegistryRefused("WAZZUP_API_KEY is a key that may not read or change webhooks", status)
        if status == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            raise OSError(f"Wazzup answers {status}")
        raise RegistryRefused(_reason(response), status)


def _reason(response: httpx.Response) -> str:
    try:
        document = response.json()
    except ValueError:
        document = None
    code = document.get("error") if isinstance(document, dict) else None
    known = _REASONS.get(normalised(code))
    return known or f"Wazzup answers {response.status_code} {code if isinstance(code, str) else ''}".strip()


def _is_on(value: object) -> bool:
    """Documented are texts, a live account answers with booleans."""
    return value is True or (isinstance(value, str) and value.casefold() == "true")


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
