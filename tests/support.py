"""What the tests of a message's way share: webhook bodies, a look into the database, waiting, serving."""

from __future__ import annotations

import asyncio
import json
import socket
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from sanic import Sanic
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import gateway
from app.settings import read_settings
from connectors.wazzup.payloads import WazzupBodyReader, parse_body
from storage.pool import connection_parameters
from turns.inbox import Debounce, store
from turns.outbox import put
from turns.ports import Reply

CHANNEL_ID = "b96a353b-06f5-4cac-8413-ba1c3e3f9810"
CHAT_ID = "971501234567"
OTHER_CHAT_ID = "971507654321"

TOKEN = "token-of-tests"
WEBHOOK = f"/webhooks/wazzup?token={TOKEN}"

# As in production; and one that makes every message due as soon as it is stored.
USUAL = Debounce(seconds=3.0, max_seconds=10.0)
AT_ONCE = Debounce(seconds=0.001, max_seconds=0.001)

READER = WazzupBodyReader()


async def eventually[T](
    ask: Callable[[], Awaitable[T]], *, within: float = 60.0, what: str = "the condition holds"
) -> T:
    """The first true answer of `ask`, asked again and again; fails with `what` when none comes in time."""
    deadline = time.monotonic() + within
    while True:
        if answer := await ask():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what}")
        await asyncio.sleep(0.01)


@asynccontextmanager
async def in_background(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run endless works beside the block; one that fails by itself fails the test."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


@asynccontextmanager
async def serving(app: Sanic[Any, Any]) -> AsyncIterator[str]:
    """Serve an application on a free loopback port, in this loop; its address."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    # A start-up optimisation that rewrites Sanic's own methods and cannot do so twice in a process.
    app.config.TOUCHUP = False
    # Any: Sanic's own server class has no types
    server: Any = await app.create_server(
        sock=listening, access_log=False, asyncio_server_kwargs={"start_serving": False}
    )
    try:
        await server.startup()
        await server.before_start()
        await server.start_serving()
        await server.after_start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        await server.before_stop()
        for connection in list(server.connections):
            connection.abort()
        await server.close()
        await server.after_stop()
        Sanic.unregister_app(app)


@asynccontextmanager
async def running_gateway(
    database_url: str, home: Path, **settings: object
) -> AsyncIterator[httpx.AsyncClient]:
    """The gateway on a real socket, and a client of it; `settings` by field name win over the usual ones."""
    usual = {
        "database_url": database_url,
        "majlis_home": home,
        "majlis_test_clock": True,
        "wazzup_webhook_secret": TOKEN,
    }
    async with (
        serving(gateway.create_app(read_settings({**usual, **settings}))) as url,
        httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as client,
    ):
        yield client


def message(
    words: str | None = "Hello", *, chat_id: str = CHAT_ID, message_id: str | None = None, **fields: Any
) -> dict[str, Any]:
    """A customer's message as an element of `messages[]`; `fields` are added or, if None, left out."""
    element: dict[str, Any] = {
        "messageId": message_id or str(uuid.uuid4()),
        "channelId": CHANNEL_ID,
        "chatType": "whatsapp",
        "chatId": chat_id,
        "type": "text",
        "isEcho": False,
        "status": "inbound",
        "text": words,
        **fields,
    }
    return {name: value for name, value in element.items() if value is not None}


def echo(words: str | None, *, by_person: bool = False, **fields: Any) -> dict[str, Any]:
    """A message that left the channel, as it is reported back."""
    return message(words, **{"isEcho": True, "status": "sent", "sentFromApp": by_person, **fields})


def status(message_id: str, name: str, error: str | None = None) -> dict[str, Any]:
    """An element of `statuses[]`."""
    element: dict[str, Any] = {
        "messageId": message_id,
        "timestamp": "2026-11-20T09:16:00.002Z",
        "status": name,
    }
    return element if error is None else {**element, "error": {"error": error, "description": "…"}}


def webhook(*messages: Mapping[str, Any], **others: Sequence[Mapping[str, Any]] | Mapping[str, Any]) -> bytes:
    """A webhook's body; `others` by their own names: statuses, channelsUpdates, templateStatus."""
    document = {**({"messages": messages} if messages else {}), **others}
    return json.dumps(document, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Database:
    """The database of one test: writing what the gateway would write, and looking at what became of it."""

    url: str
    engine: AsyncEngine

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """A connection like those of the gateway, but it waits for a busy machine."""
        parameters = connection_parameters(test_clock=True)
        opened = await psycopg.AsyncConnection.connect(
            self.url, autocommit=True, options=parameters["options"]
        )
        async with opened:
            yield opened

    async def receive(self, body: bytes, debounce: Debounce = USUAL) -> None:
        """Store a webhook's body."""
        async with self.connection() as connection:
            await store(connection, parse_body(body), debounce)

    async def customer(self, *words: str, chat_id: str = CHAT_ID, debounce: Debounce = AT_ONCE) -> None:
        """The customer writes; each of `words` is a message."""
        await self.receive(webhook(*(message(line, chat_id=chat_id) for line in words)), debounce)

    async def rows(self, sql: str, **parameters: object) -> Sequence[Row[Any]]:
        """All rows of a query."""
        async with self.engine.begin() as connection:
            return (await connection.execute(text(sql), parameters)).all()

    async def one(self, sql: str, **parameters: object) -> Any:
        """The first column of the only row of a query."""
        async with self.engine.begin() as connection:
            return (await connection.execute(text(sql), parameters)).scalar_one()

    async def write(self, sql: str, **parameters: object) -> None:
        """Change rows."""
        async with self.engine.begin() as connection:
            await connection.execute(text(sql), parameters)

    async def chat(self, chat_id: str = CHAT_ID) -> int:
        """The id of a chat's row; the chat is made when nobody has written in it yet."""
        await self.write(
            "insert into conversations (channel_id, chat_type, chat_id, last_customer_message_at)"
            " values (:channel, 'whatsapp', :chat, majlis_now()) on conflict do nothing",
            channel=CHANNEL_ID,
            chat=chat_id,
        )
        return int(await self.one("select id from conversations where chat_id = :chat", chat=chat_id))

    async def turn(self, chat_id: str = CHAT_ID) -> int:
        """A finished turn of a chat, for replies to belong to."""
        return int(
            await self.one(
                "insert into turns (conversation_id, state, text, language, due_at)"
                " values (:chat, 'done', 'Hello', 'en', clock_timestamp()) returning id",
                chat=await self.chat(chat_id),
            )
        )

    async def say(
        self, *replies: str | Reply, chat_id: str = CHAT_ID, regardless_of_owner: bool = False
    ) -> list[int]:
        """Outbox rows of a turn that replied so; their ids in order."""
        turn_id = await self.turn(chat_id)
        async with self.engine.begin() as connection:
            await put(
                connection,
                conversation_id=await self.chat(chat_id),
                turn_id=turn_id,
                replies=[reply if isinstance(reply, Reply) else Reply(text=reply) for reply in replies],
                regardless_of_owner=regardless_of_owner,
            )
        return [row.id for row in await self.rows("select id from outbox where turn_id = :turn order by id",
                                                  turn=turn_id)]  # fmt: skip

    async def owner(self, chat_id: str = CHAT_ID) -> str:
        """Who answers the chat."""
        return str(
            await self.one(
                "select coalesce((select owner from owners where conversation_id = :id), 'bot')",
                id=await self.chat(chat_id),
            )
        )

    async def hurry(self) -> None:
        """Nothing waits for its time any more: what is to be tried later is due now."""
        await self.write(
            "update conversations set due_at = clock_timestamp() where due_at > clock_timestamp()"
        )
        await self.write("update outbox set due_at = clock_timestamp() where due_at > clock_timestamp()")
