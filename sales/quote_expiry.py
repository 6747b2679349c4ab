"""Quotes expire by the clock, whether anybody writes in the chat or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from sales.quote_storage import expire_quotes
from storage.cron import Tick
from storage.jobs import Job

KIND = "quotes.expire"
TICK = Tick("quotes.expire", 300, KIND)


class QuoteExpiry:
    """The work of these jobs (`storage.jobs.Work`); it goes nowhere outside."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing to look up: a repeat finds nothing left to close."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Close every sent quote whose time is over."""
        async with self._engine.begin() as connection:
            return {"expired": len(await expire_quotes(connection))}
