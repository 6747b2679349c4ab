"""What the database server itself says: its clock, and how large our database is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_TIME = text("select clock_timestamp()")
_SIZE = text("select pg_database_size(current_database())")


async def server_time(connection: AsyncConnection) -> datetime:
    """The server's own clock; never business time."""
    moment: datetime = (await connection.execute(_TIME)).scalar_one()
    return moment


async def database_bytes(connection: AsyncConnection) -> int:
    """The size of our database on the server's disk."""
    size: int = (await connection.execute(_SIZE)).scalar_one()
    return size
