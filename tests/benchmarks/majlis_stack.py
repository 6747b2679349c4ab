"""Everything of Majlis on one bench: gateway, worker, one or more Rasa, action server and the stand-ins."""

from __future__ import annotations

from typing import Any, LiteralString

import httpx

from app.embedded_postgres import free_ports
from app.model import ensure_model
from app.settings import Settings, read_settings
from tests.benchmarks.load import CHAT_MARK
from tests.benchmarks.report import Report
from tests.benchmarks.stack import Bench, Child, cpu_seconds, wait_until

# Answered by a rule without a custom action, so that plain Rasa can answer it too.
WORDS = "Thanks"
# The same in a line that nobody has written yet: Rasa keeps what it has worked out about short lines.
NEW_WORDS = f"Thanks a lot, {CHAT_MARK}"
RASA_START_SECONDS = 240
WARM_UP_CHAT = "971400000000"
WARM_UP_TURNS = 3

_AT_REST = (
    "select not exists (select from inbox where kind = 'message' and turn_id is null)"
    " and not exists (select from conversations where due_at is not null)"
    " and not exists (select from outbox where state = 'queued')"
)


class MajlisStack:
    """Started when constructed: `wait_until_ready` before the first message. It ends with the bench."""

    def __init__(self, bench: Bench, report: Report, *, rasas: int = 1, **settings: object) -> None:
        """`rasas`: how many Rasa processes share the turns; `settings` are those of all processes."""
        self.bench = bench
        self.model = ensure_model(read_settings().majlis_home, report.progress)
        gateway, actions, sandbox, *rasa_ports = free_ports(3 + rasas)
        self.gateway_port = gateway
        self.sandbox_port = sandbox
        self._settings = {
            "gateway_port": gateway,
            "rasa_port": rasa_ports[0],
            "rasa_urls": ",".join(f"http://127.0.0.1:{port}" for port in rasa_ports),
            "actions_port": actions,
            "actions_url": f"http://127.0.0.1:{actions}/webhook",
            "sandbox_port": sandbox,
            "wazzup_api_url": f"http://127.0.0.1:{sandbox}",
            "majlis_model": self.model,
            **settings,
        }
        self.rasas = [
            bench.run("rasa", self.settings(rasa_port=port), name=f"rasa-{number}" if rasas > 1 else "rasa")
            for number, port in enumerate(rasa_ports, start=1)
        ]
        self.actions = bench.run("actions", self.settings())
        self.sandbox = bench.run("sandbox", self.settings())
        self.worker = bench.run("worker", self.settings())
        self.gateway = bench.run("gateway", self.settings())
        self.client = httpx.Client(timeout=120.0, trust_env=False)

    @property
    def rasa(self) -> Child:
        """The first Rasa, or the only one."""
        return self.rasas[0]

    def wait_until_ready(self) -> None:
        """Wait until every process is there, and until each Rasa has had its first, slow turns."""
        for rasa, url in zip(self.rasas, self.settings().rasa_urls, strict=True):
            rasa.wait_until_ready(f"{url}/", RASA_START_SECONDS)
        self.gateway.wait_until_ready(f"http://127.0.0.1:{self.gateway_port}/readyz", RASA_START_SECONDS)
        for _ in range(WARM_UP_TURNS * len(self.rasas)):
            self.customer_writes(WARM_UP_CHAT)
            self.wait_until_at_rest()

    def settings(self, **overrides: object) -> Settings:
        """The settings of one process of Majlis."""
        return self.bench.settings(**(self._settings | overrides))

    def debounce(self, seconds: float) -> None:
        """Start the gateway anew with a debounce of this long."""
        self.gateway.stop()
        settings = self.settings(debounce_seconds=seconds, debounce_max_seconds=max(seconds, 10.0))
        self.gateway = self.bench.run("gateway", settings)
        self.gateway.wait_until_ready(f"http://127.0.0.1:{self.gateway_port}/readyz", 30)

    def customer_writes(self, chat_id: str, words: str = WORDS) -> None:
        """A customer writes; returns when the gateway has acknowledged."""
        document = {"chat_id": chat_id, "messages": [{"type": "text", "text": words}]}
        self.client.post(
            f"http://127.0.0.1:{self.sandbox_port}/control/customer", json=document
        ).raise_for_status()

    @property
    def customer_body(self) -> str:
        """A customer who writes NEW_WORDS as a load's body, for the sandbox's `/control/customer`."""
        return f'{{"chat_id": "{CHAT_MARK}", "messages": [{{"type": "text", "text": "{NEW_WORDS}"}}]}}'

    def wait_until_at_rest(self, seconds: float = 60.0) -> None:
        """Wait until every message is answered and every answer is sent."""
        with self.bench.connection() as connection:

            def is_at_rest() -> bool:
                row = connection.execute(_AT_REST).fetchone()
                return bool(row and row[0])

            wait_until(is_at_rest, seconds=seconds, what="all turns are done", pause_seconds=0.02)

    def rows(self, query: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
        """Rows of Majlis' database."""
        with self.bench.connection() as connection:
            return connection.execute(query, parameters).fetchall()

    def cpu(self, *processes: Child) -> float:
        """CPU seconds these processes have used."""
        return cpu_seconds(*(process.pid for process in processes))

    def postgres_cpu(self) -> float:
        """CPU seconds of the database server, whatever databases it has."""
        return cpu_seconds(self.bench.postgres_pid)
