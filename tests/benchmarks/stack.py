"""What benchmarks run against: a database of their own and Majlis' real processes, all ended with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import psycopg

from app import leash
from app.embedded_postgres import EmbeddedPostgres, free_ports
from app.migrate import migrate
from app.settings import PROJECT_ROOT, Settings, read_settings, setting_names

CHANNEL_ID = "5a11ab0c-0000-4000-8000-000000000002"
TOKEN = "token-of-the-benchmark"
WEBHOOK = f"/webhooks/wazzup?token={TOKEN}"
_STOP_SECONDS = 10.0
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class Child:
    """One process of a benchmark; its output goes to a file that is shown when it fails."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                leash.command(command),
                env=dict(environment), cwd=PROJECT_ROOT, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    def has_said(self, words: str) -> bool:
        """Whether its output so far holds these words."""
        return words in self._log.read_text(errors="replace")

    @property
    def lives(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it and whatever it started, kindly at first; safe to call twice."""
        if self.lives:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def wait_until_ready(self, url: str, seconds: float) -> None:
        """Wait until `url` answers 200.

        Raises RuntimeError with the process' last words when it ended or did not answer in time.
        """

        def answers() -> bool:
            if not self.lives:
                raise RuntimeError(f"{self.name} ended before it was ready:\n{self._last_words()}")
            try:
                return httpx.get(url, timeout=5.0, trust_env=False).status_code == 200
            except httpx.TransportError:
                return False

        try:
            wait_until(answers, seconds=seconds, what=f"{self.name} is ready")
        except TimeoutError as error:
            raise RuntimeError(f"{error}:\n{self._last_words()}") from error

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]


class Bench:
    """A folder, a migrated Postgres and the processes started on them; use as a context manager."""

    def __init__(self) -> None:
        for name in setting_names():  # not the settings of whoever runs the benchmark
            os.environ.pop(name, None)
        # Beside the real data, so that what is measured is the disk Majlis would write to.
        base = read_settings().majlis_home
        base.mkdir(parents=True, exist_ok=True)
        self.home = Path(tempfile.mkdtemp(prefix="bench-", dir=base))
        self._log_folder = self.home / "logs"
        self._log_folder.mkdir()
        self.postgres = EmbeddedPostgres(self.home / "postgres", log_file=self._log_folder / "postgres.log")
        self._children: list[Child] = []

    def __enter__(self) -> Bench:
        try:
            self.postgres.start()
            migrate(self.postgres.url)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._children):
            child.stop()
        self.postgres.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def postgres_pid(self) -> int:
        """The server's first process; its sessions are children of it."""
        return int((self.postgres.data_folder / "postmaster.pid").read_text().split(maxsplit=1)[0])

    @contextlib.contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """A connection for looking and preparing, in autocommit."""
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            yield connection

    def create_database(self, name: str) -> None:
        """An empty database beside ours on the same server."""
        with self.connection() as connection:
            connection.execute(f"create database {name}".encode())

    def forget_messages(self) -> None:
        """Empty the tables of the way of a message, so that each measurement begins alike."""
        with self.connection() as connection:
            connection.execute(
                "truncate inbox, conversations, turns, outbox, owners, turn_replies, events cascade"
            )
            connection.execute("vacuum analyze")

    def settings(self, **overrides: object) -> Settings:
        """The settings of one process, by field name."""
        return read_settings(
            {
                "majlis_home": self.home,
                "database_url": self.postgres.url,
                "wazzup_api_key": "key-of-the-benchmark",
                "wazzup_channel_id": CHANNEL_ID,
                "wazzup_webhook_secret": TOKEN,
                "internal_secret": "secret-of-the-benchmark",
                **overrides,
            }
        )

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Child:
        """Start a program with this environment added to ours; it ends with the bench."""
        child = Child(name, command, os.environ | dict(environment), self._log_folder / f"{name}.log")
        self._children.append(child)
        return child

    def run(self, process: str, settings: Settings, *, name: str = "", faults: Path | None = None) -> Child:
        """Start `majlis run <process>`; `faults` is the folder of ordered faults (`storage.steps`)."""
        environment = settings.environment() | ({"MAJLIS_FAULTS": str(faults)} if faults else {})
        return self.start(name or process, [sys.executable, "-m", "app.cli", "run", process], environment)

    def start_gateway(self, name: str, module: str = "", **overrides: object) -> tuple[Child, int]:
        """Start a gateway (or the variant of it in `module`) on a free port; ready when this returns."""
        (port,) = free_ports(1)
        settings = self.settings(gateway_port=port, **overrides)
        if module:
            child = self.start(name, [sys.executable, "-m", module], settings.environment())
        else:
            child = self.run("gateway", settings, name=name)
        child.wait_until_ready(f"http://127.0.0.1:{port}/healthz", 30)
        return child, port


def wait_until(is_so: Callable[[], bool], *, seconds: float, what: str, pause_seconds: float = 0.05) -> None:
    """Ask until the answer is yes. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(pause_seconds)


def cpu_seconds(*pids: int) -> float:
    """CPU time that these processes and all their children have used, living or ended (Linux)."""
    table: dict[int, tuple[int, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # After the name, which may hold anything: state, parent, …, utime, stime, cutime, cstime.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        table[int(stat.parent.name)] = (int(fields[1]), sum(int(ticks) for ticks in fields[11:15]))
    wanted, total = set(pids), 0
    while wanted:
        total += sum(table[pid][1] for pid in wanted if pid in table)
        wanted = {pid for pid, (parent, _) in table.items() if parent in wanted}
    return total / _CLOCK_TICKS


def flush_milliseconds(folder: Path) -> float:
    """How long this disk takes to keep 8 kB for good (median of 50): what every commit waits for."""
    took = []
    with (folder / "flush").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(b"x" * 8192)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1_000)
    return statistics.median(took)
