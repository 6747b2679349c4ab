"""From a webhook body to a committed row, or to the spool: what stands behind the gateway's 200.

Requests that arrive while a flush is under way share the next one; the running flush is the only timer.
Two flushes may be under way, each of at most MOST_ELEMENTS (`storage-and-queue.md` §3).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from storage.steps import reach
from turns import metrics
from turns.inbox import UNSTORABLE, Debounce, store, store_one_by_one
from turns.person_mark import PersonMark
from turns.ports import Element
from turns.spool import Spool, SpoolUnwritable

MOST_ELEMENTS = 128
FLUSHES = 2
# Small enough that a batch of the largest bodies is stored within the statement's time limit.
REPLAY_ELEMENTS = 16
# The database has this long to take a batch; then its bodies go to the spool (1.8 s in all).
FLUSH_TIMEOUT_SECONDS = 1.0
REPLAY_PERIOD_SECONDS = 0.25

DatabaseAway = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, TimeoutError, OSError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Waiting:
    body: bytes
    elements: Sequence[Element]
    answered: asyncio.Future[None]


class Intake:
    """Takes webhook bodies and makes them durable; one per gateway process."""

    def __init__(
        self,
        pool: AsyncConnectionPool,
        spool: Spool,
        adopted: Sequence[Spool],
        parse: Callable[[bytes], list[Element]],
        debounce: Debounce,
        mark: PersonMark | None = None,
    ) -> None:
        self._pool = pool
        self._own = spool
        self._spools = deque([*adopted, spool])
        self._parse = parse
        self._debounce = debounce
        self._mark = mark
        self._queue: deque[_Waiting] = deque()
        self._flushes: set[asyncio.Task[None]] = set()
        self._spooling: asyncio.Task[None] | None = None
        self._file = asyncio.Lock()
        self._away = False
        metrics.SPOOL_BODIES.set(sum(left.count() for left in adopted))

    @property
    def _direct(self) -> bool:
        """Whether new bodies go to the database: behind a spool that waits, they would overtake it."""
        return not self._away and not any(spool.waiting for spool in self._spools)

    async def accept(self, body: bytes) -> None:
        """Return when all of the body is durable. Raises SpoolUnwritable when nothing could keep it."""
        elements = self._parse(body)
        if not elements:
            return
        for element in elements:
            metrics.ELEMENTS.labels(element.kind.value).inc()
        waiting = _Waiting(body, elements, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._pump()
        await waiting.answered

    def _pump(self) -> None:
        while self._queue:
            if self._direct:
                if len(self._flushes) >= FLUSHES:
                    return
                task = asyncio.create_task(self._flush(self._take()))
                self._flushes.add(task)
                task.add_done_callback(self._flushed)
            else:
                if self._spooling is None:
                    self._spooling = asyncio.create_task(self._to_spool(self._take()))
                    self._spooling.add_done_callback(self._spooled)
                return

    def _take(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        count = 0
        while self._queue and (not batch or count + len(self._queue[0].elements) <= MOST_ELEMENTS):
            batch.append(self._queue.popleft())
            count += len(batch[-1].elements)
        return batch

    def _flushed(self, task: asyncio.Task[None]) -> None:
        self._flushes.discard(task)
        self._pump()

    def _spooled(self, _task: asyncio.Task[None]) -> None:
        self._spooling = None
        self._pump()

    async def _flush(self, batch: Sequence[_Waiting]) -> None:
        writing = asyncio.create_task(
            self._write([element for waiting in batch for element in waiting.elements])
        )
        # Not wait_for: cancelling a statement of a frozen server waits for that very server.
        done, _ = await asyncio.wait({writing}, timeout=FLUSH_TIMEOUT_SECONDS)
        try:
            if not done:
                writing.add_done_callback(_forget)
                raise TimeoutError("the database did not take the batch in time")
            writing.result()
        except Exception as error:
            # Also what is no outage, for example a standby that takes no writes yet: whatever the reason,
            # a second delivery is not promised.
            if not self._away:
                log.error("intake.database_away", error=type(error).__name__, exc_info=_unless_away(error))
            self._away = True
            await self._to_spool(batch)
        else:
            reach("gateway.stored")
            _answer(batch, None)

    async def _write(self, elements: Sequence[Element]) -> None:
        async with self._pool.connection() as connection:
            try:
                await store(connection, elements, self._debounce, self._mark)
            except UNSTORABLE:
                await store_one_by_one(connection, elements, self._debounce, self._mark)

    async def _to_spool(self, batch: Sequence[_Waiting]) -> None:
        try:
            async with self._file:
                await asyncio.to_thread(self._own.append, [waiting.body for waiting in batch])
        except SpoolUnwritable as error:
            log.critical("intake.spool_unwritable", error=str(error))
            _answer(batch, error)
        else:
            metrics.SPOOL_BODIES.inc(len(batch))
            reach("gateway.spooled")
            _answer(batch, None)

    async def replay(self) -> None:
        """Bring what waits in spools into the database, oldest first, until cancelled."""
        while True:
            if not self._direct:
                try:
                    await self._drain()
                except Exception as error:
                    self._away = True
                    if not isinstance(error, DatabaseAway):
                        log.exception("intake.replay_failed")
            await asyncio.sleep(REPLAY_PERIOD_SECONDS)

    async def _drain(self) -> None:
        async with self._pool.connection(timeout=FLUSH_TIMEOUT_SECONDS) as connection:
            await connection.execute("select 1")
        for spool in list(self._spools):
            while spool.waiting:
                bodies = await asyncio.to_thread(spool.next_bodies, MOST_ELEMENTS)
                for elements in _batches(self._parse(body) for body in bodies):
                    await self._write(elements)
                reach("gateway.replayed")
                async with self._file:
                    await asyncio.to_thread(spool.done, bodies)
                metrics.SPOOL_BODIES.dec(len(bodies))
            if spool is not self._own:
                self._spools.remove(spool)
                spool.close(remove=True)
        if self._away:
            log.info("intake.database_back")
        self._away = False
        self._pump()

    async def close(self) -> None:
        """Finish what was taken: every request that waits gets its answer."""
        while self._queue or self._flushes or self._spooling:
            await asyncio.sleep(0)
            running = [*self._flushes, *([self._spooling] if self._spooling else [])]
            if running:
                await asyncio.wait(running)
        for spool in self._spools:
            spool.close(remove=True)


def _answer(batch: Sequence[_Waiting], error: Exception | None) -> None:
    for waiting in batch:
        if waiting.answered.done():
            continue
        if error is None:
            waiting.answered.set_result(None)
        else:
            waiting.answered.set_exception(error)


def _batches(parsed: Iterable[list[Element]]) -> Iterator[list[Element]]:
    """The elements of bodies, in order, in batches of about REPLAY_ELEMENTS."""
    batch: list[Element] = []
    for elements in parsed:
        batch += elements
        if len(batch) >= REPLAY_ELEMENTS:
            yield batch
            batch = []
    if batch:
        yield batch


def _unless_away(error: Exception) -> Exception | None:
    return None if isinstance(error, DatabaseAway) else error


def _forget(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("intake.late_flush_failed", error=type(error).__name__)
