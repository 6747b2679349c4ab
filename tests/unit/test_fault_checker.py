"""The checker of the fault runs is itself checked: each planted violation is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.faults.checker import Evidence, violations

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


GOOD = Evidence(
    acknowledged=["a", "b"],
    inbox=[
        {"external_id": "a", "kind": "message", "turn_id": 1},
        {"external_id": "b", "kind": "message", "turn_id": 2},
        {"external_id": "x", "kind": "echo", "turn_id": None},
    ],
    turns=[
        {
            "id": 1,
            "conversation_id": 7,
            "state": "done",
            "problem": None,
            "started_at": at(0),
            "finished_at": at(1),
        },
        {
            "id": 2,
            "conversation_id": 7,
            "state": "done",
            "problem": None,
            "started_at": at(1),
            "finished_at": at(2),
        },
    ],
    outbox=[
        {"id": 11, "conversation_id": 7, "turn_id": 1, "ordinal": 0, "state": "accepted", "problem": None},
        {"id": 12, "conversation_id": 7, "turn_id": 2, "ordinal": 0, "state": "accepted", "problem": None},
    ],
    action_results=[{"turn_id": 1, "ordinal": 1, "action": "action_search_products"}],
    user_events=[1, 2],
    phone=[{"crm_message_id": "11"}, {"crm_message_id": "12.1"}],
)


def _with(rows: Any, index: int, **changes: object) -> list[dict[str, Any]]:
    return [{**row, **(changes if number == index else {})} for number, row in enumerate(rows)]


PLANTED = {
    "lost message": replace(GOOD, inbox=GOOD.inbox[1:]),
    "stored twice": replace(GOOD, inbox=[*GOOD.inbox, GOOD.inbox[0]]),
    "never in a turn": replace(GOOD, inbox=_with(GOOD.inbox, 0, turn_id=None)),
    "turn that does not exist": replace(GOOD, inbox=_with(GOOD.inbox, 0, turn_id=99)),
    "turn that never ended": replace(GOOD, turns=_with(GOOD.turns, 1, state="open")),
    "parked turn": replace(GOOD, turns=_with(GOOD.turns, 1, state="parked", problem="it failed")),
    "overlapping turns": replace(GOOD, turns=_with(GOOD.turns, 1, started_at=at(0.5))),
    "turn not in the tracker": replace(GOOD, user_events=[1]),
    "turn twice in the tracker": replace(GOOD, user_events=[1, 2, 2]),
    "action twice": replace(
        GOOD,
        action_results=[
            *GOOD.action_results,
            {"turn_id": 1, "ordinal": 4, "action": "action_search_products"},
        ],
    ),
    "reply written twice": replace(
        GOOD, outbox=[*GOOD.outbox, {**GOOD.outbox[1], "id": 13, "state": "withheld"}]
    ),
    "silent turn": replace(GOOD, outbox=GOOD.outbox[:1], phone=GOOD.phone[:1]),
    "sent and never arrived": replace(GOOD, phone=GOOD.phone[:1]),
    "never sent": replace(GOOD, outbox=_with(GOOD.outbox, 1, state="queued"), phone=GOOD.phone[:1]),
    "refused for good": replace(GOOD, outbox=_with(GOOD.outbox, 1, state="failed"), phone=GOOD.phone[:1]),
    "withheld and arrived": replace(GOOD, outbox=_with(GOOD.outbox, 1, state="withheld")),
    "arrived twice": replace(GOOD, phone=[*GOOD.phone, {"crm_message_id": "12.2"}]),
    "arrived out of order": replace(GOOD, phone=list(reversed(GOOD.phone))),
    "arrived from nowhere": replace(GOOD, phone=[*GOOD.phone, {"crm_message_id": "99"}]),
}


def test_clean_records_have_no_violation() -> None:
    assert violations(GOOD) == []


@pytest.mark.parametrize("name", PLANTED)
def test_planted_violation_is_found(name: str) -> None:
    assert violations(PLANTED[name])


def test_documented_double_is_counted_not_hidden() -> None:
    doubled = PLANTED["arrived twice"]
    assert violations(doubled, doubles_allowed=1) == []
    assert violations(doubled, doubles_allowed=0)
