"""What the made-up transcriber hears: scripted answers and faults, else the name of the file.

A recording that somebody sends from the phone page, or puts into the store, "says" its file's name without
the ending: `I need a black chair.ogg`. One without words in its name is answered 503.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from sandbox.wazzup.media import MediaStore
from sandbox.wire import BadRequest

DEFAULT_LOG_PROBABILITY = -0.2
DEFAULT_NO_SPEECH = 0.01
DEFAULT_COMPRESSION = 1.2
# Names that recorders give, which say nothing.
SILENT_NAMES = frozenset({"", "file", "voice", "audio", "رسالة صوتية", "old voice"})
# What a scripted `fault` may be; `slow:<seconds>` besides.
FAULTS = frozenset(
    {"http_400", "http_401", "http_413", "http_429", "http_500", "http_503", "not_json", "html", "no_text",
     "empty_text", "endless_text", "drop", "redirect", "without_figures"}
)  # fmt: skip
_FIELDS = frozenset({"text", "avg_logprob", "no_speech_prob", "compression_ratio", "language", "fault"})


@dataclass(frozen=True)
class Call:
    """One recording as it arrived."""

    file_name: str
    content_type: str
    size: int
    model: str
    language: str | None
    response_format: str


@dataclass
class TranscriptionStandIn:
    """The service behind one key; without a key every caller is let in."""

    api_key: str
    media: MediaStore
    calls: list[Call] = field(default_factory=list)
    # Answers in order, each used once; the last one stays when `repeat` is set.
    script: list[dict[str, Any]] = field(default_factory=list)
    repeat: bool = False
    # While cleared, recordings are taken but not answered.
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    _arrival: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.may_answer.set()

    def reset(self) -> None:
        """Forget calls and script."""
        self.calls.clear()
        self.turn([], repeat=False)
        self.may_answer.set()

    def turn(self, script: Sequence[object], *, repeat: bool) -> None:
        """Replace the script.

        Raises:
            BadRequest: for an entry that is no answer and no known fault.
        """
        self.script, self.repeat = [_entry(item) for item in script], repeat

    async def take(self, call: Call) -> None:
        """Note a call, for whoever waits for it."""
        self.calls.append(call)
        async with self._arrival:
            self._arrival.notify_all()

    async def until_called(self, count: int, timeout_seconds: float = 10.0) -> None:
        """Wait until there were `count` calls; TimeoutError when they do not come."""
        async with asyncio.timeout(timeout_seconds), self._arrival:
            await self._arrival.wait_for(lambda: len(self.calls) >= count)

    def next_answer(self, recording: bytes) -> dict[str, Any] | None:
        """The entry to answer with; None when nothing is scripted and the recording says nothing."""
        if self.script:
            return self.script[0] if self.repeat and len(self.script) == 1 else self.script.pop(0)
        name = self.media.name_of(recording) or ""
        words = PurePosixPath(name).stem.strip()
        return None if words.casefold() in SILENT_NAMES else {"text": words}


def _entry(item: object) -> dict[str, Any]:
    if not isinstance(item, dict) or not set(item) <= _FIELDS or not {"text", "fault"} & set(item):
        raise BadRequest(f"an entry is {item!r}; use text or fault, and of {', '.join(sorted(_FIELDS))}")
    fault = item.get("fault")
    if fault is not None and fault not in FAULTS and not str(fault).startswith("slow:"):
        raise BadRequest(f"fault is {fault!r}; use slow:<seconds> or one of {', '.join(sorted(FAULTS))}")
    return item
