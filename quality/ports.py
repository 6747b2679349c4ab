"""What grades a real chat, and what it is shown of it (design §10): masked lines, and the rows behind them.

A grader never sees personal data: every text in here went through masking before, so that nothing has to be
kept back from a judge model, or from whoever reads the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from sales.quote import QuoteLine, QuoteTotals


class Who(StrEnum):
    """Whose line it is."""

    CUSTOMER = "customer"
    MAJLIS = "majlis"
    # A manager who wrote in the chat.
    PERSON = "person"


@dataclass(frozen=True)
class ChatLine:
    """One message, masked. Times are the database's."""

    who: Who
    text: str
    at: datetime
    # Null for what no turn said: reminders, notices, a manager's own messages.
    turn_id: int | None = None
    # Of ours: it went out as an approved template, which may leave at any time.
    is_template: bool = False
    # Of ours: the customer's newest message before it.
    customer_wrote_at: datetime | None = None


class DetailStep(StrEnum):
    """What happened to a detail of the customer's, in the dialogue's own order."""

    KNOWN = "known"
    FORGOTTEN = "forgotten"
    ASKED = "asked"


@dataclass(frozen=True)
class DetailEvent:
    """A step of one of company, contact_name and email."""

    step: DetailStep
    detail: str
    turn_id: int | None


@dataclass(frozen=True)
class GradedQuote:
    """A quote that the customer got in the period, as its rows have it."""

    number: str
    lines: Sequence[QuoteLine]
    vat_percent: Decimal
    discount_percent: Decimal
    totals: QuoteTotals
    created_at: datetime


@dataclass(frozen=True)
class ApprovedDiscount:
    """Per cent that a manager approved, and from when until when it counted."""

    percent: Decimal
    seen_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class ChatToGrade:
    """A chat of the week; `lines` in the order in which they were said."""

    language: str
    outcome: str
    handed_over: bool
    # As the channel's transport is called; the 24-hour window binds some.
    transport: str
    lines: Sequence[ChatLine]
    details: Sequence[DetailEvent] = ()
    quotes: Sequence[GradedQuote] = ()
    discounts: Sequence[ApprovedDiscount] = ()


@dataclass(frozen=True)
class Verdict:
    """What one of the 15 rules says of a chat; `lines` are places in `ChatToGrade.lines`."""

    rule: int
    passed: bool
    why: str = ""
    lines: Sequence[int] = ()


class Grader(Protocol):
    """Grades chats by some or all of the rules."""

    async def grade(self, chat: ChatToGrade) -> Sequence[Verdict]:
        """At most one verdict a rule; none for a rule that has nothing to judge in this chat."""
        ...
