"""Jobs that go: those of a person who is erased, whatever they wait for, and old ones that have ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_READ = text("select * from jobs where conversation_id = any(:chats) order by id")
_DELETE = text("delete from jobs where conversation_id = any(:chats)")
_DELETE_OLD = text(
    "delete from jobs where id in (select id from jobs where state in ('done', 'dropped')"
    # Jobs end by the clock that leases go by; a jump of business time ages none.
    " and ended_at < clock_timestamp() - make_interval(days => :days) order by id limit :limit)"
)
_UNDER_WAY = text(
    "select exists (select from jobs where conversation_id = any(:chats) and state = 'waiting'"
    " and lease_until > clock_timestamp())"
)


async def delete_jobs(connection: AsyncConnection, conversations: Sequence[int]) -> int:
    """Delete them in whatever state they are; whoever does one finds at his next step that it is lost."""
    return (await connection.execute(_DELETE, {"chats": list(conversations)})).rowcount


async def read_jobs(connection: AsyncConnection, conversations: Sequence[int]) -> Sequence[Mapping[str, Any]]:
    """All of them as they are."""
    return [dict(row) for row in (await connection.execute(_READ, {"chats": list(conversations)})).mappings()]


async def jobs_under_way(connection: AsyncConnection, conversations: Sequence[int]) -> bool:
    """Whether a worker may be at one of them now, in the middle of a call to the outside."""
    return bool((await connection.execute(_UNDER_WAY, {"chats": list(conversations)})).scalar_one())


async def delete_old_jobs(connection: AsyncConnection, days: int, limit: int) -> int:
    """Delete up to `limit` jobs that ended so long ago; parked ones wait for the operator for ever."""
    return (await connection.execute(_DELETE_OLD, {"days": days, "limit": limit})).rowcount
