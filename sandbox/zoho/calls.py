"""Every call that reached the stand-in, what it was answered, and a way to wait for the next one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sandbox.clock import iso_milliseconds


@dataclass(slots=True, kw_only=True)
class Call:
    """One request; the token appears by its last four characters only."""

    sequence: int
    at: datetime
    # of this host (`time.monotonic`), so that a checker may count calls per minute
    at_monotonic: float
    product: str
    method: str
    path: str
    # empty for the accounts server: its query may carry secrets
    query: Mapping[str, str]
    token: str | None
    # calls of the same limit that were being answered at that moment, this one included
    in_flight: int
    # None while unanswered, and for a connection that was cut
    status: int | None = None
    code: object = None
    # the fault that applied
    fault: str | None = None
    seconds: float | None = None

    def as_json(self) -> dict[str, object]:
        """The call with its time as an ISO string."""
        return {**asdict(self), "at": iso_milliseconds(self.at)}


class Calls:
    """The list of calls. Any change of the stand-in is told through `touch`."""

    def __init__(self) -> None:
        self.all: list[Call] = []
        self._version = 0
        self._changed = asyncio.Event()

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self._version

    def add(self, call: Call) -> None:
        """Keep a call that has just arrived."""
        self.all.append(call)
        self.touch()

    def end(self, call: Call) -> None:
        """The call was answered or cut."""
        call.seconds = round(time.monotonic() - call.at_monotonic, 4)
        self.touch()

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

    def clear(self) -> None:
        """Forget all calls."""
        self.all.clear()
        self.touch()
