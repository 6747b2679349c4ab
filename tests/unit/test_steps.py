"""Steps of a message's way, where a fault run may end a process for real (storage/steps.py)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

PROGRAM = "from storage.steps import reach; reach('worker.claimed'); print('went on')"


def run(folder: Path | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "MAJLIS_FAULTS"}
    if folder is not None:
        environment["MAJLIS_FAULTS"] = str(folder)
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )


def test_without_an_order_every_step_is_passed(tmp_path: Path) -> None:
    (tmp_path / "worker.finished").write_text("kill")
    for folder in (None, tmp_path):
        result = run(folder)
        assert (result.returncode, result.stdout) == (0, "went on\n"), result.stderr


def test_an_order_ends_one_process_at_its_step(tmp_path: Path) -> None:
    (tmp_path / "worker.claimed").write_text("kill")
    assert run(tmp_path).returncode == -signal.SIGKILL
    # It was for one process: the next goes on.
    assert run(tmp_path).returncode == 0
