"""One lease for everything durable: conversations, outbox rows and jobs.

A leased table has the columns `id`, `due_at` (null: nothing to do), `lease_until`, `lease_token` (the
fence, one higher at each claim) and `ready_at` (generated: the later of due and lease, indexed). So
"it is due" and "its worker died" are the same condition, and `min(ready_at)` is the next alarm.
All times here are the database's own clock: a host's clock may be wrong, and the test clock must not
make a lease end early.

Locks are always taken in the order conversation, owner, outbox, inbox, job, so that nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

LEASE_SECONDS = 5.0
LONGEST_SLEEP_SECONDS = 0.5


@dataclass(frozen=True)
class Held:
    """A row somebody holds: its id and the fence token of this claim."""

    id: int
    token: int


class Lease:
    """Claims rows of one table for a while.

    `claimable` is an SQL condition on alias `row` for tables where due is not enough (the outbox sends
    a chat's rows in order). Both are our own words, never a customer's. With `kinds`, only rows whose
    column `kind` is one of them are claimed and wake anybody (jobs: not every worker can do all of them).
    """

    def __init__(self, table: str, *, claimable: str = "true", kinds: Sequence[str] | None = None) -> None:
        self._mine = {} if kinds is None else {"kinds": list(kinds)}
        mine = "true" if kinds is None else "row.kind = any(:kinds)"
        self._claim = text(
            f"with due as (select row.id from {table} row"
            f" where row.ready_at <= clock_timestamp() and {mine} and {claimable}"
            " order by row.ready_at for update of row skip locked limit :limit)"
            f" update {table} set lease_until = clock_timestamp() + make_interval(secs => :lease),"
            f" lease_token = lease_token + 1 from due where {table}.id = due.id"
            f" returning {table}.id, {table}.lease_token"
        )
        self._renew = text(
            f"update {table} set lease_until = clock_timestamp() + make_interval(secs => :lease)"
            " where id = :id and lease_token = :token"
        )
        self._lock = text(f"select 1 from {table} where id = :id and lease_token = :token for update")
        self._release = text(
            f"update {table} set lease_until = null,"
            " due_at = clock_timestamp() + make_interval(secs => :delay)"
            " where id = :id and lease_token = :token"
        )
        self._alarm = text(
            "select extract(epoch from min(row.ready_at) - clock_timestamp())::float8"
            f" from {table} row where row.ready_at is not null and {mine}"
        )

    async def claim(self, connection: AsyncConnection, limit: int) -> list[Held]:
        """Take up to `limit` rows that are due; nobody else gets them for LEASE_SECONDS."""
        parameters = {"limit": limit, "lease": LEASE_SECONDS, **self._mine}
        rows = await connection.execute(self._claim, parameters)
        return [Held(row.id, row.lease_token) for row in rows]

    async def renew(self, engine: AsyncEngine, held: Sequence[Held]) -> set[Held]:
        """Extend each of `held`; what is missing from the answer was lost.

        A transaction a row: one that waited for a second row's lock while it holds the first could wait in
        a circle with a flush of the inbox.
        """
        kept = set()
        for row in held:
            async with engine.begin() as connection:
                parameters = {"id": row.id, "token": row.token, "lease": LEASE_SECONDS}
                if (await connection.execute(self._renew, parameters)).rowcount == 1:
                    kept.add(row)
        return kept

    async def lock(self, connection: AsyncConnection, held: Held) -> bool:
        """Lock the row for this transaction; False when another claim has taken it meanwhile."""
        rows = await connection.execute(self._lock, {"id": held.id, "token": held.token})
        return rows.first() is not None

    async def release(self, connection: AsyncConnection, held: Held, *, delay_seconds: float) -> None:
        """Give the row back, to be claimed again after `delay_seconds`; a lost row is left alone."""
        await connection.execute(self._release, {"id": held.id, "token": held.token, "delay": delay_seconds})

    async def seconds_to_alarm(self, connection: AsyncConnection) -> float:
        """Seconds until the next row is due, at most LONGEST_SLEEP_SECONDS (another host may add one)."""
        seconds = (await connection.execute(self._alarm, self._mine)).scalar()
        return LONGEST_SLEEP_SECONDS if seconds is None else min(max(seconds, 0.0), LONGEST_SLEEP_SECONDS)
