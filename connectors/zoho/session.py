"""One call to Zoho from token to judged answer, for every product (`zoho.md` §1.4, §2.7, §3.1)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
import stamina

from connectors.zoho import wire
from connectors.zoho.answers import Answer, Call, Effect, TokenNotAccepted, no_usable_answer
from connectors.zoho.errors import (
    ZohoError,
    ZohoGrantRefused,
    ZohoListingLost,
    ZohoNotReached,
    ZohoThrottled,
    ZohoTokenUnavailable,
)
from connectors.zoho.ports import Limit, Tokens
from connectors.zoho.wire import Json, Unreadable
from storage.ports import LimitReached, TokenUnavailable

HTTP_SECONDS = 20.0
CONNECT_SECONDS = 5.0
# What a job needs is tried again here only in passing; waiting for long is the jobs' own business.
ATTEMPTS = 3
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 2.0
_JITTER_SECONDS = 0.3
# A scope does not come back by itself: a route known to lack one does not cost another refresh for so long.
_SCOPE_MEMORY_SECONDS = 600.0

Judge = Callable[[Call, Answer], Json]


@dataclass(frozen=True, slots=True)
class Pace:
    """How a caller waits."""

    # A customer waits for the answer: such calls may use the reserved share of the limit.
    live: bool = False
    # For everything together: token, place under the limit, HTTP, pauses and repetitions.
    patience_seconds: float = 60.0


BACKGROUND = Pace()


class ZohoSession:
    """Calls one product: base address, fixed query, judge and limit are its own.

    Every call raises a `ZohoError`, or what the database raises when tokens or limits cannot be read
    (`storage.pool.DATABASE_FAILED`).
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        address: str,
        tokens: Tokens,
        limit: Limit,
        judge: Judge,
        *,
        query: Mapping[str, str] | None = None,
    ) -> None:
        self._http = http
        self._address = address.rstrip("/")
        self._tokens = tokens
        self._limit = limit
        self._judge = judge
        self._query = query or {}
        # (method, resource) → when (monotonic) the memory of a missing scope ends.
        self._scope_missing: dict[tuple[str, str], float] = {}

    async def request[Result](self, call: Call, pace: Pace, read: Callable[[Json], Result]) -> Result:
        """Make the call and read the document of its successful answer.

        Repeated are reads and repeatable writes; any other write only where it is certain that nothing
        has happened. What `read` cannot read (`wire.Unreadable`) is an answer that is not usable, like a cut
        one.
        """
        deadline = time.monotonic() + pace.patience_seconds

        def judge(call: Call, answer: Answer) -> Result:
            try:
                return read(self._judge(call, answer))
            except Unreadable as error:
                raise no_usable_answer(call, str(error)) from error

        def again(error: Exception) -> bool | float:
            if not isinstance(error, ZohoError) or not _may_repeat(call, error):
                return False
            wait = error.retry_after_seconds
            if wait is None:
                return time.monotonic() + _LONGEST_PAUSE_SECONDS < deadline
            return wait if time.monotonic() + wait < deadline else False

        async for attempt in stamina.retry_context(
            on=again,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=_FIRST_PAUSE_SECONDS,
            wait_max=_LONGEST_PAUSE_SECONDS,
            wait_jitter=_JITTER_SECONDS,
        ):
            with attempt:
                return await self._attempt(call, pace, judge, deadline)
        raise AssertionError("the last attempt either returns or raises")

    async def _attempt[Result](
        self, call: Call, pace: Pace, judge: Callable[[Call, Answer], Result], deadline: float
    ) -> Result:
        token = await self._token(call, deadline)
        try:
            return await self._judged(call, pace, judge, token, deadline)
        except TokenNotAccepted as refusal:
            if refusal.may_be_scope and self._lacks_scope(call):
                raise refusal.verdict from None
        await self._tokens.refused(token)
        newer = await self._token(call, deadline)
        try:
            return await self._judged(call, pace, judge, newer, deadline)
        except TokenNotAccepted as refusal:
            if refusal.may_be_scope and newer != token:
                self._scope_missing[_route(call)] = time.monotonic() + _SCOPE_MEMORY_SECONDS
            raise refusal.verdict from None

    async def _judged[Result](
        self,
        call: Call,
        pace: Pace,
        judge: Callable[[Call, Answer], Result],
        token: str,
        deadline: float,
    ) -> Result:
        answer = await self._send(call, pace, token, deadline)
        try:
            return judge(call, answer)
        except ZohoThrottled as error:
            # Everybody waits, in every process: knocking on prolongs the block.
            await self._limit.blocked(error.retry_after_seconds or 0.0)
            raise

    async def _token(self, call: Call, deadline: float) -> str:
        try:
            async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                return await self._tokens.current()
        except TimeoutError as error:
            raise ZohoTokenUnavailable(f"{call}: no access token in time") from error
        except TokenUnavailable as error:
            if error.permanent:
                raise ZohoGrantRefused(f"{call}: no access token: {error.reason}") from error
            raise ZohoTokenUnavailable(
                f"{call}: no access token now: {error.reason}", retry_after_seconds=error.retry_after_seconds
            ) from error

    async def _send(self, call: Call, pace: Pace, token: str, deadline: float) -> Answer:
        try:
            patience = max(0.0, deadline - time.monotonic())
            async with self._limit.slot(live=pace.live, patience_seconds=patience):
                seconds = min(HTTP_SECONDS, deadline - time.monotonic())
                if seconds <= 0:
                    raise ZohoNotReached(f"{call}: no time left to make the call")
                return await self._exchange(call, token, seconds)
        except LimitReached as error:
            raise ZohoThrottled(
                f"{call}: no place under the limit in time", retry_after_seconds=error.retry_after_seconds
            ) from error

    async def _exchange(self, call: Call, token: str, seconds: float) -> Answer:
        headers = {"Authorization": f"Zoho-oauthtoken {token}", "Accept": "application/json", **call.headers}
        content = None
        if call.body is not None:
            content = wire.write_json(call.body)
            headers["Content-Type"] = "application/json"
        try:
            # httpx counts each phase and each read for itself; patience does not.
            async with asyncio.timeout(seconds):
                response = await self._http.request(
                    call.method,
                    self._address + call.path,
                    params={**self._query, **call.query},
                    content=content,
                    headers=headers,
                    timeout=httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ZohoNotReached(f"{call}: no connection ({type(error).__name__})") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise no_usable_answer(call, type(error).__name__) from error
        names = {name.casefold(): value for name, value in response.headers.items()}
        return Answer(response.status_code, names, response.content)

    def _lacks_scope(self, call: Call) -> bool:
        return self._scope_missing.get(_route(call), 0.0) > time.monotonic()


def _route(call: Call) -> tuple[str, str]:
    return call.method, call.path.split("/")[1]


def _may_repeat(call: Call, error: ZohoError) -> bool:
    if not error.may_retry or isinstance(error, ZohoListingLost):
        return False
    return error.outcome_known or call.effect is Effect.REPEATABLE
