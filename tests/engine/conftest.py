"""What tests of Rasa's side may use."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Training and tests stand on the repository alone, whoever runs them.
os.environ.pop("DATABASE_URL", None)
os.environ["RASA_TELEMETRY_ENABLED"] = "false"


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real, migrated Postgres."""
    command = [
        ROOT / ".venv-app" / "bin" / "python",
        Path(__file__).with_name("postgres_server.py"),
        tmp_path_factory.mktemp("postgres"),
    ]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().decode().strip()
        assert url, "Postgres did not start; its messages are above"
        yield url
        process.stdin.close()
        assert process.wait(timeout=30) == 0
