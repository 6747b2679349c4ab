"""What a request has to look like; strict, so that what passes here passes at the servers behind it too."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

_FIELDS = frozenset(
    "model messages max_tokens max_completion_tokens tools tool_choice parallel_tool_calls response_format "
    "temperature top_p seed stop stream".split()
)
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ROLES = {"system", "user", "assistant", "tool"}
_MESSAGE_FIELDS = {
    "system": {"role", "content"},
    "user": {"role", "content"},
    "assistant": {"role", "content", "tool_calls"},
    "tool": {"role", "content", "tool_call_id"},
}


class Malformed(Exception):
    """A request that a strict server refuses; `param` is the place, as the protocol's errors name it."""

    def __init__(self, param: str, wanted: str) -> None:
        super().__init__(f"Invalid value for '{param}': {wanted}")
        self.param = param


def check(content_type: str, raw: bytes) -> dict[str, object]:
    """The request's body. Raises Malformed for the first thing that is wrong."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Malformed("content-type", "expected application/json")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise Malformed("body", "expected JSON") from error
    if not isinstance(body, dict):
        raise Malformed("body", "expected an object")
    if unknown := sorted(set(body) - _FIELDS):
        raise Malformed(unknown[0], "unrecognized request argument")
    _text(body, "model")
    for name in ("max_tokens", "max_completion_tokens"):
        if name in body and not (type(body[name]) is int and body[name] > 0):
            raise Malformed(name, "expected a whole number above 0")
    if body.get("stream", False) is not False:
        raise Malformed("stream", "this server does not stream")
    _check_messages(body.get("messages"))
    if "tools" in body:
        _check_tools(body["tools"])
    if "response_format" in body:
        _check_format(body["response_format"])
    return body


def _check_messages(messages: object) -> None:
    """Every call of a tool is answered by exactly one result, before anybody else speaks."""
    if not isinstance(messages, list) or not messages:
        raise Malformed("messages", "expected a list with at least one message")
    awaited: set[str] = set()
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise Malformed(f"{place}.role", f"expected one of {sorted(_ROLES)}")
        role = message["role"]
        if unknown := sorted(set(message) - _MESSAGE_FIELDS[role]):
            raise Malformed(f"{place}.{unknown[0]}", f"a message of role {role} has no such field")
        content = message.get("content")
        if not isinstance(content, str) and not (content is None and message.get("tool_calls")):
            raise Malformed(f"{place}.content", "expected a string")
        if role == "tool":
            if message.get("tool_call_id") not in awaited:
                raise Malformed(
                    f"{place}.tool_call_id", "expected the id of an unanswered tool call before it"
                )
            awaited.discard(message["tool_call_id"])
            continue
        if awaited:
            raise Malformed(place, "expected a message of role tool: a tool call has no result yet")
        awaited = _call_ids(message.get("tool_calls", []), place)
    if awaited:
        raise Malformed("messages", "the last message calls a tool whose result is missing")


def _call_ids(calls: object, place: str) -> set[str]:
    if not isinstance(calls, list):
        raise Malformed(f"{place}.tool_calls", "expected a list")
    ids: set[str] = set()
    for index, call in enumerate(calls):
        inside = f"{place}.tool_calls[{index}]"
        if not isinstance(call, dict) or call.get("type") != "function":
            raise Malformed(f"{inside}.type", "expected function")
        function = call.get("function")
        if not isinstance(function, dict) or not _NAME.fullmatch(str(function.get("name"))):
            raise Malformed(f"{inside}.function.name", "expected a name")
        arguments = function.get("arguments")
        try:
            is_object = isinstance(arguments, str) and isinstance(json.loads(arguments), dict)
        except ValueError:
            is_object = False
        if not is_object:
            raise Malformed(f"{inside}.function.arguments", "expected a JSON object in a string")
        number = _text(call, "id", inside)
        if number in ids:
            raise Malformed(f"{inside}.id", "expected another id than its neighbour's")
        ids.add(number)
    return ids


def _check_tools(tools: object) -> None:
    if not isinstance(tools, list) or not tools:
        raise Malformed("tools", "expected a list with at least one tool")
    for index, tool in enumerate(tools):
        place = f"tools[{index}]"
        if not isinstance(tool, dict) or tool.get("type") != "function" or set(tool) != {"type", "function"}:
            raise Malformed(f"{place}.type", "expected a function")
        function = tool["function"]
        if not isinstance(function, dict) or not _NAME.fullmatch(str(function.get("name"))):
            raise Malformed(f"{place}.function.name", "expected letters, digits, _ and -")
        parameters = function.get("parameters")
        if not isinstance(parameters, dict) or parameters.get("type") != "object":
            raise Malformed(f"{place}.function.parameters", "expected a schema of type object")


def _check_format(given: object) -> None:
    if not isinstance(given, dict) or given.get("type") != "json_schema":
        raise Malformed("response_format.type", "expected json_schema")
    wanted = given.get("json_schema")
    if not isinstance(wanted, dict) or not _NAME.fullmatch(str(wanted.get("name"))):
        raise Malformed("response_format.json_schema.name", "expected letters, digits, _ and -")
    schema = wanted.get("schema")
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise Malformed("response_format.json_schema.schema", "expected a schema of type object")
    if wanted.get("strict"):
        _check_strict(schema, "response_format.json_schema.schema")


def _check_strict(schema: object, place: str) -> None:
    """In strict mode every object names all its properties as required and allows no others."""
    if isinstance(schema, Sequence) and not isinstance(schema, str):
        for index, part in enumerate(schema):
            _check_strict(part, f"{place}[{index}]")
    if not isinstance(schema, Mapping):
        return
    properties = schema.get("properties")
    if schema.get("type") == "object" and isinstance(properties, Mapping):
        if schema.get("additionalProperties") is not False:
            raise Malformed(f"{place}.additionalProperties", "strict needs false")
        if set(schema.get("required", ())) != set(properties):
            raise Malformed(f"{place}.required", "strict needs every property")
        for name, part in properties.items():
            _check_strict(part, f"{place}.properties.{name}")
    for name in ("items", "anyOf"):
        _check_strict(schema.get(name), f"{place}.{name}")
    for name, part in schema.get("$defs", {}).items():
        _check_strict(part, f"{place}.$defs.{name}")


def _text(holder: Mapping[str, object], name: str, place: str = "") -> str:
    value = holder.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{place}.{name}".strip("."), "expected a string that is not empty")
    return value
