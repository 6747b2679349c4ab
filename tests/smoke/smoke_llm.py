"""Our client before a real model's server (`make smoke-llm`): the protocol holds, whatever the model says.

The model has half a billion parameters and knows little: what is looked at is that every reply is either
whole and as asked, or refused for a reason that the client names.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.llm.client import OpenAIServer
from offscript.guarded_model import GuardedModel
from offscript.ports import ModelAnswer, ModelMessage, ModelRequest, ModelUnavailable, Reason
from tests.integration.llm_support import DECISION, ENOUGH, PRICES, SEARCH, question

# A slow machine reads a prompt of a few hundred tokens in a minute.
PATIENCE_SECONDS = 90.0
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the local server listens; skips with its own sentence when it has nothing to serve."""
    python = os.environ.get("SMOKE_PYTHON", "")
    if not Path(python).is_file():
        pytest.skip("there is no environment with a local model: run `make smoke-llm`, which makes one")
    with subprocess.Popen(
        [python, str(Path(__file__).with_name("local_server.py"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        if not said.startswith("http"):
            pytest.skip(f"no local model: {said or 'its server does not start'}")
        yield f"{said}/v1"
        process.kill()


@pytest.fixture
async def model(engine: AsyncEngine, address: str) -> AsyncIterator[GuardedModel]:
    guarded = GuardedModel(
        engine, OpenAIServer(address, "any"), {"answer": ["local"], "triage": ["local"]}, ENOUGH, PRICES
    )
    yield guarded
    await guarded.close()


async def ask(model: GuardedModel, request: ModelRequest) -> ModelAnswer | ModelUnavailable:
    """The answer, or the reason why there is none; printed with the time it took."""
    began = time.monotonic()
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    result: ModelAnswer | ModelUnavailable
    try:
        result = await model.complete(request, conversation_id=None, turn_id=None, deadline=deadline)
    except ModelUnavailable as unavailable:
        result = unavailable
    print(f"\n{time.monotonic() - began:.1f} s: {result}")
    return result


async def test_text_comes_with_its_tokens_and_is_booked(model: GuardedModel, engine: AsyncEngine) -> None:
    answer = await ask(model, question("Say hello in one short sentence."))
    assert isinstance(answer, ModelAnswer)
    assert answer.text
    assert answer.input_tokens > 0
    assert answer.output_tokens > 0
    async with engine.begin() as connection:
        row = (
            await connection.execute(text("select outcome, cost, cost_is_estimated from model_calls"))
        ).one()
    assert tuple(row)[::2] == ("answered", True)
    assert row.cost > 0


@pytest.mark.parametrize(
    "words", ["I want to talk to a person", "ابي اكلم موظف", "abi akalem wa7ed", "بكم chair؟"]
)
async def test_json_fits_its_schema_or_is_refused(model: GuardedModel, words: str) -> None:
    request = question(
        purpose="triage",
        json_schema=DECISION,
        messages=(
            ModelMessage("system", 'Reply with JSON only: {"decision": "answer"} or {"decision": "human"}.'),
            ModelMessage("user", words),
        ),
    )
    answer = await ask(model, request)
    if isinstance(answer, ModelAnswer):
        assert json.loads(answer.text)["decision"] in {"answer", "human"}
    else:
        assert answer.reason is Reason.UNUSABLE


async def test_a_tool_is_called_or_the_reply_is_refused_or_plain(model: GuardedModel) -> None:
    request = question("Search the catalog for office chairs with search_catalog.", tools=(SEARCH,))
    answer = await ask(model, request)
    if isinstance(answer, ModelUnavailable):
        # With its tool's schema the prompt is long, and a busy machine may not come to its end.
        assert answer.reason in {Reason.UNUSABLE, Reason.DEADLINE}
    else:
        assert all(call.name == SEARCH.name for call in answer.tool_calls)
        # Printed as text it would have been refused.
        assert "search_catalog" not in answer.text or answer.tool_calls


async def test_a_reply_that_hits_its_limit_is_refused(model: GuardedModel) -> None:
    answer = await ask(model, question("Count from one to two hundred in words.", max_tokens=5))
    assert isinstance(answer, ModelUnavailable)
    assert answer.reason is Reason.UNUSABLE
