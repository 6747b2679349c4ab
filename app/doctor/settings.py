"""The settings: what production needs of them, and what tests only may have."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from app.doctor.findings import Finding, off, ok, problem, warning
from app.doctor.patient import Patient

# 24 characters out of letters and digits are 140 bits.
LEAST_SECRET = 24
_RANDOM = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


async def look_at_settings(patient: Patient) -> Sequence[Finding]:
    """PUBLIC_URL, the secrets, the channel, and the test clock."""
    found = [*_public_url(patient), *_secrets(patient)]
    settings = patient.settings
    if not settings.wazzup_channel_id:
        mend = "set WAZZUP_CHANNEL_ID to the channel that customers write to"
        found.append(warning("settings", "WAZZUP_CHANNEL_ID is empty: templates cannot be checked", mend))
    if settings.majlis_test_clock and not patient.is_stand_in:
        sentence = "MAJLIS_TEST_CLOCK is on beside a real Wazzup: a jump in time opens closed windows"
        found.append(problem("settings", sentence, "unset MAJLIS_TEST_CLOCK and start Majlis again"))
    return found or [ok("settings", "complete for a sandbox" if patient.is_stand_in else "complete")]


def _public_url(patient: Patient) -> Sequence[Finding]:
    url = patient.settings.public_url
    if patient.is_stand_in or urlsplit(url).scheme == "https":
        return []
    mend = "set PUBLIC_URL to the https address under which the gateway is reached, see docs/operators.md"
    if not url:
        return [problem("settings", "PUBLIC_URL is empty: neither Wazzup nor quotes' links reach us", mend)]
    return [problem("settings", "PUBLIC_URL is no https address: the webhook's secret travels open", mend)]


def _secrets(patient: Patient) -> Sequence[Finding]:
    settings, found = patient.settings, []
    token = settings.wazzup_webhook_secret.get_secret_value()
    if not token:
        found.append(problem("settings", "WAZZUP_WEBHOOK_SECRET is empty: no webhook is let in", _RANDOM))
    elif len(token) < LEAST_SECRET and not patient.is_stand_in:
        sentence = (
            f"WAZZUP_WEBHOOK_SECRET has {len(token)} characters: whoever guesses it writes as a customer"
        )
        found.append(problem("settings", sentence, f"use {LEAST_SECRET} or more; {_RANDOM}"))
    secret = settings.internal_secret.get_secret_value()
    if not secret and not (settings.majlis_home / "internal_secret").exists():
        sentence = "INTERNAL_SECRET is empty: `majlis up` makes one and keeps it in MAJLIS_HOME"
        found.append(
            off("settings", sentence, "set it where processes run with `majlis run`, or on two hosts")
        )
    elif secret and len(secret) < LEAST_SECRET and not patient.is_stand_in:
        sentence = f"INTERNAL_SECRET has {len(secret)} characters: it signs the links to quotes and files"
        found.append(problem("settings", sentence, f"use {LEAST_SECRET} or more; {_RANDOM}"))
    return found
