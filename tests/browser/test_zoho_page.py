"""The Zoho page in a real browser, over the sandbox alone, at the width of a phone and of a desk."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.browser.test_phone_page import ARGUMENTS, expect_no_overflow
from tests.integration.zoho_sandbox_support import CHAIR, ZohoBench, zoho

CHROMIUM = shutil.which("chromium")
SIZES = [(390, 844), (1440, 900)]
LEAD = {"First_Name": "عائشة", "Last_Name": "المنصوري", "Company": "Al Noor Trading"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"),
        reason="Chromium is not installed: apt-get install chromium fonts-noto-core",
    ),
]


@asynccontextmanager
async def opened(it: ZohoBench, size: tuple[int, int], path: str) -> AsyncIterator[Page]:
    """A page of the sandbox in a window of this size; an error in its own script fails the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        await page.goto(f"{it.sandbox.url}{path}")
        try:
            yield page
        finally:
            await browser.close()
        assert errors == []


@pytest.mark.parametrize("size", SIZES)
async def test_records_and_calls_appear_by_themselves(size: tuple[int, int]) -> None:
    async with zoho(CHAIR) as it, opened(it, size, "/zoho") as page:
        leads = page.locator('[data-kind="leads"]')
        await expect(leads).to_have_text("Leads0")
        await it.leads(LEAD)
        await it.books("GET", "nowhere")
        await expect(leads).to_have_text("Leads1")
        await expect(page.locator(".record h3")).to_have_text("عائشة المنصوري")
        await expect(page.locator(".call .status").first).to_have_text("404")
        await expect_no_overflow(page)


@pytest.mark.parametrize("size", SIZES)
async def test_another_kind_is_a_tap_away_and_has_an_address(size: tuple[int, int]) -> None:
    async with zoho(CHAIR) as it, opened(it, size, "/zoho") as page:
        await page.locator('[data-kind="items"]').click()
        await expect(page.locator(".record h3")).to_have_text("Chair")
        await page.reload()
        await expect(page.locator('[data-kind="items"]')).to_have_attribute("aria-current", "true")
        await expect_no_overflow(page)


@pytest.mark.parametrize("size", SIZES)
async def test_the_phone_page_leads_here(size: tuple[int, int]) -> None:
    async with zoho(CHAIR) as it, opened(it, size, "/") as page:
        await expect_no_overflow(page)
        await page.get_by_role("link", name="Zoho").click()
        await expect(page.locator("#records-title")).to_have_text("Leads")
