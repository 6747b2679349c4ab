"""Judging what a model's server answered with 200: many a failure comes as a success.

An answer passes when it is whole, was ended by the model itself, and is what was asked for: text, JSON that
fits its schema, or calls of offered tools whose arguments are objects. All else is a `ModelCallFailed`
whose text names places and codes, never a word of the answer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Never

from connectors.llm.failures import by_status, no_model_server, unusable
from connectors.llm.json_schema import misfit
from offscript.ports import ModelAnswer, ModelRequest, ToolCall, Usage

# The model ended by itself; `length`, `error`, `content_filter` and whatever comes up are no answers.
_ENDED = frozenset({"stop", "tool_calls"})
# How models print a call, or their thoughts, when the server does not understand them.
_PRINTED = re.compile(
    r"</?tool_?calls?>|\[/?TOOL_CALLS?\]|<\|python_tag\|>|<[|｜]tool|<function[=_s>]|<invoke\b"
    r"|</?think(?:ing)?>|<\|(?:im_start|im_end|channel|start_header_id|eot_id)\|>",
    re.IGNORECASE,
)
_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL | re.IGNORECASE)


def read_answer(body: bytes, asked: str, request: ModelRequest, latency_ms: int) -> ModelAnswer:
    """The answer in the body of a 200; `asked` is the model that was asked.

    Raises:
        ModelCallFailed: for everything else that a 200 may hold.
    """
    document = _parse(body)
    usage = _usage(document, asked)
    _refuse_error(document, usage)
    choices = document.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise unusable("choices is missing or empty", usage)
    choice = choices[0]
    _refuse_error(choice, usage)
    finish = choice.get("finish_reason")
    if finish not in _ENDED:
        named = finish if finish in {"length", "error", "content_filter"} else "none that is known"
        raise unusable(f"finish_reason is {named}", usage)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise unusable("message is missing", usage)
    if message.get("refusal"):
        raise unusable("the model refused", usage)
    calls = _tool_calls(message.get("tool_calls"), request, usage)
    text = _text(message.get("content"), request, usage)
    if not calls and not text:
        raise unusable("neither text nor a tool call", usage)
    if request.json_schema is not None and not calls:
        text = _fitting_json(text, request.json_schema, usage)
    return ModelAnswer(
        text=text,
        tool_calls=calls,
        model=usage.model if usage else asked,
        provider=usage.provider if usage else _name(document.get("provider")),
        input_tokens=usage.input_tokens if usage else 0,
        output_tokens=usage.output_tokens if usage else 0,
        cost=usage.cost if usage else None,
        latency_ms=latency_ms,
    )


def error_code(body: bytes) -> object:
    """The word that an error's body gives for its cause, None when there is none."""
    try:
        error = json.loads(body).get("error")
    except (ValueError, RecursionError, AttributeError):
        return None
    return error.get("code") or error.get("type") if isinstance(error, dict) else None


def _parse(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise no_model_server(f"the body ({len(body)} bytes) is not JSON") from error
    if not isinstance(document, dict):
        raise no_model_server(f"the body is a {type(document).__name__}, an object was expected")
    return document


def _load(text: str) -> object:
    """JSON that the model wrote. Raises ValueError when it is none, or nothing that can be stored."""
    value: object = json.loads(text, parse_float=_finite, parse_constant=_no_number)
    if not _is_storable(json.dumps(value, ensure_ascii=False).replace("\\u0000", "\x00")):
        raise ValueError("the JSON holds characters that Postgres refuses")
    return value


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number


def _no_number(_name: str) -> Never:
    raise ValueError("NaN and Infinity are not JSON")


def _is_storable(text: str) -> bool:
    """No NUL and no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _refuse_error(holder: Mapping[str, Any], usage: Usage | None) -> None:
    error = holder.get("error")
    if error is None:
        return
    code = error.get("code") if isinstance(error, dict) else None
    # A code may be a word, or nothing: then the server failed in a way it does not name.
    status = int(code) if isinstance(code, int) or (isinstance(code, str) and code.isdecimal()) else 502
    raise by_status(status, code, in_body=True, usage=usage)


def _usage(document: Mapping[str, Any], asked: str) -> Usage | None:
    given = document.get("usage")
    if not isinstance(given, dict):
        return None
    sent, answered = given.get("prompt_tokens"), given.get("completion_tokens")
    if not isinstance(sent, int) or not isinstance(answered, int) or min(sent, answered) < 0:
        return None
    return Usage(
        model=_name(document.get("model")) or asked,
        provider=_name(document.get("provider")),
        input_tokens=sent,
        output_tokens=answered,
        cost=_dollars(given.get("cost")),
    )


def _dollars(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        cost = Decimal(value)
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and cost >= 0 else None


def _name(value: object) -> str | None:
    return value[:200].replace("\x00", "") if isinstance(value, str) and value else None


def _tool_calls(given: object, request: ModelRequest, usage: Usage | None) -> tuple[ToolCall, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise unusable("tool_calls is no list", usage)
    offered = {tool.name for tool in request.tools}
    calls = tuple(_tool_call(call, offered, usage) for call in given)
    if len({call.id for call in calls}) != len(calls):
        raise unusable("two tool calls have the same id", usage)
    return calls


def _tool_call(given: object, offered: set[str], usage: Usage | None) -> ToolCall:
    function = given.get("function") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(function, dict):
        raise unusable("a tool call is no call of a function", usage)
    number, name = given.get("id"), function.get("name")
    if not isinstance(number, str) or not number:
        raise unusable("a tool call has no id", usage)
    if name not in offered:
        raise unusable("a tool that was not offered is called", usage)
    try:
        arguments = _load(function.get("arguments") or "{}")
    except (ValueError, TypeError, RecursionError) as error:
        raise unusable(f"the arguments of {name} are not JSON", usage) from error
    if not isinstance(arguments, dict):
        raise unusable(f"the arguments of {name} are no object", usage)
    return ToolCall(id=number, name=name, arguments=arguments)


def _text(content: object, request: ModelRequest, usage: Usage | None) -> str:
    if content is None:
        return ""
    if not isinstance(content, str):
        raise unusable(f"content is a {type(content).__name__}", usage)
    if not _is_storable(content):
        raise unusable("content holds characters that Postgres refuses", usage)
    text = content.strip()
    if _PRINTED.search(text) or _names_a_call(text, [tool.name for tool in request.tools]):
        raise unusable("a tool call or the model's own marks are printed as text", usage)
    return text


def _names_a_call(text: str, offered: Sequence[str]) -> bool:
    """Whether the text holds `"name": "a_tool"`, `a_tool(` or the like; customers are told no tool names."""
    if not offered:
        return False
    names = "|".join(re.escape(name) for name in offered)
    key = r"[\"'](?:name|tool|tool_name|function|recipient_name|action)[\"']"
    as_json = rf"{key}\s*:\s*[\"'](?:functions\.)?(?:{names})[\"']"
    as_code = rf"(?<!\w)(?:{names})\s*[({{]"
    return re.search(f"{as_json}|{as_code}", text) is not None


def _fitting_json(text: str, schema: Mapping[str, Any], usage: Usage | None) -> str:
    fenced = _FENCE.fullmatch(text)
    text = fenced[1] if fenced else text
    try:
        value = _load(text)
    except (ValueError, RecursionError) as error:
        raise unusable("the text is not JSON", usage) from error
    if found := misfit(value, schema):
        raise unusable(f"the JSON does not fit its schema at {found}", usage)
    return text
