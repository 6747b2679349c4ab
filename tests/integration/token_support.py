"""An accounts server of the test's own, processes that share its tokens, and a cable that can be cut."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.integration.process_support import OrderedProcess, ordered_processes

LIFE_SECONDS = 3600
DENIED = (400, {"error": "Access Denied", "status": "failure"})
REFUSED = (200, {"error": "invalid_code"})


@dataclass
class AccountsServer:
    """Grants `token-1`, `token-2` and so on, each for an hour, unless told otherwise."""

    url: str = ""
    requests: int = 0
    delay_seconds: float = 0.0
    # status and body of the next answers, used up one by one
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    # while cleared, a request is taken and counted but not answered
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    _arrival: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def asked(self, times: int) -> None:
        """Once that many requests have arrived; TimeoutError after 20 s."""
        async with asyncio.timeout(20), self._arrival:
            await self._arrival.wait_for(lambda: self.requests >= times)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            await reader.readexactly(int(length))
            async with self._arrival:
                self.requests += 1
                granted = (200, {"access_token": f"token-{self.requests}", "expires_in": LIFE_SECONDS})
                self._arrival.notify_all()
            status, content = self.answers.pop(0) if self.answers else granted
            await asyncio.sleep(self.delay_seconds)
            await self.may_answer.wait()
            body = json.dumps(content).encode()
            writer.write(f"HTTP/1.1 {status} X\r\nconnection: close\r\n".encode())
            writer.write(f"content-length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            # who asked was killed
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running_accounts_server() -> AsyncIterator[AccountsServer]:
    """An accounts server on a free port."""
    accounts = AccountsServer()
    accounts.may_answer.set()
    server = await asyncio.start_server(accounts.serve, "127.0.0.1", 0, backlog=512)
    accounts.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/oauth/v2/token"
    try:
        yield accounts
    finally:
        accounts.may_answer.set()
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def token_processes(
    count: int,
    database_url: str,
    endpoint: str,
    *,
    lease_seconds: float = 30.0,
    faults: Path | None = None,
) -> AsyncIterator[list[OrderedProcess]]:
    """Processes that share the token of `endpoint` (`token_process.py`)."""
    arguments = (database_url, endpoint, str(lease_seconds))
    module = "tests.integration.token_process"
    async with ordered_processes(count, module, *arguments, faults=faults) as processes:
        yield processes


async def token_of(process: OrderedProcess) -> dict[str, Any]:
    """What one caller gets from the process now."""
    [outcome] = await process.do(do="current", callers=1)
    result: dict[str, Any] = outcome
    return result


@dataclass
class Cable:
    """Carries bytes between a process and the database until it is cut; the connections stay open."""

    url: str
    whole: asyncio.Event

    def cut(self) -> None:
        """From now on nothing gets through, in either direction, and nobody is told."""
        self.whole.clear()


@asynccontextmanager
async def cable_to(database_url: str) -> AsyncIterator[Cable]:
    """A cable to the database of `database_url`, with an address of its own."""
    address = urlsplit(database_url)
    whole = asyncio.Event()
    whole.set()
    carriers: set[asyncio.Task[None]] = set()

    async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await whole.wait()
                target.write(data)
                await target.drain()
        except ConnectionError:
            pass
        finally:
            target.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(address.hostname, address.port)
        for source, target in ((reader, back), (there, writer)):
            task = asyncio.create_task(carry(source, target))
            carriers.add(task)
            task.add_done_callback(carriers.discard)

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    user = f"{address.username}@" if address.username else ""
    port = server.sockets[0].getsockname()[1]
    url = urlunsplit(address._replace(netloc=f"{user}127.0.0.1:{port}"))
    try:
        yield Cable(url, whole)
    finally:
        server.close()
        for task in list(carriers):
            task.cancel()
        await asyncio.gather(*carriers, return_exceptions=True)
        await server.wait_closed()
