"""Whom an operator means by a number, and every store of the database that may hold something of him."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.database import find_database
from app.errors import StartError
from app.settings import Settings, SettingsError
from offscript import erasing as offscript_erasing
from offscript.phone_numbers import canonical_phone
from quality import erasing as quality_erasing
from sales import erasing as sales_erasing
from sales.personal_data import Erased, Person, Rows, Store
from storage.erasing import delete_jobs, read_jobs
from storage.pool import create_engine, is_away
from turns import erasing as turns_erasing

_SHORTEST = 4
# Digits with what people, and phones that write from right to left, put around them.
_PHONE = re.compile(r"[+\d\s().\-\u00a0\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


class PersonUnknown(StartError):
    """Nobody is known by what was written, or it can be nobody's number or chat id."""


def chat_ids_of(written: str) -> tuple[str, ...]:
    """The chat ids that may be meant: as it is written, and as the channels write a phone number.

    Numbers without a country are the seller's country's ("050 123 4567" is "971501234567").

    Raises:
        PersonUnknown: for what is too short to be one person's.
    """
    as_written = written.strip()
    ids = {as_written} if re.fullmatch(r"[^\s+]+", as_written) else set()
    if (phone := phone_of(as_written)) is not None:
        ids.add(phone.removeprefix("+"))
    chat_ids = tuple(sorted(chat_id for chat_id in ids if len(chat_id) >= _SHORTEST))
    if not chat_ids:
        raise PersonUnknown(
            "This is no phone number and no chat id: write it like +971 50 123 4567, 0501234567, or as the"
            " channel names the chat."
        )
    return chat_ids


def phone_of(written: str) -> str | None:
    """The number in E.164; None for what is none."""
    if not _PHONE.fullmatch(written.strip()):
        return None
    phone = canonical_phone(re.sub(r"[^+\d]", "", written))
    return phone if phone.startswith("+") else f"+{phone}" if phone else None


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The database of the Majlis these settings describe.

    Raises:
        SettingsError: when there is none, or it does not answer.
    """
    engine = create_engine(find_database(settings), test_clock=settings.majlis_test_clock, size=2)
    try:
        yield engine
    except (exc.DBAPIError, exc.TimeoutError) as error:
        # Files that cannot be read or written are no fault of the database.
        if not is_away(error):
            raise
        # What it says may quote a row.
        raise SettingsError(f"The database does not answer: {type(error).__name__}. Try again.") from error
    finally:
        await engine.dispose()


def secret_of(settings: Settings) -> str:
    """`INTERNAL_SECRET`, or the one that `majlis up` keeps in MAJLIS_HOME; empty where there is none."""
    kept = settings.majlis_home / "internal_secret"
    return settings.internal_secret.get_secret_value() or (kept.read_text() if kept.exists() else "")


async def _erase_jobs(connection: AsyncConnection, person: Person) -> Erased:
    return Erased(await delete_jobs(connection, person.chats))


async def _export_jobs(connection: AsyncConnection, person: Person) -> dict[str, Rows]:
    return {"jobs": await read_jobs(connection, person.chats)}


JOBS = Store("jobs", ("jobs",), _erase_jobs, _export_jobs)


def stores(settings: Settings) -> tuple[Store, ...]:
    """All stores in the database, in the order in which they can be erased: what points comes first."""
    return (
        turns_erasing.UNDER_WAY,
        turns_erasing.notices(settings.manager_chat_id),
        *offscript_erasing.STORES,
        *quality_erasing.STORES,
        *sales_erasing.STORES,
        turns_erasing.STATUSES,
        *turns_erasing.MESSAGES,
        JOBS,
        *turns_erasing.CHATS,
    )


HOLDS_NOTHING_PERSONAL = {
    "access_tokens": "tokens of the seller's own account",
    "alembic_version": "the migrations that were run",
    "catalog_sweeps": "when the catalog was read",
    "catalog_words": "words of products",
    "channels": "the seller's own channels",
    "checks": "what the hourly look at the installation found",
    "cron_ticks": "names and times of ticks",
    "erasures": "receipts: counts, and a hash that nobody can turn back without INTERNAL_SECRET",
    "house_state": "whether the house is paused, and which manager paused it",
    "message_templates": "templates as Wazzup lists them, without values",
    "model_servers": "addresses of language models",
    "products": "the catalog",
    "quality_weeks": "how many chats of a week were reviewed",
    "rate_limit_places": "calls in flight, by organization",
    "rate_limits": "rates of calls, by organization",
    "stage_edges": "the rules of the stages",
    "stages": "the stages",
    "test_clock": "the offset of business time",
    "vocabulary": "words of the catalog",
    "workers": "hosts and processes",
}
"""Tables that are no store, with the reason; a new table stands here or in a store, or a test turns red."""
