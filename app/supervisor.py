"""The processes of one `majlis up`: their logs, their state for other tools, their end in order."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from app.processes import Backoff, ProcessSpec, SupervisedProcess

_COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
_NAME_WIDTH = 8
_LARGEST_LOG_BYTES = 10_000_000


class Console:
    """What people see: each line after its process' name, coloured on a terminal, kept in a file each."""

    def __init__(self, logs_folder: Path, output: TextIO = sys.stdout) -> None:
        self._logs_folder = logs_folder
        self._output = output
        self._colours = output.isatty()
        self._files: dict[str, TextIO] = {}
        logs_folder.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, line: str) -> None:
        """Show and keep one line of the process `name`."""
        print(line, file=self._file(name), flush=True)
        prefix = f"{name:<{_NAME_WIDTH}} |"
        if self._colours:
            colour = _COLOURS[list(self._files).index(name) % len(_COLOURS)]
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
            line = _for_people(line)
        print(f"{prefix} {line}", file=self._output, flush=True)

    def say(self, sentence: str) -> None:
        """A sentence of the supervisor itself."""
        self.write("majlis", sentence)

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _file(self, name: str) -> TextIO:
        if name not in self._files:
            path = self._logs_folder / f"{name}.log"
            if path.exists() and path.stat().st_size > _LARGEST_LOG_BYTES:
                path.replace(path.with_suffix(".log.1"))
            self._files[name] = path.open("a", encoding="utf-8")
        return self._files[name]


def _for_people(line: str) -> str:
    """A structured log line as words; other lines as they are."""
    try:
        record = json.loads(line)
        words = [record.pop("level").upper(), record.pop("event")]
    except (ValueError, TypeError, KeyError, AttributeError):
        return line
    for known in ("timestamp", "logger", "process"):
        record.pop(known, None)
    return " ".join([*words, *(f"{key}={value}" for key, value in record.items())])


class Supervisor:
    """Starts processes and, when its block is left, ends them in the opposite order.

    `state` is written to `state_file` (readable by its owner only: addresses may hold passwords) with
    the process ids, each time one changes, and removed at the end.
    """

    def __init__(self, console: Console, state_file: Path, *, backoff: Backoff | None = None) -> None:
        self.state: dict[str, Any] = {}
        self._console = console
        self._state_file = state_file
        self._backoff = backoff or Backoff()
        self._processes: list[SupervisedProcess] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._processes):
            self._console.say(f"Stopping {process.spec.name} ...")
            await process.stop()
        self._state_file.unlink(missing_ok=True)

    def start(self, spec: ProcessSpec) -> SupervisedProcess:
        """Keep `spec` running from now on."""
        process = self._supervise(spec)
        self._processes.append(process)
        process.start()
        return process

    async def run_once(self, spec: ProcessSpec) -> int:
        """Run `spec` to its end, its output shown like that of the others; its exit code."""
        return await self._supervise(spec).run_once()

    def kill_all(self) -> None:
        """Somebody is in a hurry: no grace for anybody."""
        for process in self._processes:
            process.kill()

    def write_state(self) -> None:
        """Tell other tools where everything is; the file is replaced whole."""
        pids = {process.spec.name: process.pid for process in self._processes}
        document = {**self.state, "pids": {"supervisor": os.getpid(), **pids}}
        self._state_file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._state_file.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2)
        draft.replace(self._state_file)

    def _supervise(self, spec: ProcessSpec) -> SupervisedProcess:
        return SupervisedProcess(
            spec,
            backoff=self._backoff,
            write=lambda line: self._console.write(spec.name, line),
            report=self._console.say,
            changed=self.write_state,
        )


def read_state(run_folder: Path) -> dict[str, Any] | None:
    """What a running `majlis up` says of itself, or None when none runs on this home."""
    try:
        state: dict[str, Any] = json.loads((run_folder / "state.json").read_text(encoding="utf-8"))
        os.kill(state["pids"]["supervisor"], 0)
    except (FileNotFoundError, ProcessLookupError):  # the second: it was killed and could not clean up
        return None
    return state


async def run_until_signal(work: Awaitable[None], hurry: Callable[[], None]) -> None:
    """Run `work` until it ends, or is cancelled by SIGTERM or Ctrl-C; a second signal calls `hurry`.

    The signals are an orderly end: nothing is raised for them.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    asked = 0

    def end() -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            task.cancel()
        else:
            hurry()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    try:
        await task
    except asyncio.CancelledError:
        if not asked:
            raise
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
