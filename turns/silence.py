"""Is it unusual that nothing comes in? Compared with the same hours of the weeks before.

A shop is quiet at night and on its day off, so silence alone says nothing. It is unusual when in the very
span that is silent now, at the same hours and weekdays, many customers wrote in each of the four weeks
before it. A holiday looks the same: it costs one notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WEEK = timedelta(days=7)
WEEKS = 4
# So many different customers wrote in the span in each of the weeks; messages would not do, for one customer
# writes five in a minute. Where five are the least of four weeks some seven are usual, and a span without any
# happens by chance about once in a thousand times.
USUAL_CUSTOMERS = 5
# A shorter silence is not looked at.
SHORTEST = timedelta(hours=1)
# A longer one is judged by its first day, so that an outage of weeks never becomes usual itself.
LONGEST = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """From `start`, which is left out, to `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Judgement:
    """Whether the silence is unusual; None where there is not enough history to tell."""

    is_unusual: bool | None
    # How many customers wrote in the same span of earlier weeks, newest first; empty when none were compared.
    usual: Sequence[int] = ()


def spans_to_compare(last: datetime, now: datetime) -> Sequence[Span]:
    """The span that is silent since `last`, in each week before, newest first; none if it is short."""
    if now - last < SHORTEST:
        return ()
    end = min(now, last + LONGEST)
    return [Span(last - WEEK * week, end - WEEK * week) for week in range(1, WEEKS + 1)]


def judge(spans: Sequence[Span], customers: Sequence[int], began: datetime) -> Judgement:
    """What the customers counted in `spans` say; `began` is when the installation's first element came."""
    if not spans:
        return Judgement(is_unusual=False)
    if began > spans[-1].start:
        return Judgement(is_unusual=None)
    return Judgement(is_unusual=min(customers) >= USUAL_CUSTOMERS, usual=tuple(customers))
