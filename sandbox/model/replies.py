"""Answers in the form of the chat completions protocol, whole or broken as an entry says."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sandbox.model.script import Entry

DEFAULT_TEXT = "Scripted by a fault"


def completion(entry: Entry, asked: str, number: int) -> dict[str, object]:
    """The body of a 200 for the reply of an entry, with what its fault changes in it."""
    content, calls = _content(entry), _calls(entry, number)
    finish = "tool_calls" if calls else "stop"
    choice: dict[str, object] = {"index": 0, "logprobs": None}
    match entry.fault:
        case "finish":
            finish = entry.finish_reason
            if finish == "length" and content:
                content = content[: len(content) // 2]
        case "empty_text":
            content, calls = None, []
        case "tool_text":
            content, calls, finish = _printed(entry), [], "stop"
        case "unknown_tool":
            content, finish = None, "tool_calls"
            calls = [_call("call_unknown", "tool_that_nobody_offered", "{}")]
        case "cut_json":
            content = (content or "")[: len(content or "") // 2]
        case "endless_json":
            content, finish = '{"decision": "' + " " * 4000, "length"
        case "error_in_choice":
            finish = "error"
            choice["error"] = {
                "code": entry.status or 502,
                "message": "the provider failed while it answered",
            }
    message: dict[str, object] = {"role": "assistant", "content": content, "refusal": None}
    if calls:
        message["tool_calls"] = calls
    body: dict[str, object] = {
        "id": f"gen-{number}",
        "object": "chat.completion",
        "created": 1_790_000_000 + number,
        "model": entry.answers_as or asked,
        "choices": [choice | {"finish_reason": finish, "message": message}],
        "usage": _usage(entry),
    }
    if entry.provider is not None:
        body["provider"] = entry.provider
    if entry.fault == "empty_choices":
        body["choices"] = []
    elif entry.fault == "no_choices":
        del body["choices"]
    return body


def error(status: int, message: str, code: str | int | None = None, **more: object) -> dict[str, object]:
    """An error as OpenAI and OpenRouter shape it."""
    kind = "invalid_request_error" if 400 <= status < 500 else "server_error"
    return {"error": {"message": message, "type": kind, "code": code, "param": None, **more}}


def _content(entry: Entry) -> str | None:
    if entry.json is not None:
        return json.dumps(entry.json, ensure_ascii=False)
    if entry.text is not None or entry.tool_calls is not None:
        return entry.text
    return DEFAULT_TEXT


def _calls(entry: Entry, number: int) -> list[dict[str, object]]:
    made = []
    for index, call in enumerate(entry.tool_calls or ()):
        arguments = call.get("arguments", {})
        written = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        if entry.fault == "bad_arguments":
            written = '{"query": "cut'
        made.append(_call(f"call_{number}_{index}", str(call["name"]), written))
    return made


def _call(number: str, name: str, arguments: str) -> dict[str, object]:
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


def _printed(entry: Entry) -> str:
    call: Mapping[str, object] = (entry.tool_calls or [{}])[0]
    arguments = json.dumps(call.get("arguments", {}), ensure_ascii=False)
    as_json = f'{{"name": "{call["name"]}", "arguments": {arguments}}}'
    if entry.style == "tags":
        return f"<tool_call>\n{as_json}\n</tool_call>"
    if entry.style == "code":
        return f"Let me look.\n{call['name']}({arguments})"
    return as_json


def _usage(entry: Entry) -> dict[str, object]:
    usage: dict[str, object] = {
        "prompt_tokens": entry.prompt_tokens,
        "completion_tokens": entry.completion_tokens,
        "total_tokens": entry.prompt_tokens + entry.completion_tokens,
    }
    if entry.cost is not None:
        usage["cost"] = entry.cost
    return usage
