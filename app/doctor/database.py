"""Postgres: reachable, new enough, its rights, up to date; the workers that live; what waits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from app.database import DatabaseUnfit, check_server
from app.doctor.findings import Finding, off, ok, problem, warning
from app.doctor.patient import Patient
from app.migrate import Revision, revision_of
from storage.heartbeat import ALIVE_SECONDS, seconds_since_beats
from storage.job_metrics import count_parked
from turns.check_storage import waiting

NO_DATABASE = "not looked at: there is no database"
_START = "start Majlis with `majlis up`, or set MAJLIS_HOME or DATABASE_URL to those of the one that runs"


async def look_at_server(patient: Patient) -> Sequence[Finding]:
    """The server itself, as `majlis up` would look at it; nothing is created."""
    url = patient.settings.database_url
    if not url:
        return [problem("database", "no Majlis runs on this MAJLIS_HOME and DATABASE_URL is empty", _START)]
    try:
        await asyncio.to_thread(check_server, url, repair=False)
    except DatabaseUnfit as error:
        mend = "see README.md, then `majlis doctor` again"
        return [problem("database", shortcoming, mend) for shortcoming in error.shortcomings]
    return [ok("database", "reachable; Postgres and its extensions are new enough, all rights are there")]


async def look_at_migrations(patient: Patient) -> Sequence[Finding]:
    """Whether the tables are those of this version."""
    if patient.engine is None:
        return [off("migrations", NO_DATABASE)]
    async with patient.engine.connect() as connection:
        match await revision_of(connection):
            case Revision.HEAD:
                return [ok("migrations", "the database is up to date")]
            case Revision.OLDER:
                return [
                    problem("migrations", "the database is older than this Majlis", "run `majlis migrate`")
                ]
            case Revision.NONE:
                return [problem("migrations", "the database has no tables yet", "run `majlis migrate`")]
            case Revision.UNKNOWN:
                sentence = "the database was brought up to date by a newer Majlis than this one"
                return [problem("migrations", sentence, "run the newer version here too")]


async def look_at_workers(patient: Patient) -> Sequence[Finding]:
    """The workers that said in the last seconds that they live."""
    if patient.engine is None:
        return [off("worker", NO_DATABASE)]
    async with patient.engine.connect() as connection:
        beats = await seconds_since_beats(connection)
    alive = [seconds for seconds in beats if seconds <= ALIVE_SECONDS]
    if alive:
        return [ok("worker", f"{len(alive)} alive" if len(alive) > 1 else "alive")]
    seen = f"the last one was seen {min(beats):.0f} s ago" if beats else "none was seen in the last hour"
    mend = "start Majlis (`majlis up`), or a worker (`majlis run worker`)"
    return [problem("worker", f"no worker is alive, {seen}: nobody is answered", mend)]


async def look_at_what_waits(patient: Patient) -> Sequence[Finding]:
    """What cannot go on by itself, and sends of which nobody knows what became of them."""
    if patient.engine is None:
        return [off("parked", NO_DATABASE)]
    return [*await _parked(patient.engine)]


async def _parked(engine: AsyncEngine) -> Sequence[Finding]:
    async with engine.connect() as connection:
        jobs = await count_parked(connection)
        counted = await waiting(connection)
    parked = {
        "job": jobs,
        "turn": counted.parked_turns,
        "webhook element": counted.parked_elements,
    }
    found = []
    if all_parked := sum(parked.values()):
        named = ", ".join(f"{count} {what}{'s' * (count > 1)}" for what, count in parked.items() if count)
        sentence = f"{named} {'waits' if all_parked == 1 else 'wait'} for you"
        found.append(warning("parked", sentence, "`majlis parked` lists what waits, with the mend"))
    if counted.uncertain:
        sentence = f"of {counted.uncertain} messages nobody knows whether they were sent"
        mend = "look into those chats (`majlis_outbox_uncertain` in docs/operators.md)"
        found.append(warning("parked", sentence, mend))
    return found or [ok("parked", "nothing is parked, no send is uncertain")]
