"""Which workers live: a row each, refreshed about once a second by the database's own clock."""

from __future__ import annotations

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

ALIVE_SECONDS = 5

_BEAT = text(
    "insert into workers (name) values (:name) on conflict (name) do update set seen_at = clock_timestamp()"
)
_SWEEP = text("delete from workers where seen_at < clock_timestamp() - interval '1 hour'")
_ALIVE = "select exists (select 1 from workers where seen_at > clock_timestamp() - make_interval(secs => %s))"

_BEATS = text(
    "select extract(epoch from clock_timestamp() - seen_at)::float8 from workers order by seen_at desc"
)


async def beat(connection: AsyncConnection, name: str) -> None:
    """Say that the worker `name` lives."""
    await connection.execute(_BEAT, {"name": name})
    await connection.execute(_SWEEP)


async def any_alive(connection: psycopg.AsyncConnection) -> bool:
    """Whether a worker said so within ALIVE_SECONDS."""
    row = await (await connection.execute(_ALIVE, (ALIVE_SECONDS,))).fetchone()
    return bool(row and row[0])


async def seconds_since_beats(connection: AsyncConnection) -> list[float]:
    """How long ago each worker of the last hour said that it lives, the newest first."""
    return list((await connection.execute(_BEATS)).scalars())
