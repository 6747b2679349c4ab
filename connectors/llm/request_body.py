"""A request as the chat completions protocol wants it, and what only OpenRouter understands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from offscript.ports import ModelMessage, ModelRequest

# Nothing that a customer wrote may be kept or trained on, and nobody may answer who would drop the schema
# or the tools. Set the same in the account: a mistake here must not be the only guard.
ZERO_RETENTION = {"zdr": True, "data_collection": "deny", "require_parameters": True}


def is_openrouter(address: str) -> bool:
    """Whether the address is OpenRouter's own; a name that only contains it is somebody else's."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    return host == "openrouter.ai" or host.endswith(".openrouter.ai")


def request_body(model: str, request: ModelRequest) -> dict[str, Any]:
    """The body of `POST /chat/completions`, with the same bytes for the same request."""
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": request.max_tokens,
        "messages": [_message(message) for message in request.messages],
    }
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": dict(tool.parameters),
                },
            }
            for tool in request.tools
        ]
    if request.json_schema is not None:
        schema = {"name": request.purpose, "strict": True, "schema": dict(request.json_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def _message(message: ModelMessage) -> Mapping[str, Any]:
    body: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        # A turn that only calls tools has no content; some servers refuse an empty one.
        body["content"] = message.content or None
        body["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {
                    "name": call.name,
                    "arguments": json.dumps(dict(call.arguments), ensure_ascii=False),
                },
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        body["tool_call_id"] = message.tool_call_id
    return body
