"""The first thing a new user does: write both bursts on the phone page and read one right answer each."""

from __future__ import annotations

import pytest
from playwright.async_api import async_playwright, expect

from tests.browser.test_phone_page import (
    ARABIC,
    ARGUMENTS,
    CHROMIUM,
    DESK,
    ENGLISH,
    PHONE,
)
from tests.browser.test_phone_page import (
    pytestmark as browser_marks,
)
from tests.faults.stack import Stack

pytestmark = [*browser_marks, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
@pytest.mark.parametrize(
    ("burst", "word", "customer"),
    [(ENGLISH, "Prices are for one piece and exclude VAT.", "7"), (ARABIC, "الأسعار للحبة الوحدة", "8")],
    ids=["english", "arabic"],
)
async def test_a_burst_gets_one_answer(
    stack: Stack, size: tuple[int, int], burst: list[str], word: str, customer: str
) -> None:
    chat_id = f"9715{customer}{size[0]:07d}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
        await page.add_init_script(f"localStorage.setItem('majlis.chat', '{chat_id}')")
        await page.goto(stack.sandbox_url)
        field = page.get_by_label("Message", exact=True)
        for line in burst:
            await field.fill(line)
            await field.press("Enter")
        # The bubble itself, not its preview in the list of customers.
        await expect(page.locator(".bubble", has_text=word)).to_be_visible(timeout=20_000)
        await browser.close()
    seen = await stack.seen_by(chat_id)
    assert len(seen) == 1, "one reply for the burst"
    turns = await stack.rows(
        "select t.id from turns t join conversations c on c.id = t.conversation_id where c.chat_id = %s",
        chat_id,
    )
    assert len(turns) == 1
