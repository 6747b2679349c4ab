"""A guarded model on a real database, before a scripted server on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.llm.client import OpenAIServer
from offscript.budget import Budgets, Prices
from offscript.guarded_model import GuardedModel
from offscript.ports import ModelAnswer, ModelMessage, ModelRequest, ModelUnavailable, Purpose, ToolSpec
from sandbox.config import SandboxConfig
from sandbox.server import start_sandbox
from tests.integration.sandbox_support import API_KEY, CHANNEL_ID

PRICES = Prices(Decimal(3), Decimal(15))
ENOUGH = Budgets(Decimal(100), Decimal(100), "Asia/Dubai")
MODELS = ("made/first", "made/second")

SEARCH = ToolSpec(
    name="search_catalog",
    description="Products that fit the words.",
    parameters={
        "type": "object",
        "properties": {"query": {"type": "string"}},
        "required": ["query"],
        "additionalProperties": False,
    },
)
DECISION = {
    "type": "object",
    "properties": {"decision": {"type": "string", "enum": ["answer", "human"]}},
    "required": ["decision"],
    "additionalProperties": False,
}


def question(words: str = "Do you deliver to Liwa?", **changes: Any) -> ModelRequest:
    """A customer's question; `changes` are fields of the request."""
    given: dict[str, Any] = {
        "purpose": "answer",
        "prompt_version": "answer-1",
        "messages": (ModelMessage("system", "Help the customer."), ModelMessage("user", words)),
        "max_tokens": 200,
    }
    return ModelRequest(**(given | changes))


@dataclass(frozen=True)
class Bench:
    """What a test acts with."""

    engine: AsyncEngine
    client: httpx.AsyncClient
    server: OpenAIServer
    model: GuardedModel

    async def script(self, *entries: dict[str, Any]) -> None:
        """Tell the server what to answer."""
        answer = await self.client.put("/control/model/script", json={"entries": entries})
        assert answer.status_code == 200, answer.text

    async def calls(self, at_least: int = 0) -> list[dict[str, Any]]:
        """The requests that reached the server and have ended."""
        answer = await self.client.get("/control/model/calls", params={"at_least": at_least})
        assert answer.status_code == 200, answer.text
        calls: list[dict[str, Any]] = answer.json()["calls"]
        return calls

    async def ask(
        self,
        request: ModelRequest | None = None,
        *,
        seconds: float = 10.0,
        conversation_id: int | None = None,
        model: GuardedModel | None = None,
    ) -> ModelAnswer:
        """Ask with so much time."""
        return await (model or self.model).complete(
            request or question(),
            conversation_id=conversation_id,
            turn_id=None,
            deadline=asyncio.get_running_loop().time() + seconds,
        )

    async def refusal(self, request: ModelRequest | None = None, **more: Any) -> ModelUnavailable:
        """As `ask`, of a question that must not be answered."""
        try:
            answer = await self.ask(request, **more)
        except ModelUnavailable as unavailable:
            return unavailable
        raise AssertionError(f"answered: {answer}")

    def guarded(self, budgets: Budgets, models: Sequence[str] = MODELS) -> GuardedModel:
        """Another model over the same server and database."""
        return GuardedModel(self.engine, self.server, {"answer": models}, budgets, PRICES)

    async def rows(self, statement: str) -> Sequence[Row[Any]]:
        """What a query says."""
        async with self.engine.begin() as connection:
            return (await connection.execute(text(statement))).all()

    async def chat(self, number: int) -> int:
        """A new chat's id."""
        rows = await self.rows(
            "insert into conversations (channel_id, chat_type, chat_id)"
            f" values ('of tests', 'whatsapp', '97150000000{number}') returning id"
        )
        made: int = rows[0].id
        return made


@asynccontextmanager
async def llm_bench(engine: AsyncEngine) -> AsyncIterator[Bench]:
    """A fresh scripted server and a model with enough budget."""
    config = SandboxConfig(api_key=API_KEY, channel_id=CHANNEL_ID)
    async with (
        start_sandbox(config) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, timeout=20, trust_env=False) as client,
    ):
        server = OpenAIServer(f"{sandbox.url}/v1/", config.model_key)
        named: dict[Purpose, Sequence[str]] = {"triage": MODELS, "answer": MODELS, "summary": MODELS}
        model = GuardedModel(engine, server, named, ENOUGH, PRICES)
        try:
            yield Bench(engine, client, server, model)
        finally:
            await model.close()
