"""This machine: its clock against the others', its disk, and what sets quotes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from app.doctor.findings import Finding, off, ok, problem, warning
from app.doctor.patient import Patient
from sales.quote_pdf import QuoteUnprintable, render_sample
from storage.server_facts import database_bytes, server_time
from turns.ports import RegistryRefused

# Leases go by Postgres' clock, signed links and windows by this machine's.
DATABASE_SECONDS = 2.0
# The 24-hour window is counted from Wazzup's time, with a margin of minutes.
WAZZUP_SECONDS = 60.0
_GIGABYTE = 1 << 30
SCARCE_BYTES = 2 * _GIGABYTE
# Postgres and the spool stop taking writes soon.
LEAST_BYTES = _GIGABYTE // 2
_NTP = "keep the clock by NTP (systemd-timesyncd or chrony) on every host"


async def look_at_clock(patient: Patient) -> Sequence[Finding]:
    """This machine's clock against Postgres' and Wazzup's."""
    found = []
    against = {
        "Postgres": (await _postgres_time(patient), DATABASE_SECONDS),
        "Wazzup": (await _wazzup_time(patient), WAZZUP_SECONDS),
    }
    compared = {name: offset for name, (offset, _) in against.items() if offset is not None}
    for name, (offset, allowed) in against.items():
        if offset is not None and abs(offset) > allowed:
            direction = "behind" if offset > 0 else "ahead of"
            sentence = f"this machine's clock is {abs(offset):.0f} s {direction} {name}'s"
            found.append(problem("clock", sentence, _NTP))
    if not compared:
        return [off("clock", "not compared: neither Postgres nor Wazzup answers")]
    return found or [ok("clock", f"as {' and '.join(compared)} have it")]


async def _postgres_time(patient: Patient) -> float | None:
    """How far Postgres' clock is ahead of ours, in seconds; None when it cannot be told."""
    if patient.engine is None:
        return None
    async with patient.engine.connect() as connection:
        before = patient.tools.now()
        theirs = await server_time(connection)
        return (theirs - before - (patient.tools.now() - before) / 2).total_seconds()


async def _wazzup_time(patient: Patient) -> float | None:
    if patient.webhooks is None:
        return None
    try:
        answered_at = (await patient.webhooks.read()).answered_at
    except (RegistryRefused, OSError):
        return None
    return None if answered_at is None else (answered_at - patient.tools.now()).total_seconds()


async def look_at_disk(patient: Patient) -> Sequence[Finding]:
    """Free space of MAJLIS_HOME, what waits in the spool, the database's size."""
    home = patient.settings.majlis_home
    folder = next(place for place in (home, *home.parents) if place.exists())
    free = patient.tools.free_bytes(folder)
    found = []
    mend = "make room, or move MAJLIS_HOME: the spool and the embedded Postgres are there"
    if free < LEAST_BYTES:
        sentence = f"only {_size(free)} are free for MAJLIS_HOME: webhooks may soon be lost"
        found.append(problem("disk", sentence, mend))
    elif free < SCARCE_BYTES:
        found.append(warning("disk", f"{_size(free)} are free for MAJLIS_HOME", mend))
    if spooled := sum(file.stat().st_size for file in patient.settings.spool_folder.glob("*.spool")):
        sentence = f"{_size(spooled)} of webhooks wait in the spool for Postgres"
        found.append(warning("disk", sentence, "they are stored when Postgres is back and a gateway runs"))
    if patient.engine is not None and not found:
        async with patient.engine.connect() as connection:
            size = await database_bytes(connection)
        return [ok("disk", f"{_size(free)} are free; the database has {_size(size)}")]
    return found or [ok("disk", f"{_size(free)} are free")]


async def look_at_quotes(patient: Patient) -> Sequence[Finding]:
    """Whether a quote can be set in both languages with the seller's own details."""
    if patient.seller is None:
        return [off("quotes", "not looked at: data/seller.yml cannot be used")]
    try:
        await asyncio.to_thread(render_sample, patient.seller, datetime.now(UTC).date())
    except QuoteUnprintable as error:
        return [problem("quotes", str(error), "see the logo in data/seller.yml and the fonts in sales/fonts")]
    return [ok("quotes", "a sample could be set in English and Arabic")]


def _size(size: int) -> str:
    return f"{size / _GIGABYTE:.1f} GB" if size >= _GIGABYTE else f"{size / (1 << 20):.0f} MB"
