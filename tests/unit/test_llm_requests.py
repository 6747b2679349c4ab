"""What is sent to which server: the privacy we ask for goes to OpenRouter, and to nobody else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from connectors.llm.client import OpenAIServer
from connectors.llm.request_body import is_openrouter
from offscript.budget import Prices
from offscript.ports import ModelCallFailed, ModelMessage, ModelRequest, Reason, ToolSpec, Usage

ANSWER = {
    "model": "made/first",
    "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}],
}
REQUEST = ModelRequest(
    purpose="answer",
    prompt_version="1",
    messages=(ModelMessage("system", "Help."), ModelMessage("user", "تبيعون كراسي؟")),
    max_tokens=100,
)


async def sent(address: str, request: ModelRequest = REQUEST) -> httpx2.Request:
    """The request as it would leave for the address."""
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json=ANSWER)

    server = OpenAIServer(address, "key-of-tests", httpx2.AsyncClient(transport=httpx2.MockTransport(answer)))
    await server.ask("made/first", request, timeout_seconds=5)
    await server.close()
    (one,) = seen
    return one


async def test_openrouter_is_asked_to_keep_nothing_with_every_request() -> None:
    request = await sent("https://openrouter.ai/api/v1")
    assert str(request.url) == "https://openrouter.ai/api/v1/chat/completions"
    assert json.loads(request.content)["provider"] == {
        "zdr": True,
        "data_collection": "deny",
        "require_parameters": True,
    }


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://openrouter.ai/api/v1", True),
        ("https://eu.openrouter.ai/api/v1", True),
        ("https://OpenRouter.ai./api/v1", True),
        ("https://openrouter.ai.example.com/v1", False),
        ("https://notopenrouter.ai/v1", False),
        ("https://example.com/openrouter.ai/v1", False),
        ("https://openrouter.ai@example.com/v1", False),
        ("http://127.0.0.1:8080/v1", False),
    ],
)
def test_only_openrouters_own_names_are_openrouter(address: str, expected: bool) -> None:
    assert is_openrouter(address) is expected


async def test_another_server_gets_the_protocols_fields_only() -> None:
    body = json.loads((await sent("https://models.example.com/v1/")).content)
    assert set(body) == {"model", "max_tokens", "messages"}


async def test_the_environments_openai_account_is_not_sent_along(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setitem(os.environ, name, "of-somebody-else")
    request = await sent("https://openrouter.ai/api/v1")
    assert request.headers["authorization"] == "Bearer key-of-tests"
    assert "of-somebody-else" not in str(request.headers.multi_items())


async def test_the_same_request_has_the_same_bytes_and_what_never_changes_stands_first() -> None:
    tools = (ToolSpec("look", "Look it up.", {"type": "object", "properties": {}}),)
    changes: dict[str, Any] = {"purpose": "answer", "prompt_version": "1", "max_tokens": 9, "tools": tools}
    one = ModelRequest(messages=REQUEST.messages, **changes)
    other = ModelRequest(messages=(REQUEST.messages[0], ModelMessage("user", "another")), **changes)
    first, again, changed = [(await sent("http://127.0.0.1/v1", it)).content for it in (one, one, other)]
    assert first == again
    assert first.partition(b"Help.")[:2] == changed.partition(b"Help.")[:2]


@pytest.mark.parametrize(
    "respond",
    [
        lambda request: httpx2.Response(302, headers={"location": "https://elsewhere.example.com/"}),
        lambda request: httpx2.Response(200, text="Welcome", headers={"content-type": "text/html"}),
        lambda request: httpx2.Response(200, json=[ANSWER]),
        lambda request: httpx2.Response(200, content=b'{"choices": \xff}'),
        lambda request: httpx2.Response(200, content=b"[" * 200_000),
    ],
    ids=["redirect", "page", "list", "other encoding", "deep"],
)
async def test_what_is_no_models_server_speaks_against_the_whole_address(
    respond: Callable[[httpx2.Request], httpx2.Response],
) -> None:
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(respond))
    server = OpenAIServer("http://127.0.0.1/v1", "key", http)
    with pytest.raises(ModelCallFailed) as caught:
        await server.ask("made/first", REQUEST, timeout_seconds=5)
    await server.close()
    assert (caught.value.reason, caught.value.is_outage) == (Reason.UNUSABLE, True)


async def test_a_refusal_that_quotes_the_request_is_not_repeated() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(400, json={"error": {"message": "bad: تبيعون كراسي؟", "code": "no تبيعون"}})

    server = OpenAIServer(
        "http://127.0.0.1/v1", "key", httpx2.AsyncClient(transport=httpx2.MockTransport(refuse))
    )
    with pytest.raises(ModelCallFailed) as caught:
        await server.ask("made/first", REQUEST, timeout_seconds=5)
    await server.close()
    assert str(caught.value) == "refused: HTTP 400"


def test_a_reservation_covers_every_part_of_a_request() -> None:
    prices = Prices(Decimal(2), Decimal(10))
    plain = prices.at_most(REQUEST)
    # 100 tokens of answer are 1000 dollars of a million; the question has 5 + 24 bytes.
    assert (
        plain
        == (Decimal(100) * 10 + (len("Help.") + len("تبيعون كراسي؟".encode()) + 2) // 2 * 2 + 2) / 1_000_000
    )
    tool = ToolSpec("look", "x" * 1000, {"type": "object"})
    for more in (
        {"tools": (tool,)},
        {"json_schema": {"description": "x" * 1000}},
        {"messages": (*REQUEST.messages, ModelMessage("user", "x" * 1000))},
    ):
        given = {"purpose": "answer", "prompt_version": "1", "messages": REQUEST.messages, "max_tokens": 100}
        assert prices.at_most(ModelRequest(**(given | more))) >= plain + Decimal(500) * 2 / 1_000_000  # type: ignore[arg-type]


def test_the_servers_figure_wins_over_our_prices() -> None:
    prices = Prices(Decimal(3), Decimal(15))
    assert prices.of(Usage("m", None, 1_000_000, 1_000_000, Decimal("0.07"))) == Decimal("0.07")
    assert prices.of(Usage("m", None, 1_000_000, 1_000_000, None)) == 18
