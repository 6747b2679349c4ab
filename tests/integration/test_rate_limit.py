"""The shared limit never lets too much through, whoever asks, and takes turns."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.ports import LimitReached
from storage.rate_limit import BURST, LATE_SECONDS, RateLimit
from tests.integration.process_support import OrderedProcess, ordered_processes
from tests.support import eventually

# 60 calls in 6 seconds: ten times the speed of the real limit, with the same proportions.
PER_MINUTE = 600
INTERVAL = 60 / PER_MINUTE
FAST = {"per_minute": PER_MINUTE, "reserved_per_minute": 200, "in_flight": 8}
# A call begins this much after its slot at most on a machine that is busy with other things.
LATENESS_SECONDS = 0.4

Call = tuple[float, float, float]


@asynccontextmanager
async def limit_processes(
    count: int, database_url: str, **settings: Any
) -> AsyncIterator[list[OrderedProcess]]:
    """Processes that call under the limit "test"."""
    arguments = (database_url, json.dumps(settings))
    async with ordered_processes(count, "tests.integration.limit_process", *arguments) as processes:
        yield processes


def most_beyond(begins: Sequence[float], interval: float) -> float:
    """By how many calls the fullest window of any length exceeds what its length allows."""
    ordered = sorted(begins)
    worst = 0.0
    # Calls first to last: last - first + 1 of them, allowed length / interval; the lowest start wins.
    lowest = float("inf")
    for number, began in enumerate(ordered):
        lowest = min(lowest, number - began / interval)
        worst = max(worst, number - began / interval - lowest + 1)
    return worst


def most_at_once(calls: Sequence[Call]) -> int:
    """The largest number of calls in flight."""
    steps = sorted([(began, 1) for began, _, _ in calls] + [(ended, -1) for _, ended, _ in calls])
    running = most = 0
    for _, step in steps:
        running += step
        most = max(most, running)
    return most


async def taken_slots(engine: AsyncEngine, limit_name: str, began: float) -> float:
    """How many intervals of a second `free_at` has moved on since `began` (of this host's clock)."""
    async with engine.begin() as connection:
        ahead = await connection.execute(
            text(
                "select extract(epoch from free_at - clock_timestamp())::float8 from rate_limits"
                " where name = :name"
            ),
            {"name": limit_name},
        )
        return float(ahead.scalar_one()) + time.monotonic() - began


async def test_no_window_holds_more_than_the_limit_whoever_calls(database_url: str) -> None:
    background = {"callers": 15, "live": False, "seconds": 7, "patience": 30, "call_seconds": 0.1}
    live = {"callers": 3, "live": True, "seconds": 7, "patience": 5, "call_seconds": 0.1}
    async with limit_processes(4, database_url, **FAST) as processes:
        for process, order in zip(processes, (background, background, background, live), strict=True):
            await process.tell(**order)
        answers = [await process.answer() for process in processes]
    calls: list[Call] = [tuple(call) for answer in answers for call in answer["calls"]]
    begins = [began for began, _, _ in calls]
    assert most_beyond(begins, INTERVAL) <= BURST + LATENESS_SECONDS / INTERVAL
    assert most_at_once(calls) <= FAST["in_flight"]
    # Not by standing still: at least three quarters of what is allowed was used.
    assert len(calls) / (max(begins) - min(begins)) > 0.75 / INTERVAL
    # Every process of the same kind had its share, and nobody was turned away.
    shares = [len(answer["calls"]) for answer in answers[:3]]
    assert min(shares) > 0.5 * max(shares), shares
    assert [answer["refused"] for answer in answers] == [0, 0, 0, 0]


async def test_background_work_leaves_the_reserve_to_live_turns(database_url: str) -> None:
    background = {"callers": 20, "live": False, "seconds": 5, "patience": 30, "call_seconds": 0.05}
    # two of them ask about four times a second: within the reserve
    live = {"callers": 2, "live": True, "seconds": 5, "patience": 5, "call_seconds": 0.5}
    async with limit_processes(2, database_url, **FAST) as [batch, worker]:
        await batch.tell(**background)
        await worker.tell(**live)
        batch_calls = (await batch.answer())["calls"]
        live_waits = sorted(waited for _, _, waited in (await worker.answer())["calls"])
    begins = [began for began, _, _ in batch_calls]
    background_interval = 60 / (PER_MINUTE - FAST["reserved_per_minute"])
    assert most_beyond(begins, background_interval) <= BURST + LATENESS_SECONDS / background_interval
    batch_waits = sorted(waited for _, _, waited in batch_calls)
    assert batch_waits[len(batch_waits) // 2] > 5 * live_waits[len(live_waits) // 2]


async def test_a_burst_goes_at_once_and_then_calls_keep_their_distance(engine: AsyncEngine) -> None:
    limit = RateLimit(engine, "test", per_minute=PER_MINUTE, reserved_per_minute=0, in_flight=100)
    begins: list[float] = []

    async def call() -> None:
        async with limit.slot(live=True, patience_seconds=10):
            begins.append(time.monotonic())

    await asyncio.gather(*(call() for _ in range(15)))
    gaps = [later - earlier for earlier, later in pairwise(begins)]
    assert sum(gaps[: BURST - 1]) < INTERVAL + LATENESS_SECONDS
    assert sum(gaps[BURST - 1 :]) > INTERVAL * (15 - BURST) - 0.1


async def test_who_has_too_little_patience_is_told_how_long_it_takes_and_takes_nothing(
    engine: AsyncEngine,
) -> None:
    limit = RateLimit(engine, "test", per_minute=60, reserved_per_minute=0, in_flight=9)
    began = time.monotonic()
    for _ in range(BURST):
        async with limit.slot(live=True, patience_seconds=0):
            pass
    before = await taken_slots(engine, "test", began)
    for _ in range(3):
        with pytest.raises(LimitReached) as refusal:
            async with limit.slot(live=True, patience_seconds=0.01):
                pytest.fail("it was let in")
        assert 0.3 < refusal.value.retry_after_seconds <= 1.0
    assert await taken_slots(engine, "test", began) == pytest.approx(before, abs=0.1)


@pytest.mark.parametrize("live", [True, False], ids=["live", "background"])
async def test_a_block_holds_for_every_process_and_for_who_already_waits(
    engine: AsyncEngine, live: bool
) -> None:
    one, other = (
        RateLimit(engine, "test", per_minute=PER_MINUTE, reserved_per_minute=200, in_flight=8)
        for _ in range(2)
    )
    began: list[float] = []

    async def call() -> None:
        async with one.slot(live=live, patience_seconds=20):
            began.append(time.monotonic())

    waiting = [asyncio.create_task(call()) for _ in range(20)]
    await eventually(lambda: _is(len(began) > BURST), what="the others wait for their slots")
    blocked_at = time.monotonic()
    await other.blocked(1.5)
    blocked_since = time.monotonic()
    with pytest.raises(LimitReached) as refusal:
        async with other.slot(live=True, patience_seconds=0.2):
            pytest.fail("it was let in")
    left = 1.5 - (time.monotonic() - blocked_at)
    assert left - 0.1 < refusal.value.retry_after_seconds < 1.5 + LATENESS_SECONDS
    await asyncio.gather(*waiting)
    assert not [moment for moment in began if blocked_since + 0.05 < moment < blocked_at + 1.5]
    after = [moment for moment in began if moment >= blocked_at + 1.5]
    assert len(after) > BURST
    # The end of a block is no reason to burst.
    assert max(after) - min(after) > INTERVAL * (len(after) - 1) - LATENESS_SECONDS


async def test_nobody_sits_out_a_block_on_a_place(engine: AsyncEngine) -> None:
    """Its lease would end meanwhile, and then two would call on one place."""
    limits = [
        RateLimit(engine, "test", per_minute=None, reserved_per_minute=0, in_flight=1, lease_seconds=1.0)
        for _ in range(2)
    ]
    calls: list[Call] = []

    async def call(limit: RateLimit) -> None:
        async with limit.slot(live=True, patience_seconds=10):
            began = time.monotonic()
            await asyncio.sleep(0.3)
            calls.append((began, time.monotonic(), 0.0))

    await limits[0].blocked(1.5)
    blocked_at = time.monotonic()
    await asyncio.gather(*(call(limit) for limit in limits))
    assert min(began for began, _, _ in calls) > blocked_at + 1.4
    assert most_at_once(calls) == 1


async def test_a_killed_process_gives_its_places_back(database_url: str, engine: AsyncEngine) -> None:
    settings: dict[str, Any] = {
        "per_minute": None, "reserved_per_minute": 0, "in_flight": 3, "lease_seconds": 1.5,
    }  # fmt: skip
    survivor = RateLimit(engine, "test", **settings)
    async with limit_processes(1, database_url, **settings) as [victim]:
        await victim.tell(callers=3, live=True, seconds=60, patience=1, call_seconds=60)

        async def full() -> bool:
            async with engine.begin() as connection:
                held = await connection.execute(
                    text("select count(*) from rate_limit_places where holder is not null")
                )
                return held.scalar() == 3

        await eventually(full, what="every place is taken")
        with pytest.raises(LimitReached):
            async with survivor.slot(live=True, patience_seconds=0):
                pytest.fail("it was let in")
        await victim.kill()
        async with asyncio.timeout(3), survivor.slot(live=True, patience_seconds=3):
            pass


async def test_a_waiter_that_leaves_gives_back_nothing_it_did_not_take(engine: AsyncEngine) -> None:
    limit = RateLimit(engine, "test", per_minute=None, reserved_per_minute=0, in_flight=1)

    async def wait_in_vain() -> None:
        async with limit.slot(live=True, patience_seconds=60):
            pytest.fail("it was let in")

    async with limit.slot(live=True, patience_seconds=0):
        # One looks for a place, the other stands behind it.
        waiters = [asyncio.create_task(wait_in_vain()) for _ in range(2)]
        await eventually(lambda: _is(limit._lines[True].locked()), what="they stand in line")
        for waiter in waiters:
            waiter.cancel()
        await asyncio.gather(*waiters, return_exceptions=True)
        with pytest.raises(LimitReached):
            async with limit.slot(live=True, patience_seconds=0):
                pytest.fail("it was let in")
    async with limit.slot(live=True, patience_seconds=0):
        pass


async def test_background_work_never_takes_the_last_place(engine: AsyncEngine) -> None:
    limit = RateLimit(engine, "test", per_minute=None, reserved_per_minute=0, in_flight=2)
    async with limit.slot(live=False, patience_seconds=0):
        with pytest.raises(LimitReached):
            async with limit.slot(live=False, patience_seconds=0):
                pytest.fail("it was let in")
        async with limit.slot(live=True, patience_seconds=0):
            pass


async def test_a_process_that_stood_still_takes_another_slot_instead_of_calling_late(
    engine: AsyncEngine,
) -> None:
    limit = RateLimit(engine, "test", per_minute=60, reserved_per_minute=0, in_flight=9)
    began = time.monotonic()
    for _ in range(BURST):
        async with limit.slot(live=True, patience_seconds=0):
            pass

    async def call() -> None:
        async with limit.slot(live=True, patience_seconds=20):
            pass

    late = asyncio.create_task(call())

    async def sleeps() -> bool:
        return await taken_slots(engine, "test", began) > BURST + 0.5

    await eventually(sleeps, what="the sixth slot is taken")
    _stand_still(LATE_SECONDS + 1.5)
    await late
    assert await taken_slots(engine, "test", began) == pytest.approx(BURST + 2, abs=0.7)


async def test_a_limit_that_leaves_nothing_to_background_work_is_refused(engine: AsyncEngine) -> None:
    for per_minute, reserved in ((90, 90), (None, 5), (90, -1)):
        with pytest.raises(ValueError, match=f"reserved_per_minute is {reserved} of {per_minute}"):
            RateLimit(engine, "test", per_minute=per_minute, reserved_per_minute=reserved, in_flight=5)


def _stand_still(seconds: float) -> None:
    time.sleep(seconds)


async def _is(answer: bool) -> bool:
    return answer
