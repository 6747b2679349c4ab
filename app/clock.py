"""Business time of a running Majlis, which Postgres and the sandbox share, and moving it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg

from app.database import find_database
from app.settings import Settings, SettingsError
from app.supervisor import read_state
from storage import clock

_TIMEOUT_SECONDS = 10.0


async def advance(settings: Settings, seconds: float) -> float:
    """Move business time by `seconds` and return the whole offset from real time in seconds.

    Raises:
        SettingsError: when the test clock is off, or no database can be found or reached.
    """
    if not settings.majlis_test_clock:
        raise SettingsError(
            "Time can be moved only with MAJLIS_TEST_CLOCK=1, set here and where Majlis runs; "
            "never in production."
        )
    database_url = find_database(settings)
    with _reached():
        offset = await clock.advance(database_url, seconds)
    if sandbox_url := (read_state(settings.run_folder) or {}).get("sandbox_url"):
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
            answer = await client.post(f"{sandbox_url}/control/clock", json={"advance_seconds": seconds})
            answer.raise_for_status()
    return offset


async def offset(settings: Settings) -> float:
    """How far business time is ahead of real time where these settings apply, in seconds.

    Raises:
        SettingsError: when the database does not answer.
    """
    if not (settings.majlis_test_clock and settings.database_url):
        return 0.0
    with _reached():
        return await clock.read_offset(settings.database_url)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        raise SettingsError(f"The database does not answer: {str(error).splitlines()[0]}") from error
