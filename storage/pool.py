"""Connections to Postgres with the time limits that keep a dead database from hanging us.

Each limit closes a hang that was reproduced (a server that stops answering keeps a client waiting
for ever by default): connecting, waiting for a pooled connection, a running statement, a transaction
left open, and bytes that nobody acknowledges.
"""

from __future__ import annotations

from urllib.parse import urlencode

from psycopg.errors import QueryCanceled
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import exc, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

CONNECT_TIMEOUT_SECONDS = 2
POOL_TIMEOUT_SECONDS = 2.0
STATEMENT_TIMEOUT_MILLISECONDS = 5_000
IDLE_IN_TRANSACTION_TIMEOUT_MILLISECONDS = 10_000
TCP_USER_TIMEOUT_MILLISECONDS = 6_000

# What a database that is away, full, slow or not writable does to who asks it; a loop goes on after these.
# The pool's own TimeoutError (no connection to spare) is neither a DBAPIError nor the built-in one.
DATABASE_FAILED = (exc.DBAPIError, exc.TimeoutError, OSError, TimeoutError)

_ALLOW = text("select set_config('statement_timeout', :limit, true)")


def is_away(error: Exception) -> bool:
    """Whether trying again later can help.

    A statement that is refused fails however often it is tried, and so does one that ran out of time.
    """
    if isinstance(error, exc.DBAPIError):
        refused = not isinstance(error, exc.OperationalError | exc.InterfaceError)
        return error.connection_invalidated or not (refused or isinstance(error.orig, QueryCanceled))
    return isinstance(error, DATABASE_FAILED)


def connection_parameters(
    *, test_clock: bool, statement_timeout_milliseconds: int = STATEMENT_TIMEOUT_MILLISECONDS
) -> dict[str, str]:
    """libpq parameters every connection of ours carries.

    `test_clock` lets `majlis_now()` add the test offset in this session (design §3, Time).
    """
    options = [
        f"-c statement_timeout={statement_timeout_milliseconds}",
        f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MILLISECONDS}",
        "-c timezone=UTC",
    ]
    if test_clock:
        options.append("-c majlis.test_clock=on")
    return {
        "connect_timeout": str(CONNECT_TIMEOUT_SECONDS),
        "tcp_user_timeout": str(TCP_USER_TIMEOUT_MILLISECONDS),
        "options": " ".join(options),
    }


def create_pool(
    url: str, *, test_clock: bool, size: int, statement_timeout_milliseconds: int
) -> AsyncConnectionPool:
    """A psycopg pool for the gateway; the caller opens and closes it."""
    return AsyncConnectionPool(
        url,
        kwargs={
            **connection_parameters(
                test_clock=test_clock, statement_timeout_milliseconds=statement_timeout_milliseconds
            ),
            "autocommit": True,
        },
        min_size=size,
        max_size=size,
        timeout=POOL_TIMEOUT_SECONDS,
        reconnect_timeout=1.0,
        open=False,
    )


def create_engine(url: str, *, test_clock: bool, size: int = 8) -> AsyncEngine:
    """The one SQLAlchemy engine of a worker or an action server, on psycopg 3."""
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"DATABASE_URL begins with {scheme}://; it has to begin with postgresql://")
    separator = "&" if "?" in rest else "?"
    query = urlencode(connection_parameters(test_clock=test_clock))
    return create_async_engine(
        f"postgresql+psycopg://{rest}{separator}{query}",
        pool_size=size,
        max_overflow=size,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        pool_pre_ping=False,
    )


async def allow_longer(connection: AsyncConnection, seconds: int) -> None:
    """Let each statement of this transaction take so long: for rare work that reads through much."""
    await connection.execute(_ALLOW, {"limit": f"{seconds}s"})
