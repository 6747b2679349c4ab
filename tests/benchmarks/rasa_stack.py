"""Two answers to the same customer, side by side: the whole of Majlis, and plain Rasa with the same model.

Plain Rasa is what a Rasa user has today: its own REST channel, its own SQL tracker store, one process.
"""

from __future__ import annotations

import os
from pathlib import Path

import yaml
from psycopg.conninfo import conninfo_to_dict

from app.embedded_postgres import free_ports
from app.model import RASA_ENVIRONMENT, RASA_PYTHON
from app.settings import PROJECT_ROOT
from tests.benchmarks.load import CHAT_MARK
from tests.benchmarks.majlis_stack import (
    NEW_WORDS,
    RASA_START_SECONDS,
    WARM_UP_CHAT,
    WARM_UP_TURNS,
    WORDS,
    MajlisStack,
)
from tests.benchmarks.report import Report
from tests.benchmarks.stack import Bench, Child

PLAIN_DATABASE = "plain"


class RasaStack(MajlisStack):
    """Everything of Majlis on one bench, and a plain Rasa beside it; ready when constructed."""

    def __init__(self, bench: Bench, report: Report) -> None:
        report.progress("starting Majlis and, beside it, plain Rasa with the same model")
        super().__init__(bench, report)
        (self.plain_port,) = free_ports(1)
        self.plain_rasa = self._start_plain_rasa(self.model)
        self.plain_rasa.wait_until_ready(f"http://127.0.0.1:{self.plain_port}/", RASA_START_SECONDS)
        self.wait_until_ready()
        for _ in range(WARM_UP_TURNS):
            self.plain_turn(WARM_UP_CHAT)

    @property
    def plain_body(self) -> str:
        """A customer who writes NEW_WORDS as a load's body, for plain Rasa's REST channel."""
        return f'{{"sender": "{CHAT_MARK}", "message": "{NEW_WORDS}"}}'

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
