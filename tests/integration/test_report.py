"""`majlis report` on a real database: the page has the figures, and nothing that asks for a network."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.report import ReportUnwritable, count, report_now
from app.settings import Settings
from quality.report_page import render
from sales.stages import Stage
from tests.integration.report_support import come_to, last_week
from tests.integration.report_week import LONG_WORDS, busy_week
from tests.support import Database


@pytest.fixture
def settings(db: Database, tmp_path: Path) -> Settings:
    return Settings(database_url=db.url, majlis_home=tmp_path / "home", internal_secret=SecretStr(""))


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_the_page_has_the_figures_of_the_week(db: Database, settings: Settings, tmp_path: Path) -> None:
    week = await last_week(db)
    await busy_week(db, week)
    # An order needs no negotiation: of six chats that came past it one went through it.
    await come_to(db, "971500000104", Stage.NEGOTIATING, at=week.until - timedelta(hours=1))
    await come_to(db, "971500000110", Stage.NEGOTIATING, at=week.until)
    async with db.engine.begin() as connection:
        figures = await count(connection, week, "Seller", manager="")
    assert figures.chats == 21
    assert [sum(figures.funnel[stage].values()) for stage in Stage] == [21, 17, 13, 9, 1, 6, 3]
    assert figures.funnel[Stage.GREETING] == {"en": 9, "ar": 7, "mixed": 3, "arabizi": 2}
    assert (figures.answered_turns, figures.model_turns) == (63, 7)
    place = await report_now(settings, 1, tmp_path / "report.html")
    words = words_of(place.read_text(encoding="utf-8"))
    for said in (
        "Of 21 chats 9 came to a quote and 3 to an order.",
        "9 hand-overs; a manager has written in 8 of them.",
        "7 reminders went out, 5 were answered, 0 of those customers ordered.",
        "10 of 21 chats were reviewed; rules were broken 2 times.",
        "asks for the email, which the customer told",
        "Nothing to judge in any of the chats: rules 1, 2, 5, 7, 8, 10, 11, 13.",
        "4 Every hard constraint met What a customer wished for is stated by the golden chats only 10 chats",
        "3 Prices from the catalog A price was changed in Zoho after it was said 1 chat",
        "12 No invented promise No judge is configured (LLM_JUDGE_MODEL) 10 chats",
        f"&lt;b&gt;bold&lt;/b&gt; {LONG_WORDS}",
    ):
        assert said in words
    await report_now(settings, 4, place)
    assert "Of 21 chats" in place.read_text(encoding="utf-8")


async def test_a_page_asks_for_nothing(db: Database) -> None:
    week = await last_week(db)
    await busy_week(db, week)
    async with db.engine.begin() as connection:
        page = render(await count(connection, week, "Seller <Ltd>", manager=""))
    assert "<script" not in page
    assert re.findall(r'\b(?:src|href)="', page) == []
    assert re.findall(r"url\(|@import", page) == []
    assert "Seller &lt;Ltd&gt;" in page


async def test_a_week_without_anything_says_so(db: Database, settings: Settings, tmp_path: Path) -> None:
    place = await report_now(settings, 1, tmp_path / "report.html")
    words = words_of(place.read_text(encoding="utf-8"))
    for said in (
        "No customer wrote in this time.",
        "No customer's message was answered",
        "No chat was handed to a person",
        "No reminder went out",
        "No language model was asked",
        "No week of this time was reviewed yet",
    ):
        assert said in words.replace("&#x27;", "'")
    assert "0 %" not in words


async def test_the_command_says_where_the_page_is(db: Database, tmp_path: Path) -> None:
    week = await last_week(db)
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("majlis")),
        "report",
        "--weeks",
        "2",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "DATABASE_URL": db.url, "MAJLIS_HOME": str(tmp_path)},
    )
    output, errors = await process.communicate()
    name = f"majlis-report-{week.first - timedelta(weeks=1)}.html"
    assert (process.returncode, output.decode(), errors) == (0, f"The report is in {name}.\n", b"")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith("<!doctype html>")


async def test_a_file_that_cannot_be_written_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ReportUnwritable, match=r"missing/report\.html cannot be written .* --out"):
        await report_now(settings, 1, tmp_path / "missing" / "report.html")
