"""Which chats of a week are reviewed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quality.sampling import Candidate, choose

WEEK = date(2026, 11, 16)
candidates = st.builds(
    Candidate,
    conversation_id=st.integers(1, 10_000),
    language=st.sampled_from(["en", "ar", "mixed", "arabizi"]),
    outcome=st.sampled_from(["open", "won", "lost"]),
    handed_over=st.booleans(),
)
weeks = st.lists(candidates, max_size=200, unique_by=lambda chat: chat.conversation_id)


def chats(count: int, language: str = "en", *, first: int = 1) -> list[Candidate]:
    return [Candidate(first + number, language, "open", handed_over=False) for number in range(count)]


@given(weeks, st.integers(0, 60))
def test_as_many_as_there_is_room_for_and_every_group_that_fits(week: list[Candidate], size: int) -> None:
    chosen = choose(week, WEEK, size)
    assert len(chosen) == len(set(chosen)) == min(size, len(week))
    assert set(chosen) <= set(week)
    groups = {chat.group for chat in week}
    assert len({chat.group for chat in chosen}) == min(len(groups), size)
    assert choose(list(reversed(week)), WEEK, size) == chosen


def test_shares_follow_the_sizes() -> None:
    week = [*chats(70), *chats(29, "ar", first=100), *chats(1, "arabizi", first=200)]
    assert Counter(chat.language for chat in choose(week, WEEK, 10)) == {"en": 6, "ar": 3, "arabizi": 1}


def test_another_week_takes_others_and_the_same_week_the_same() -> None:
    week = chats(300)
    first = choose(week, WEEK)
    assert choose(week, WEEK) == first
    assert choose(week, WEEK + timedelta(weeks=1)) != first
    # Nobody's number decides: about half of the chosen are of the first half.
    assert 8 <= sum(chat.conversation_id <= 150 for chat in first) <= 22
