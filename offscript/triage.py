"""What does a message mean that the script did not understand? A cheap model picks one of few answers.

The model only points at an intent the rules know and at keys of the catalog; the rules decide what happens.
Its whole answer is checked here, and what is not on the lists does not get through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from offscript.briefing import Briefing
from offscript.intents import TRIAGE_INTENTS
from offscript.ports import (
    LanguageModel,
    ModelAnswer,
    ModelMessage,
    ModelRequest,
    ModelUnavailable,
    Reason,
)
from offscript.prompt_files import read_prompt

_MAXIMUM_TOKENS = 400
_AMOUNT_TOKEN = re.compile(r"<AMOUNT_\d+>")
_LONGEST_DESCRIPTION = 120
# More pieces or seats than anybody orders in a chat are a misreading.
_LARGEST_NUMBER = 100_000
# Place in the list that stands for its last product.
_LAST = -1


class Decision(StrEnum):
    """What is done with the message."""

    INTENT = "intent"
    ANSWER = "answer"
    HUMAN = "human"
    SPAM = "spam"


@dataclass(frozen=True)
class Triage:
    """The decision; with INTENT the intent's name and entities as the rules read them, else neither."""

    decision: Decision
    intent: str | None
    entities: tuple[Mapping[str, Any], ...]
    answer: ModelAnswer
    prompt_version: str


class _Reply(BaseModel):
    """The model's JSON; the schema a server enforces is made of it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    decision: Decision
    intent: str | None
    category: str | None
    color: list[str]
    not_color: list[str]
    material: list[str]
    brand: str | None
    sku: str | None
    description: str | None
    quantity: int | None
    seats: int | None
    option: int | None
    min_price: str | None
    max_price: str | None


def _schema() -> Mapping[str, Any]:
    schema = _Reply.model_json_schema()
    schema["properties"]["intent"] = {
        "anyOf": [{"type": "string", "enum": list(TRIAGE_INTENTS)}, {"type": "null"}]
    }
    return schema


_SCHEMA = _schema()
_INTENTS = "Intents:\n" + "\n".join(f"- {name}: {meaning}" for name, meaning in TRIAGE_INTENTS.items())


async def triage(
    model: LanguageModel,
    briefing: Briefing,
    amounts: Mapping[str, str],
    *,
    conversation_id: int,
    turn_id: int,
    deadline: float,
) -> Triage:
    """Ask what the message means.

    `amounts` gives the AED behind each token `<AMOUNT_n>` of the message as a plain number; a limit that is
    none of them was invented and is left out.

    Raises:
        ModelUnavailable: when no model answers, or none with what was asked for.
    """
    prompt = read_prompt("triage")
    request = ModelRequest(
        purpose="triage",
        prompt_version=prompt.version,
        messages=(
            ModelMessage("system", f"{prompt.text}\n\n{_INTENTS}"),
            briefing.context(),
            *briefing.talk(),
        ),
        max_tokens=_MAXIMUM_TOKENS,
        json_schema=_SCHEMA,
    )
    answer = await model.complete(
        request, conversation_id=conversation_id, turn_id=turn_id, deadline=deadline
    )
    return read_reply(answer, briefing, amounts)


def read_reply(answer: ModelAnswer, briefing: Briefing, amounts: Mapping[str, str]) -> Triage:
    """Check the model's JSON against the lists it was given.

    Raises:
        ModelUnavailable: UNUSABLE, when it is not of the asked form, or says "intent" and names none.
    """
    try:
        reply = _Reply.model_validate_json(answer.text)
    except ValidationError as error:
        places = ", ".join(".".join(map(str, one["loc"])) or "the whole" for one in error.errors())
        raise ModelUnavailable(Reason.UNUSABLE, f"the triage's answer is not of its form: {places}") from None
    if reply.decision is not Decision.INTENT:
        return Triage(reply.decision, None, (), answer, read_prompt("triage").version)
    if reply.intent not in TRIAGE_INTENTS:
        raise ModelUnavailable(Reason.UNUSABLE, "the triage named an intent that nobody knows")
    entities = tuple(_entities(reply, briefing, amounts))
    return Triage(Decision.INTENT, reply.intent, entities, answer, read_prompt("triage").version)


def _entities(reply: _Reply, briefing: Briefing, amounts: Mapping[str, str]) -> list[Mapping[str, Any]]:
    known_skus = [str(one["sku"]) for one in (*briefing.shown, *briefing.chosen)]
    lists: tuple[tuple[str, Sequence[str | None], Sequence[str]], ...] = (
        ("category", (reply.category,), briefing.categories),
        ("color", reply.color, briefing.colors),
        ("not_color", reply.not_color, briefing.colors),
        ("material", reply.material, briefing.materials),
        ("brand", (reply.brand,), briefing.brands),
        ("sku", (reply.sku,), known_skus),
    )
    found = [_entity(name, value) for name, values, allowed in lists for value in values if value in allowed]
    if reply.description and reply.description.strip():
        found.append(_entity("query", reply.description.strip()[:_LONGEST_DESCRIPTION]))
    for name, number in (("quantity", reply.quantity), ("seats", reply.seats)):
        if number is not None and 0 < number <= _LARGEST_NUMBER:
            found.append(_entity(name, number))
    if reply.option in {_LAST, *(one["option"] for one in briefing.shown)}:
        found.append(_entity("option", reply.option))
    for name, token in (("min_price", reply.min_price), ("max_price", reply.max_price)):
        if token and _AMOUNT_TOKEN.fullmatch(token) and token in amounts:
            found.append(_entity(name, amounts[token]))
    return found


def _entity(name: str, value: Any) -> Mapping[str, Any]:
    return {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "triage"}
