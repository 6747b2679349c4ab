"""One supervised child process: started on a leash, its output kept, restarted when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app import leash

_CHUNK_BYTES = 64 * 1024
# How long to wait for the output of what has left the process group of a process that ended.
_LAST_WORDS_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """What to run and how to end it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """The whole environment of the process: nothing is added."""
    folder: Path = Path()
    before_start: Callable[[], object] | None = None
    """Called in a thread before each start; an exception counts as a failed start."""
    identity: str = leash.KEEP_IDENTITY
    death_signal: signal.Signals = signal.SIGKILL
    """What the kernel sends it when the supervisor dies without a word."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 3.0
    """How long it may take to end after `stop_signal` before it is killed."""


@dataclass(frozen=True)
class Backoff:
    """Pauses between restarts, in seconds: doubled up to `longest`, back to `first` after `healthy`."""

    first: float = 0.5
    longest: float = 30.0
    healthy: float = 60.0

    def next_pause(self, last: float | None, lived: float) -> float:
        """The pause after a process that lived for `lived` seconds; `last` is the pause before it."""
        if last is None or lived >= self.healthy:
            return self.first
        return min(last * 2, self.longest)


class SupervisedProcess:
    """Keeps one program running until `stop`.

    `write` gets each line the program prints, `report` a sentence when it is restarted, `changed` is
    called when its process id changed.
    """

    def __init__(
        self,
        spec: ProcessSpec,
        *,
        backoff: Backoff,
        write: Callable[[str], None],
        report: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        self.spec = spec
        self._backoff = backoff
        self._write = write
        self._report = report
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Begin to keep it running; call from a coroutine of the main thread (`app.leash`)."""
        self._task = asyncio.create_task(self._keep_running(), name=self.spec.name)

    async def run_once(self) -> int:
        """Run to the end without restarts and return the exit code; ended when cancelled."""
        try:
            return await self._run()
        finally:
            self.kill()

    async def stop(self) -> None:
        """End it with its stop signal, and after `stop_seconds` for good; returns when it is gone."""
        self._stopping.set()
        if self._task is None:
            return
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(self.spec.stop_signal)
        try:
            async with asyncio.timeout(self.spec.stop_seconds):
                await asyncio.shield(self._task)
        except TimeoutError:
            self._report(f"{self.spec.name} did not end within {self.spec.stop_seconds:g} s and is killed.")
            self.kill()
            await self._task

    def kill(self) -> None:
        """Kill it and whatever it started in its group, now."""
        if self._process is not None:
            _kill_group(self._process.pid)

    async def _keep_running(self) -> None:
        loop, pause = asyncio.get_running_loop(), None
        while True:
            began = loop.time()
            try:
                if self.spec.before_start is not None:
                    await asyncio.to_thread(self.spec.before_start)
                code = await self._run() if not self._stopping.is_set() else 0
                ending = f"ended with {_describe(code)}"
            except Exception as error:  # whatever it is, the others go on and this one is tried again
                ending = f"could not start: {error}"
            if self._stopping.is_set():
                return
            pause = self._backoff.next_pause(pause, loop.time() - began)
            self._report(f"{self.spec.name} {ending}; it starts again in {pause:g} s.")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
                    return

    async def _run(self) -> int:
        spec = self.spec
        async with self._kept_output() as output:
            try:
                process = await asyncio.create_subprocess_exec(
                    *leash.command(spec.command, death_signal=spec.death_signal, identity=spec.identity),
                    env=dict(spec.environment), cwd=spec.folder, start_new_session=True,
                    stdin=DEVNULL, stdout=output, stderr=STDOUT,
                )  # fmt: skip
            finally:
                os.close(output)
            self._process = process
            self._changed()
            try:
                if self._stopping.is_set():  # stopped while it was being started
                    process.send_signal(spec.stop_signal)
                return await process.wait()
            finally:
                # What it started may still hold its ports, and its output open.
                _kill_group(process.pid)
                await process.wait()
                self._process = None
                self._changed()

    @contextlib.asynccontextmanager
    async def _kept_output(self) -> AsyncIterator[int]:
        """The writing end of a pipe whose lines are kept until everybody has closed it.

        A pipe of our own: asyncio's `wait` would not return while a grandchild holds asyncio's open.
        The caller closes the writing end after the start.
        """
        reading_end, writing_end = os.pipe()
        stream = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(reading_end, "rb", buffering=0)
        )
        reading = asyncio.create_task(self._keep_lines(stream))
        try:
            yield writing_end
        finally:
            await asyncio.wait({reading}, timeout=_LAST_WORDS_SECONDS)
            reading.cancel()
            transport.close()

    async def _keep_lines(self, stream: asyncio.StreamReader) -> None:
        async for line in _lines(stream):
            self._write(line)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Lines without their ends; what is longer than a chunk comes in pieces."""
    rest = b""
    while chunk := await stream.read(_CHUNK_BYTES):
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > _CHUNK_BYTES:
            whole.append(rest)
            rest = b""
        for line in whole:
            yield line.decode(errors="replace").rstrip("\r")
    if rest:
        yield rest.decode(errors="replace")


def _kill_group(process: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)


def _describe(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
