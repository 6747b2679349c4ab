"""What a new user does first, over the real Majlis: both bursts, and a manager who takes a chat over."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.browser_support import PHONE, Size, both_sizes, browser_marks, look, opened, write
from tests.browser.test_phone_page import ARABIC, ENGLISH
from tests.faults.stack import Stack

pytestmark = [*browser_marks, pytest.mark.asyncio(loop_scope="session")]


@both_sizes
@pytest.mark.parametrize(
    ("burst", "word", "customer"),
    [(ENGLISH, "Prices are for one piece and exclude VAT.", "7"), (ARABIC, "الأسعار للحبة الوحدة", "8")],
    ids=["english", "arabic"],
)
async def test_a_burst_gets_one_answer(
    stack: Stack, size: Size, burst: list[str], word: str, customer: str
) -> None:
    chat_id = f"9715{customer}{size[0]:07d}"
    async with opened(stack.sandbox_url, size, before=chat_is(chat_id)) as page:
        await write(page, *burst)
        # The bubble itself, not its preview in the list of chats.
        await expect(page.locator(".bubble", has_text=word)).to_be_visible(timeout=20_000)
        await look(page, size, "Behind it")
        await expect(page.locator('[aria-current="step"]')).to_have_text("selecting")
        await page.get_by_role("tab", name="Dialogue").click()
        await expect(page.locator('[data-rows="slots"]')).to_contain_text("black")
    seen = await stack.seen_by(chat_id)
    assert len(seen) == 1, "one reply for the burst"
    turns = await stack.rows(
        "select t.id from turns t join conversations c on c.id = t.conversation_id where c.chat_id = %s",
        chat_id,
    )
    assert len(turns) == 1


async def test_a_manager_who_answers_takes_the_chat_over(stack: Stack) -> None:
    chat_id = "971590000390"
    async with opened(stack.sandbox_url, PHONE, before=chat_is(chat_id)) as page:
        await write(page, "Hi")
        await expect(page.get_by_text("Majlis answers")).to_be_visible(timeout=20_000)
        await page.get_by_label("Manager, taking over").check()
        await write(page, "Sara here, how can I help?")
        await expect(page.get_by_text("A person answers")).to_be_visible(timeout=20_000)
        await stack.settled([chat_id])
        before = len(await stack.seen_by(chat_id))
        await page.get_by_label("Customer", exact=True).check()
        await write(page, "I need chairs")
        await expect(
            page.locator(".bubble.in").last.get_by_role("img", name="taken by Majlis")
        ).to_be_visible()
        await stack.settled([chat_id])
        assert len(await stack.seen_by(chat_id)) == before, "the bot is silent now"


def chat_is(chat_id: str) -> str:
    """Script that opens the page with this chat."""
    return f"localStorage.setItem('majlis.chat', '{chat_id}')"
