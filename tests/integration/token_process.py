"""A process that shares access tokens with others: does what it reads as JSON lines, answers each with one.

`{"do": "current", "callers": 50}` asks for the token from 50 tasks at once, `{"do": "refused", "token": …}`
says that a service answered 401, `{"do": "keep_fresh"}` starts the background loop of a worker.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from typing import Any

import httpx
import structlog

from storage.access_token import AccessTokens
from storage.pool import create_engine
from storage.ports import Grant, Granted, GrantRefused, GrantThrottled, GrantUnanswered, TokenUnavailable


async def ask_for_token(client: httpx.AsyncClient, url: str) -> Grant:
    """One request to the endpoint of the test, judged as a connector would."""
    try:
        answer = await client.post(url, data={"grant_type": "refresh_token"})
    except httpx.HTTPError as error:
        return GrantUnanswered(type(error).__name__)
    body = answer.json()
    match body:
        case {"access_token": str(token), "expires_in": int(seconds)}:
            return Granted(token, seconds, None)
        case {"error": "Access Denied"}:
            return GrantThrottled("Access Denied")
        case {"error": str(reason)} if answer.is_success:
            return GrantRefused(reason)
    return GrantUnanswered(f"HTTP {answer.status_code}")


async def call(tokens: AccessTokens) -> dict[str, Any]:
    """One caller's token or what it was refused with, and how many seconds it waited."""
    began = time.monotonic()
    try:
        outcome: dict[str, Any] = {"token": await tokens.current()}
    except TokenUnavailable as error:
        outcome = {"error": error.reason, "permanent": error.permanent, "in": error.retry_after_seconds}
    return outcome | {"waited": time.monotonic() - began}


async def obey(tokens: AccessTokens, order: Mapping[str, Any], background: set[asyncio.Task[None]]) -> Any:
    """Carry out one line."""
    match order:
        case {"do": "current", "callers": int(callers)}:
            return await asyncio.gather(*(call(tokens) for _ in range(callers)))
        case {"do": "refused", "token": str(token)}:
            return await tokens.refused(token)
        case {"do": "keep_fresh"}:
            background.add(asyncio.create_task(tokens.keep_fresh()))
            return None
    raise ValueError(f"no such order: {order}")


async def main(database_url: str, endpoint: str, lease_seconds: float) -> None:
    """Serve until the orders end."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    engine = create_engine(database_url, test_clock=False)
    client = httpx.AsyncClient(trust_env=False, timeout=30)
    tokens = AccessTokens(
        engine, "test", lambda: ask_for_token(client, endpoint), lease_seconds=lease_seconds
    )
    background: set[asyncio.Task[None]] = set()
    print(json.dumps("ready"), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await obey(tokens, json.loads(line), background)), flush=True)
    for task in background:
        task.cancel()
    await asyncio.gather(*background, return_exceptions=True)
    await client.aclose()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
