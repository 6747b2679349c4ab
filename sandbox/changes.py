"""Waiting for something to become true in a stand-in, without asking again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class Changes:
    """Who changes a stand-in calls `touch`; who waits is woken by it."""

    def __init__(self) -> None:
        self._version = 0
        self._changed = asyncio.Event()

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self._version

    def touch(self) -> None:
        """Wake everyone who waits."""
        self._version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_until(self, condition: Callable[[], bool], timeout_seconds: float) -> bool:
        """Wait until the condition holds; False when the time ran out first."""
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            try:
                await asyncio.wait_for(self._changed.wait(), remaining)
            except TimeoutError:
                return condition()
        return True
