"""Settings: defaults, casting, and one message that names every wrong field and gives nothing away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import PROJECT_ROOT, Settings, SettingsError, read_settings, setting_names

DESIGN_NAMES = set(
    """
MAJLIS_HOME MAJLIS_TEST_CLOCK DATABASE_URL PUBLIC_URL GATEWAY_PORT RASA_URLS ACTIONS_URL INTERNAL_SECRET
WAZZUP_API_URL WAZZUP_API_KEY WAZZUP_CHANNEL_ID WAZZUP_WEBHOOK_SECRET WAZZUP_CRM_KEY ZOHO_ACCOUNTS_URL
ZOHO_API_URL ZOHO_CLIENT_ID ZOHO_CLIENT_SECRET ZOHO_REFRESH_TOKEN ZOHO_ORGANIZATION_ID LLM_BASE_URL
LLM_API_KEY LLM_TRIAGE_MODELS LLM_ANSWER_MODELS LLM_JUDGE_MODEL TRANSCRIBE_BASE_URL TRANSCRIBE_API_KEY
TRANSCRIBE_MODEL DEBOUNCE_SECONDS DEBOUNCE_MAX_SECONDS MANAGER_CHAT_ID TIMEZONE
""".split()
)


def test_an_empty_environment_gives_the_defaults_of_the_design() -> None:
    settings = read_settings()
    assert settings.majlis_home == PROJECT_ROOT / ".majlis"
    assert settings.database_url == ""
    assert (settings.gateway_port, settings.debounce_seconds, settings.debounce_max_seconds) == (8080, 3, 10)
    assert settings.timezone == "Asia/Dubai"
    assert settings.majlis_test_clock is False
    assert settings.public_address == "http://127.0.0.1:8080"


def test_every_name_of_the_design_is_read() -> None:
    assert DESIGN_NAMES - set(setting_names()) == set()


def test_the_readme_names_every_setting_that_people_give() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text()
    private = {"RASA_PORT", "ACTIONS_PORT", "WORKER_PORT", "SANDBOX_PORT", "MAJLIS_MODEL"}
    assert [name for name in setting_names() if name not in private and f"`{name}`" not in readme] == []


def test_days_of_retention_are_whole_and_not_negative(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETENTION_DAYS_FILES", "-1")
    with pytest.raises(SettingsError, match=r"RETENTION_DAYS_FILES .*: .*; give whole days"):
        read_settings()


def test_lists_switches_and_addresses_are_cast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_URLS", "http://127.0.0.1:1/, http://127.0.0.1:2")
    monkeypatch.setenv("MAJLIS_TEST_CLOCK", "1")
    monkeypatch.setenv("DATABASE_URL", "postgres://user:word@db:5432/majlis")
    settings = read_settings()
    assert settings.rasa_urls == ("http://127.0.0.1:1", "http://127.0.0.1:2")
    assert settings.majlis_test_clock is True
    assert settings.database_url == "postgresql://user:word@db:5432/majlis"


def test_empty_values_count_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_PORT", "")
    monkeypatch.setenv("MAJLIS_MODEL", "")
    assert read_settings().gateway_port == 8080
    assert read_settings().majlis_model is None


def test_all_wrong_fields_are_named_at_once_without_their_values(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "GATEWAY_PORT": "80801-secretly",
        "DATABASE_URL": "mysql://user:hunter2@db/majlis",
        "WAZZUP_API_URL": "api.wazzup.example",
        "TIMEZONE": "Asia/Atlantis",
        "DEBOUNCE_SECONDS": "soon",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    message = str(caught.value)
    for name, value in wrong.items():
        assert name in message
        assert value not in message
    assert "hunter2" not in message
    assert "postgresql://user:password@host:5432/database" in message
    assert "30 characters" in message


@pytest.mark.parametrize("typed", ["971501234567", "+971 50 123 4567", "+971-50-123-4567"])
def test_the_manager_s_chat_is_his_number_however_it_is_typed(
    monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setenv("MANAGER_CHAT_ID", typed)
    assert read_settings().manager_chat_id == "971501234567"


def test_a_debounce_cap_below_the_debounce_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBOUNCE_MAX_SECONDS", "2")
    with pytest.raises(SettingsError, match="DEBOUNCE_MAX_SECONDS is 2, below DEBOUNCE_SECONDS 3"):
        read_settings()


def test_children_read_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = read_settings(
        {
            "majlis_home": tmp_path,
            "majlis_test_clock": True,
            "rasa_urls": ("http://127.0.0.1:1", "http://127.0.0.1:2"),
            "wazzup_webhook_secret": "s3cret",
            "debounce_seconds": 0.5,
            "rasa_port": 4711,
        }
    )
    for name, value in given.environment().items():
        monkeypatch.setenv(name, value)
    assert read_settings() == given


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = read_settings(
        {"wazzup_api_key": "k3y", "internal_secret": "s3cret", "database_url": "postgresql://u:pass@h/d"}
    )
    for secret in ("k3y", "s3cret", "pass"):
        assert secret not in repr(settings)
        assert secret not in str(settings)


def test_require_names_all_missing_settings_at_once() -> None:
    settings = Settings(wazzup_api_key="given")  # type: ignore[arg-type]
    settings.require("wazzup_api_key")
    with pytest.raises(SettingsError, match="WAZZUP_WEBHOOK_SECRET, INTERNAL_SECRET"):
        settings.require("wazzup_api_key", "wazzup_webhook_secret", "internal_secret")


@pytest.mark.parametrize("process", ["gateway", "worker", "actions"])
def test_a_process_without_what_it_needs_says_so_and_does_not_start(process: str) -> None:
    """An empty webhook secret would equal an absent token: nobody may be let in by it."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "run", process],
        env={"PATH": os.environ["PATH"]},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert ("WAZZUP_WEBHOOK_SECRET" in done.stderr) == (process == "gateway")


def test_private_processes_leave_loopback_only_with_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVATE_HOST", "0.0.0.0")
    with pytest.raises(SettingsError, match=r"INTERNAL_SECRET is empty"):
        read_settings()
    monkeypatch.setenv("INTERNAL_SECRET", "secret")
    assert str(read_settings().private_host) == "0.0.0.0"
