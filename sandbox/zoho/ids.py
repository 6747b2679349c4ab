"""Ids as Zoho gives them: 19 digits, growing, carried as strings."""

from __future__ import annotations

from collections.abc import Container

_FIRST = 4_150_868_000_000_100_000


class Ids:
    """One order of ids for all records of the organization."""

    def __init__(self) -> None:
        self._last = _FIRST

    def next(self, taken: Container[str] = ()) -> str:
        """An id that nobody has; `taken` holds those that came from outside."""
        while True:
            self._last += 1
            if str(self._last) not in taken:
                return str(self._last)
