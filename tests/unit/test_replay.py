"""A message goes on as if it had been written plainly (offscript.replay)."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.interfaces import Tracker

from actions.turn import _place, _typed
from offscript.intents import TRIAGE_INTENTS
from offscript.replay import may_replay, replayed

CHAIR = {"entity": "category", "value": "chair", "start": 0, "end": 0, "extractor": "triage"}


def heard(name: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": 3, "end": 9, **more}


def parsed(*found: dict[str, Any]) -> dict[str, Any]:
    _, message = replayed("Ghali! أبغي", "ghali! ابغي", "search_products", [CHAIR], found)
    data: dict[str, Any] = message["parse_data"]
    return data


def test_the_rules_get_a_message_after_a_listen_with_intent_and_entities() -> None:
    listen, message = replayed("Ghali!", "ghali!", "objection", [CHAIR], [])
    assert listen == {"event": "action", "name": "action_listen"}
    assert message["event"] == "user"
    assert message["parse_data"]["intent"] == {"name": "objection", "confidence": 1.0}
    assert message["parse_data"]["entities"] == [CHAIR]


def test_the_text_is_the_customers_own_and_what_the_rules_read_is_folded() -> None:
    _, message = replayed("Ghali! أبغي", "ghali! ابغي", "objection", [], [])
    assert message["text"] == "Ghali! أبغي"
    assert message["parse_data"]["text"] == "ghali! ابغي"


def test_what_a_model_cannot_name_is_kept_as_the_nlu_found_it() -> None:
    cheaper, size = heard("relation", "cheaper"), heard("size", "120x60")
    assert parsed(cheaper, size)["entities"] == [CHAIR, cheaper, size]


def test_what_a_model_can_name_is_the_models_to_say() -> None:
    words = [heard("query", "ghali"), heard("category", "desk"), heard("number", 2), heard("max_price", 100)]
    assert parsed(*words)["entities"] == [CHAIR]


def test_lines_of_a_list_are_not_kept_apart() -> None:
    assert parsed(heard("relation", "cheaper", group="2"))["entities"][1] == heard("relation", "cheaper")


def test_later_actions_belong_to_the_message_that_came_through_the_channel() -> None:
    events = replayed("Ghali!", "ghali!", "objection", [], [])
    written = {"event": "user", "text": "Ghali!", "metadata": {"turn_id": 7, "fence": 3}}
    tracker = Tracker("1", {}, {}, [written, *events], False, None, {}, None)
    assert _place(tracker) == (7, 3, 2)
    assert _typed(tracker) == "Ghali!"


def test_a_yes_to_the_order_question_is_never_a_models() -> None:
    assert not may_replay("accept", "order_answer")


@pytest.mark.parametrize("requested_slot", [None, "company", "need"])
def test_a_yes_to_anything_else_may_be(requested_slot: str | None) -> None:
    assert may_replay("accept", requested_slot)


def test_anything_else_may_be_said_inside_the_order_question() -> None:
    assert all(may_replay(intent, "order_answer") for intent in TRIAGE_INTENTS if intent != "accept")
