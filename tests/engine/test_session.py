"""A long session becomes a short one that says the same; Rasa's expiry would have dropped the form."""

from __future__ import annotations

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from engine.session import LONGEST_SESSION, fact_events, new_session, of_another_release, shortened

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [greet]
slots:
  category: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  quantity: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  owner: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  requested_slot: {type: text, influence_conversation: false, mappings: [{type: custom}]}
forms:
  quote_form: {required_slots: [quantity]}
responses:
  utter_greet: [{text: hello}]
"""
)


def _tracker(events: list[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("1", events, DOMAIN.slots)


def _turn(number: int) -> list[Event]:
    return [
        UserUttered("hello", {"name": "greet", "confidence": 1.0}),
        SlotSet("category", f"chair {number}"),
        ActionExecuted("utter_greet"),
        BotUttered("hello"),
        ActionExecuted("action_listen"),
    ]


def _long(*, in_form: bool) -> DialogueStateTracker:
    events = new_session({}, None)
    if in_form:
        events += [ActiveLoop("quote_form"), SlotSet("requested_slot", "quantity")]
    while len(events) <= LONGEST_SESSION:
        events += _turn(len(events))
    return _tracker(events)


def test_short_session_is_left_alone() -> None:
    assert shortened(_tracker(new_session({}, None) + _turn(1))) is None


def test_long_session_keeps_slots_once_the_form_and_its_question() -> None:
    tracker = _long(in_form=True)
    events = shortened(tracker)
    assert events is not None
    assert [event.key for event in events if isinstance(event, SlotSet)] == ["category", "requested_slot"]
    again = _tracker(events)
    assert again.get_slot("category") == tracker.get_slot("category")
    assert again.active_loop_name == "quote_form"
    assert again.get_slot("requested_slot") == "quantity"
    assert again.latest_action_name == "action_listen"
    assert any(isinstance(event, SessionStarted) for event in events)


def test_long_session_without_a_form_opens_none() -> None:
    events = shortened(_long(in_form=False))
    assert events is not None
    assert not any(isinstance(event, ActiveLoop) for event in events)


def test_nothing_is_dropped_in_the_middle_of_a_turn() -> None:
    tracker = _long(in_form=False)
    tracker.update(UserUttered("hello", {"name": "greet", "confidence": 1.0}))
    tracker.update(ActionExecuted("utter_greet"))
    assert shortened(tracker) is None


def test_facts_become_slots_only_where_they_differ() -> None:
    tracker = _tracker([*new_session({"owner": "bot"}, None)])
    assert fact_events(tracker, {"owner": "bot"}) == []
    assert fact_events(tracker, {"owner": "person"}) == [SlotSet("owner", "person")]
    assert fact_events(tracker, {"a_fact_without_a_slot": 1}) == []


def _in_form(form: str, asked: str, **known: object) -> DialogueStateTracker:
    slots = [SlotSet(name, value) for name, value in known.items()]
    return _tracker([*new_session({}, None), *slots, ActiveLoop(form), SlotSet("requested_slot", asked)])


def test_question_for_a_renamed_slot_is_the_first_open_one_of_this_release() -> None:
    tracker = _in_form("quote_form", "pieces")
    assert of_another_release(tracker, DOMAIN) == [SlotSet("requested_slot", "quantity")]


def test_form_with_everything_known_asks_for_nothing_of_another_release() -> None:
    tracker = _in_form("quote_form", "pieces", quantity=4)
    assert of_another_release(tracker, DOMAIN) == [SlotSet("requested_slot", None)]


def test_form_that_this_release_does_not_have_is_left() -> None:
    tracker = _in_form("offer_form", "pieces")
    assert of_another_release(tracker, DOMAIN) == [ActiveLoop(None), SlotSet("requested_slot", None)]


def test_form_of_this_release_is_left_alone() -> None:
    assert of_another_release(_in_form("quote_form", "quantity"), DOMAIN) == []
    assert of_another_release(_tracker(new_session({}, None) + _turn(1)), DOMAIN) == []
