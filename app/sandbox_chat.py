"""One customer of a running sandbox: writes and taps, waits for the answer, and tells what was done."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.ext.asyncio import AsyncEngine

from app.sandbox_stack import Addresses
from app.up import SANDBOX_CHANNEL_ID
from quality.observed import Reply, Turn
from storage.pool import create_engine, create_pool
from turns.inspect import are_stored, chat_events, chat_rows, waiting_count

# A turn that takes longer is reported; pacing holds the sixth reply and later ones for 6 s each.
ANSWER_SECONDS = 45.0
_ASK_SECONDS = 0.1
_STATEMENT_MILLISECONDS = 5_000
_LISTENING = frozenset({"action_listen", "action_session_start"})


@dataclass(frozen=True)
class Line:
    """The connections that all chats with one sandbox share."""

    addresses: Addresses
    client: httpx.AsyncClient
    pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]]
    engine: AsyncEngine


@asynccontextmanager
async def connected(addresses: Addresses, *, chats_at_once: int) -> AsyncIterator[Line]:
    """Connections to a running sandbox until the block ends."""
    pool = create_pool(
        addresses.database_url,
        test_clock=True,
        size=chats_at_once,
        statement_timeout_milliseconds=_STATEMENT_MILLISECONDS,
    )
    engine = create_engine(addresses.database_url, test_clock=True, size=chats_at_once)
    try:
        async with (
            httpx.AsyncClient(
                base_url=addresses.sandbox_url, timeout=ANSWER_SECONDS, trust_env=False
            ) as client,
            pool,
        ):
            yield Line(addresses, client, pool, engine)
    finally:
        await engine.dispose()


class SandboxChat:
    """A fresh customer's chat (port `quality.player.Chat`)."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.customer = f"9715{secrets.randbelow(10**10):010}"
        # Known once something was written.
        self.conversation_id: int | None = None
        self._last_event = 0
        # The ids of what the customer said last.
        self._said: list[str] = []
        self._slots: dict[str, Any] = {}
        # What the customer's phone holds of the bot's messages.
        self._received: list[dict[str, Any]] = []
        self._latest: list[dict[str, Any]] = []

    def over(self, line: Line) -> None:
        """Go on over other connections: the sandbox was started again, on the same database."""
        self._line = line
        self._received = []
        self._latest = []

    async def write(self, texts: Sequence[str]) -> Turn:
        """The customer writes these as one burst; returns when the chat is at rest again."""
        messages = [{"type": "text", "text": text} for text in texts]
        # In one webhook: whatever the machine's load, they belong to one turn.
        await self._says("customer", {"chat_id": self.customer, "messages": messages, "batch": True})
        return await self._turn(tuple(texts))

    async def tap(self, message: int, button: int) -> Turn:
        """The customer taps a button of one of the latest turn's replies, both counted from 0."""
        tapped = self._latest[message]
        title = tapped["buttons"][button]["text"]
        await self._says("tap", {"message_id": tapped["message_id"], "button": button})
        return await self._turn((f"[{title}]",))

    async def _turn(self, customer: tuple[str, ...]) -> Turn:
        trouble = None if await self._at_rest() else f"no answer within {ANSWER_SECONDS:g} s"
        async with self._line.pool.connection() as connection:
            rows = await chat_rows(connection, SANDBOX_CHANNEL_ID, self.customer)
            events = await chat_events(connection, SANDBOX_CHANNEL_ID, self.customer, after=self._last_event)
        if rows["conversation"]:
            self.conversation_id = rows["conversation"][0]["id"]
        for turn in rows["turns"][:1]:
            if turn["state"] == "parked":
                trouble = f"the turn was given up: {turn['problem']}"
        for row in rows["outbox"]:
            if row["state"] in {"uncertain", "failed"}:
                trouble = trouble or f"a reply was not delivered: {row['problem']}"
        self._latest = await self._new_messages()
        if events:
            self._last_event = events[-1][0]
        return self._observed(customer, [event for _, event in events], rows, trouble)

    async def _at_rest(self) -> bool:
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            async with self._line.pool.connection() as connection:
                if (
                    await are_stored(connection, self._said)
                    and await waiting_count(connection, [self.customer]) == 0
                ):
                    return True
            await asyncio.sleep(_ASK_SECONDS)
        return False

    async def _new_messages(self) -> list[dict[str, Any]]:
        answer = await self._line.client.get(
            "/control/messages", params={"chat_id": self.customer, "direction": "out"}
        )
        answer.raise_for_status()
        received = [message for message in answer.json()["messages"] if message["delivered"]]
        fresh, self._received = received[len(self._received) :], received
        return fresh

    def _observed(
        self,
        customer: tuple[str, ...],
        events: Sequence[Mapping[str, Any]],
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        trouble: str | None,
    ) -> Turn:
        understood: Mapping[str, Any] = {}
        utters: list[str | None] = []
        actions: list[str] = []
        for event in events:
            kind = event["event"]
            if kind == "slot":
                self._slots[event["name"]] = event["value"]
            elif kind == "session_started":
                self._slots = {}
            elif kind == "user":
                understood = event.get("parse_data") or {}
            elif kind == "bot":
                utters.append((event.get("metadata") or {}).get("utter_action"))
            elif kind == "action" and event["name"] not in _LISTENING:
                actions.append(event["name"])
        intent = understood.get("intent") or {}
        return Turn(
            customer=customer,
            replies=tuple(_reply(message) for message in self._latest),
            utters=tuple(utters),
            slots=dict(self._slots),
            owner=rows["conversation"][0]["owner"] if rows["conversation"] else "bot",
            intent=intent.get("name"),
            confidence=intent.get("confidence"),
            entities=tuple(understood.get("entities") or ()),
            actions=tuple(actions),
            trouble=trouble,
        )

    async def _says(self, path: str, body: Mapping[str, object]) -> None:
        answer = await self._line.client.post(f"/control/{path}", json=dict(body))
        answer.raise_for_status()
        written = answer.json()
        self._said = [message["message_id"] for message in written["messages"]]
        for delivery in written["deliveries"]:
            if delivery["status_code"] != httpx.codes.OK:
                raise httpx.TransportError(
                    f"the gateway answered a webhook with {delivery['status_code'] or delivery['error']}"
                )


def _reply(message: Mapping[str, Any]) -> Reply:
    text = message["text"] or f"(file {message['file_name']})"
    return Reply(text, tuple(str(button.get("text")) for button in message["buttons"]))
