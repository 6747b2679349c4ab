"""A sandbox on a free port, a client with its key, and a real HTTP server that takes its webhooks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.config import SandboxConfig
from sandbox.server import RunningSandbox, start_sandbox

API_KEY = "0123456789abcdef0123456789abcdef"
CHANNEL_ID = "b96a353b-06f5-4cac-8413-ba1c3e3f9810"
CHAT_ID = "971501234567"
WITHOUT_STATUSES: dict[str, object] = {"status_script": [], "echo": "off"}


@dataclass(frozen=True)
class Received:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Records every request; answers 200 unless told otherwise."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    # statuses of the next answers, used up one by one
    next_statuses: list[int] = field(default_factory=list)
    # body and headers of every 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    # while cleared, requests are read but not answered
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    _arrival: asyncio.Condition = field(default_factory=asyncio.Condition)
    _connections: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def bodies(self) -> list[Any]:
        """The JSON bodies in order."""
        return [item.json for item in self.received]

    def elements(self, kind: str) -> list[dict[str, Any]]:
        """All elements of `messages` or `statuses` in order."""
        return [element for body in self.bodies() for element in body.get(kind, [])]

    async def wait_for(self, count: int) -> list[Received]:
        """The requests once there are `count` of them; TimeoutError after 10 s."""
        async with asyncio.timeout(10), self._arrival:
            await self._arrival.wait_for(lambda: len(self.received) >= count)
        return list(self.received)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number = self._connections
        self._writers.add(writer)
        try:
            while await self._answer_one(reader, writer, number):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer_one(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        fields = [line.partition(":") for line in head[1:] if line]
        headers = {name.lower(): value.strip() for name, _, value in fields}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.received.append(Received(method, target, headers, body, number))
        async with self._arrival:
            self._arrival.notify_all()
        await self.may_answer.wait()
        status = self.next_statuses.pop(0) if self.next_statuses else 200
        lines = [f"HTTP/1.1 {status} X", f"content-length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + self.body)
        await writer.drain()
        return True

    def hang_up(self) -> None:
        """Close every connection that is still open."""
        self.may_answer.set()
        for writer in list(self._writers):
            writer.close()


@asynccontextmanager
async def running_receiver() -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()
    receiver.may_answer.set()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?token=secret"
    try:
        yield receiver
    finally:
        receiver.hang_up()
        server.close()
        await server.wait_closed()


@dataclass(frozen=True)
class Bench:
    """Sandbox, client and receiver of one test."""

    sandbox: RunningSandbox
    client: httpx.AsyncClient
    receiver: Receiver

    async def turn(self, **knobs: object) -> None:
        """Turn knobs."""
        answer = await self.client.put("/control/knobs", json=knobs)
        assert answer.status_code == 200, answer.text

    async def customer(self, *texts: str, chat_id: str = CHAT_ID, **more: object) -> dict[str, Any]:
        """The customer writes texts; the answer of the control route."""
        messages = [{"type": "text", "text": text} for text in texts]
        return await self.control("customer", {"chat_id": chat_id, "messages": messages, **more})

    async def control(self, route: str, body: dict[str, object]) -> dict[str, Any]:
        """POST to a control route that must succeed."""
        answer = await self.client.post(f"/control/{route}", json=body)
        assert answer.status_code in {200, 201}, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def send(self, **fields: object) -> httpx.Response:
        """`POST /v3/message`: a text to the usual chat, with fields added, changed or (None) left out."""
        body = {"channelId": CHANNEL_ID, "chatType": "whatsapp", "chatId": CHAT_ID, "text": "Hello", **fields}
        body = {name: value for name, value in body.items() if value is not None}
        return await self.client.post("/v3/message", json=body)

    async def settled(self) -> None:
        """Wait until every echo and status was delivered."""
        answer = await self.client.get("/control/idle", params={"timeout_seconds": 10})
        assert answer.status_code == 200, answer.text

    async def records(self, name: str, **arguments: str) -> list[dict[str, Any]]:
        """`messages`, `sends` or `deliveries` as the control API shows them."""
        answer = await self.client.get(f"/control/{name}", params=arguments)
        records: list[dict[str, Any]] = answer.json()[name]
        return records


@asynccontextmanager
async def bench(**config: Any) -> AsyncIterator[Bench]:
    """A fresh sandbox with webhooks to a receiver, whose customer has just written "Hi"."""
    async with (
        running_receiver() as receiver,
        start_sandbox(
            SandboxConfig(
                **{"api_key": API_KEY, "channel_id": CHANNEL_ID, "webhook_url": receiver.url, **config}
            )
        ) as sandbox,
        httpx.AsyncClient(
            base_url=sandbox.url, headers={"Authorization": f"Bearer {API_KEY}"}, timeout=20, trust_env=False
        ) as client,
    ):
        made = Bench(sandbox, client, receiver)
        await made.customer("Hi")
        receiver.received.clear()
        yield made
