"""A chat that goes off the script: Rasa's part played around real actions, model client and catalog."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psycopg
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.details import keep_details
from actions.turn import REGISTRY, House, bound
from app.house import with_model
from catalog.product import Product
from catalog.search import SearchFilters, search_catalog
from offscript.ports import LanguageModel
from tests.integration.action_support import domain, house
from tests.integration.llm_support import Bench
from tests.integration.turn_support import take
from tests.support import Database, eventually
from tests.unit.off_script_support import sorted_as
from text.fold import fold
from turns.turn_storage import OpenTurn, finish

SECRET = "secret of tests"

# No rule knows what to do with it.
STRANGE = "my back is killing me after an hour of sitting"

ANSWER = {"purpose": "triage", "json": sorted_as(decision="answer", intent=None), "times": 0}


def draft(words: str, **more: Any) -> dict[str, Any]:
    """An entry of the script: what the answering model writes once."""
    return {"purpose": "answer", "text": words, **more}


def tool(name: str, **arguments: Any) -> dict[str, Any]:
    """An entry of the script: the answering model calls a tool once."""
    return {"purpose": "answer", "tool_calls": [{"name": name, "arguments": arguments}]}


@asynccontextmanager
async def copy_of(catalog_url: str) -> AsyncIterator[str]:
    """The address of a database of one's own with the sample catalog."""
    base, _, template = catalog_url.rpartition("/")
    name = f"test_{uuid4().hex}"
    async with await psycopg.AsyncConnection.connect(f"{base}/postgres", autocommit=True) as connection:
        await connection.execute(f"create database {name} template {template}".encode())
        yield f"{base}/{name}"
        await connection.execute(f"drop database {name} with (force)".encode())


@dataclass
class Chat:
    """One customer; each message is a turn that calls one action as the action server does."""

    db: Database
    bench: Bench
    # Of the model, as in the running house: turns hold connections of the other.
    engine: AsyncEngine
    house: House = field(default_factory=house)
    slots: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    turn: OpenTurn | None = None

    def __post_init__(self) -> None:
        self.slots = dict.fromkeys(domain()["slots"]) | {"reply_language": "en", "stage": "selecting"}
        self.ask(self.bench.model)

    def ask(self, model: LanguageModel) -> None:
        """From here on another model is asked."""
        self.house = with_model(house(), self.engine, model, SECRET)

    @property
    def turn_id(self) -> int:
        """The newest turn's."""
        assert self.turn is not None
        return self.turn.turn_id

    @property
    def conversation_id(self) -> int:
        """The chat's."""
        assert self.turn is not None
        return self.turn.held.id

    async def open(
        self, words: str, intent: str = "nlu_fallback", entities: Sequence[Mapping[str, Any]] = ()
    ) -> Tracker:
        """The customer's message reaches Rasa; the tracker as it is sent to the action server."""
        await self.db.customer(words)
        self.turn = await take(self.db)
        self.events.append({"event": "user", "text": words, "metadata": {}})
        return self.tracker(words, intent, entities)

    def tracker(
        self, words: str, intent: str = "nlu_fallback", entities: Sequence[Mapping[str, Any]] = ()
    ) -> Tracker:
        """The tracker under the claim that holds the turn now."""
        assert self.turn is not None
        newest = next(event for event in reversed(self.events) if event["event"] == "user")
        newest["metadata"] = {"turn_id": self.turn.turn_id, "fence": self.turn.held.token}
        latest = {"text": fold(words), "intent": {"name": intent}, "entities": list(entities)}
        return Tracker(
            str(self.turn.held.id), dict(self.slots), latest, list(self.events), False, None, {}, None
        )

    async def call(
        self, tracker: Tracker, action: str = "action_off_script"
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """One call of the action server; its events and what the customer reads."""
        dispatcher = CollectingDispatcher()
        run = bound(REGISTRY[action], self.db.engine, self.house, hear=keep_details)
        events = await run(dispatcher, tracker, domain())
        return events, [self._words(response) for response in dispatcher.messages]

    async def close(self, events: Sequence[Mapping[str, Any]], said: Sequence[str]) -> None:
        """The turn is over: the dialogue holds what came of it."""
        assert self.turn is not None
        self.slots |= {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        self.events += [dict(event) for event in events]
        self.events += [{"event": "bot", "text": words} for words in said]
        async with self.db.engine.begin() as connection:
            await finish(connection, self.turn, state="done")

    async def write(
        self,
        words: str,
        intent: str = "nlu_fallback",
        entities: Sequence[Mapping[str, Any]] = (),
        *,
        action: str = "action_off_script",
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """One message from beginning to end."""
        events, said = await self.call(await self.open(words, intent, entities), action)
        await self.close(events, said)
        return events, said

    async def listen(self, *lines: str) -> None:
        """What was said before: the customer's and the seller's messages in turn."""
        for number, words in enumerate(lines):
            if number % 2:
                self.events.append({"event": "bot", "text": words})
            else:
                await self.open(words)
                await self.close([], [])

    async def ended(self) -> Any:
        """The row of the newest turn."""
        (row,) = await self.db.rows("select * from off_script_turns where turn_id = :turn", turn=self.turn_id)
        return row

    def wording(self, response: str) -> str:
        """A response of the domain as it is written there."""
        return self._words({"response": response})

    def _words(self, response: Mapping[str, Any]) -> str:
        for wording in domain()["responses"][response["response"]]:
            if wording["condition"][0]["value"] == self.slots["reply_language"]:
                values = {name: value for name, value in response.items() if name != "response"}
                return str(wording["text"]).format(**values)
        raise AssertionError(f"{response['response']} has no wording")


async def while_asked[T](chat: Chat, asked: asyncio.Task[T], look: Callable[[], Awaitable[None]]) -> T:
    """Look while the model has the question; then what came of the call."""

    async def under_way() -> bool:
        return bool(await chat.db.one("select count(*) from model_calls where outcome = 'open'"))

    await eventually(under_way, what="the model is asked")
    await look()
    return await asked


async def cheapest_chair(chat: Chat) -> Product:
    """The chair of the sample catalog that costs the least."""
    async with chat.db.engine.connect() as connection:
        filters = SearchFilters(category="chair", order="cheapest", limit=1)
        (product,) = (await search_catalog(connection, filters)).products
    return product
