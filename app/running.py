"""The settings of the Majlis that runs on a home, for commands that are started beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.settings import Settings, read_settings


def joined(settings: Settings, state: Mapping[str, Any] | None) -> Settings:
    """The settings with what a running `majlis up` chose for itself; a sandbox's are its own altogether.

    `state` is what it says of itself (`app.supervisor.read_state`); None when none runs.
    """
    if state is None:
        return settings
    database = {"database_url": settings.database_url or state.get("database_url") or ""}
    if played := state.get("sandbox_settings"):
        # Every field is given: nothing of this shell's environment may stand for what `up` did not have.
        fields = type(settings).model_fields
        values = {name: played.get(name.upper()) or field.default for name, field in fields.items()}
        return read_settings({**values, "database_url": state.get("database_url") or ""})
    ports = state["ports"]
    own = {
        "rasa_urls": settings.rasa_urls or (f"http://127.0.0.1:{ports['rasa']}",),
        "actions_url": settings.actions_url or f"http://127.0.0.1:{ports['actions']}/webhook",
    }
    kept = settings.majlis_home / "internal_secret"
    if not settings.internal_secret.get_secret_value() and kept.exists():
        own["internal_secret"] = kept.read_text()
    given = {name: getattr(settings, name) for name in type(settings).model_fields}
    return read_settings(given | own | database)
