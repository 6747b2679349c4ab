"""What time is it in the sandbox? The host's time plus an offset that tests move forward."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def iso_milliseconds(moment: datetime) -> str:
    """ISO-8601 UTC with milliseconds and `Z`, as Wazzup prints times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_iso(value: str) -> datetime:
    """The moment that an ISO-8601 string names.

    Raises ValueError when it is no time or has no zone.
    """
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone: end it with Z or an offset")
    return moment.astimezone(UTC)


class SandboxClock:
    """One clock for timestamps, the 60-second key memory, the 24-hour window and the request counter.

    Delays of scripts (statuses, slow answers, retries) are real seconds: advancing the clock does not
    fire them.
    """

    def __init__(self, wall: Callable[[], float] = time.time, *, offset_seconds: float = 0.0) -> None:
        self._wall = wall
        self._offset_seconds = offset_seconds

    @property
    def offset_seconds(self) -> float:
        """How far the sandbox is ahead of the host."""
        return self._offset_seconds

    def now(self) -> datetime:
        """Sandbox time, UTC."""
        return datetime.fromtimestamp(self._wall(), UTC) + timedelta(seconds=self._offset_seconds)

    def advance(self, seconds: float) -> None:
        """Move forward. Raises ValueError for a negative step: time never goes back at the gateway."""
        if seconds < 0:
            raise ValueError(f"advance_seconds is {seconds}; the sandbox clock only moves forward")
        self._offset_seconds += seconds
