"""Nothing lost, nothing twice: a pure function over what the tables and the sandbox recorded.

It knows nothing of how a run went; every fault run, whatever it breaks, has to leave records in which
this finds no violation.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """The records of some chats after they came to rest.

    `acknowledged`: message ids that the gateway answered 200. `inbox`, `turns`, `outbox`,
    `action_results`: the tables' rows. `user_events`: turn ids of the stored user events, one an event.
    `phone`: our messages that reached the customers, in the order of arrival, with `crm_message_id`.
    """

    acknowledged: Sequence[str]
    inbox: Sequence[Row]
    turns: Sequence[Row]
    outbox: Sequence[Row]
    action_results: Sequence[Row]
    user_events: Sequence[int]
    phone: Sequence[Row]


def violations(evidence: Evidence, *, doubles_allowed: int = 0) -> list[str]:
    """Every broken promise, in words; empty when all were kept.

    `doubles_allowed`: how many outbox rows may have reached the customer once more, in the documented
    window in which nobody can know whether Wazzup took the first attempt.
    """
    return [
        *_inbound(evidence),
        *_turns(evidence),
        *_effects(evidence),
        *_outbound(evidence, doubles_allowed),
    ]


def _inbound(evidence: Evidence) -> list[str]:
    found: list[str] = []
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in evidence.inbox:
        if row["kind"] == "message":
            rows[row["external_id"]].append(row)
    for message_id in evidence.acknowledged:
        mine = rows.get(message_id, [])
        if len(mine) != 1:
            found.append(f"message {message_id} was acknowledged and is in the inbox {len(mine)} times")
        elif mine[0]["turn_id"] is None:
            found.append(f"message {message_id} belongs to no turn")
    known = {turn["id"] for turn in evidence.turns}
    found += [
        f"message {row['external_id']} belongs to turn {row['turn_id']}, which does not exist"
        for row in evidence.inbox
        if row["turn_id"] is not None and row["turn_id"] not in known
    ]
    return found


def _turns(evidence: Evidence) -> list[str]:
    found: list[str] = []
    by_chat: dict[int, list[Row]] = defaultdict(list)
    for turn in sorted(evidence.turns, key=lambda turn: turn["id"]):
        by_chat[turn["conversation_id"]].append(turn)
        if turn["state"] == "open":
            found.append(f"turn {turn['id']} never ended")
        if turn["state"] == "parked":
            found.append(f"turn {turn['id']} was parked: {turn['problem']}")
    for turns in by_chat.values():
        for before, after in pairwise(turns):
            if before["finished_at"] is None or after["started_at"] < before["finished_at"]:
                found.append(f"turns {before['id']} and {after['id']} of one chat overlap")
    return found


def _effects(evidence: Evidence) -> list[str]:
    found: list[str] = []
    events = Counter(evidence.user_events)
    for turn in evidence.turns:
        if turn["state"] == "done" and events[turn["id"]] != 1:
            found.append(f"turn {turn['id']} is in the tracker {events[turn['id']]} times")
    calls = Counter((row["turn_id"], row["ordinal"], row["action"]) for row in evidence.action_results)
    found += [f"action {call} has {count} results" for call, count in calls.items() if count > 1]
    actions = Counter((row["turn_id"], row["action"]) for row in evidence.action_results)
    found += [
        f"action {name} ran {count} times in turn {turn}"
        for (turn, name), count in actions.items()
        if count > 1
    ]
    return found


def _outbound(evidence: Evidence, doubles_allowed: int) -> list[str]:
    found: list[str] = []
    outbox = {row["id"]: row for row in evidence.outbox}
    # What answers no turn (the number of an order) has no place in one.
    replies = Counter(
        (row["turn_id"], row["ordinal"]) for row in evidence.outbox if row["turn_id"] is not None
    )
    found += [f"reply {key} was written {count} times" for key, count in replies.items() if count > 1]
    answered = {row["turn_id"] for row in evidence.outbox}
    found += [
        f"turn {turn['id']} is done and said nothing"
        for turn in evidence.turns
        if turn["state"] == "done" and turn["id"] not in answered
    ]
    arrivals: dict[int, int] = Counter()
    first_by_chat: dict[int, list[int]] = defaultdict(list)
    for message in evidence.phone:
        row_id = int(str(message["crm_message_id"]).partition(".")[0])
        if row_id not in outbox:
            found.append(f"the customer got a message {message['crm_message_id']} that no outbox row knows")
            continue
        if not arrivals[row_id]:
            first_by_chat[outbox[row_id]["conversation_id"]].append(row_id)
        arrivals[row_id] += 1
    for row_id, row in outbox.items():
        if row["state"] == "accepted" and not arrivals[row_id]:
            found.append(f"outbox row {row_id} counts as sent and never arrived")
        if row["state"] in ("failed", "withheld") and arrivals[row_id]:
            found.append(f"outbox row {row_id} counts as {row['state']} and arrived")
        if row["state"] in ("queued", "failed"):
            found.append(f"outbox row {row_id} is {row['state']}: {row['problem']}")
    doubled = [row_id for row_id, count in arrivals.items() if count > 1]
    if len(doubled) > doubles_allowed:
        found.append(f"outbox rows {doubled} reached the customer more than once")
    for chat, order in first_by_chat.items():
        if order != sorted(order):
            found.append(f"the replies of chat {chat} arrived as {order}")
    return found
