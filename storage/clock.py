"""Moving business time in tests and demonstrations.

Business time in SQL is `majlis_now()`: the database's clock plus an offset that counts only in
sessions opened with the test clock on (`storage.pool`). Leases and rate limits never use it.
"""

from __future__ import annotations

import psycopg


async def read_offset(url: str) -> float:
    """How far business time is ahead of real time, in seconds."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        cursor = await connection.execute("select extract(epoch from clock_offset)::float8 from test_clock")
        return _offset(await cursor.fetchone())


async def advance(url: str, seconds: float) -> float:
    """Move business time by `seconds` (negative: back) and return the whole offset in seconds."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        cursor = await connection.execute(
            "update test_clock set clock_offset = clock_offset + make_interval(secs => %s)"
            " returning extract(epoch from clock_offset)::float8",
            (seconds,),
        )
        return _offset(await cursor.fetchone())


def _offset(row: tuple[float] | None) -> float:
    if row is None:
        raise LookupError("the table test_clock is empty: run the migrations again")
    return float(row[0])
