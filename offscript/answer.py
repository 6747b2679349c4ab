"""A model answers what the script does not cover: a bounded talk with tools, then the gate.

At most three rounds of tools and one rewrite, all within one deadline. Whatever comes of it, nothing is
sent from here and nothing is changed: the action decides by the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from offscript.briefing import Briefing
from offscript.gate import Gate, Refused, Sendable
from offscript.ports import LanguageModel, ModelAnswer, ModelMessage, ModelRequest
from offscript.prompt_files import read_prompt
from offscript.tools import Toolbox, ToolUnknown

MOST_TOOL_ROUNDS = 3
_MAXIMUM_TOKENS = 500


@dataclass(frozen=True)
class Answered:
    """A reply that passed the gate."""

    reply: Sendable
    model: str
    prompt_version: str
    # The rule that held the first draft, if one did.
    held_by: tuple[str, ...]


@dataclass(frozen=True)
class NotAnswered:
    """There is nothing to send: the model asked for a person, or both drafts were held."""

    wants_person: bool
    model: str
    prompt_version: str
    held_by: tuple[str, ...]


async def answer(
    model: LanguageModel,
    briefing: Briefing,
    toolbox: Toolbox,
    gate: Gate,
    *,
    conversation_id: int,
    turn_id: int,
    deadline: float,
) -> Answered | NotAnswered:
    """Have the model answer the briefing's message.

    Raises:
        ModelUnavailable: when no model answers in time.
    """
    prompt = read_prompt("answer")
    talk = [ModelMessage("system", prompt.text), briefing.context(), *briefing.talk()]
    held_by: list[str] = []
    rounds = 0
    while True:
        request = ModelRequest(
            purpose="answer",
            prompt_version=prompt.version,
            messages=tuple(talk),
            max_tokens=_MAXIMUM_TOKENS,
            tools=toolbox.specs,
        )
        said = await model.complete(
            request, conversation_id=conversation_id, turn_id=turn_id, deadline=deadline
        )
        if said.tool_calls:
            rounds += 1
            fault = "too many rounds" if rounds > MOST_TOOL_ROUNDS else await _run_tools(said, toolbox, talk)
            if fault is not None:
                return NotAnswered(False, said.model, prompt.version, (*held_by, fault))
            if toolbox.proposed.wants_person:
                return NotAnswered(True, said.model, prompt.version, tuple(held_by))
            continue
        judged = gate.judge(said.text)
        if isinstance(judged, Sendable):
            return Answered(judged, said.model, prompt.version, tuple(held_by))
        held_by.append(judged.rule)
        if len(held_by) > 1:
            return NotAnswered(False, said.model, prompt.version, tuple(held_by))
        talk += _once_more(said, judged)


async def _run_tools(said: ModelAnswer, toolbox: Toolbox, talk: list[ModelMessage]) -> str | None:
    """Add the calls and their results to the talk; what ends it otherwise."""
    talk.append(ModelMessage("assistant", said.text, said.tool_calls))
    for call in said.tool_calls:
        try:
            result = await toolbox.call(call)
        except ToolUnknown:
            return "unknown tool"
        talk.append(ModelMessage("tool", result, tool_call_id=call.id))
    return None


def _once_more(said: ModelAnswer, judged: Refused) -> list[ModelMessage]:
    """The draft and the rule it broke, and never what broke it: numbers are not argued about."""
    note = orjson.dumps({"not_sent": judged.rule, "because": judged.reason, "task": "write it once more"})
    return [ModelMessage("assistant", said.text), ModelMessage("user", note.decode())]
