"""Two answers to the same customer, side by side: the whole of Majlis, and plain Rasa with the same model.

Plain Rasa is what a Rasa user has today: its own REST channel, its own SQL tracker store, one process.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, LiteralString

import httpx
import yaml
from psycopg.conninfo import conninfo_to_dict

from app.embedded_postgres import free_ports
from app.model import RASA_ENVIRONMENT, RASA_PYTHON, ensure_model
from app.settings import PROJECT_ROOT, Settings, read_settings
from tests.benchmarks.load import CHAT_MARK
from tests.benchmarks.report import Report
from tests.benchmarks.stack import Bench, Child, cpu_seconds, wait_until

PLAIN_DATABASE = "plain"
# Answered by a rule without a custom action, so that plain Rasa can answer it too.
WORDS = "Thanks"
_RASA_START_SECONDS = 240
_WARM_UP_CHAT = "971400000000"

_AT_REST = (
    "select not exists (select from inbox where kind = 'message' and turn_id is null)"
    " and not exists (select from conversations where due_at is not null)"
    " and not exists (select from outbox where state = 'queued')"
)


class RasaStack:
    """Everything of Majlis on one bench, and a plain Rasa beside it; ready when constructed."""

    def __init__(self, bench: Bench, report: Report) -> None:
        self.bench = bench
        model = ensure_model(read_settings().majlis_home, report.progress)
        gateway, rasa, actions, sandbox, self.plain_port = free_ports(5)
        self.gateway_port = gateway
        self.sandbox_port = sandbox
        self._settings = {
            "gateway_port": gateway,
            "rasa_port": rasa,
            "rasa_urls": f"http://127.0.0.1:{rasa}",
            "actions_port": actions,
            "actions_url": f"http://127.0.0.1:{actions}/webhook",
            "sandbox_port": sandbox,
            "wazzup_api_url": f"http://127.0.0.1:{sandbox}",
            "majlis_model": model,
        }
        report.progress("starting Majlis and, beside it, plain Rasa with the same model")
        self.plain_rasa = self._start_plain_rasa(model)
        self.rasa = bench.run("rasa", self.settings())
        self.actions = bench.run("actions", self.settings())
        self.sandbox = bench.run("sandbox", self.settings())
        self.worker = bench.run("worker", self.settings())
        self.gateway = bench.run("gateway", self.settings())
        self.client = httpx.Client(timeout=120.0, trust_env=False)
        self.plain_rasa.wait_until_ready(f"http://127.0.0.1:{self.plain_port}/", _RASA_START_SECONDS)
        self.gateway.wait_until_ready(f"http://127.0.0.1:{gateway}/readyz", _RASA_START_SECONDS)
        for _ in range(3):  # the first turns of a process cost several times the later ones
            self.customer_writes(_WARM_UP_CHAT)
            self.wait_until_at_rest()
            self.plain_turn(_WARM_UP_CHAT)

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
        """The same as a load's body, for the path `/control/customer` of the sandbox."""
        return f'{{"chat_id": "{CHAT_MARK}", "messages": [{{"type": "text", "text": "{WORDS}"}}]}}'

    @property
    def plain_body(self) -> str:
        """The same as a load's body, for plain Rasa's REST channel."""
        return f'{{"sender": "{CHAT_MARK}", "message": "{WORDS}"}}'

    def plain_turn(self, sender: str) -> None:
        """A customer writes WORDS to plain Rasa; returns when the reply is there.

        Raises RuntimeError when plain Rasa had nothing to say: then it is not measured fairly.
        """
        answer = self.client.post(
            f"http://127.0.0.1:{self.plain_port}/webhooks/rest/webhook",
            json={"sender": sender, "message": WORDS},
        )
        if not answer.raise_for_status().json():
            raise RuntimeError("plain Rasa answered nothing")

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
        """CPU seconds of the server, both databases."""
        return cpu_seconds(self.bench.postgres_pid)

    def _start_plain_rasa(self, model: Path) -> Child:
        self.bench.create_database(PLAIN_DATABASE)
        server = conninfo_to_dict(self.bench.postgres.url)
        store = {
            "type": "SQL", "dialect": "postgresql", "url": server["host"], "port": server["port"],
            "db": PLAIN_DATABASE, "username": server["user"], "password": "",
        }  # fmt: skip
        files = {"credentials.yml": {"rest": None}, "endpoints.yml": {"tracker_store": store}}
        folder = self.bench.home / "plain"
        folder.mkdir()
        for name, document in files.items():
            (folder / name).write_text(yaml.safe_dump(document), encoding="utf-8")
        command = [
            str(PROJECT_ROOT / RASA_PYTHON), "-m", "rasa", "run", "-i", "127.0.0.1",
            "-p", str(self.plain_port), "--model", str(model),
            "--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml"),
        ]  # fmt: skip
        return self.bench.start("plain-rasa", command, os.environ | RASA_ENVIRONMENT)
