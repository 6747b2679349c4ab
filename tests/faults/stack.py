"""The whole of Majlis as real processes, each of which a test may kill, freeze and start again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from app.embedded_postgres import EmbeddedPostgres, free_ports
from app.migrate import migrate
from app.model import ensure_model
from app.settings import PROJECT_ROOT
from app.up import SANDBOX_ZOHO
from catalog.load import load_sample_catalog
from storage.pool import create_engine
from tests.roles import with_roles
from tests.support import eventually
from turns.inspect import waiting_count

CHANNEL_ID = "5a11ab0c-0000-4000-8000-000000000001"
TOKEN = "token-of-tests"
SECRET = "secret-of-tests"
# The embedded server asks for none; it must not be written anywhere all the same.
PASSWORD = "password-of-tests"
DEBOUNCE_SECONDS = 0.4
DEBOUNCE_MAX_SECONDS = 1.5
RASA_STARTS_ALLOWED = 7


class Process:
    """One `majlis run …`, started and ended by tests."""

    def __init__(self, stack: Stack, kind: str, environment: Mapping[str, str]) -> None:
        self.kind = kind
        # The command that runs it somewhere else, by becoming it.
        self.inside: Sequence[str] = ()
        self._stack = stack
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, **more: str) -> None:
        """Start it, with `more` in its environment; its output goes to the logs folder."""
        log = self._stack.home / "logs" / f"{self.kind}.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*self.inside, sys.executable, "-m", "app.cli", "run", self.kind],
                cwd=PROJECT_ROOT,
                env={**self._stack.environment, **self._own_database, **self._environment, **more},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @property
    def _own_database(self) -> dict[str, str]:
        """The address for the role of this kind of process; the sandbox, which sees all, has none."""
        address = self._stack.addresses.get(f"majlis_{self.kind}")
        return {} if address is None else {"DATABASE_URL": address}

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a crash would, and wait until it is gone."""
        if self.alive:
            assert self._process is not None
            os.kill(self.pid, signal.SIGCONT)
            self._process.kill()
            self._process.wait()

    async def gone(self, within: float = 60.0) -> int | None:
        """Wait until it ended by itself; its exit code."""

        async def ended() -> bool:
            return not self.alive

        await eventually(ended, within=within, what=f"{self.kind} ends")
        assert self._process is not None
        return self._process.returncode


class Stack:
    """Postgres, sandbox, two gateways, two workers, action server and Rasa on loopback."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.faults = home / "faults"
        self.rasa_starts = 0
        names = ("sandbox", "gateway", "gateway2", "actions", "rasa")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.postgres = EmbeddedPostgres(home / "postgres", log_file=home / "logs" / "postgres.log")
        self.client = httpx.AsyncClient(timeout=90.0, trust_env=False)
        self.environment: dict[str, str] = {}
        # Each process runs with the rights of its role only (`app.roles`).
        self.addresses: dict[str, str] = {}
        self.gateways = [
            Process(self, "gateway", {"GATEWAY_PORT": str(self.ports[name])})
            for name in ("gateway", "gateway2")
        ]
        self.workers = [Process(self, "worker", {}) for _ in range(2)]
        self.actions = Process(self, "actions", {})
        self.rasa = Process(self, "rasa", {})
        self.sandbox = Process(self, "sandbox", {})

    @property
    def processes(self) -> list[Process]:
        return [self.sandbox, self.actions, self.rasa, *self.workers, *self.gateways]

    @property
    def services(self) -> dict[str, str]:
        """Settings for where the processes find each other, when not each at the one process of its kind."""
        return {}

    def url(self, name: str) -> str:
        """Where the process of this name listens."""
        return f"http://{self.host(name)}:{self.ports[name]}"

    def host(self, name: str) -> str:
        """The address of the host that the process of this name runs on."""
        return "127.0.0.1"

    @property
    def sandbox_url(self) -> str:
        return self.url("sandbox")

    def webhook_url(self, gateway: int = 0) -> str:
        return f"{self.url('gateway2' if gateway else 'gateway')}/webhooks/wazzup?token={TOKEN}"

    async def start(self) -> None:
        """Start everything and wait until a message could be answered."""
        self.faults.mkdir(parents=True)
        model = ensure_model(PROJECT_ROOT / ".majlis", report=print)
        self.postgres.start()
        migrate(self.postgres.url)
        engine = create_engine(self.postgres.url, test_clock=False, size=1)
        async with engine.begin() as connection:
            await load_sample_catalog(connection)
        await engine.dispose()
        self.addresses = {
            role: address.replace("@", f":{PASSWORD}@")
            for role, address in with_roles(self.postgres.url).items()
        }
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", str(self.home)),
            "PYTHONUNBUFFERED": "1",
            "MAJLIS_HOME": str(self.home),
            "MAJLIS_FAULTS": str(self.faults),
            "MAJLIS_TEST_CLOCK": "1",
            "MAJLIS_MODEL": str(model),
            "DATABASE_URL": self.postgres.url,
            "INTERNAL_SECRET": SECRET,
            "GATEWAY_PORT": str(self.ports["gateway"]),
            "RASA_PORT": str(self.ports["rasa"]),
            "RASA_URLS": f"http://127.0.0.1:{self.ports['rasa']}",
            "ACTIONS_PORT": str(self.ports["actions"]),
            "ACTIONS_URL": f"http://127.0.0.1:{self.ports['actions']}/webhook",
            "SANDBOX_PORT": str(self.ports["sandbox"]),
            "WAZZUP_API_URL": self.sandbox_url,
            "WAZZUP_API_KEY": "key-of-tests",
            "WAZZUP_CHANNEL_ID": CHANNEL_ID,
            "WAZZUP_WEBHOOK_SECRET": TOKEN,
            "ZOHO_ACCOUNTS_URL": self.sandbox_url,
            "ZOHO_API_URL": self.sandbox_url,
            **{name.upper(): value for name, value in SANDBOX_ZOHO.items()},
            "DEBOUNCE_SECONDS": str(DEBOUNCE_SECONDS),
            "DEBOUNCE_MAX_SECONDS": str(DEBOUNCE_MAX_SECONDS),
            **self.services,
        }
        self.start_rasa()
        for process in self.processes:
            if process is not self.rasa:
                process.start()
        await self.ready()

    def start_rasa(self) -> None:
        """Start Rasa; it is slow, so the whole test run may do so only a few times."""
        self.rasa_starts += 1
        assert self.rasa_starts <= RASA_STARTS_ALLOWED, "Rasa was started too often in one run"
        self.rasa.start()

    async def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
        await self.client.aclose()
        self.postgres.stop()

    def kill_postgres(self) -> None:
        """End the database server as a crash would; `postgres.start()` brings it back on its port."""
        pid_file = self.postgres.data_folder / "postmaster.pid"
        os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGKILL)

    async def heal(self) -> None:
        """Start again what a test left dead, forget armed faults, and wait until all is ready."""
        for order in self.faults.iterdir():
            order.unlink()
        if not self.rasa.alive:
            self.start_rasa()
        for process in self.processes:
            if not process.alive:
                process.start()
            process.signal(signal.SIGCONT)
        await self.ready()
        await self.knobs(
            send_script=[],
            send_default="ok",
            webhook_retry_seconds=[],
            echo="all",
            echo_before_response=False,
            idempotency_window_seconds=60.0,
        )

    async def ready(self) -> None:
        """Wait until both gateways say that a message could be answered."""

        # The gateways remember for a second that Rasa was ready, so what was just killed is asked first.
        pages = {"actions": "health", "gateway": "readyz", "gateway2": "readyz"}

        async def all_ready() -> bool:
            for name, page in pages.items():
                try:
                    answer = await self.client.get(
                        f"{self.url(name)}/{page}", headers={"X-Majlis-Secret": SECRET}
                    )
                except httpx.HTTPError:
                    return False
                if answer.status_code != httpx.codes.OK:
                    return False
            state = await self.client.get(f"{self.sandbox_url}/control/state")
            return state.status_code == httpx.codes.OK

        await eventually(all_ready, within=600.0, what="the stack is ready")

    def arm(self, step: str, order: str = "kill") -> None:
        """The next process that reaches `step` kills or freezes itself there."""
        (self.faults / step).write_text(order)

    async def reached(self, step: str, within: float = 120.0) -> int:
        """Wait until a process took the order for `step`; its process id."""

        async def taken() -> int | None:
            for path in self.faults.glob(f"{step}.taken-by-*"):
                return int(path.name.rpartition("-")[2])
            return None

        pid = await eventually(taken, within=within, what=f"a process reaches {step}")
        assert pid is not None
        return pid

    async def control(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        answer = await self.client.post(f"{self.sandbox_url}/control/{path}", json=dict(body))
        answer.raise_for_status()
        document: dict[str, Any] = answer.json()
        return document

    async def knobs(self, **changes: object) -> None:
        answer = await self.client.put(f"{self.sandbox_url}/control/knobs", json=changes)
        answer.raise_for_status()

    async def customer(self, chat_id: str, *texts: str, **more: object) -> list[str]:
        """The customer writes; the ids of the messages, each of which was answered 200 in the end."""
        written = await self.control(
            "customer",
            {"chat_id": chat_id, "messages": [{"type": "text", "text": text} for text in texts], **more},
        )
        messages = written["messages"]
        refused = [
            message["webhook_statuses"] for message in messages if 200 not in message["webhook_statuses"]
        ]
        assert not refused, f"webhooks were answered {refused}"
        return [message["message_id"] for message in messages]

    async def seen_by(self, chat_id: str) -> list[dict[str, Any]]:
        """What the customer's phone holds of our messages, in order."""
        answer = await self.client.get(
            f"{self.sandbox_url}/control/messages", params={"chat_id": chat_id, "direction": "out"}
        )
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return [message for message in messages if message["delivered"] and message["origin"] == "api"]

    async def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        async with await psycopg.AsyncConnection.connect(
            self.postgres.url, row_factory=dict_row, autocommit=True
        ) as connection:
            return await (await connection.execute(query.encode(), parameters)).fetchall()

    async def value(self, query: str, *parameters: object) -> Any:
        rows = await self.rows(query, *parameters)
        return next(iter(rows[0].values())) if rows else None

    async def is_at_rest(self, chats: Sequence[str]) -> bool:
        """Whether nothing of these chats waits, runs or is being sent."""
        async with await psycopg.AsyncConnection.connect(self.postgres.url, autocommit=True) as connection:
            return await waiting_count(connection, chats) == 0

    async def settled(self, chats: Sequence[str], within: float = 120.0) -> None:
        """Wait until these chats are at rest."""
        await eventually(
            lambda: self.is_at_rest(chats), within=within, what=f"{len(chats)} chats come to rest"
        )
