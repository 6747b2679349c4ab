"""How often and how many at once: the finance products' minute and day, CRM's credits, calls in flight.

All windows run on real (monotonic) seconds, because the limits of a client do.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

MINUTE_SECONDS = 60.0
DAY_SECONDS = 86_400.0


class SlidingMinute:
    """Calls of the last 60 seconds. One too many blocks the caller for the rest of that minute."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._admitted: deque[float] = deque()
        self._arrived: deque[float] = deque()
        self._blocked_until = 0.0
        # most calls that arrived within any 60 seconds, refused ones included: what a client is judged by
        self.peak = 0
        self.refused = 0

    def admit(self, limit: int) -> bool:
        """Count an arrival; False when it is over the limit or falls into a block."""
        now = self._now()
        self._forget(now)
        self._arrived.append(now)
        self.peak = max(self.peak, len(self._arrived))
        if now >= self._blocked_until and len(self._admitted) >= limit:
            self._blocked_until = self._admitted[0] + MINUTE_SECONDS
        if now < self._blocked_until:
            self.refused += 1
            return False
        self._admitted.append(now)
        return True

    @property
    def calls(self) -> int:
        """Arrivals of the last 60 seconds."""
        self._forget(self._now())
        return len(self._arrived)

    @property
    def blocked_seconds(self) -> float:
        """How long the block still lasts, 0 without one."""
        return max(0.0, self._blocked_until - self._now())

    def _forget(self, now: float) -> None:
        for times in (self._admitted, self._arrived):
            while times and now - times[0] >= MINUTE_SECONDS:
                times.popleft()


class Day:
    """A quota of 24 hours that begins with its first use."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began: float | None = None
        self.used = 0

    def admit(self, cost: int, limit: int) -> bool:
        """Take from the quota; False (and nothing taken) when it does not suffice."""
        self._turn()
        if self.used + cost > limit:
            return False
        self.used += cost
        return True

    @property
    def seconds_left(self) -> int:
        """Seconds until the quota is whole again."""
        self._turn()
        assert self._began is not None
        return int(DAY_SECONDS - (self._now() - self._began))

    def _turn(self) -> None:
        now = self._now()
        if self._began is None or now - self._began >= DAY_SECONDS:
            self._began, self.used = now, 0


class InFlight:
    """Calls that are being answered at this moment."""

    def __init__(self) -> None:
        self.count = 0
        self.peak = 0

    def enter(self) -> int:
        """One more; the number including it."""
        self.count += 1
        self.peak = max(self.peak, self.count)
        return self.count

    def leave(self) -> None:
        """One less."""
        self.count -= 1

    def clear_peak(self) -> None:
        """Measure anew."""
        self.peak = self.count
