"""What stands before two processes of a kind, as an ingress or a service does; it goes by who is ready."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

PROBE_SECONDS = 0.5
_CHUNK_BYTES = 64 * 1024
_ROUNDS_OF_ACCEPTING = 5

Address = tuple[str, int]


class Balancer:
    """Relays each connection to the next process in rotation, and tries no second one.

    `targets` are the processes by name; `ready` is asked of each every PROBE_SECONDS. `refused` names those
    that were in rotation and took no connection: each is a request that nobody answered.
    """

    def __init__(
        self, at: Address, targets: Mapping[str, Address], ready: Callable[[str], Awaitable[bool]]
    ) -> None:
        self.refused: list[str] = []
        self._at = at
        self._targets = dict(targets)
        self._ready = ready
        self._are_ready: set[str] = set()
        self._left: set[str] = set()
        self._turn = itertools.count()
        self._parts: list[asyncio.Task[None]] = []
        self._relays: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._take, *self._at)
        self._parts = [asyncio.create_task(self._watch(name)) for name in self._targets]

    async def stop(self) -> None:
        """Nothing is taken any more, and what is relayed is cut off on both sides."""
        if self._server is not None:
            self._server.close()
        # What the server just accepted takes a few rounds until it is a relay.
        for _ in range(_ROUNDS_OF_ACCEPTING):
            await asyncio.sleep(0)
        parts = [*self._parts, *self._relays]
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)

    def has(self, name: str) -> bool:
        """Whether this one gets new connections."""
        return name in self._rotation

    @property
    def _rotation(self) -> list[str]:
        return [name for name in self._targets if name in self._are_ready - self._left]

    def leaves(self, name: str) -> None:
        """Kubernetes takes a pod that it is about to end out of its services, whatever its probes say."""
        self._left.add(name)

    def returns(self, name: str) -> None:
        """It is a new one of that name, which gets connections as soon as it is ready."""
        self._left.discard(name)

    async def _watch(self, name: str) -> None:
        while True:
            if await self._ready(name):
                self._are_ready.add(name)
            else:
                self._are_ready.discard(name)
            await asyncio.sleep(PROBE_SECONDS)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relay = asyncio.create_task(self._relay(reader, writer))
        self._relays.add(relay)
        # Also when it is cancelled before its first step.
        relay.add_done_callback(lambda _: writer.close())
        relay.add_done_callback(self._relays.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closing(writer):
            rotation = self._rotation
            if not rotation:
                return
            name = rotation[next(self._turn) % len(rotation)]
            try:
                there, back = await asyncio.open_connection(*self._targets[name])
            except OSError:
                self.refused.append(name)
                return
            async with _closing(back):
                await asyncio.gather(_copy(reader, back), _copy(there, writer))


@asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(_CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        # One side broke off; so does the other, below.
        return
    finally:
        writer.close()
