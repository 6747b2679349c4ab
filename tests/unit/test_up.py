"""What `majlis up` fills in by itself, what it asks for, and what is in its way."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import parse_jump
from app.embedded_postgres import free_ports
from app.roles import ROLE_OF
from app.settings import SettingsError, read_settings
from app.supervisor import Console
from app.up import SANDBOX_CHANNEL_ID, UpError, complete, process_specs, up
from app.zoho import zoho_is_configured

MAJLIS = [sys.executable, "-m", "app.cli"]


def test_a_sandbox_needs_nothing_from_the_operator() -> None:
    settings = complete(read_settings(), sandbox=True)
    ports = {settings.rasa_port, settings.actions_port, settings.worker_port, settings.sandbox_port}
    assert len(ports - {0}) == 4
    assert settings.rasa_urls == (f"http://127.0.0.1:{settings.rasa_port}",)
    assert settings.actions_url == f"http://127.0.0.1:{settings.actions_port}/webhook"
    sandbox_url = f"http://127.0.0.1:{settings.sandbox_port}"
    assert settings.wazzup_api_url == settings.zoho_accounts_url == settings.zoho_api_url == sandbox_url
    assert zoho_is_configured(settings)
    assert settings.wazzup_channel_id == SANDBOX_CHANNEL_ID
    secrets = [settings.internal_secret, settings.wazzup_webhook_secret, settings.wazzup_api_key]
    assert len({secret.get_secret_value() for secret in secrets} - {""}) == 3


def test_secrets_are_different_every_time() -> None:
    first, second = (complete(read_settings(), sandbox=True) for _ in range(2))
    assert first.wazzup_webhook_secret != second.wazzup_webhook_secret


def test_what_was_given_is_kept() -> None:
    given = {
        "internal_secret": "i", "wazzup_webhook_secret": "w", "wazzup_api_key": "k", "rasa_port": 4711,
        "rasa_urls": "http://10.0.0.7:5005", "wazzup_api_url": "https://wazzup.example",
    }  # fmt: skip
    settings = complete(read_settings(given), sandbox=False)
    kept = settings.environment()
    assert {name: kept[name.upper()] for name in given} == {name: str(value) for name, value in given.items()}


def test_without_a_sandbox_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError, match="WAZZUP_API_KEY, WAZZUP_WEBHOOK_SECRET"):
        complete(read_settings(), sandbox=False)


def test_a_rasa_elsewhere_needs_the_shared_secret() -> None:
    with pytest.raises(SettingsError, match="INTERNAL_SECRET"):
        complete(read_settings({"rasa_urls": "http://10.0.0.7:5005"}), sandbox=True)


def test_they_start_in_the_order_in_which_one_needs_the_other() -> None:
    settings = complete(read_settings(), sandbox=True)
    specs = process_specs(settings, sandbox=True, own_actions=True, own_rasa=True, own_database=False)
    assert [spec.name for spec in specs] == ["sandbox", "actions", "rasa", "worker", "gateway"]
    assert sum(spec.stop_seconds for spec in specs) <= 12  # and 3 for Postgres
    without = process_specs(settings, sandbox=False, own_actions=False, own_rasa=False, own_database=False)
    assert [spec.name for spec in without] == ["worker", "gateway"]


def test_in_the_embedded_database_each_process_has_its_role() -> None:
    address = "postgresql://majlis@127.0.0.1:5999/majlis"
    settings = complete(read_settings({"database_url": address}), sandbox=True)

    def users(*, own_database: bool) -> dict[str, str]:
        specs = process_specs(
            settings, sandbox=True, own_actions=True, own_rasa=True, own_database=own_database
        )
        return {
            spec.name: spec.environment["DATABASE_URL"].partition("@")[0].rpartition("/")[2] for spec in specs
        }

    owner = {
        "sandbox": "majlis",
        "actions": "majlis",
        "rasa": "majlis",
        "worker": "majlis",
        "gateway": "majlis",
    }
    assert users(own_database=True) == {**owner, **ROLE_OF}
    # Somebody's own server has the roles that its administrator made; one address is given, and taken.
    assert users(own_database=False) == owner


def test_a_taken_gateway_port_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = read_settings({"majlis_home": tmp_path, "gateway_port": port})
        with pytest.raises(UpError, match=f"GATEWAY_PORT {port} cannot be used"):
            asyncio.run(up(settings, sandbox=True))
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize(
    ("jump", "seconds"),
    [("+25h", 90_000), ("+30m", 1_800), ("+90s", 90), ("+3d", 259_200), ("+1d12h", 129_600)],
)
def test_jumps_in_time_are_read(jump: str, seconds: float) -> None:
    assert parse_jump(jump) == seconds


@pytest.mark.parametrize("jump", ["25h", "-25h", "+25", "+h", "+1w", "+1h ", "", "++1h", "+1.5h"])
def test_what_is_no_jump_is_refused(jump: str) -> None:
    assert parse_jump(jump) is None


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        (["up"], {"GATEWAY_PORT": "none"}, "GATEWAY_PORT"),
        (["up", "--no-sandbox"], {}, "WAZZUP_API_KEY"),
        (["clock", "+1h"], {}, "MAJLIS_TEST_CLOCK=1"),
        (["clock", "tomorrow"], {"MAJLIS_TEST_CLOCK": "1"}, "+25h"),
        (["clock", "+1h"], {"MAJLIS_TEST_CLOCK": "1"}, "No Majlis runs"),
        (["migrate"], {}, "DATABASE_URL"),
        (["run", "rasa"], {}, "ACTIONS_URL, DATABASE_URL"),
        (["run", "sandbox"], {}, "WAZZUP_API_KEY, WAZZUP_CHANNEL_ID, WAZZUP_WEBHOOK_SECRET"),
    ],
)
def test_an_error_is_one_paragraph_and_a_code(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], message: str
) -> None:
    # Somebody's Majlis may run on the usual port meanwhile.
    ours = {"MAJLIS_HOME": str(tmp_path), "GATEWAY_PORT": str(free_ports(1)[0])}
    result = subprocess.run(
        [*MAJLIS, *arguments],
        env=os.environ | ours | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert "\n\n" not in result.stderr


def test_a_terminal_shows_structured_lines_as_words_and_keeps_them_whole(tmp_path: Path) -> None:
    master, slave = os.openpty()
    with os.fdopen(slave, "w") as terminal, os.fdopen(master, "rb", buffering=0) as screen:
        console = Console(tmp_path, terminal)
        line = '{"event": "turn.finished", "level": "info", "process": "worker", "turn": 7}'
        console.write("worker", line)
        console.write("rasa", "{not json")
        console.close()
        # A terminal hands over what it has by now.
        read = b""
        while read.count(b"\n") < 2:
            read += screen.read(4096)
    shown = read.decode().splitlines()
    assert shown[0].endswith("INFO turn.finished turn=7")
    assert "\x1b[36mworker   |\x1b[0m" in shown[0]
    assert shown[1].endswith(" {not json")
    assert (tmp_path / "worker.log").read_text() == f"{line}\n"


def test_nothing_beyond_this_machine_can_be_reached_from_a_test() -> None:
    with socket.socket() as probe, pytest.raises(PermissionError, match="this machine only"):
        probe.connect(("192.0.2.1", 80))
