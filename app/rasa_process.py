"""Rasa as a process: this process becomes Rasa's own interpreter, in Rasa's own environment."""

from __future__ import annotations

import os

import structlog

from app.model import RASA_ENVIRONMENT, RASA_PYTHON, ensure_model
from app.settings import PROJECT_ROOT, Settings


def command(settings: Settings) -> list[str]:
    """Rasa with our channel only; no `--enable-api`, which would let anybody set slots."""
    return [
        str(PROJECT_ROOT / RASA_PYTHON), "-m", "rasa", "run",
        "-i", str(settings.private_host), "-p", str(settings.rasa_port or 5005),
        "--model", str(settings.majlis_model),
        "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    ]  # fmt: skip


def main(settings: Settings) -> None:
    """Become Rasa; trains first when `MAJLIS_MODEL` is empty and the cached model is stale.

    Raises:
        SettingsError: when ACTIONS_URL or DATABASE_URL is empty.
        ModelError: when there is no model.
    """
    settings.require("actions_url", "database_url")
    if settings.majlis_model is None:
        model = ensure_model(settings.majlis_home, report=structlog.get_logger(__name__).info)
        settings = settings.model_copy(update={"majlis_model": model})
    os.chdir(PROJECT_ROOT)
    arguments = command(settings)
    os.execve(arguments[0], arguments, os.environ | settings.environment() | RASA_ENVIRONMENT)
