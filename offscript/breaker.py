"""Leaving a model's server alone after failures in a row, so that no customer waits for a dead one.

The count is a row in Postgres, not a variable: the action server and the workers ask the same server,
a restart does not forget, and of all processes one alone tries whether it is back. Reading it costs
nothing extra, for every call goes through Postgres anyway to reserve its cost.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

FAILURES = 5
OPEN_SECONDS = 30.0

_IS_OPEN = text("select 1 from model_servers where address = :address and failures >= :failures")
_TRY_AGAIN = text(
    "update model_servers set open_until = clock_timestamp() + make_interval(secs => :seconds)"
    " where address = :address and open_until <= clock_timestamp() returning 1"
)
_FAILED = text(
    "insert into model_servers as server (address, failures) values (:address, 1)"
    " on conflict (address) do update set failures = server.failures + 1, open_until ="
    " case when server.failures + 1 >= :failures"
    " then clock_timestamp() + make_interval(secs => :seconds) end"
)
_WORKED = text(
    "update model_servers set failures = 0, open_until = null where address = :address and failures > 0"
)


async def lets_through(connection: AsyncConnection, address: str) -> bool:
    """Whether the server may be asked now. After a pause the first who asks may, and nobody else yet."""
    given = {"address": address, "failures": FAILURES, "seconds": OPEN_SECONDS}
    if (await connection.execute(_IS_OPEN, given)).first() is None:
        return True
    return (await connection.execute(_TRY_AGAIN, given)).first() is not None


async def failed(connection: AsyncConnection, address: str) -> None:
    """One more failure in a row."""
    await connection.execute(_FAILED, {"address": address, "failures": FAILURES, "seconds": OPEN_SECONDS})


async def worked(connection: AsyncConnection, address: str) -> None:
    """The server lives: it answered, if only to refuse."""
    await connection.execute(_WORKED, {"address": address})
