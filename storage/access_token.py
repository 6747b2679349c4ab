"""One access token for every process: however many need a new one, one of them asks for it.

The token is a row. Whoever finds it used up takes the row's lease (with a fence, like every lease here),
asks outside any transaction and stores the answer where the fence still matches; the others wait by
looking at the row. So a holder that is killed, frozen or cut off delays the others by the lease at most,
and what it brings too late is dropped. Within a process one caller looks at the row and the rest share
what it found.

What the service allows is shared too (`zoho.md` §1.4): at most 6 requests in any 10 minutes, none for
10 minutes after "Access Denied", none ever again after a refusal of the grant itself.
All times are the database's own clock; a token's life counts from before it was asked for.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.pool import DATABASE_FAILED
from storage.ports import (
    Grant,
    Granted,
    GrantRefused,
    GrantThrottled,
    GrantUnanswered,
    Refresh,
    TokenUnavailable,
)
from storage.steps import reach

LEASE_SECONDS = 30.0
# A request ends well within its lease: 20 s of 30.
REQUEST_SHARE_OF_LEASE = 2 / 3
# The service refuses the 11th request in ten minutes; the rest is left to people and other programs.
BUDGET_REQUESTS = 6
BUDGET_SECONDS = 600.0
THROTTLED_SECONDS = 600.0
# After requests without an answer; spread so that an outage alone hardly uses up the budget.
UNANSWERED_DELAYS_SECONDS = (3.0, 15.0, 60.0, 120.0)
# In the background at 80 % of the life; a request that starts with 2 % left may arrive too late.
RENEW_AT_SHARE = (0.78, 0.82)
USABLE_SHARE = 0.98
POLL_SECONDS = 0.05
# How soon the background notices what another process changed.
LONGEST_SLEEP_SECONDS = 10.0
DATABASE_AWAY_SECONDS = 1.0

_LOOK = text(
    "select access_token, refused, coalesce(problem, '') as problem,"
    " coalesce(usable_until > clock_timestamp(), false) as usable,"
    " coalesce(lease_until > clock_timestamp(), false) as leased,"
    " coalesce(blocked_until > clock_timestamp(), false) as blocked,"
    " coalesce(extract(epoch from renew_at - clock_timestamp()), 0)::float8 as renew_in,"
    " coalesce(extract(epoch from greatest(blocked_until,"
    " asked_at[:requests] + make_interval(secs => :budget)) - clock_timestamp()), 0)::float8 as ask_in"
    " from access_tokens where name = :name"
)
_CREATE = text("insert into access_tokens (name) values (:name) on conflict (name) do nothing")
# Asks for everything again that _LOOK said: of many that saw the same row, one gets the lease.
_CLAIM = text(
    "update access_tokens set lease_until = clock_timestamp() + make_interval(secs => :lease),"
    " lease_token = lease_token + 1,"
    " asked_at = (array[clock_timestamp()] || asked_at)[1:cast(:requests as int)]"
    " where name = :name and not refused and coalesce(lease_until <= clock_timestamp(), true)"
    " and coalesce(case when :background then renew_at else usable_until end <= clock_timestamp(), true)"
    " and coalesce(greatest(blocked_until, asked_at[:requests] + make_interval(secs => :budget))"
    " <= clock_timestamp(), true)"
    " returning lease_token"
)
_STORE = text(
    "update access_tokens set access_token = :token, lease_until = null, blocked_until = null, failures = 0,"
    " problem = null, usable_until = asked_at[1] + make_interval(secs => :usable),"
    " renew_at = asked_at[1] + make_interval(secs => :renew)"
    " where name = :name and lease_token = :fence"
)
_STORE_REFUSED = text(
    "update access_tokens set refused = true, problem = :problem, lease_until = null"
    " where name = :name and lease_token = :fence"
)
_STORE_BLOCK = text(
    "update access_tokens set problem = :problem, lease_until = null, failures = failures + 1,"
    " blocked_until = clock_timestamp() + make_interval(secs =>"
    " (cast(:delays as float8[]))[least(failures + 1, cardinality(cast(:delays as float8[])))])"
    " where name = :name and lease_token = :fence"
)
_SPOIL = text(
    "update access_tokens set usable_until = clock_timestamp(), renew_at = clock_timestamp()"
    " where name = :name and access_token = :token and usable_until > clock_timestamp()"
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _State:
    """The row at one look; seconds count from that look and are negative for what has passed."""

    access_token: str | None
    refused: bool
    problem: str
    usable: bool
    leased: bool
    blocked: bool
    renew_in: float
    ask_in: float

    def unavailable(self) -> TokenUnavailable | None:
        """Why nobody may ask for a token now."""
        if self.refused:
            reason = f"the grant was refused ({self.problem}); only corrected settings can help"
            return TokenUnavailable(reason, permanent=True, retry_after_seconds=None)
        if self.ask_in <= 0:
            return None
        budget = f"{BUDGET_REQUESTS} tokens were asked for within {BUDGET_SECONDS / 60:.0f} minutes"
        reason = self.problem if self.blocked else budget
        return TokenUnavailable(reason, permanent=False, retry_after_seconds=self.ask_in)


class AccessTokens:
    """The access token of one grant; one object per process and event loop.

    `name` has to change with every setting the grant is made of, because a refusal is kept under it.
    `refresh` is one request for a token; it is given two thirds of `lease_seconds`.
    """

    def __init__(
        self, engine: AsyncEngine, name: str, refresh: Refresh, *, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        self._engine = engine
        self._name = name
        self._refresh = refresh
        self._lease_seconds = lease_seconds
        self._request_seconds = lease_seconds * REQUEST_SHARE_OF_LEASE
        self._flight: asyncio.Task[str] | None = None

    async def current(self) -> str:
        """A token that is still good: at once while there is one, else after a refresh by whomever.

        Waits for one dead holder's lease and one request at most. Raises TokenUnavailable, and what the
        database raises when it is away.
        """
        flight = self._flight
        if flight is None or flight.done():
            flight = self._flight = asyncio.create_task(self._obtain())
        longest = self._lease_seconds + self._request_seconds
        # A caller that is cancelled leaves; the others still wait for the flight.
        done, _ = await asyncio.wait({flight}, timeout=longest)
        if not done:
            self._leave(flight)
            reason = f"no access token came within {longest:.0f} s"
            raise TokenUnavailable(reason, permanent=False, retry_after_seconds=None)
        return flight.result()

    async def refused(self, token: str) -> None:
        """The service answered 401 to `token`: it is used up, unless another one is stored by now."""
        async with self._engine.begin() as connection:
            spoilt = await connection.execute(_SPOIL, {"name": self._name, "token": token})
        if spoilt.rowcount == 1:
            log.warning("access_token.spoilt", grant_name=self._name)
        if self._flight is not None:
            # It may have looked before; who asks from now on looks again.
            self._leave(self._flight)

    async def keep_fresh(self) -> None:
        """Renew the token in the background at about 80 % of its life until cancelled.

        For the worker; with several, each token is still asked for once. A database that is away is
        waited for.
        """
        while True:
            try:
                pause = await self._renew_if_due()
            except DATABASE_FAILED as error:
                log.warning("access_token.database_away", error=type(error).__name__)
                pause = DATABASE_AWAY_SECONDS
            await asyncio.sleep(pause)

    def _leave(self, flight: asyncio.Task[str]) -> None:
        if self._flight is flight:
            self._flight = None

    async def _obtain(self) -> str:
        while True:
            state = await self._look()
            if state.access_token is not None and state.usable and not state.refused:
                return state.access_token
            if state.leased:
                await asyncio.sleep(POLL_SECONDS * random.uniform(0.5, 1.5))
                continue
            if (unavailable := state.unavailable()) is not None:
                raise unavailable
            await self._renew(background=False)

    async def _renew_if_due(self) -> float:
        """Renew the token if it is time; the seconds to sleep before looking again."""
        state = await self._look()
        if state.refused:
            return LONGEST_SLEEP_SECONDS
        wait = max(state.renew_in, state.ask_in, POLL_SECONDS if state.leased else 0.0)
        if wait > 0:
            return min(wait, LONGEST_SLEEP_SECONDS)
        await self._renew(background=True)
        return 0.0

    async def _look(self) -> _State:
        parameters = {"name": self._name, "requests": BUDGET_REQUESTS, "budget": BUDGET_SECONDS}
        async with self._engine.begin() as connection:
            row = (await connection.execute(_LOOK, parameters)).one_or_none()
            if row is None:
                await connection.execute(_CREATE, {"name": self._name})
                row = (await connection.execute(_LOOK, parameters)).one()
        return _State(**row._mapping)

    async def _renew(self, *, background: bool) -> None:
        """Ask for a new token and store what came of it, if nobody else does by now."""
        claim = {
            "name": self._name,
            "background": background,
            "lease": self._lease_seconds,
            "requests": BUDGET_REQUESTS,
            "budget": BUDGET_SECONDS,
        }
        async with self._engine.begin() as connection:
            fence = (await connection.execute(_CLAIM, claim)).scalar()
        if fence is None:
            return
        try:
            async with asyncio.timeout(self._request_seconds):
                grant = await self._refresh()
        except TimeoutError:
            grant = GrantUnanswered(f"no answer within {self._request_seconds:.0f} s")
        reach("access_token.answered")
        await self._store(grant, fence)

    async def _store(self, grant: Grant, fence: int) -> None:
        fenced = {"name": self._name, "fence": fence}
        match grant:
            case Granted(access_token=token, expires_in_seconds=life):
                renew = life * random.uniform(*RENEW_AT_SHARE)
                statement, values = _STORE, {"token": token, "usable": life * USABLE_SHARE, "renew": renew}
            case GrantRefused(reason):
                statement, values = _STORE_REFUSED, {"problem": reason}
            case GrantThrottled(reason):
                statement, values = _STORE_BLOCK, {"problem": reason, "delays": [THROTTLED_SECONDS]}
            case GrantUnanswered(reason):
                delays = list(UNANSWERED_DELAYS_SECONDS)
                statement, values = _STORE_BLOCK, {"problem": reason, "delays": delays}
        async with self._engine.begin() as connection:
            stored = (await connection.execute(statement, fenced | values)).rowcount == 1
        self._report(grant, fence, stored=stored)

    def _report(self, grant: Grant, fence: int, *, stored: bool) -> None:
        bound = log.bind(grant_name=self._name, fence=fence)
        match grant:
            case _ if not stored:
                bound.warning("access_token.too_late", came=type(grant).__name__)
            case Granted(expires_in_seconds=life, api_domain=domain):
                bound.info("access_token.granted", expires_in_seconds=life, api_domain=domain)
            case GrantRefused(reason):
                bound.error("access_token.refused", why=reason)
            case GrantThrottled(reason) | GrantUnanswered(reason):
                bound.warning("access_token.not_granted", why=reason, kind=type(grant).__name__)
