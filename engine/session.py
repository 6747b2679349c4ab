"""A conversation's session in Rasa's terms: a fresh start, a shortened one, and the database's facts.

Rasa rebuilds all events since the last session start for every message and again for every prediction,
so a turn's cost grows with the session (`rasa-3.6.md` §3.2). Rasa's own expiry drops an active form
(§3.4). Therefore sessions never expire, and a long one is replaced at load by the few events that say
the same: slots once, the active loop, ready to listen. Pure functions on events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

LONGEST_SESSION = 200


def new_session(slots: Mapping[str, Any], active_loop: str | None) -> list[Event]:
    """The events that begin a session with these slot values and, if there is one, this form open."""
    events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    events += [SlotSet(name, value) for name, value in slots.items() if name != REQUESTED_SLOT]
    if active_loop:
        events.append(ActiveLoop(active_loop))
        if slots.get(REQUESTED_SLOT) is not None:
            events.append(SlotSet(REQUESTED_SLOT, slots[REQUESTED_SLOT]))
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    return events


def shortened(tracker: DialogueStateTracker) -> list[Event] | None:
    """The events of a new session that continues `tracker`, or None while it is short enough.

    Only at rest (listening): in the middle of a turn nothing may be dropped.
    """
    if len(tracker.events) <= LONGEST_SESSION or tracker.latest_action_name != ACTION_LISTEN_NAME:
        return None
    slots: dict[str, Any] = {
        name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value
    }
    return new_session(slots, tracker.active_loop_name)


def of_another_release(tracker: DialogueStateTracker, domain: Domain) -> list[Event]:
    """What puts an open form right whose name, or whose question, the model of this release does not know.

    A slot that was renamed while it was asked for: the customer's next words answer the first question that
    is open here, which is the same one under its new name. Call with the database's facts in place.
    """
    form = tracker.active_loop_name
    if form is None:
        return []
    if form not in domain.form_names:
        return [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
    slots = domain.required_slots_for_form(form)
    if tracker.get_slot(REQUESTED_SLOT) in (None, *slots):
        return []
    return [SlotSet(REQUESTED_SLOT, next((name for name in slots if tracker.get_slot(name) is None), None))]


def fact_events(tracker: DialogueStateTracker, facts: Mapping[str, Any]) -> list[Event]:
    """Slot events for what the database knows better than the tracker; unknown slots are not ours to set."""
    return [
        SlotSet(name, value)
        for name, value in facts.items()
        if name in tracker.slots and tracker.slots[name].value != value
    ]
