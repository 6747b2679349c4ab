"""What reads weeks of chats at once may take longer than what customers wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, event

from app.report import report_now
from app.settings import Settings
from quality.real_chats import RealChatGrader
from tests.integration.report_support import last_week, review, turn_at
from tests.support import CHAT_ID, Database

HOUR = timedelta(hours=1)
Limits = Callable[[], set[str]]


@pytest.fixture
def limits() -> Iterator[Limits]:
    """How long the statements that read the turns of many or all weeks were allowed to take."""
    found: set[str] = set()

    def note(_connection: object, cursor: Any, statement: str, *_others: object) -> None:
        if " inbox i" in statement and " turns t" in statement:
            cursor.execute("show statement_timeout")
            found.add(cursor.fetchone()[0])

    event.listen(Engine, "before_cursor_execute", note)
    yield lambda: found
    event.remove(Engine, "before_cursor_execute", note)


async def test_a_report_of_many_weeks_may_take_longer(db: Database, limits: Limits, tmp_path: Path) -> None:
    settings = Settings(database_url=db.url, majlis_home=tmp_path, internal_secret=SecretStr(""))
    await report_now(settings, 104, tmp_path / "report.html")
    assert limits() == {"5min"}


async def test_the_review_of_a_long_chat_may_take_longer(db: Database, limits: Limits) -> None:
    week = await last_week(db)
    await turn_at(db, CHAT_ID, week.since + HOUR)
    assert await review(db, RealChatGrader(None)) == 1
    assert limits() == {"1min"}
