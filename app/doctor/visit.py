"""One visit of the doctor: mend what was asked for, look at everything at once, show it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from rich.console import Console

from app.doctor.database import look_at_migrations, look_at_server, look_at_what_waits, look_at_workers
from app.doctor.engine import look_at_actions, look_at_gateway, look_at_model, look_at_rasa
from app.doctor.findings import Finding, Level, examine
from app.doctor.house import look_at_hourly_check, look_at_managers_chat, look_at_review, look_at_seller
from app.doctor.machine import look_at_clock, look_at_disk, look_at_quotes
from app.doctor.models import look_at_language_model, look_at_transcriber
from app.doctor.patient import Patient, Tools, admitted
from app.doctor.report import show
from app.doctor.settings import look_at_settings
from app.doctor.wazzup import look_at_channel, look_at_templates, look_at_webhooks, register_webhook
from app.doctor.zoho import look_at_account, look_at_fields, look_at_scopes
from app.settings import Settings

CHECKS: Sequence[tuple[str, Callable[[Patient], Awaitable[Sequence[Finding]]]]] = (
    ("settings", look_at_settings),
    ("seller.yml", look_at_seller),
    ("database", look_at_server),
    ("migrations", look_at_migrations),
    ("worker", look_at_workers),
    ("model", look_at_model),
    ("Rasa", look_at_rasa),
    ("actions", look_at_actions),
    ("gateway", look_at_gateway),
    ("Wazzup", look_at_webhooks),
    ("channel", look_at_channel),
    ("templates", look_at_templates),
    ("manager", look_at_managers_chat),
    ("hourly check", look_at_hourly_check),
    ("weekly review", look_at_review),
    ("Zoho", look_at_account),
    ("Zoho scopes", look_at_scopes),
    ("Zoho fields", look_at_fields),
    ("language model", look_at_language_model),
    ("transcriber", look_at_transcriber),
    ("quotes", look_at_quotes),
    ("clock", look_at_clock),
    ("disk", look_at_disk),
    ("parked", look_at_what_waits),
)


async def visit(settings: Settings, console: Console, *, fix: bool, tools: Tools | None = None) -> bool:
    """Look at the installation and show what was found; whether there is no problem.

    With `fix` the webhook is registered first, if it is not ours.
    """
    async with admitted(settings, tools) as patient:
        found = [await register_webhook(patient)] if fix else []
        found += await examine([(subject, partial(look, patient)) for subject, look in CHECKS])
    show(found, console)
    return all(finding.level is not Level.PROBLEM for finding in found)
