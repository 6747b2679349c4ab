"""The model's stand-in as a client and a test see it: strict requests, its script, and what it keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.config import SandboxConfig
from sandbox.model.script import FAULTS
from sandbox.server import start_sandbox
from tests.integration.sandbox_support import API_KEY, CHANNEL_ID

KEY = "key-of-the-model"
HELLO: dict[str, Any] = {"model": "made/one", "messages": [{"role": "user", "content": "Hello"}]}
CALLING = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}],
}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "found"}
STRICT = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    config = SandboxConfig(api_key=API_KEY, channel_id=CHANNEL_ID, model_key=KEY)
    async with (
        start_sandbox(config) as sandbox,
        httpx.AsyncClient(
            base_url=sandbox.url, headers={"Authorization": f"Bearer {KEY}"}, timeout=10, trust_env=False
        ) as client,
    ):
        yield client


async def script(client: httpx.AsyncClient, *entries: dict[str, Any]) -> httpx.Response:
    return await client.put("/control/model/script", json={"entries": entries})


async def ask(client: httpx.AsyncClient, purpose: str = "answer", **changes: Any) -> httpx.Response:
    headers = {"X-Majlis-Purpose": purpose}
    return await client.post("/v1/chat/completions", json=HELLO | changes, headers=headers)


def user(words: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": words}]


def format_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": schema}}


async def said(client: httpx.AsyncClient, purpose: str = "answer", **changes: Any) -> str:
    answer = await ask(client, purpose, **changes)
    assert answer.status_code == 200, answer.text
    text: str = answer.json()["choices"][0]["message"]["content"]
    return text


async def test_entries_answer_in_order_what_they_fit(client: httpx.AsyncClient) -> None:
    await script(
        client,
        {"match": "deliver", "text": "first"},
        {"match": "deliver", "text": "second"},
        {"purpose": "triage", "json": {"decision": "human"}, "times": 0},
        {"model": "made/two", "text": "of two", "times": 0},
        {"last_role": "tool", "text": "after a tool", "times": 0},
        {"match": "توصلون", "text": "حياك", "times": 0},
    )
    assert await said(client, messages=user("Do you deliver?")) == "first"
    assert await said(client, messages=user("Do you deliver?")) == "second"
    assert await said(client, "triage") == '{"decision": "human"}'
    assert await said(client, model="made/two") == "of two"
    assert await said(client, messages=[*user("Hi"), CALLING, RESULT]) == "after a tool"
    # The newest user message counts, not what was said before.
    assert await said(client, messages=[*user("Do you deliver?"), *user("توصلون؟")]) == "حياك"
    nothing = await ask(client, messages=user("Do you deliver?"))
    assert (nothing.status_code, nothing.headers["retry-after"]) == (503, "0")
    assert nothing.json()["error"]["code"] == "no_script"
    used = (await client.get("/control/model/script")).json()["entries"]
    assert [entry["used"] for entry in used] == [1] * 6


@pytest.mark.parametrize("key", ["", "Bearer", "Bearer wrong", f"Basic {KEY}", KEY, "Bearer ключ"])
async def test_only_the_key_lets_in(client: httpx.AsyncClient, key: str) -> None:
    await script(client, {"text": "Hi"})
    headers = {b"authorization": key.encode()}
    answer = await client.post("/v1/chat/completions", json=HELLO, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"model": ""}, "model"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "customer", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": None}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": "x", "chat": 5}]}, "messages[0].chat"),
        ({"messages": [*user("x"), RESULT]}, "messages[1].tool_call_id"),
        ({"messages": [*user("x"), CALLING]}, "messages"),
        ({"messages": [*user("x"), CALLING, *user("y")]}, "messages[2]"),
        ({"messages": [*user("x"), CALLING, RESULT, RESULT]}, "messages[3].tool_call_id"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stream": True}, "stream"),
        ({"provider": {"zdr": True}}, "provider"),
        ({"tools": []}, "tools"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0].function.name"),
        ({"tools": [{"type": "function", "function": {"name": "a"}}]}, "tools[0].function.parameters"),
        ({"response_format": {"type": "json_object"}}, "response_format.type"),
        (
            {"response_format": format_of(STRICT | {"required": []})},
            "response_format.json_schema.schema.required",
        ),
        (
            {
                "response_format": format_of(
                    {**STRICT, "properties": {"a": {**STRICT, "additionalProperties": True}}}
                )
            },
            "response_format.json_schema.schema.properties.a.additionalProperties",
        ),
    ],
)
async def test_a_malformed_request_is_refused_by_name(
    client: httpx.AsyncClient, changes: dict[str, Any], param: str
) -> None:
    await script(client, {"text": "Hi"})
    answer = await ask(client, **changes)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


async def test_a_well_formed_request_passes(client: httpx.AsyncClient) -> None:
    await script(client, {"text": "Hi"})
    tools = [
        {
            "type": "function",
            "function": {"name": "look", "description": "x", "parameters": {"type": "object"}},
        }
    ]
    answer = await ask(client, tools=tools, response_format=format_of(STRICT), max_tokens=5)
    assert answer.status_code == 200, answer.text
    assert answer.json()["usage"]["cost"] == 0.0001


async def test_every_request_is_kept_as_received_refused_ones_too(client: httpx.AsyncClient) -> None:
    await script(client, {"text": "Hi", "purpose": "triage"})
    await ask(client, "triage", messages=user("شلونك"))
    await ask(client, stream=True)
    await client.post("/v1/chat/completions", content=b"{", headers={"content-type": "application/json"})
    calls = (await client.get("/control/model/calls", params={"at_least": 3})).json()["calls"]
    assert [call["status"] for call in calls] == [200, 400, 400]
    assert [call["purpose"] for call in calls] == ["triage", "answer", None]
    assert [call["entry"] for call in calls] == [0, None, None]
    assert calls[0]["body"]["messages"] == user("شلونك")
    assert calls[2]["body"] == "{"
    chosen = await client.get("/control/model/calls", params={"purpose": "triage"})
    assert len(chosen.json()["calls"]) == 1
    late = await client.get("/control/model/calls", params={"at_least": 4, "timeout_seconds": 0.05})
    assert late.status_code == 408


@pytest.mark.parametrize("path", ["/control/model/reset", "/control/reset"])
async def test_a_reset_forgets_script_and_calls(client: httpx.AsyncClient, path: str) -> None:
    await script(client, {"text": "Hi", "times": 0})
    await ask(client)
    await client.post(path)
    assert (await client.get("/control/model/script")).json() == {"entries": []}
    assert (await client.get("/control/model/calls")).json() == {"calls": []}
    assert (await ask(client)).status_code == 503


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ({}, "entries[0]"),
        ({"text": "x", "json": {}}, "text"),
        ({"txt": "x"}, "txt"),
        ({"text": "x", "times": -1}, "times"),
        ({"text": "x", "match": "("}, "match"),
        ({"text": "x", "last_role": "system"}, "last_role"),
        ({"fault": "explode"}, "fault"),
        ({"fault": "status"}, "status"),
        ({"fault": "tool_text"}, "tool_calls"),
        ({"tool_calls": [{"arguments": {}}]}, "tool_calls[0]"),
        ({"text": "x", "seconds": True}, "seconds"),
    ],
)
async def test_a_wrong_script_is_refused_and_changes_nothing(
    client: httpx.AsyncClient, entry: dict[str, Any], named: str
) -> None:
    await script(client, {"text": "Hi"})
    answer = await script(client, entry)
    assert answer.status_code == 400
    assert named in answer.json()["error"]
    assert await said(client) == "Hi"


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"drop", "endless_body"}))
async def test_every_fault_answers_something(client: httpx.AsyncClient, fault: str) -> None:
    calls = [{"name": "look", "arguments": {"query": "x"}}]
    needs_calls = fault in {"tool_text", "bad_arguments"}
    await script(client, {"fault": fault, "status": 502, **({"tool_calls": calls} if needs_calls else {})})
    assert (await ask(client)).status_code in {200, 502}
    (call,) = (await client.get("/control/model/calls", params={"at_least": 1})).json()["calls"]
    assert call["fault"] == fault


async def test_a_retry_after_is_sent(client: httpx.AsyncClient) -> None:
    await script(client, {"fault": "status", "status": 429, "retry_after": 7})
    assert (await ask(client)).headers["retry-after"] == "7"


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(ValueError, match="model_key"):
        SandboxConfig(api_key=API_KEY, channel_id=CHANNEL_ID, model_key="")


async def test_entries_that_are_added_go_first_and_the_others_stay_used(client: httpx.AsyncClient) -> None:
    await script(client, {"text": "once"}, {"text": "then", "times": 0})
    assert await said(client) == "once"
    added = {"entries": [{"match": "Hello", "text": "added"}]}
    answer = await client.post("/control/model/script", json=added)
    assert [entry["used"] for entry in answer.json()["entries"]] == [0, 1, 0]
    assert await said(client) == "added"
    assert await said(client) == "then"


async def test_an_entry_can_be_for_a_talk(client: httpx.AsyncClient) -> None:
    await script(client, {"within": "deliver", "text": "of deliveries", "times": 0})
    talk = [*user("Do you deliver?"), *user('{"not_sent": "G3"}')]
    assert await said(client, messages=talk) == "of deliveries"
    assert (await ask(client, messages=user("Do you install?"))).status_code == 503
    assert (await script(client, {"within": "(", "text": "x"})).status_code == 400
