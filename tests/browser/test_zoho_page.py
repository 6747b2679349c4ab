"""The Zoho page in a real browser, over the sandbox alone, at the width of a phone and of a desk."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import expect

from tests.browser.browser_support import (
    PHONE,
    Size,
    both_sizes,
    browser_marks,
    expect_contrast,
    expect_no_overflow,
    opened,
)
from tests.integration.zoho_sandbox_support import CHAIR, zoho

LEAD = {"First_Name": "عائشة", "Last_Name": "المنصوري", "Company": "Al Noor Trading"}

pytestmark = browser_marks


@both_sizes
async def test_records_and_calls_appear_by_themselves(size: Size) -> None:
    async with zoho(CHAIR) as it, opened(f"{it.sandbox.url}/zoho", size) as page:
        leads = page.locator('[data-kind="leads"]')
        await expect(leads).to_have_text("Leads0")
        await it.leads(LEAD)
        await it.books("GET", "nowhere")
        await expect(leads).to_have_text("Leads1")
        await expect(page.locator(".record h3")).to_have_text("عائشة المنصوري")
        await expect(page.locator(".call .status").first).to_have_text("404")
        await expect(page.locator("dt", has_text="Converted")).to_have_text("Converted")
        await expect_no_overflow(page)


@both_sizes
async def test_another_kind_is_a_tap_away_and_has_an_address(size: Size) -> None:
    async with zoho(CHAIR) as it, opened(f"{it.sandbox.url}/zoho", size) as page:
        await page.locator('[data-kind="items"]').click()
        await expect(page.locator(".record h3")).to_have_text("Chair")
        await page.reload()
        await expect(page.locator('[data-kind="items"]')).to_have_attribute("aria-current", "true")
        await expect_no_overflow(page)


@both_sizes
async def test_the_phone_page_leads_here(size: Size) -> None:
    async with zoho(CHAIR) as it, opened(it.sandbox.url, size) as page:
        await expect_no_overflow(page)
        await page.get_by_role("link", name="Zoho").click()
        await expect(page.locator("#records-title")).to_have_text("Leads")


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_every_word_stands_out_by_day_and_by_night(colours: Literal["light", "dark"]) -> None:
    async with zoho(CHAIR) as it:
        await it.leads(LEAD)
        await it.books("GET", "nowhere")
        async with opened(f"{it.sandbox.url}/zoho", PHONE, colours=colours) as page:
            await expect(page.locator(".record h3")).to_be_visible()
            await expect_contrast(page)
