"""When silence is unusual: the pure rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from turns.silence import LONGEST, SHORTEST, USUAL_CUSTOMERS, WEEK, WEEKS, judge, spans_to_compare

# A Tuesday.
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=400)
BUSY = [USUAL_CUSTOMERS] * WEEKS


def test_the_same_span_of_each_week_before_is_compared() -> None:
    spans = spans_to_compare(NOON - timedelta(hours=3), NOON)
    assert [(NOON - span.end, span.end - span.start) for span in spans] == [
        (WEEK * week, timedelta(hours=3)) for week in range(1, WEEKS + 1)
    ]


def test_a_short_silence_is_not_looked_at() -> None:
    assert not spans_to_compare(NOON - SHORTEST + timedelta(seconds=1), NOON)
    assert spans_to_compare(NOON - SHORTEST, NOON)
    assert judge([], [], LONG_AGO).is_unusual is False


def test_an_outage_of_weeks_is_judged_by_its_first_day_and_never_becomes_usual() -> None:
    began = NOON - timedelta(days=16)
    spans = spans_to_compare(began, NOON)
    assert {span.end - span.start for span in spans} == {LONGEST}
    # None of the weeks lies in the outage itself.
    assert max(span.end for span in spans) < began


@pytest.mark.parametrize("week", range(WEEKS))
def test_one_quiet_week_of_four_makes_silence_usual(week: int) -> None:
    spans = spans_to_compare(NOON - timedelta(hours=3), NOON)
    assert judge(spans, BUSY, LONG_AGO).is_unusual is True
    customers = [USUAL_CUSTOMERS - 1 if number == week else 50 for number in range(WEEKS)]
    assert judge(spans, customers, LONG_AGO).is_unusual is False


def test_without_four_weeks_of_history_nothing_is_judged() -> None:
    spans = spans_to_compare(NOON - timedelta(hours=3), NOON)
    oldest = spans[-1].start
    assert judge(spans, BUSY, oldest + timedelta(seconds=1)).is_unusual is None
    assert judge(spans, BUSY, oldest).is_unusual is True
