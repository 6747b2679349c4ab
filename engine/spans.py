"""Look-ups among things that stand in a text, in the order of the text.

A customer may paste thousands of words; going through all of them for each of them would block the chat
of everybody else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol, TypeVar


class Span(Protocol):
    """Something that stands in a text."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it has ended."""


_Found = TypeVar("_Found", bound=Span)


def first_from(found: Sequence[_Found], position: int) -> int:
    """The index of the first one that begins at or behind `position`; `found` is sorted by start."""
    return bisect_left(found, position, key=lambda span: span.start)


def starting_in(found: Sequence[_Found], start: int, end: int) -> Sequence[_Found]:
    """Those that begin in a stretch of the text; `found` is sorted by start."""
    return found[first_from(found, start) : first_from(found, end)]


def last_before(found: Sequence[_Found], position: int) -> int:
    """The index of the last one that ends at or before `position`, -1 for none; none of `found` overlap."""
    return bisect_left(found, position + 1, key=lambda span: span.end) - 1
