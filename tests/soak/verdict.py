"""Was every customer answered once for each burst? Pure, over what was written and what the tables hold.

What `tests.faults.checker` finds (lost messages, overlapping turns, doubled replies) counts as well; this
looks at it as the customer does: I wrote three lines, I got one answer to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.checker import Evidence, violations


@dataclass(frozen=True)
class Written:
    """A burst as it went out, and what the customer saw of its answer."""

    chat_id: str
    message_ids: tuple[str, ...]
    # The longest time, in seconds, that may have lain between two lines of it when they were stored.
    longest_gap: float
    # Whether an answer came before the customer lost patience.
    answered: bool


def broken(bursts: Sequence[Written], evidence: Evidence, debounce_seconds: float) -> list[str]:
    """Every broken promise, in words; empty when all were kept."""
    return [*_bursts(bursts, evidence, debounce_seconds), *violations(evidence)]


def torn(bursts: Sequence[Written], debounce_seconds: float) -> int:
    """How many bursts were sent so slowly (a busy machine) that they may count as two."""
    return sum(burst.longest_gap >= debounce_seconds for burst in bursts)


def _bursts(bursts: Sequence[Written], evidence: Evidence, debounce_seconds: float) -> list[str]:
    found: list[str] = []
    turn_of = {row["external_id"]: row["turn_id"] for row in evidence.inbox if row["kind"] == "message"}
    state_of = {turn["id"]: turn["state"] for turn in evidence.turns}
    chats_of: dict[int | None, list[str]] = defaultdict(list)
    for burst in bursts:
        turns = {turn_of.get(message_id) for message_id in burst.message_ids}
        if not burst.answered:
            found.append(f"chat {burst.chat_id} had no answer to {len(burst.message_ids)} lines in time")
        if len(turns) > 1 and burst.longest_gap < debounce_seconds:
            found.append(f"chat {burst.chat_id}: one burst became the turns {sorted(map(str, turns))}")
        for turn in turns:
            chats_of[turn].append(burst.chat_id)
            if state_of.get(turn or 0) != "done":
                found.append(f"chat {burst.chat_id}: turn {turn} is {state_of.get(turn or 0, 'not there')}")
    found += [
        f"turn {turn} answers {len(chats)} bursts (chats {', '.join(sorted(set(chats)))})"
        for turn, chats in chats_of.items()
        if len(chats) > 1
    ]
    return found
