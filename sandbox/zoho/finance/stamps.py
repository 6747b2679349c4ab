"""Times as the finance products print them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

# the organization is in Dubai
DUBAI = timezone(timedelta(hours=4))


def offset_stamp(moment: datetime) -> str:
    """`2026-01-15T10:00:00+0400`: no colon in the offset."""
    return moment.astimezone(DUBAI).strftime("%Y-%m-%dT%H:%M:%S%z")


def local_date(moment: datetime) -> str:
    """The organization's date."""
    return moment.astimezone(DUBAI).date().isoformat()
