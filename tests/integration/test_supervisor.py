"""The supervisor with real child processes: restarts, an end in order, and no orphans."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.processes import Backoff, ProcessSpec
from app.settings import PROJECT_ROOT
from app.supervisor import Console, Supervisor, read_state, run_until_signal

WAIT_SECONDS = 20
QUICK = Backoff(first=0.01, longest=0.05, healthy=60)

# Prints its process id, then waits for the end; on SIGTERM it says so.
POLITE = """
import os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("goodbye", flush=True)))
print("pid", os.getpid(), flush=True)
signal.pause()
"""
STUBBORN = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("pid", os.getpid(), flush=True)
while True:
    signal.pause()
"""
# Starts a child of its own, as a server with workers does, and names both.
PARENT = """
import os, signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print("pid", os.getpid(), child.pid, flush=True)
signal.pause()
"""
# A whole supervisor in a process of its own, so that it can be killed or asked to end.
SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from app.processes import ProcessSpec
from app.supervisor import Console, Supervisor, run_until_signal

async def keep(supervisor, programs):
    async with supervisor:
        for number, program in enumerate(programs):
            command = [sys.executable, "-c", program]
            supervisor.start(ProcessSpec(name=f"p{number}", command=command, stop_seconds=1))
        await asyncio.Event().wait()

folder = Path(sys.argv[1])
supervisor = Supervisor(Console(folder / "logs"), folder / "state.json")
asyncio.run(run_until_signal(keep(supervisor, sys.argv[2:]), supervisor.kill_all))
print("orderly end", flush=True)
"""


def python(name: str, program: str, stop_seconds: float = 5.0) -> ProcessSpec:
    command = [sys.executable, "-c", program]
    return ProcessSpec(name=name, command=command, environment=dict(os.environ), stop_seconds=stop_seconds)


class Watched(io.StringIO):
    """Console output that a test can wait for."""

    def __init__(self) -> None:
        super().__init__()
        self._written = asyncio.Event()

    def write(self, text: str) -> int:
        self._written.set()
        return super().write(text)

    async def until(self, condition: Callable[[list[str]], bool]) -> list[str]:
        async with asyncio.timeout(WAIT_SECONDS):
            while not condition(self.getvalue().splitlines()):
                self._written.clear()
                await self._written.wait()
        return self.getvalue().splitlines()


@asynccontextmanager
async def supervising(folder: Path, output: Watched) -> AsyncIterator[Supervisor]:
    console = Console(folder / "logs", output)
    try:
        async with Supervisor(console, folder / "state.json", backoff=QUICK) as supervisor:
            yield supervisor
    finally:
        console.close()


def pids(lines: list[str], name: str) -> list[int]:
    return [int(line.split()[-1]) for line in lines if line.startswith(f"{name} ") and " pid " in line]


def is_gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until_gone(process: int) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_gone(process):
        assert time.monotonic() < deadline, f"process {process} is still there after {WAIT_SECONDS} s"
        time.sleep(0.02)  # a stranger's end has no event to wait for


async def test_what_is_killed_starts_again_with_a_new_id_in_the_state(tmp_path: Path) -> None:
    output = Watched()
    async with supervising(tmp_path, output) as supervisor:
        supervisor.start(python("polite", POLITE))
        (first,) = pids(await output.until(lambda lines: len(pids(lines, "polite")) == 1), "polite")
        assert json.loads((tmp_path / "state.json").read_text())["pids"]["polite"] == first
        os.kill(first, signal.SIGKILL)
        lines = await output.until(lambda lines: len(pids(lines, "polite")) == 2)
        state = read_state(tmp_path)
        assert state is not None
        assert state["pids"] == {"supervisor": os.getpid(), "polite": pids(lines, "polite")[1]}
    assert any("polite ended with signal SIGKILL; it starts again in 0.01 s." in line for line in lines)
    assert not (tmp_path / "state.json").exists()


async def test_they_end_in_the_opposite_order_of_their_start(tmp_path: Path) -> None:
    output = Watched()
    async with supervising(tmp_path, output) as supervisor:
        for name in ("first", "second", "third"):
            supervisor.start(python(name, POLITE))
            await output.until(lambda lines, name=name: len(pids(lines, name)) == 1)  # type: ignore[misc]
    goodbyes = [line.split()[0] for line in output.getvalue().splitlines() if "goodbye" in line]
    assert goodbyes == ["third", "second", "first"]


async def test_what_ignores_the_signal_is_killed_after_its_grace(tmp_path: Path) -> None:
    output = Watched()
    async with supervising(tmp_path, output) as supervisor:
        supervisor.start(python("stubborn", STUBBORN, stop_seconds=0.2))
        (process,) = pids(await output.until(lambda lines: bool(pids(lines, "stubborn"))), "stubborn")
    assert is_gone(process)
    assert "stubborn did not end within 0.2 s and is killed." in output.getvalue()


async def test_children_of_a_killed_process_go_with_it(tmp_path: Path) -> None:
    output = Watched()
    async with supervising(tmp_path, output) as supervisor:
        supervisor.start(python("parent", PARENT))
        line = (await output.until(lambda lines: any(" pid " in line for line in lines)))[-1]
        parent, child = (int(word) for word in line.split()[-2:])
        os.kill(parent, signal.SIGKILL)
        await output.until(lambda lines: any("starts again" in line for line in lines))
        await asyncio.to_thread(wait_until_gone, child)


async def test_a_start_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    output = Watched()
    tries: list[int] = []

    def fail_once() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the disk is full")

    async with supervising(tmp_path, output) as supervisor:
        spec = ProcessSpec(
            name="polite", command=[sys.executable, "-c", POLITE], before_start=fail_once, stop_seconds=5
        )
        supervisor.start(spec)
        await output.until(lambda lines: len(pids(lines, "polite")) == 1)
    assert "polite could not start: the disk is full; it starts again in 0.01 s." in output.getvalue()


async def test_run_once_gives_the_code_and_starts_nothing_again(tmp_path: Path) -> None:
    output = Watched()
    async with supervising(tmp_path, output) as supervisor:
        assert await supervisor.run_once(python("once", "print('did it'); raise SystemExit(3)")) == 3
    assert output.getvalue().splitlines() == ["once     | did it"]


async def test_run_once_is_ended_when_it_is_cancelled(tmp_path: Path) -> None:
    output = Watched()
    async with supervising(tmp_path, output) as supervisor:
        work = asyncio.create_task(supervisor.run_once(python("once", STUBBORN)))
        (process,) = pids(await output.until(lambda lines: bool(pids(lines, "once"))), "once")
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert is_gone(process)


async def test_lines_of_any_length_and_bytes_are_kept_whole(tmp_path: Path) -> None:
    output = Watched()
    program = (
        "import sys; sys.stdout.buffer.write(b'x' * 300_000 + b'\\n\\xff\\xfe bytes\\n' + 'كرسي'.encode())"
    )
    async with supervising(tmp_path, output) as supervisor:
        assert await supervisor.run_once(python("talker", program)) == 0
    kept = (tmp_path / "logs" / "talker.log").read_text(encoding="utf-8")
    assert kept.count("x") == 300_000
    assert kept.splitlines()[-2:] == ["\ufffd\ufffd bytes", "كرسي"]


def test_pauses_double_up_to_the_longest_and_begin_again_after_a_healthy_minute() -> None:
    backoff = Backoff(first=1, longest=4, healthy=60)
    pauses = [backoff.next_pause(None, 0)]
    for _ in range(3):
        pauses.append(backoff.next_pause(pauses[-1], 0))
    assert pauses == [1, 2, 4, 4]
    assert backoff.next_pause(4, 60) == 1


async def test_a_signal_cancels_the_work_and_a_second_one_hurries() -> None:
    began, hurried = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            await hurried.wait()

    run = asyncio.create_task(run_until_signal(work(), hurried.set))
    async with asyncio.timeout(WAIT_SECONDS):
        await began.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await run


def start_supervisor(folder: Path, *programs: str) -> tuple[subprocess.Popen[str], list[int]]:
    """A supervisor process and the ids of its children, once they all run."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(folder), *programs],
        stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    children: list[int] = []
    while len(children) < len(programs):
        line = process.stdout.readline()
        assert line, "the supervisor ended early"
        if " pid " in line:
            children.append(int(line.split()[-1]))
    return process, children


def test_a_killed_supervisor_leaves_no_orphans(tmp_path: Path) -> None:
    supervisor, children = start_supervisor(tmp_path, POLITE, STUBBORN)
    with supervisor:
        supervisor.kill()
        for child in children:
            wait_until_gone(child)
    assert (tmp_path / "state.json").exists()
    assert read_state(tmp_path) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_it_in_an_orderly_way(tmp_path: Path, number: signal.Signals) -> None:
    supervisor, children = start_supervisor(tmp_path, POLITE, STUBBORN)
    supervisor.send_signal(number)
    printed, _ = supervisor.communicate(timeout=WAIT_SECONDS)
    assert supervisor.returncode == 0
    assert printed.splitlines()[-1] == "orderly end"
    assert all(is_gone(child) for child in children)
