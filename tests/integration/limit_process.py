"""A process that calls under a shared limit: does what it reads as JSON lines, answers each with one.

`{"callers": 5, "live": false, "seconds": 4, "patience": 10, "call_seconds": 0.1}` lets five tasks call again
and again for four seconds. The answer lists each call's beginning and end (`time.monotonic`, the same clock
in every process of a host), how long it waited for its turn, and how many turns were refused.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from typing import Any

import structlog

from storage.pool import create_engine
from storage.ports import LimitReached
from storage.rate_limit import RateLimit


async def caller(limit: RateLimit, order: Mapping[str, Any], calls: list[list[float]]) -> int:
    """Call until the time is over; the turns that were refused."""
    refused = 0
    until = time.monotonic() + order["seconds"]
    while (asked_at := time.monotonic()) < until:
        try:
            async with limit.slot(live=order["live"], patience_seconds=order["patience"]):
                began = time.monotonic()
                await asyncio.sleep(order["call_seconds"])
                calls.append([began, time.monotonic(), began - asked_at])
        except LimitReached as error:
            refused += 1
            await asyncio.sleep(min(error.retry_after_seconds, until - time.monotonic()))
    return refused


async def main(database_url: str, settings: Mapping[str, Any]) -> None:
    """Serve until the orders end."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    engine = create_engine(database_url, test_clock=False)
    limit = RateLimit(engine, "test", **settings)
    print(json.dumps("ready"), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        calls: list[list[float]] = []
        refused = await asyncio.gather(*(caller(limit, order, calls) for _ in range(order["callers"])))
        print(json.dumps({"calls": calls, "refused": sum(refused)}), flush=True)
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
