"""Calls of a language model over real sockets: every way in which its server fails, and what follows."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.llm.client import OpenAIServer
from offscript.guarded_model import GuardedModel
from offscript.ports import ModelMessage, Reason, ToolCall
from tests.integration.llm_support import DECISION, ENOUGH, MODELS, PRICES, SEARCH, Bench, llm_bench, question

FIRST, SECOND = MODELS
A_CALL = [{"name": "search_catalog", "arguments": {"query": "كرسي"}}]
GOOD = {"text": "We do.", "model": SECOND}
QUICK = 1.6


@pytest.fixture
async def it(engine: AsyncEngine) -> AsyncIterator[Bench]:
    async with llm_bench(engine) as bench:
        yield bench


async def test_an_answer_is_given_as_it_is_and_booked_with_the_servers_own_cost(it: Bench) -> None:
    chat = await it.chat(1)
    await it.script(
        {
            "match": "Liwa",
            "purpose": "answer",
            "text": " نوصل حق ليوا. ",
            "cost": 0.00123456789,
            "provider": "Oasis",
        }
    )
    answer = await it.ask(conversation_id=chat)
    assert (answer.text, answer.tool_calls) == ("نوصل حق ليوا.", ())
    assert (answer.model, answer.provider) == (FIRST, "Oasis")
    assert (answer.input_tokens, answer.output_tokens, answer.cost) == (100, 20, Decimal("0.00123456789"))
    (call,) = await it.calls()
    assert call["purpose"] == "answer"
    # Nothing but the protocol's own fields reaches a server that is not OpenRouter.
    assert set(call["body"]) == {"model", "max_tokens", "messages"}
    (row,) = await it.rows("select * from model_calls")
    assert (row.conversation_id, row.purpose, row.prompt_version) == (chat, "answer", "answer-1")
    assert (row.model_asked, row.model_used, row.provider) == (FIRST, FIRST, "Oasis")
    assert (row.outcome, row.status, row.problem) == ("answered", 200, None)
    assert (row.input_tokens, row.output_tokens) == (100, 20)
    assert (row.cost, row.cost_is_estimated) == (Decimal("0.00123456789"), False)
    assert row.latency_ms is not None
    spent = await it.rows("select conversation_id, dollars from model_spending order by conversation_id")
    assert [tuple(one) for one in spent] == [(chat, row.cost), (None, row.cost)]


async def test_a_server_that_names_no_cost_is_booked_at_the_prices_of_the_settings(it: Bench) -> None:
    await it.script({"text": "Yes.", "cost": None, "prompt_tokens": 1000, "completion_tokens": 100})
    assert (await it.ask()).cost is None
    (row,) = await it.rows("select cost, cost_is_estimated from model_calls")
    assert tuple(row) == (Decimal("0.0045"), True)


async def test_tools_are_called_and_their_results_go_back(it: Bench) -> None:
    await it.script({"tool_calls": A_CALL, "last_role": "user"}, {"text": "Here it is.", "last_role": "tool"})
    first = await it.ask(question(tools=(SEARCH,)))
    (call,) = first.tool_calls
    assert (call.name, call.arguments) == ("search_catalog", {"query": "كرسي"})
    talk = (
        *question().messages,
        ModelMessage("assistant", first.text, tool_calls=first.tool_calls),
        ModelMessage("tool", '{"name": "Chair"}', tool_call_id=call.id),
    )
    assert (await it.ask(question(tools=(SEARCH,), messages=talk))).text == "Here it is."


async def test_json_comes_as_the_schema_wants_it(it: Bench) -> None:
    await it.script({"json": {"decision": "human"}})
    assert (await it.ask(question(json_schema=DECISION, purpose="triage"))).text == '{"decision": "human"}'
    (call,) = await it.calls()
    assert call["body"]["response_format"]["json_schema"]["strict"] is True


PASSES_TO_THE_NEXT: list[tuple[str, dict[str, Any], Reason]] = [
    ("timed out itself", {"fault": "status", "status": 408}, Reason.UNREACHABLE),
    ("conflict", {"fault": "status", "status": 409}, Reason.UNREACHABLE),
    ("too many", {"fault": "status", "status": 429, "retry_after": 300}, Reason.UNREACHABLE),
    ("broken", {"fault": "status", "status": 500}, Reason.UNREACHABLE),
    ("bad gateway", {"fault": "status", "status": 502}, Reason.UNREACHABLE),
    ("nobody fits", {"fault": "status", "status": 503}, Reason.UNREACHABLE),
    ("no such model", {"fault": "status", "status": 404}, Reason.REFUSED),
    ("error in a 200", {"fault": "error_in_200"}, Reason.UNREACHABLE),
    ("429 in a 200", {"fault": "error_in_200", "status": 429}, Reason.UNREACHABLE),
    ("error in the choice", {"fault": "error_in_choice"}, Reason.UNREACHABLE),
    ("finish_reason error", {"fault": "finish", "finish_reason": "error", "text": "We"}, Reason.UNUSABLE),
    (
        "cut by max_tokens",
        {"fault": "finish", "finish_reason": "length", "text": "We do, and"},
        Reason.UNUSABLE,
    ),
    ("filtered", {"fault": "finish", "finish_reason": "content_filter", "text": "We"}, Reason.UNUSABLE),
    ("empty choices", {"fault": "empty_choices"}, Reason.UNUSABLE),
    ("no choices", {"fault": "no_choices"}, Reason.UNUSABLE),
    ("says nothing", {"fault": "empty_text"}, Reason.UNUSABLE),
    ("only spaces", {"text": " \n "}, Reason.UNUSABLE),
    ("tool as JSON", {"fault": "tool_text", "tool_calls": A_CALL}, Reason.UNUSABLE),
    ("tool in tags", {"fault": "tool_text", "tool_calls": A_CALL, "style": "tags"}, Reason.UNUSABLE),
    ("tool as code", {"fault": "tool_text", "tool_calls": A_CALL, "style": "code"}, Reason.UNUSABLE),
    ("cut arguments", {"fault": "bad_arguments", "tool_calls": A_CALL}, Reason.UNUSABLE),
    ("arguments of a list", {"tool_calls": [{"name": "search_catalog", "arguments": "[]"}]}, Reason.UNUSABLE),
    ("unknown tool", {"fault": "unknown_tool"}, Reason.UNUSABLE),
    ("truncated body", {"fault": "truncate", "text": "We do."}, Reason.UNUSABLE),
    ("endless body", {"fault": "endless_body"}, Reason.UNUSABLE),
    ("HTML as a success", {"fault": "html"}, Reason.UNUSABLE),
    ("HTML of a proxy", {"fault": "html", "status": 502}, Reason.UNREACHABLE),
    ("dropped", {"fault": "drop"}, Reason.UNREACHABLE),
]


@pytest.mark.parametrize(
    ("fault", "reason"), [one[1:] for one in PASSES_TO_THE_NEXT], ids=[one[0] for one in PASSES_TO_THE_NEXT]
)
async def test_a_failure_passes_the_question_to_the_next_model(
    it: Bench, fault: dict[str, Any], reason: Reason
) -> None:
    await it.script({**fault, "model": FIRST}, GOOD)
    answer = await it.ask(question(tools=(SEARCH,)))
    assert (answer.text, answer.model) == ("We do.", SECOND)
    # Each model exactly once: nothing repeats a request behind our back.
    assert [call["body"]["model"] for call in await it.calls(2)] == [FIRST, SECOND]
    rows = await it.rows("select model_asked, outcome from model_calls order by id")
    assert [tuple(row) for row in rows] == [(FIRST, reason), (SECOND, "answered")]


@pytest.mark.parametrize(
    "reply",
    [
        {"fault": "cut_json", "json": {"decision": "answer"}},
        {"fault": "endless_json"},
        {"json": {"decision": "discount"}},
        {"json": {"decision": "answer", "price": 5}},
        {"json": {}},
        {"text": "I would answer."},
    ],
    ids=["cut", "endless", "not in the enum", "one field more", "one field less", "prose"],
)
async def test_json_that_is_not_as_asked_passes_the_question_to_the_next_model(
    it: Bench, reply: dict[str, Any]
) -> None:
    await it.script({**reply, "model": FIRST}, {"json": {"decision": "answer"}, "model": SECOND})
    answer = await it.ask(question(json_schema=DECISION))
    assert (answer.text, answer.model) == ('{"decision": "answer"}', SECOND)
    (row, _) = await it.rows("select outcome, cost, cost_is_estimated from model_calls order by id")
    # It was generated, so it was paid for.
    assert tuple(row) == ("unusable", Decimal("0.0001"), False)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, Reason.REFUSED),
        (401, Reason.REFUSED),
        (402, Reason.OUT_OF_CREDIT),
        (403, Reason.REFUSED),
        (422, Reason.REFUSED),
    ],
)
async def test_what_no_other_model_would_answer_differently_is_asked_once(
    it: Bench, status: int, reason: Reason
) -> None:
    await it.script({"fault": "status", "status": status}, GOOD)
    unavailable = await it.refusal()
    assert unavailable.reason is reason
    assert str(status) in unavailable.detail
    assert len(await it.calls(1)) == 1
    (row,) = await it.rows("select outcome, status, cost from model_calls")
    assert tuple(row) == (reason, status, 0)


async def test_a_402_in_the_body_of_a_200_is_one_too(it: Bench) -> None:
    await it.script({"fault": "error_in_200", "status": 402}, GOOD)
    assert (await it.refusal()).reason is Reason.OUT_OF_CREDIT
    assert len(await it.calls(1)) == 1


async def test_when_both_models_fail_the_last_reason_is_told(it: Bench) -> None:
    await it.script(
        {"fault": "empty_choices", "model": FIRST}, {"fault": "status", "status": 502, "model": SECOND}
    )
    assert (await it.refusal()).reason is Reason.UNREACHABLE
    third = it.guarded(ENOUGH, (*MODELS, "made/third"))
    await it.script({"fault": "empty_text", "times": 0})
    await it.refusal(model=third)
    assert [call["body"]["model"] for call in await it.calls(4)] == [FIRST, SECOND] * 2


async def test_a_slow_model_leaves_time_for_the_next(it: Bench) -> None:
    await it.script({"text": "Late.", "seconds": 60, "model": FIRST}, GOOD)
    began = asyncio.get_running_loop().time()
    assert (await it.ask(seconds=4)).text == "We do."
    assert asyncio.get_running_loop().time() - began < 4
    (row, _) = await it.rows("select outcome, cost, cost_is_estimated from model_calls order by id")
    # It may go on writing, and be paid for it: what was reserved stays booked.
    assert row.outcome == "deadline"
    assert row.cost == PRICES.at_most(question())
    assert row.cost_is_estimated


async def test_one_deadline_holds_for_all_tries_together(it: Bench) -> None:
    await it.script({"text": "Late.", "seconds": 60, "times": 0})
    began = asyncio.get_running_loop().time()
    assert (await it.refusal(seconds=3)).reason is Reason.DEADLINE
    assert asyncio.get_running_loop().time() - began < 4


async def test_a_body_that_trickles_past_the_deadline_is_left(it: Bench) -> None:
    """A read time limit alone would never strike: there is always another byte."""
    await it.script({"fault": "endless_body", "seconds": 0.2, "times": 0})
    began = asyncio.get_running_loop().time()
    only = it.guarded(ENOUGH, (FIRST,))
    assert (await it.refusal(seconds=QUICK, model=only)).reason is Reason.DEADLINE
    assert asyncio.get_running_loop().time() - began < QUICK + 1


async def test_too_little_time_asks_nobody(it: Bench) -> None:
    await it.script(GOOD)
    assert (await it.refusal(seconds=0.5)).reason is Reason.DEADLINE
    assert await it.calls() == []
    assert await it.rows("select 1 from model_calls") == []


async def test_a_purpose_without_a_model_asks_nobody(it: Bench) -> None:
    assert (await it.refusal(question(purpose="judge"))).reason is Reason.NOT_CONFIGURED
    assert await it.calls() == []


async def test_a_script_without_a_fitting_entry_refuses_at_once_and_does_not_open_the_breaker(
    it: Bench,
) -> None:
    for _ in range(4):
        unavailable = await it.refusal()
        assert (unavailable.reason, "503" in unavailable.detail) == (Reason.UNREACHABLE, True)
    assert len(await it.calls(8)) == 8
    await it.script({"text": "Yes."})
    assert (await it.ask()).text == "Yes."


async def test_nobody_listening_costs_nothing_and_opens_the_breaker(engine: AsyncEngine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = OpenAIServer(f"http://127.0.0.1:{port}/v1", "key")
    model = GuardedModel(engine, server, {"answer": MODELS}, ENOUGH, PRICES)
    bench = Bench(engine, None, server, model)  # type: ignore[arg-type]
    reasons = [(await bench.refusal()).reason for _ in range(4)]
    await model.close()
    # Two a question: the fifth failure in a row opens it, so the third question ends there.
    assert reasons == [Reason.UNREACHABLE, Reason.UNREACHABLE, Reason.BREAKER_OPEN, Reason.BREAKER_OPEN]
    rows = await bench.rows("select outcome, cost from model_calls")
    assert [tuple(row) for row in rows] == [("unreachable", 0)] * 5


async def _open_breaker(it: Bench) -> None:
    await it.script({"fault": "status", "status": 502, "times": 5}, {"text": "Back.", "times": 0})
    for _ in range(3):
        await it.refusal()
    assert len(await it.calls(5)) == 5


async def test_an_open_breaker_is_shared_and_sends_nothing(it: Bench) -> None:
    await _open_breaker(it)
    neighbour = it.guarded(ENOUGH)
    assert (await it.refusal(model=neighbour)).reason is Reason.BREAKER_OPEN
    assert len(await it.calls()) == 5


async def test_after_the_pause_one_alone_tries_and_its_success_closes_the_breaker(it: Bench) -> None:
    await _open_breaker(it)
    await it.rows("update model_servers set open_until = clock_timestamp() returning 1")
    results = await asyncio.gather(*(it.ask() for _ in range(5)), return_exceptions=True)
    assert sum(not isinstance(result, BaseException) for result in results) >= 1
    # The others were refused unless they came after its success.
    (row,) = await it.rows("select failures, open_until from model_servers")
    assert tuple(row) == (0, None)
    assert (await it.ask()).text == "Back."


async def test_after_the_pause_a_failure_begins_the_next_pause(it: Bench) -> None:
    await _open_breaker(it)
    await it.script({"fault": "drop", "times": 0})
    await it.rows("update model_servers set open_until = clock_timestamp() returning 1")
    reasons = {(await it.refusal()).reason for _ in range(3)}
    assert reasons == {Reason.BREAKER_OPEN}
    assert len(await it.calls(6)) == 6


async def test_neither_question_nor_answer_nor_key_is_in_any_log_line(
    it: Bench, log_lines: io.StringIO
) -> None:
    await it.script(
        {"text": "ANSWERWORD cut", "fault": "finish", "model": FIRST}, {"fault": "html", "status": 400}
    )
    await it.refusal(question("QUESTIONWORD"))
    lines = log_lines.getvalue()
    assert "model.failed" in lines
    for secret in ("QUESTIONWORD", "ANSWERWORD", "sandbox-model-key"):
        assert secret not in lines


async def test_calls_cost_and_time_are_counted_without_names(it: Bench) -> None:
    def value(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, labels) or 0.0

    def figures() -> list[float]:
        return [
            value("majlis_model_calls_total", purpose="answer", outcome="answered"),
            value("majlis_model_calls_total", purpose="answer", outcome="unusable"),
            value("majlis_model_cost_dollars_total", purpose="answer"),
            value("majlis_model_seconds_count", purpose="answer"),
        ]

    before = figures()
    await it.script({"fault": "empty_choices", "cost": 0.25}, {"text": "Yes.", "cost": 0.5})
    await it.ask()
    rise = [after - earlier for after, earlier in zip(figures(), before, strict=True)]
    assert rise == pytest.approx([1, 1, 0.75, 2])


async def test_the_arguments_of_an_earlier_call_go_back_as_they_came(it: Bench) -> None:
    await it.script({"text": "Yes."})
    talk = (
        ModelMessage("user", "two and a half metres"),
        ModelMessage(
            "assistant", "", tool_calls=(ToolCall("c1", "search_catalog", {"query": "م", "width": 2.5}),)
        ),
        ModelMessage("tool", "[]", tool_call_id="c1"),
    )
    await it.ask(question(messages=talk, tools=(SEARCH,)))
    (call,) = await it.calls(1)
    sent = call["body"]["messages"][1]
    assert sent["content"] is None
    assert sent["tool_calls"][0]["function"]["arguments"] == '{"query": "م", "width": 2.5}'
