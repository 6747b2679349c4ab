"""What grades a real chat, what it is given of it, and what it finds (design §10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from quality.transcript import Transcript, masked


class Who(StrEnum):
    """Whose line it is."""

    CUSTOMER = "customer"
    MAJLIS = "majlis"


@dataclass(frozen=True)
class KeptLine:
    """A line that a broken rule is about, masked: it is kept, and people read it."""

    who: Who
    text: str


@dataclass(frozen=True)
class ChatToGrade:
    """A chat from its first message on; graded is what was said from `since` until before `until`.

    `transcript` is as it was said: code of ours compares it with the records, and it goes nowhere. Whatever
    leaves a grader, to a judge's model or to be kept, goes through `mask` before.
    """

    transcript: Transcript
    mask: Callable[[str], str]
    since: datetime
    until: datetime

    def covers(self, at: datetime | None) -> bool:
        """Whether this moment is in the period."""
        return at is not None and self.since <= at < self.until

    @cached_property
    def masked(self) -> Transcript:
        """The period's turns without personal data: what a judge's model may read."""
        turns = tuple(turn for turn in self.transcript.turns if self.covers(turn.at))
        return masked(replace(self.transcript, turns=turns), self.mask)


@dataclass(frozen=True)
class Verdict:
    """What one of the 15 rules says of a chat; `passed` is None where nobody could tell, and `why` says why.

    Reason and lines are masked.
    """

    rule: int
    passed: bool | None
    why: str = ""
    lines: Sequence[KeptLine] = ()


class Grader(Protocol):
    """Grades chats by some or all of the rules."""

    async def grade(self, chat: ChatToGrade) -> Sequence[Verdict]:
        """At most one verdict a rule; none for a rule that has nothing to judge in this chat."""
        ...
