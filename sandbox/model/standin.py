"""The model's server as one object: its key, its script, and every call that reached it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sandbox.changes import Changes
from sandbox.clock import SandboxClock, iso_milliseconds
from sandbox.config import SandboxConfig
from sandbox.model.script import Entry

MODELS = (
    "sandbox/triage", "sandbox/triage-second", "sandbox/answer", "sandbox/answer-second", "sandbox/judge",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class ModelCall:
    """One request; `body` is as received, parsed where it is JSON."""

    sequence: int
    at: datetime
    # of this host (`time.monotonic`)
    at_monotonic: float
    purpose: str | None
    body: object
    # the entry's place in the script; None when none fitted, or the request was refused
    entry: int | None = None
    fault: str | None = None
    # None while unanswered, and for a connection that was cut
    status: int | None = None
    seconds: float | None = None

    def as_json(self) -> dict[str, object]:
        """The call with its time as an ISO string."""
        return {**asdict(self), "at": iso_milliseconds(self.at)}


class ModelStandIn:
    """Everything that the route and the control API need."""

    def __init__(self, config: SandboxConfig, clock: SandboxClock) -> None:
        self.key = config.model_key
        self.clock = clock
        self.changes = Changes()
        self.script: list[Entry] = []
        self.calls: list[ModelCall] = []
        # None: the account has no limit
        self.credit_dollars: float | None = None
        # what `GET /v1/models` lists
        self.models: tuple[str, ...] = MODELS
        self._sequence = 0

    def arrived(self, purpose: str | None, body: object) -> ModelCall:
        """Keep a call that has just come."""
        self._sequence += 1
        call = ModelCall(
            sequence=self._sequence,
            at=self.clock.now(),
            at_monotonic=time.monotonic(),
            purpose=purpose,
            body=body,
        )
        self.calls.append(call)
        self.changes.touch()
        return call

    def ended(self, call: ModelCall) -> None:
        """The call was answered or cut."""
        call.seconds = round(time.monotonic() - call.at_monotonic, 4)
        self.changes.touch()

    def take(self, call: ModelCall, body: Mapping[str, object]) -> Entry | None:
        """The entry that answers the request, used once more; None when none fits."""
        for place, entry in enumerate(self.script):
            if entry.fits(call.purpose, body):
                entry.used += 1
                call.entry, call.fault = place, entry.fault
                return entry
        return None

    def reset(self) -> None:
        """No script and no calls, credit without a limit, the usual models."""
        self.script = []
        self.calls.clear()
        self.credit_dollars, self.models = None, MODELS
        self.changes.touch()
