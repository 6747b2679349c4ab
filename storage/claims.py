"""The loop of whoever works on a leased table: claim what is due, one task a row, renew, sleep, again.

Turns, sends and jobs differ in what they do with a row, not in how they hold it. A row that another claim
has taken is dropped at once; a database that is away is waited for.
"""

from __future__ import annotations

import asyncio
import functools
import math
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.lease import LEASE_SECONDS, LONGEST_SLEEP_SECONDS, Held, Lease
from storage.pool import DATABASE_FAILED

log = structlog.get_logger(__name__)


async def _always() -> bool:
    return True


def _unnoticed() -> None:
    return None


@dataclass(frozen=True)
class Claims:
    """What one process holds of a leased table.

    `work` gets each claimed row in a task of its own, at most `slots` at once; it deals with its own errors
    and is cancelled when the row was lost, which `lost` hears of. `may_claim` is asked before each claim.
    `wake` ends a sleep early. Once `stopping` is set nothing is claimed any more, and `run` ends with the
    last row in hand. `shortest_sleep_seconds` is for a row that is due and cannot be claimed yet
    (another transaction holds it, or it stands behind another): nobody spins on it.
    """

    engine: AsyncEngine
    lease: Lease
    name: str
    work: Callable[[Held], Coroutine[Any, Any, None]]
    slots: int
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    may_claim: Callable[[], Awaitable[bool]] = _always
    lost: Callable[[], None] = _unnoticed
    shortest_sleep_seconds: float = 0.05
    _running: dict[Held, asyncio.Task[None]] = field(default_factory=dict, init=False)
    # When the statement that claimed or renewed a row was sent, by this process's monotonic clock.
    _confirmed: dict[Held, float] = field(default_factory=dict, init=False)

    async def run(self) -> None:
        """Claim and work until `stopping`; when cancelled, others take up after its lease what is in hand."""
        renewal = asyncio.create_task(self._renew())
        try:
            while not self.stopping.is_set():
                self.wake.clear()
                await self._sleep(await self._claim())
            while self._running:
                await asyncio.wait(list(self._running.values()))
        finally:
            renewal.cancel()
            tasks = list(self._running.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(renewal, *tasks, return_exceptions=True)

    def holds(self, held: Held) -> bool:
        """Whether the lease of this row cannot be over yet.

        Ask it right before what must not be done by two: a process that stood still wakes up believing that
        the row is its own.
        """
        return time.monotonic() - self._confirmed.get(held, -math.inf) < LEASE_SECONDS

    async def _claim(self) -> float:
        """Take what is due into hand; returns how many seconds there is nothing to do."""
        free = self.slots - len(self._running)
        if free == 0:
            return LONGEST_SLEEP_SECONDS
        if not await self.may_claim():
            return LONGEST_SLEEP_SECONDS / 2
        sent = time.monotonic()
        try:
            async with self.engine.begin() as connection:
                claimed = await self.lease.claim(connection, free)
                pause = 0.0 if claimed else await self.lease.seconds_to_alarm(connection)
        except DATABASE_FAILED as error:
            log.warning(f"{self.name}.database_away", error=type(error).__name__)
            return LONGEST_SLEEP_SECONDS / 2
        for held in claimed:
            self._confirmed[held] = sent
            task = asyncio.create_task(self.work(held))
            self._running[held] = task
            task.add_done_callback(functools.partial(self._done, held))
        return pause if claimed else max(pause, self.shortest_sleep_seconds)

    async def _sleep(self, seconds: float) -> None:
        if seconds == 0.0:
            return
        try:
            await asyncio.wait_for(self.wake.wait(), seconds)
        except TimeoutError:
            return

    def _done(self, held: Held, _task: asyncio.Task[None]) -> None:
        self._running.pop(held, None)
        self._confirmed.pop(held, None)
        self.wake.set()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            held = list(self._running)
            sent = time.monotonic()
            try:
                kept = await self.lease.renew(self.engine, held)
            except DATABASE_FAILED as error:
                log.warning(f"{self.name}.renewal_failed", error=type(error).__name__)
                continue
            for row in held:
                if (task := self._running.get(row)) is None:
                    continue
                if row in kept:
                    self._confirmed[row] = sent
                else:
                    self.lost()
                    task.cancel()
