"""The load generator: a process of its own that sends pre-built requests over kept-open connections.

`run_load` starts it from a benchmark; `python -m tests.benchmarks.load` is the process: a `Load` as JSON
on its input, a `Seen` as JSON on its output. Raw sockets and no HTTP library, because on a small machine
the generator shares the cores with what it measures.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import random
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from app import leash
from app.settings import PROJECT_ROOT
from tests.benchmarks.report import percentile

ID_MARK, CHAT_MARK = "@id@", "@chat@"
_SLOWEST_ANSWER_SECONDS = 60.0
_FIRST_CHAT = 971_500_000_000


@dataclass(frozen=True, kw_only=True)
class Load:
    """What to send to 127.0.0.1.

    `body` is sent with ID_MARK replaced by an id never used before and CHAT_MARK by one of `chats` chat
    ids (12 digits, from `first_chat` on) in turn; connections are dealt out over `ports`.

    Closed loop (`seconds`, or `requests` in all): each connection sends its next request when the last
    one is answered. Open loop (`arrivals`, seconds from the start): a request is due at its time whatever
    has become of the others, and its latency counts from then. `copies` > 1: as many requests in a row
    carry the same id and chat.
    """

    ports: Sequence[int]
    path: str
    body: str
    connections: int
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    # Answers of this long at the beginning do not count (closed loop only).
    warm_up_seconds: float = 0.0
    requests: int = 0
    arrivals: Sequence[float] = ()
    copies: int = 1
    chats: int = 5_000
    first_chat: int = _FIRST_CHAT


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came back. Latencies in milliseconds."""

    statuses: dict[str, int]
    # Counted answers per second of the counted time.
    per_second: float
    p50: float
    p95: float
    p99: float
    longest: float
    # Open loop: how late the generator itself was, with a free connection (part of every latency).
    own_delay_p99: float
    # Requests that broke off or were never answered.
    lost: int = 0

    @property
    def accepted(self) -> int:
        """Requests that were answered 200."""
        return self.statuses.get("200", 0)


def poisson(rate: float, seconds: float, seed: int = 1) -> list[float]:
    """Arrival times of independent customers: `rate` a second on average."""
    chance, moment, times = random.Random(seed), 0.0, []
    while (moment := moment + chance.expovariate(rate)) < seconds:
        times.append(moment)
    return times


def run_load(load: Load) -> Seen:
    """Send `load` from a process of its own and wait for its end.

    Raises RuntimeError with the process' last words when it fails.
    """
    ending = load.seconds + load.warm_up_seconds + (load.arrivals[-1] if load.arrivals else 0.0)
    result = subprocess.run(
        leash.command([sys.executable, "-m", "tests.benchmarks.load"]),
        input=json.dumps(dataclasses.asdict(load)), cwd=PROJECT_ROOT, capture_output=True, text=True,
        timeout=ending + 2 * _SLOWEST_ANSWER_SECONDS, check=False,
    )  # fmt: skip
    if result.returncode != 0:
        raise RuntimeError(f"the load generator failed:\n{result.stderr[-2000:]}")
    return Seen(**json.loads(result.stdout))


@dataclass
class _Record:
    """Answers as they come."""

    statuses: Counter[str] = field(default_factory=Counter)
    # (answered at, seconds it took)
    latencies: list[tuple[float, float]] = field(default_factory=list)
    own_delays: list[float] = field(default_factory=list)
    lost: int = 0


class _Requests:
    """Bytes of one request after the other; only what differs is made at run time."""

    def __init__(self, load: Load) -> None:
        self._load = load
        # 16 characters for the id and 12 for the chat: every request has the same length.
        length = len(load.body.replace(ID_MARK, "0" * 16).replace(CHAT_MARK, "0" * 12).encode())
        headers = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": length}
        lines = [f"{name}: {value}\r\n" for name, value in (headers | dict(load.headers)).items()]
        request = f"POST {load.path} HTTP/1.1\r\n{''.join(lines)}\r\n{load.body}"
        self._template = (
            request.replace("%", "%%").replace(ID_MARK, "%(id)s").replace(CHAT_MARK, "%(chat)d").encode()
        )
        self._run = secrets.token_hex(4)

    def __iter__(self) -> Iterator[bytes]:
        number = 0
        while True:
            values = {
                b"id": f"{self._run}{number:08x}".encode(),
                b"chat": self._load.first_chat + number % self._load.chats,
            }
            request = self._template % values
            for _ in range(self._load.copies):
                yield request
            number += 1


class _Connection(asyncio.Protocol):
    """One kept-open connection with at most one request under way."""

    def __init__(self, loop: _Loop) -> None:
        self._loop = loop
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None
        self.began = 0.0
        self.busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not inherit from asyncio's.
        self._transport = cast(asyncio.WriteTransport, transport)

    def send(self, request: bytes, began: float) -> None:
        assert self._transport is not None
        self.began, self.busy = began, True
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0 or len(self._received) < head_end + 4 + _content_length(self._received[:head_end]):
            return
        status, self._received = self._received[9:12].decode(), b""
        self.busy = False
        self._loop.answered(self, status)

    def connection_lost(self, exc: Exception | None) -> None:
        self._loop.broken(self)


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


class _Loop:
    """A run of one load; the subclasses decide when the next request goes."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.record = _Record()
        self.requests = iter(_Requests(load))
        self.ended = asyncio.Event()
        self.connections: list[_Connection] = []

    async def run(self) -> Seen:
        loop = asyncio.get_running_loop()
        for number in range(self.load.connections):
            port = self.load.ports[number % len(self.load.ports)]
            _, connection = await loop.create_connection(lambda: _Connection(self), "127.0.0.1", port)
            self.connections.append(connection)
        began = time.perf_counter()
        self.begin(began)
        await self.ended.wait()
        return self._summary(began)

    def begin(self, began: float) -> None:
        raise NotImplementedError

    def idle(self, connection: _Connection) -> None:
        raise NotImplementedError

    def answered(self, connection: _Connection, status: str) -> None:
        now = time.perf_counter()
        self.record.statuses[status] += 1
        self.record.latencies.append((now, now - connection.began))
        self.idle(connection)

    def broken(self, connection: _Connection) -> None:
        self.connections.remove(connection)
        self.record.lost += connection.busy
        if not self.connections:
            self.ended.set()

    def _summary(self, began: float) -> Seen:
        first = began + self.load.warm_up_seconds
        last = first + self.load.seconds if self.load.seconds else float("inf")
        counted = [(at, took) for at, took in self.record.latencies if first <= at <= last]
        if not counted:
            raise RuntimeError("nothing was answered")
        seconds = max(at for at, _ in counted) - first
        took = [latency * 1_000 for _, latency in counted]
        delays = [delay * 1_000 for delay in self.record.own_delays] or [0.0]
        return Seen(
            statuses=dict(self.record.statuses),
            per_second=len(counted) / seconds,
            p50=percentile(took, 50),
            p95=percentile(took, 95),
            p99=percentile(took, 99),
            longest=max(took),
            own_delay_p99=percentile(delays, 99),
            lost=self.record.lost + sum(connection.busy for connection in self.connections),
        )


class _ClosedLoop(_Loop):
    def begin(self, began: float) -> None:
        self._left = self.load.requests or sys.maxsize
        self._last = float("inf")
        if not self.load.requests:
            self._last = began + self.load.warm_up_seconds + self.load.seconds
        for connection in list(self.connections):
            self.idle(connection)

    def idle(self, connection: _Connection) -> None:
        if self._left and time.perf_counter() < self._last:
            self._left -= 1
            connection.send(next(self.requests), time.perf_counter())
        elif not any(other.busy for other in self.connections):
            self.ended.set()


class _OpenLoop(_Loop):
    def begin(self, began: float) -> None:
        self._free = deque(self.connections)
        self._waiting: deque[float] = deque()
        self._left = len(self.load.arrivals)
        loop = asyncio.get_running_loop()

        def pace() -> None:
            # A thread, because an event loop's own timers have a grain of a millisecond.
            for arrival in self.load.arrivals:
                pause = began + arrival - time.perf_counter()
                if pause > 0:
                    time.sleep(pause)
                loop.call_soon_threadsafe(self._arrive, began + arrival)
            loop.call_soon_threadsafe(loop.call_later, _SLOWEST_ANSWER_SECONDS, self.ended.set)

        threading.Thread(target=pace, daemon=True).start()

    def _arrive(self, due: float) -> None:
        if self._free:
            self.record.own_delays.append(time.perf_counter() - due)
            self._free.popleft().send(next(self.requests), due)
        else:
            self._waiting.append(due)

    def idle(self, connection: _Connection) -> None:
        self._left -= 1
        if self._waiting:
            connection.send(next(self.requests), self._waiting.popleft())
        else:
            self._free.append(connection)
        if not self._left:
            self.ended.set()


async def _run(load: Load) -> Seen:
    return await (_OpenLoop(load) if load.arrivals else _ClosedLoop(load)).run()


def main() -> None:
    """The process: one load from the input, what was seen to the output."""
    import gc

    import uvloop

    # A collection in the middle would be counted as the server's time.
    gc.disable()
    # The pacing thread gets the interpreter at once, not after the default of 5 ms.
    sys.setswitchinterval(0.0002)
    load = Load(**json.load(sys.stdin))
    json.dump(dataclasses.asdict(uvloop.run(_run(load))), sys.stdout)


if __name__ == "__main__":
    main()
