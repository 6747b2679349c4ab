"""Once a day what is older than the settings allow is forgotten, in small steps that nobody waits for.

What waits for a person stays as long as it waits: parked jobs, turns and elements, open sales with their
quotes. Orders stay in any case (see `sales.erasing`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.person import stores
from app.settings import Settings
from offscript import retention as offscript_retention
from quality.review_storage import forget_weeks
from sales.erasing import forget_files
from sales.personal_data import Person, Store
from storage.cron import Tick
from storage.erasing import delete_old_jobs
from storage.jobs import Job
from storage.pool import allow_longer, is_away
from turns import retention as turns_retention
from turns.erasing import close_chats

KIND = "house.retention"
TICK = Tick("house.retention", 86_400, KIND)

# Rows, or chats, in one transaction: its locks and its work stay too small to be noticed.
BATCH_ROWS = 500
BATCH_CHATS = 20

_LONGEST_SECONDS = 60

Step = Callable[[AsyncConnection, int, int], Awaitable[int]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Days:
    """How many days things are kept; 0: for ever."""

    messages: int
    files: int
    model: int
    jobs: int


def days_of(settings: Settings) -> Days:
    """As the settings have it."""
    return Days(
        messages=settings.retention_days_messages,
        files=settings.retention_days_files,
        model=settings.retention_days_model,
        jobs=settings.retention_days_jobs,
    )


class Retention:
    """The work of these jobs (`storage.jobs.Work`); it goes nowhere outside."""

    def __init__(self, engine: AsyncEngine, settings: Settings) -> None:
        self._engine = engine
        self._days = days_of(settings)
        self._stores = stores(settings)

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing to look up: a repeat finds what is left."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Forget what is old; how many rows of each kind, those without any left out."""
        counts: dict[str, int] = {}
        counts["received_files"] = await self._all(forget_files, self._days.files)
        for kind in offscript_retention.KINDS:
            counts[kind] = await self._all(partial(_of_model, kind), self._days.model)
        counts["quality_weeks"] = await self._all(forget_weeks, self._days.messages)
        counts["jobs"] = await self._all(delete_old_jobs, self._days.jobs)
        counts["chats"] = await self._chats()
        for kind in turns_retention.KINDS:
            counts[kind] = await self._all(partial(_of_messages, kind), self._days.messages)
        forgotten = {kind: count for kind, count in counts.items() if count}
        log.info("retention.done", **{kind.replace(" ", "_"): count for kind, count in forgotten.items()})
        return forgotten

    async def _all(self, step: Step, days: int) -> int:
        total, last = 0, BATCH_ROWS
        while days and last == BATCH_ROWS:
            async with self._engine.begin() as connection:
                await allow_longer(connection, _LONGEST_SECONDS)
                last = await step(connection, days, BATCH_ROWS)
            total += last
        return total

    async def _chats(self) -> int:
        days, total, after = self._days.messages, 0, 0
        while days:
            async with self._engine.begin() as connection:
                await allow_longer(connection, _LONGEST_SECONDS)
                found = await turns_retention.idle_chats(connection, days, after=after, limit=BATCH_CHATS)
            for chat in found:
                total += await self._chat(chat, days)
            if len(found) < BATCH_CHATS:
                break
            after = found[-1]
        return total

    async def _chat(self, chat: int, days: int) -> bool:
        """Forget one chat wholly or not at all; False when somebody wrote in it, or it could not be."""
        try:
            async with self._engine.begin() as connection:
                await allow_longer(connection, _LONGEST_SECONDS)
                if not await turns_retention.lock_idle(connection, chat, days):
                    return False
                # Without chat ids: what other chats hold of the same number is not this one's.
                person = Person((), (chat,))
                await close_chats(connection, person)
                await _erase(connection, self._stores, person)
        except DBAPIError as error:
            if is_away(error):
                raise
            log.error("retention.chat_stays", chat=chat, error=type(error.orig).__name__)
            return False
        return True


async def _erase(connection: AsyncConnection, all_stores: tuple[Store, ...], person: Person) -> None:
    for store in all_stores:
        await store.erase(connection, person)


async def _of_model(kind: str, connection: AsyncConnection, days: int, limit: int) -> int:
    return await offscript_retention.forget(connection, kind, days, limit)


async def _of_messages(kind: str, connection: AsyncConnection, days: int, limit: int) -> int:
    return await turns_retention.forget(connection, kind, days, limit)
