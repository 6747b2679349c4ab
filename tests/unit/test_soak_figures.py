"""The arithmetic of `make soak`: who comes when, the line through memory, and the verdict on each burst."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.checker import Evidence
from tests.soak.customers import SCRIPTS, TYPING_SECONDS, customers, rush
from tests.soak.processes import Sample, slopes
from tests.soak.stacks import read_profile
from tests.soak.verdict import Written, broken, torn

DEBOUNCE = 3.0


def test_customers_are_the_same_for_a_seed_and_write_as_many_bursts_as_asked() -> None:
    people = customers(1_000, 5.0, seed=3)
    assert people == customers(1_000, 5.0, seed=3) != customers(1_000, 5.0, seed=4)
    assert sum(len(customer.bursts) for customer in people) == 1_000
    assert len({customer.chat_id for customer in people}) == len(people)
    arrivals = [customer.arrives for customer in people]
    assert arrivals == sorted(arrivals)
    # 1,000 bursts at 5 a second.
    assert arrivals[-1] == pytest.approx(200, rel=0.2)


def test_lines_of_a_burst_follow_each_other_faster_than_the_debounce_and_pauses_are_longer() -> None:
    bursts = [burst for customer in customers(2_000, 5.0, seed=1) for burst in customer.bursts]
    assert {burst.lines for burst in bursts} <= {lines for script in SCRIPTS for lines in script}
    assert all(len(burst.gaps) == len(burst.lines) - 1 for burst in bursts)
    assert max(gap for burst in bursts for gap in burst.gaps) < TYPING_SECONDS[1] < DEBOUNCE
    pauses = sorted(burst.pause for burst in bursts)
    assert 1.0 <= pauses[0] < 7 < pauses[1_000] < 9 < pauses[-1] <= 60.0


def test_a_hurry_makes_people_faster_and_changes_nothing_else() -> None:
    usual, hurried = customers(100, 5.0, seed=1), customers(100, 5.0, seed=1, hurry=4.0)
    for one, other in zip(usual, hurried, strict=True):
        assert (one.chat_id, one.arrives) == (other.chat_id, other.arrives)
        for slow, fast in zip(one.bursts, other.bursts, strict=True):
            assert slow.lines == fast.lines
            assert slow.pause == pytest.approx(4 * fast.pause)
            assert slow.gaps == pytest.approx(tuple(4 * gap for gap in fast.gaps))


def test_a_rush_comes_within_a_second_and_to_chats_of_its_own() -> None:
    crowd = rush(50, seed=1)
    assert all(0 <= customer.arrives < 1 and len(customer.bursts) == 1 for customer in crowd)
    chats = {customer.chat_id for customer in crowd}
    assert len(chats) == 50
    assert chats.isdisjoint(customer.chat_id for customer in customers(20_000, 5.0, seed=1))


def test_the_slope_is_of_what_comes_after_the_warm_up() -> None:
    # 50 MiB at once in the beginning, then 0.5 a 1,000 turns; the other process stays as it is.
    samples = [
        Sample(turns, {"rasa": 450 + 0.5 * turns / 1_000 if turns >= 2_000 else 400.0, "worker": 120.0})
        for turns in range(0, 10_001, 100)
    ]
    assert slopes(samples) == pytest.approx({"rasa": 0.5, "worker": 0.0})
    with pytest.raises(ValueError, match="too few"):
        slopes(samples[:1])


def evidence(turn_of: dict[str, int], **states: str) -> Evidence:
    """Chats that were answered well, except that turns are in other `states`."""
    turns: list[dict[str, Any]] = [
        {"id": turn, "conversation_id": turn, "state": states.get(f"turn{turn}", "done"),
         "problem": "no reply", "started_at": 1, "finished_at": 2}
        for turn in sorted(set(turn_of.values()))
    ]  # fmt: skip
    done = [turn["id"] for turn in turns if turn["state"] == "done"]
    return Evidence(
        acknowledged=list(turn_of),
        inbox=[{"external_id": key, "kind": "message", "turn_id": turn} for key, turn in turn_of.items()],
        turns=turns,
        outbox=[
            {"id": turn, "turn_id": turn, "conversation_id": turn, "ordinal": 0, "state": "accepted"}
            for turn in done
        ],
        action_results=[],
        user_events=done,
        phone=[{"crm_message_id": str(turn)} for turn in done],
    )


def written(*message_ids: str, gap: float = 0.0, answered: bool = True) -> Written:
    """A burst of chat 9715."""
    return Written("9715", message_ids, gap, answered)


def test_a_burst_that_is_one_turn_with_one_answer_is_fine() -> None:
    assert (
        broken([written("a", "b", gap=2.0), written("c")], evidence({"a": 1, "b": 1, "c": 2}), DEBOUNCE) == []
    )


@pytest.mark.parametrize(
    ("bursts", "turn_of", "states", "told"),
    [
        ([written("a", "b", gap=2.0)], {"a": 1, "b": 2}, {}, "one burst became the turns ['1', '2']"),
        ([written("a"), written("b")], {"a": 1, "b": 1}, {}, "turn 1 answers 2 bursts"),
        ([written("a", answered=False)], {"a": 1}, {}, "had no answer to 1 lines in time"),
        ([written("a")], {"a": 1}, {"turn1": "withheld"}, "turn 1 is withheld"),
        ([written("a")], {"a": 1}, {"turn1": "parked"}, "turn 1 was parked: no reply"),
        ([written("a")], {}, {}, "turn None is not there"),
    ],
)
def test_what_a_customer_would_complain_of_is_found(
    bursts: list[Written], turn_of: dict[str, int], states: dict[str, str], told: str
) -> None:
    found = broken(bursts, evidence(turn_of, **states), DEBOUNCE)
    assert any(told in sentence for sentence in found), found


def test_a_burst_that_left_too_slowly_may_be_two_turns_and_is_counted() -> None:
    slow = written("a", "b", gap=3.5)
    assert broken([slow], evidence({"a": 1, "b": 2}), DEBOUNCE) == []
    assert torn([slow, written("c", gap=2.9)], DEBOUNCE) == 1


def test_a_profile_counts_functions_by_themselves_and_with_what_they_call() -> None:
    lines = [
        "main (app/cli.py:3);turn (turns/dispatch.py:80);execute (psycopg/cursor.py:9) 30",
        "main (app/cli.py:3);turn (turns/dispatch.py:95);turn (turns/dispatch.py:80) 10",
        "main (app/cli.py:3);run (asyncio/runners.py:118) 900",
    ]
    profile = read_profile(lines)
    assert profile.samples == 40
    assert profile.own == {"execute (psycopg/cursor.py)": 0.75, "turn (turns/dispatch.py)": 0.25}
    assert profile.within["main (app/cli.py)"] == profile.within["turn (turns/dispatch.py)"] == 1.0
    with pytest.raises(ValueError, match="not one call stack"):
        read_profile(lines[2:])
