"""Rasa's events that make a turn go on as if the customer had written plainly (pure).

An action that returns them has the rules and forms take over with the intent and entities given
(`rasa-3.6.md` §4.3, the row with `action_listen`). The text stays the customer's own, and carries no turn:
the fence and the place of later actions count from the message that came through the channel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# Inside this question a yes places an order, and only the customer's own plain words may give it.
_ORDER_QUESTION = "order_answer"
_YES = "accept"
# What a triage has no field for is taken as the NLU found it: "cheaper", "120x60", "not leather".
_BEYOND_TRIAGE = frozenset(
    {
        "relation",
        "order",
        "size",
        "min_size",
        "max_size",
        "about_price",
        "other_currency",
        "not_category",
        "not_material",
        "not_brand",
    }
)


def may_replay(intent: str, requested_slot: str | None) -> bool:
    """Whether a model's reading may stand for the customer's word here."""
    return not (intent == _YES and requested_slot == _ORDER_QUESTION)


def replayed(
    typed: str,
    words: str,
    intent: str,
    entities: Sequence[Mapping[str, Any]],
    heard: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """The events after which the rules go on with this intent.

    `typed` and `words` are the message as it came and as NLU folded it, `heard` the entities that NLU found.
    """
    # Without its line: one product is meant, whatever lines the message has.
    kept = [
        {name: value for name, value in entity.items() if name != "group"}
        for entity in heard
        if entity.get("entity") in _BEYOND_TRIAGE
    ]
    parsed = {
        "text": words,
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [*(dict(entity) for entity in entities), *kept],
        "intent_ranking": [],
    }
    return [
        {"event": "action", "name": "action_listen"},
        {"event": "user", "text": typed, "parse_data": parsed, "metadata": {"read_by": "triage"}},
    ]
