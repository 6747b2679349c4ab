"""Ids as Zoho gives them: 19 digits, growing, carried as strings."""

from __future__ import annotations

import time
from collections.abc import Container

_FIRST = 4_150_868_000_000_100_000


class Ids:
    """One order of ids for all records of the organization.

    A sandbox that is started again begins behind the one before it: our database outlives both, and would
    take a new deal for the old one of the same id.
    """

    def __init__(self) -> None:
        self._last = _FIRST + int(time.time()) * 1_000

    def next(self, taken: Container[str] = ()) -> str:
        """An id that nobody has; `taken` holds those that came from outside."""
        while True:
            self._last += 1
            if str(self._last) not in taken:
                return str(self._last)
