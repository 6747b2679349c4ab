"""Which bodies of a 200 are answers; socket tests of the same are in test_llm_client.py."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from connectors.llm.answers import read_answer
from offscript.ports import ModelAnswer, ModelCallFailed, ModelMessage, ModelRequest, Reason, ToolSpec

TOOL = ToolSpec("search_catalog", "Search.", {"type": "object", "properties": {}})
SCHEMA = {"type": "object", "properties": {"width": {"type": "number"}}, "required": ["width"]}


def read(body: Any, **changes: Any) -> ModelAnswer:
    given: dict[str, Any] = {
        "purpose": "answer",
        "prompt_version": "1",
        "messages": (ModelMessage("user", "?"),),
        "max_tokens": 10,
        "tools": (TOOL,),
    }
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_answer(raw, "asked", ModelRequest(**(given | changes)), 12)


def body(message: dict[str, Any], finish: object = "stop", **more: Any) -> dict[str, Any]:
    return {"choices": [{"finish_reason": finish, "message": message}], **more}


def call(arguments: object, name: str = "search_catalog", number: object = "c1") -> dict[str, Any]:
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


def test_a_server_that_says_little_is_understood() -> None:
    answer = read(body({"content": "Yes."}))
    assert answer == ModelAnswer("Yes.", (), "asked", None, 0, 0, None, 12)


def test_cost_keeps_every_digit() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2}
    raw = json.dumps(body({"content": "Yes."}, usage=usage)).replace(
        '"prompt', '"cost": 0.00000123456789012, "prompt'
    )
    assert read(raw.encode()).cost == Decimal("0.00000123456789012")


@pytest.mark.parametrize("cost", [True, -1, "NaN", "much", None, []])
def test_a_cost_that_is_no_amount_is_none(cost: object) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "cost": cost}
    assert read(body({"content": "Yes."}, usage=usage)).cost is None


def test_calls_come_with_their_arguments_parsed() -> None:
    answer = read(
        body({"content": None, "tool_calls": [call('{"width": 1.5}'), call("", number="c2")]}, "tool_calls")
    )
    assert [one.arguments for one in answer.tool_calls] == [{"width": 1.5}, {}]


def test_json_in_a_fence_is_json() -> None:
    assert read(body({"content": '```json\n{"width": 2}\n```'}), json_schema=SCHEMA).text == '{"width": 2}'


@pytest.mark.parametrize(
    "text",
    [
        "I'll check <tool_call>{}",
        "[TOOL_CALLS] [{}]",
        '{"name": "search_catalog", "arguments": {}}',
        "{'tool': 'functions.search_catalog'}",
        "search_catalog({})",
        "search_catalog {",
        "<think>the customer wants",
        "We do.</think>",
        "<|im_start|>assistant",
        "<function=search_catalog>",
        "<｜tool▁calls▁begin｜>",
        "yes\x00no",
        "half of a pair \ud83d",
    ],
)
def test_text_that_is_not_for_a_customer_is_no_answer(text: str) -> None:
    with pytest.raises(ModelCallFailed) as caught:
        read(body({"content": text}))
    assert (caught.value.reason, caught.value.is_outage) == (Reason.UNUSABLE, False)


@pytest.mark.parametrize(
    "text",
    [
        "The name of the chair is Falcon (120 cm).",
        "I think it fits: width < 90 cm and depth > 60 cm.",
        "تقدر تشوف الكتالوج [صفحة 2] {price:CH-1}",
        "Use the search on our page, or ask me.",
    ],
)
def test_usual_text_is_an_answer(text: str) -> None:
    assert read(body({"content": text})).text == text


@pytest.mark.parametrize(
    "document",
    [
        {"choices": None},
        {"choices": {}},
        {"choices": ["Yes."]},
        {"choices": [{"finish_reason": "stop"}]},
        body({"content": "Yes."}, None),
        body({"content": "Yes."}, "eos"),
        body({"content": ["Yes."]}),
        body({"content": "Yes.", "refusal": "I cannot."}),
        body({"content": None, "tool_calls": []}),
        body({"content": None, "tool_calls": {}}),
        body({"content": None, "tool_calls": ["search_catalog"]}),
        body({"content": None, "tool_calls": [call("{}", name="delete_all")]}),
        body({"content": None, "tool_calls": [call("{}", number=None)]}),
        body({"content": None, "tool_calls": [call("{}"), call("{}")]}),
        body({"content": None, "tool_calls": [call('{"a": NaN}')]}),
        body({"content": None, "tool_calls": [call('{"a": 1e999}')]}),
        body({"content": None, "tool_calls": [call('{"a": "\\u0000"}')]}),
        body({"content": None, "tool_calls": [call('{"a": "\\ud800"}')]}),
        body({"content": None, "tool_calls": [call({"a": 1})]}),
    ],
)
def test_a_document_without_a_whole_answer_is_unusable(document: dict[str, Any]) -> None:
    with pytest.raises(ModelCallFailed) as caught:
        read(document)
    assert caught.value.reason is Reason.UNUSABLE
    assert caught.value.may_ask_another


@pytest.mark.parametrize(
    ("error", "reason", "may_ask_another"),
    [
        ({"code": 402, "message": "no credits"}, Reason.OUT_OF_CREDIT, False),
        ({"code": "402"}, Reason.OUT_OF_CREDIT, False),
        ({"code": 403}, Reason.REFUSED, False),
        ({"code": 429}, Reason.UNREACHABLE, True),
        ({"code": "server_error"}, Reason.UNREACHABLE, True),
        ({}, Reason.UNREACHABLE, True),
        ("overloaded", Reason.UNREACHABLE, True),
    ],
)
def test_an_error_in_a_success_is_judged_by_its_code(
    error: object, reason: Reason, may_ask_another: bool
) -> None:
    for document in ({"error": error}, {"choices": [{"finish_reason": "error", "error": error}]}):
        with pytest.raises(ModelCallFailed) as caught:
            read(document)
        assert (caught.value.reason, caught.value.may_ask_another) == (reason, may_ask_another)


def test_no_failure_repeats_what_the_model_said() -> None:
    word = "SECRETWORD"
    documents = [
        body({"content": f"<think>{word}"}),
        body({"content": word, "refusal": word}),
        body({"content": word}, word),
        body({"content": None, "tool_calls": [call(word)]}),
        body({"content": None, "tool_calls": [call("{}", name=word)]}),
        {"error": {"code": f"{word} and more", "message": word}},
    ]
    for document in documents:
        with pytest.raises(ModelCallFailed) as caught:
            read(document)
        assert word not in str(caught.value)
    with pytest.raises(ModelCallFailed) as caught:
        read(
            body({"content": json.dumps({word: word})}), json_schema={**SCHEMA, "additionalProperties": False}
        )
    assert word not in str(caught.value)
