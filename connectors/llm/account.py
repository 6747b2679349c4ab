"""What a server of models says of itself: which it has, and what is left of the key's credit.

Of the two only the list is part of the protocol; the credit is OpenRouter's, others answer 404.
"""

from __future__ import annotations

import asyncio
from decimal import Decimal, InvalidOperation

import httpx

_SECONDS = 8.0
_REFUSED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.PAYMENT_REQUIRED})


class KeyRefused(Exception):
    """The server does not let this key in; `status` is that of HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server answers {status} to this key")
        self.status = status


async def listed_models(address: str, api_key: str) -> frozenset[str] | None:
    """The names of the server's models; None when it answers but lists none.

    Raises KeyRefused, and OSError without a usable answer.
    """
    document = await _get(f"{address.rstrip('/')}/models", api_key)
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        return None
    return frozenset(str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row)


async def credit_left(address: str, api_key: str) -> Decimal | None:
    """US dollars that the key may still spend; None when there is no limit, or nobody says.

    Raises as `listed_models` does.
    """
    document = await _get(f"{address.rstrip('/')}/key", api_key)
    data = document.get("data") if isinstance(document, dict) else None
    left = data.get("limit_remaining") if isinstance(data, dict) else None
    try:
        return None if left is None else Decimal(str(left))
    except InvalidOperation:
        return None


async def _get(url: str, api_key: str) -> object:
    """The document at an address; None where the server has none there."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        async with asyncio.timeout(_SECONDS), httpx.AsyncClient(trust_env=False, timeout=_SECONDS) as client:
            response = await client.get(url, headers=headers)
    except (httpx.HTTPError, TimeoutError) as error:
        raise OSError(f"the server does not answer ({type(error).__name__})") from error
    if response.status_code in _REFUSED:
        raise KeyRefused(response.status_code)
    if response.is_server_error:
        raise OSError(f"the server answers {response.status_code}")
    try:
        return response.json() if response.is_success else None
    except ValueError:
        return None
