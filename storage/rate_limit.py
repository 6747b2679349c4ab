"""How often and how many at once all processes together may call an outside service.

A caller passes three gates, in this order:

1. Background work only: a rate of its own, lower by what is reserved for live turns. Its queue is kept
   here, so that live turns never stand behind it.
2. A place among the calls in flight: a row with a lease, so that a killed process gives its places back.
   One place is left to live turns. Callers of one process stand in line for it.
3. The rate itself. It is the last gate, so that a call begins when its slot says and not some time after.

A rate is one row (GCRA): `free_at` moves on by the interval between two calls, T, with each call, and a
call may begin BURST - 1 intervals before it. So of the calls granted within W seconds the last begins at
most W after the first, whose turn was at most (BURST - 1) T early: there are at most W / T + BURST. For
90 a minute and a burst of 5 that is 95 in any minute. A call may reach the service later than its slot;
one that would begin more than LATE_SECONDS late takes another slot, so that not more than 1.5 calls of
the minute before it come in addition, and the service's own limit of 100 is out of reach.
All times are the database's own clock.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.pool import DATABASE_FAILED
from storage.ports import LimitReached

# 90 a minute + 5 = 95 calls in the fullest minute (see above).
BURST = 5
LATE_SECONDS = 1.0
# Longer than any single call may take, the wait for its slot included.
PLACE_LEASE_SECONDS = 60.0
POLL_SECONDS = 0.05
# Nobody knows when a call in flight ends; about this long most of them take.
USUAL_CALL_SECONDS = 1.0

_CREATE = text("insert into rate_limits (name) values (:name) on conflict (name) do nothing")
_CREATE_PLACES = text(
    "insert into rate_limit_places (name, place) select :name, generate_series(1, :places)"
    " on conflict (name, place) do nothing"
)
# The slot is taken only if it comes within the caller's patience; the answer is how long it is until then.
_TAKE_SLOT = text(
    "update rate_limits set free_at = greatest(free_at, clock_timestamp()) + make_interval(secs => :interval)"
    " where name = :name and free_at - make_interval(secs => :early)"
    " <= clock_timestamp() + make_interval(secs => :patience)"
    " returning extract(epoch from free_at - make_interval(secs => :interval) - make_interval(secs => :early)"
    " - clock_timestamp())::float8"
)
_LOOK = text(
    "select extract(epoch from free_at - make_interval(secs => :early) - clock_timestamp())::float8"
    " as slot_in, coalesce(extract(epoch from blocked_until - clock_timestamp()), 0)::float8 as blocked_for"
    " from rate_limits where name = :name"
)
# The first slot comes at the end of the block, and the next ones an interval apart.
_BLOCK = text(
    "update rate_limits set"
    " blocked_until = greatest(blocked_until, clock_timestamp() + make_interval(secs => :seconds)),"
    " free_at = greatest(free_at,"
    " clock_timestamp() + make_interval(secs => :seconds) + make_interval(secs => :early))"
    " where name = :name"
)
# Live turns begin with the place that is theirs alone, and leave the others to background work.
_TAKE_PLACE = text(
    "update rate_limit_places set holder = :holder,"
    " lease_until = clock_timestamp() + make_interval(secs => :lease)"
    " where name = :name and place = (select free.place from rate_limit_places free where free.name = :name"
    " and free.place <= :last and coalesce(free.lease_until <= clock_timestamp(), true)"
    " order by case when :live then -free.place else free.place end limit 1 for update skip locked)"
    " and not exists (select 1 from rate_limits where name = :name and blocked_until > clock_timestamp())"
)
_LEAVE_PLACE = text(
    "update rate_limit_places set holder = null, lease_until = null where name = :name and holder = :holder"
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Rate:
    """One row of `rate_limits`: seconds between two calls, and how early a call of a burst may begin."""

    name: str
    interval: float
    early: float


def _rate(name: str, per_minute: int) -> _Rate:
    interval = 60.0 / per_minute
    return _Rate(name, interval, early=(BURST - 1) * interval)


class RateLimit:
    """The limits of one service for one organization; one object per process and event loop.

    `per_minute` None: the service counts only calls in flight. `reserved_per_minute` of it are left to
    live turns. A call has to end within `lease_seconds`, or its place is given away. Raises ValueError
    when nothing is left for background work.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        name: str,
        *,
        per_minute: int | None,
        reserved_per_minute: int,
        in_flight: int,
        lease_seconds: float = PLACE_LEASE_SECONDS,
    ) -> None:
        if not 0 <= reserved_per_minute < (per_minute or 1):
            raise ValueError(
                f"reserved_per_minute is {reserved_per_minute} of {per_minute} per minute;"
                " it has to leave at least one call a minute to background work"
            )
        self._engine = engine
        self._name = name
        self._rate = _Rate(name, 0.0, 0.0) if per_minute is None else _rate(name, per_minute)
        self._background: _Rate | None = None
        if per_minute is not None and reserved_per_minute > 0:
            self._background = _rate(f"{name} background", per_minute - reserved_per_minute)
        self._places = in_flight
        self._lease_seconds = lease_seconds
        self._has_rows = False
        # First come, first served within the process: only the first of each line looks for a place.
        self._lines = {True: asyncio.Lock(), False: asyncio.Lock()}

    @asynccontextmanager
    async def slot(self, *, live: bool, patience_seconds: float) -> AsyncGenerator[None]:
        """One call, begun as soon as the block is entered; waits for its turn before.

        `live`: a customer waits for the answer. Raises LimitReached without a call when its turn would come
        later than `patience_seconds` from now, and what the database raises when it is away.
        """
        deadline = asyncio.get_running_loop().time() + patience_seconds
        holder = uuid.uuid4()
        await self._make_rows()
        try:
            await self._enter(holder, live, deadline)
            yield
        finally:
            await self._leave(holder)

    async def blocked(self, seconds: float) -> None:
        """The service refused for a while: nobody calls for `seconds` from now."""
        await self._make_rows()
        async with self._engine.begin() as connection:
            for rate in self._rates():
                block = {"name": rate.name, "early": rate.early, "seconds": seconds}
                await connection.execute(_BLOCK, block)
        log.warning("rate_limit.blocked", limit=self._name, seconds=seconds)

    def _rates(self) -> tuple[_Rate, ...]:
        return (self._rate,) if self._background is None else (self._rate, self._background)

    async def _make_rows(self) -> None:
        if self._has_rows:
            return
        async with self._engine.begin() as connection:
            for rate in self._rates():
                await connection.execute(_CREATE, {"name": rate.name})
            await connection.execute(_CREATE_PLACES, {"name": self._name, "places": self._places})
        self._has_rows = True

    async def _enter(self, holder: uuid.UUID, live: bool, deadline: float) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            if live or self._background is None or await self._wait_for_slot(self._background, deadline):
                await self._wait_for_place(holder, live, deadline)
                if await self._wait_for_slot(self._rate, deadline):
                    return
                await self._leave(holder)
            if clock() > deadline:
                raise LimitReached(LATE_SECONDS)

    async def _wait_for_slot(self, rate: _Rate, deadline: float) -> bool:
        """Take a slot and sleep until it comes; False when it cannot be used after all.

        Because a block began meanwhile, or because this process stood still and would call too late.
        """
        clock = asyncio.get_running_loop().time
        asked_at = clock()
        wait = await self._take_slot(rate, max(deadline - asked_at, 0.0))
        if wait <= 0:
            return clock() < asked_at + LATE_SECONDS
        await asyncio.sleep(wait)
        async with self._engine.begin() as connection:
            _, blocked_for = await self._look(connection, rate)
        return blocked_for <= 0 and clock() < asked_at + wait + LATE_SECONDS

    async def _take_slot(self, rate: _Rate, patience: float) -> float:
        """Seconds until the slot that is now ours."""
        wanted = {"name": rate.name, "interval": rate.interval, "early": rate.early, "patience": patience}
        while True:
            async with self._engine.begin() as connection:
                wait: float | None = (await connection.execute(_TAKE_SLOT, wanted)).scalar()
                if wait is not None:
                    return wait
                slot_in, _ = await self._look(connection, rate)
            if slot_in > patience:
                raise LimitReached(slot_in)

    async def _wait_for_place(self, holder: uuid.UUID, live: bool, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        line = self._lines[live]
        try:
            async with asyncio.timeout_at(deadline):
                await line.acquire()
        except TimeoutError:
            raise LimitReached(USUAL_CALL_SECONDS) from None
        try:
            while (pause := await self._take_place(holder, live)) is not None:
                if loop.time() + pause > deadline:
                    raise LimitReached(max(pause, USUAL_CALL_SECONDS))
                await asyncio.sleep(pause)
        finally:
            line.release()

    async def _take_place(self, holder: uuid.UUID, live: bool) -> float | None:
        """None when a place is now ours; else the seconds after which it is worth looking again."""
        wanted = {
            "name": self._name,
            "holder": holder,
            "lease": self._lease_seconds,
            "last": self._places if live else max(self._places - 1, 1),
            "live": live,
        }
        async with self._engine.begin() as connection:
            if (await connection.execute(_TAKE_PLACE, wanted)).rowcount == 1:
                return None
            _, blocked_for = await self._look(connection, self._rate)
        return blocked_for if blocked_for > 0 else POLL_SECONDS * random.uniform(0.5, 1.5)

    async def _look(self, connection: AsyncConnection, rate: _Rate) -> tuple[float, float]:
        """Seconds until the next slot and until the end of a block."""
        row = (await connection.execute(_LOOK, {"name": rate.name, "early": rate.early})).one()
        return row.slot_in, row.blocked_for

    async def _leave(self, holder: uuid.UUID) -> None:
        """Give back the place that `holder` has, if it has one."""
        try:
            async with self._engine.begin() as connection:
                await connection.execute(_LEAVE_PLACE, {"name": self._name, "holder": holder})
        except DATABASE_FAILED as error:
            # The call has been made and its outcome counts more; the lease gives the place back.
            log.warning("rate_limit.place_kept", limit=self._name, error=type(error).__name__)
