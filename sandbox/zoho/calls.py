"""Every call that reached the stand-in, what it was answered, and a way to wait for the next one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sandbox.changes import Changes
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


class Calls(Changes):
    """The list of calls. Any change of the stand-in is told through `touch`."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[Call] = []

    def add(self, call: Call) -> None:
        """Keep a call that has just arrived."""
        self.all.append(call)
        self.touch()

    def end(self, call: Call) -> None:
        """The call was answered or cut."""
        call.seconds = round(time.monotonic() - call.at_monotonic, 4)
        self.touch()

    def clear(self) -> None:
        """Forget all calls."""
        self.all.clear()
        self.touch()
