"""A `majlis up --sandbox` of one's own: started as users start it, with a home of its own, ended with us."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import leash
from app.embedded_postgres import free_ports
from app.errors import StartError
from app.settings import PROJECT_ROOT, setting_names
from app.supervisor import read_state

QUICK = {"DEBOUNCE_SECONDS": "0.3", "DEBOUNCE_MAX_SECONDS": "1", "MAJLIS_TEST_CLOCK": "1"}
"""Settings for who sends a burst in one piece and need not wait for the rest of it."""

Report = Callable[[str], None]

# `up` gives its processes 14 s in all to end (app.up).
_STOP_SECONDS = 20.0
_ASK_SECONDS = 0.1
_REPORT_SECONDS = 10.0
_SHOWN_LINES = 30


class StackError(StartError):
    """The sandbox could not be started, or ended by itself; the message holds its last words."""


@dataclass(frozen=True)
class Addresses:
    """Where a running `majlis up --sandbox` listens."""

    sandbox_url: str
    database_url: str


def running(home: Path) -> Addresses | None:
    """The sandbox that runs on `home` and is ready, or None.

    Raises:
        StackError: when a Majlis without a sandbox runs there.
    """
    state = read_state(home / "run")
    if state is None or "ready_at" not in state:
        return None
    if not state.get("sandbox_url"):
        raise StackError(
            f"The Majlis that runs on {home} talks to a real Wazzup, not to the sandbox: end it, or set "
            "another MAJLIS_HOME."
        )
    return _addresses(state)


class Stack:
    """A started `majlis up --sandbox`."""

    def __init__(self, process: Process, addresses: Addresses, log: Path) -> None:
        self.addresses = addresses
        self._process = process
        self._log = log

    async def died(self) -> None:
        """Return never, unless the sandbox ends by itself.

        Raises:
            StackError: when it ended.
        """
        raise StackError(_last_words(self._log, await self._process.wait()))


@asynccontextmanager
async def started(home: Path, settings: Mapping[str, str], report: Report) -> AsyncIterator[Stack]:
    """Run `majlis up --sandbox` on `home` until the block ends; the block begins when it is ready.

    Nothing is taken from the settings of whoever calls: a DATABASE_URL of theirs must not get the
    sandbox's chats. `settings` are all it gets, beside its home and a free port for the gateway.

    Raises:
        StackError: when it does not start.
    """
    log = home / "logs" / "up.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if name not in setting_names()}
    (port,) = free_ports(1)
    environment = {
        **inherited,
        "PYTHONUNBUFFERED": "1",
        "MAJLIS_HOME": str(home),
        "GATEWAY_PORT": str(port),
        **settings,
    }
    with log.open("wb") as output:
        # A session of its own: Ctrl-C is ours to hear. From this thread, which holds the leash.
        process = await asyncio.create_subprocess_exec(
            *leash.command([sys.executable, "-m", "app.cli", "up", "--sandbox"], death_signal=signal.SIGTERM),
            cwd=PROJECT_ROOT, env=environment, start_new_session=True,
            stdin=DEVNULL, stdout=output, stderr=STDOUT,
        )  # fmt: skip
    try:
        yield Stack(process, await _ready(process, home, log, report), log)
    finally:
        await _end(process)


async def _ready(process: Process, home: Path, log: Path, report: Report) -> Addresses:
    reported = time.monotonic()
    while True:
        if process.returncode is not None:
            raise StackError(_last_words(log, process.returncode))
        state = read_state(home / "run")
        if state is not None and state["pids"]["supervisor"] == process.pid and "ready_at" in state:
            return _addresses(state)
        if time.monotonic() - reported >= _REPORT_SECONDS:
            reported = time.monotonic()
            report(_last_sentence(log))
        await asyncio.sleep(_ASK_SECONDS)


async def _end(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _addresses(state: Mapping[str, Any]) -> Addresses:
    return Addresses(sandbox_url=state["sandbox_url"], database_url=state["database_url"])


def _last_sentence(log: Path) -> str:
    """What the supervisor itself said last."""
    said = [line.partition("|") for line in _lines(log)]
    return next(
        (words.strip() for name, _, words in reversed(said) if name.strip() == "majlis"), "Starting ..."
    )


def _last_words(log: Path, code: int) -> str:
    head = f"The sandbox ended with code {code}; its last lines (all are in {log}):"
    return "\n".join([head, *_lines(log)[-_SHOWN_LINES:]])


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8", errors="replace").splitlines()
