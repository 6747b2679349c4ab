"""`majlis doctor` as an operator types it: exit codes, what is printed, and joining the Majlis that runs."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from app.settings import PROJECT_ROOT
from tests.integration.doctor_support import MANAGER, SECRETS, Clinic

COLUMNS = 80


async def doctor(environment: Mapping[str, str], *arguments: str) -> tuple[int, str, str]:
    """Its exit code, and what it printed to both outputs."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", "doctor", *arguments,
        cwd=PROJECT_ROOT, env={**inherited, "COLUMNS": str(COLUMNS), **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(60):
        output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


def given(it: Clinic) -> dict[str, str]:
    return {name: value for name, value in it.settings.environment().items() if value}


def plain(printed: str) -> str:
    """What is printed, in one line."""
    return " ".join(printed.split())


async def test_a_healthy_installation_ends_with_0_and_names_no_secret(healthy: Clinic) -> None:
    code, printed, errors = await doctor(given(healthy))
    assert (code, errors) == (0, ""), printed
    assert "0 problems and 0 warnings found." in printed
    assert max(len(line) for line in printed.splitlines()) <= COLUMNS
    for secret in (*SECRETS.values(), MANAGER, healthy.db.url):
        assert secret not in printed


async def test_warnings_alone_end_with_0(healthy: Clinic) -> None:
    healthy.bench.sandbox.model.credit_dollars = 0.5
    code, printed, _ = await doctor(given(healthy))
    assert (code, "0 problems and 1 warning found." in printed) == (0, True), printed


async def test_a_problem_ends_with_1_and_fix_mends_it(healthy: Clinic) -> None:
    await healthy.bench.control("registration", {"webhooksUri": "https://crm.example.net/hook?token=theirs"})
    code, printed, errors = await doctor(given(healthy))
    assert (code, errors) == (1, ""), printed
    assert "run `majlis doctor --fix`" in plain(printed)
    assert not any(secret in printed for secret in (*SECRETS.values(), "theirs"))
    code, printed, _ = await doctor(given(healthy), "--fix")
    assert (code, "registered: Wazzup delivers to us from now on" in plain(printed)) == (0, True), printed
    code, _, _ = await doctor(given(healthy))
    assert code == 0


async def test_everything_broken_at_once_is_told_without_a_trace_of_ours(healthy: Clinic) -> None:
    environment = given(healthy) | {
        "DATABASE_URL": "postgresql://majlis:pass-word@127.0.0.1:9/majlis",
        **dict.fromkeys(("WAZZUP_API_URL", "ZOHO_API_URL", "RASA_URLS"), "http://127.0.0.1:9"),
        "LLM_BASE_URL": "http://127.0.0.1:9/v1",
    }
    code, printed, errors = await doctor(environment)
    assert (code, errors) == (1, "")
    assert "Traceback" not in printed
    assert not any(secret in printed for secret in (*SECRETS.values(), "pass-word"))


async def test_settings_that_cannot_be_read_are_one_sentence(healthy: Clinic) -> None:
    code, printed, errors = await doctor({**given(healthy), "GATEWAY_PORT": "many"})
    assert (code, printed) == (1, "")
    assert "GATEWAY_PORT (given: 4 characters of text)" in errors


async def test_it_joins_the_sandbox_that_runs_on_this_home(healthy: Clinic) -> None:
    """Another shell knows the home only, and may hold the settings of something else."""
    settings = healthy.settings
    state = {
        "gateway_url": settings.public_url,
        "ports": {"rasa": 1, "actions": 1},
        "database_url": settings.database_url,
        "model": str(settings.majlis_model),
        "sandbox_settings": {**settings.environment(), "DATABASE_URL": ""},
        "pids": {"supervisor": os.getpid()},
    }
    settings.run_folder.mkdir(parents=True)
    (settings.run_folder / "state.json").write_text(json.dumps(state))
    home = {"MAJLIS_HOME": str(settings.majlis_home)}
    elsewhere = {
        "WAZZUP_API_URL": "http://127.0.0.1:9",
        "LLM_API_KEY": "another",
        "DATABASE_URL": "postgres://x/y",
    }
    for environment in (home, home | elsewhere):
        code, printed, _ = await doctor(environment)
        assert (code, "answers on this machine" in printed) == (0, True), printed


async def test_it_joins_a_majlis_that_runs_without_sandbox(healthy: Clinic) -> None:
    """What `up` chose itself comes from its state: the database, the private ports, the kept secret."""
    settings = healthy.settings
    port = int(settings.public_url.rpartition(":")[2])
    state = {
        "gateway_url": settings.public_url,
        "ports": {"rasa": port, "actions": port},
        "database_url": settings.database_url,
        "model": str(settings.majlis_model),
        "sandbox_settings": None,
        "pids": {"supervisor": os.getpid()},
    }
    settings.run_folder.mkdir(parents=True)
    (settings.run_folder / "state.json").write_text(json.dumps(state))
    (settings.majlis_home / "internal_secret").write_text(SECRETS["internal_secret"])
    chosen = ("DATABASE_URL", "RASA_URLS", "ACTIONS_URL", "INTERNAL_SECRET", "MAJLIS_MODEL")
    code, printed, _ = await doctor(
        {name: value for name, value in given(healthy).items() if name not in chosen}
    )
    assert code == 0, printed
    asked = [item for item in healthy.ours.received if item.target == "/health"]
    assert asked[-1].headers["x-majlis-secret"] == SECRETS["internal_secret"]


async def test_where_nothing_is_set_up_it_says_how_to_begin(tmp_path: Path) -> None:
    code, printed, errors = await doctor({"MAJLIS_HOME": str(tmp_path / "home")})
    assert (code, errors) == (1, "")
    assert "start Majlis with `majlis up`" in plain(printed)
    assert not (tmp_path / "home").exists()
