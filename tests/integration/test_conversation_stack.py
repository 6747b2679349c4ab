"""A sandbox of one's own: found when it runs, and when it cannot start its own words say why."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.sandbox_stack import StackError, running, started
from app.settings import PROJECT_ROOT


def running_state(home: Path, **state: object) -> None:
    (home / "run").mkdir(parents=True)
    document = {"pids": {"supervisor": os.getpid()}, "database_url": "postgresql://here", **state}
    (home / "run" / "state.json").write_text(json.dumps(document))


def test_a_home_on_which_nothing_runs(tmp_path: Path) -> None:
    assert running(tmp_path) is None


def test_a_sandbox_that_is_still_starting_is_not_there_yet(tmp_path: Path) -> None:
    running_state(tmp_path, sandbox_url="http://127.0.0.1:1")
    assert running(tmp_path) is None


def test_a_sandbox_that_is_ready_tells_where_it_is(tmp_path: Path) -> None:
    running_state(tmp_path, sandbox_url="http://127.0.0.1:1", ready_at="2026-11-20T09:16:00+00:00")
    found = running(tmp_path)
    assert found is not None
    assert (found.sandbox_url, found.database_url) == ("http://127.0.0.1:1", "postgresql://here")


def test_a_majlis_with_a_real_wazzup_is_left_alone(tmp_path: Path) -> None:
    running_state(tmp_path, sandbox_url=None, ready_at="2026-11-20T09:16:00+00:00")
    with pytest.raises(
        StackError, match="talks to a real Wazzup, not to the sandbox: end it, or set another"
    ):
        running(tmp_path)


async def test_what_keeps_it_from_starting_is_told_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with (tmp_path / "run" / "up.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StackError, match=f"ended with code 1(.|\n)*Majlis runs already on {tmp_path}"):
            async with started(tmp_path, {}, print):
                pass


def test_a_malformed_conversation_is_told_before_anything_is_started(tmp_path: Path) -> None:
    file = tmp_path / "malformed.yml"
    file.write_text("test_cases:\n  - test_case: a name\n    steps:\n      - says: Hi\n")
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "test", "conversations", file],
        cwd=PROJECT_ROOT,
        env={**os.environ, "MAJLIS_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"{file}:4: says is not known in a step; use user," in done.stderr
    assert not (tmp_path / "home").exists()
