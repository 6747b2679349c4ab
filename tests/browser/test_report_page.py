"""The report in a real browser, from its file, at the width of a phone and of a desk, in both colours."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import expect
from sqlalchemy.ext.asyncio import AsyncEngine

from app.report import count
from quality.report_page import render
from tests.browser.browser_support import (
    PHONE,
    Size,
    both_sizes,
    browser_marks,
    expect_contrast,
    expect_no_overflow,
    opened,
)
from tests.integration.report_support import last_week
from tests.integration.report_week import ARABIC_LINE, busy_week
from tests.support import Database

pytestmark = browser_marks
both_colours = pytest.mark.parametrize("colours", ["light", "dark"])


async def page_file(database_url: str, engine: AsyncEngine, folder: Path, *, busy: bool) -> str:
    """The address of a report's file."""
    db = Database(database_url, engine)
    week = await last_week(db)
    if busy:
        await busy_week(db, week)
    async with engine.begin() as connection:
        page = render(await count(connection, week, "Majlis Office Furniture", manager=""))
    file = folder / "report.html"
    file.write_text(page, encoding="utf-8")
    return file.as_uri()


@both_sizes
@both_colours
async def test_a_busy_week_is_there_to_look_at(
    database_url: str, engine: AsyncEngine, tmp_path: Path, size: Size, colours: Literal["light", "dark"]
) -> None:
    url = await page_file(database_url, engine, tmp_path, busy=True)
    async with opened(url, size, colours=colours) as page:
        await expect(page.get_by_role("heading", level=2)).to_have_count(6)
        await expect(page.get_by_role("img")).to_have_count(6)
        await expect_no_overflow(page)
        await expect_contrast(page)
        # Bars are drawn, and none runs out of its row.
        widths = await page.eval_on_selector_all(
            ".row rect", "all => all.map(each => [each.getBoundingClientRect().right,"
            " each.closest('svg').getBoundingClientRect().right, each.getBoundingClientRect().width])"
        )  # fmt: skip
        assert len(widths) > 30
        assert all(right <= end + 1 and width > 0 for right, end, width in widths)
        # Arabic runs from the right, and a table opens by keyboard.
        line = page.locator(".said p", has_text=ARABIC_LINE)
        assert await line.evaluate("item => getComputedStyle(item).direction") == "rtl"
        first = page.get_by_text("Figures as a table").first
        await first.focus()
        await page.keyboard.press("Enter")
        table = page.get_by_role("table", name="Chats that came at least so far, by stage and language")
        await expect(table).to_be_visible()
        await expect(table.get_by_role("row", name="Greeting")).to_contain_text(
            "9 7 3 2 21", use_inner_text=True
        )
        await expect_no_overflow(page)
        if size == PHONE:
            assert await table.evaluate("item => item.parentElement.clientWidth < innerWidth")


@both_sizes
async def test_a_week_without_anything_is_no_page_of_zeros(
    database_url: str, engine: AsyncEngine, tmp_path: Path, size: Size
) -> None:
    async with opened(await page_file(database_url, engine, tmp_path, busy=False), size) as page:
        await expect(page.locator(".empty")).to_have_count(6)
        await expect(page.get_by_role("img")).to_have_count(0)
        await expect_no_overflow(page)
        await expect_contrast(page)
