"""What a report shows: the figures of some whole weeks, counted by the rooms that own them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from quality.review_storage import Failure, ReviewedWeek, RuleCount, Unjudged
from sales.figures import FollowUps, HandOvers
from sales.stages import Stage


@dataclass(frozen=True)
class Waits:
    """How long turns waited for their first reply, in seconds; None where no turn got one."""

    # Turns with a customer's message, and those that got a reply.
    turns: int
    answered: int
    promised_seconds: int
    in_time: int
    median: float | None
    slow: float | None
    # How many took how long, in words, the fastest first.
    groups: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Cost:
    """US dollars of a day's calls of one purpose."""

    day: date
    purpose: str
    calls: int
    dollars: Decimal


@dataclass(frozen=True)
class Figures:
    """Everything on the page."""

    seller: str
    # The first day and the last one.
    first: date
    last: date
    made_at: datetime
    # By stage and language of the customer: chats that came at least so far; that negotiated, for that stage.
    funnel: Mapping[Stage, Mapping[str, int]]
    waits: Waits
    hand_overs: Sequence[HandOvers]
    follow_ups: Sequence[FollowUps]
    costs: Sequence[Cost]
    # Turns that the bot answered, and those of them for which a model was asked.
    answered_turns: int
    model_turns: int
    weeks: Sequence[ReviewedWeek]
    rules: Sequence[RuleCount]
    unjudged: Sequence[Unjudged]
    # Of each rule not more than anybody reads; `rules` has the counts of all.
    failures: Sequence[Failure]

    @property
    def chats(self) -> int:
        """Chats in which a customer wrote."""
        return sum(self.funnel.get(Stage.GREETING, {}).values())
