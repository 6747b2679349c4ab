"""Whole weeks of the seller's calendar: from Monday's midnight in his time zone, by business time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from turns.turn_storage import business_now


@dataclass(frozen=True)
class Period:
    """From the Monday `first` to before the Monday `after`."""

    first: date
    after: date
    timezone: str

    @property
    def since(self) -> datetime:
        """Its first moment."""
        return self._midnight(self.first)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return self._midnight(self.after)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, ZoneInfo(self.timezone))


async def last_weeks(connection: AsyncConnection, weeks: int, timezone: str) -> Period:
    """The newest so many weeks that are over."""
    now = await business_now(connection)
    today = now.astimezone(ZoneInfo(timezone)).date()
    monday = today - timedelta(days=today.weekday())
    return Period(monday - timedelta(weeks=weeks), monday, timezone)
