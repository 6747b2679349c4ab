"""The phone page in a real browser, over the sandbox alone, at the width of a phone and of a desk."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.integration.sandbox_support import CHAT_ID, Bench, bench

CHROMIUM = shutil.which("chromium")
PHONE, DESK = (390, 844), (1440, 900)
ENGLISH = ["Hi", "I need chairs", "black, under 500 AED"]
ARABIC = ["السلام عليكم", "ابغى كراسي", "لونها اسود تحت ٥٠٠ درهم"]
# what Chromium would otherwise ask of hosts that tests may not reach
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"),
        reason="Chromium is not installed: apt-get install chromium fonts-noto-core",
    ),
]


@asynccontextmanager
async def opened(it: Bench, size: tuple[int, int]) -> AsyncIterator[Page]:
    """The phone page in a window of this size; an error in the page's own script fails the test."""
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        await page.goto(it.sandbox.url)
        try:
            yield page
        finally:
            await browser.close()
        assert errors == []


async def expect_no_overflow(page: Page) -> None:
    """Nothing is wider than the window."""
    wide = await page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((item) => !item.closest(".visually-hidden, svg") && item.offsetParent !== null)
            .filter((item) => item.getBoundingClientRect().right > innerWidth + 1
                || item.getBoundingClientRect().left < -1)
            .map((item) => item.outerHTML.slice(0, 120))"""
    )
    assert wide == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def write(page: Page, *texts: str) -> None:
    """Type as a customer does: Enter sends."""
    field = page.get_by_label("Message", exact=True)
    for text in texts:
        await field.fill(text)
        await field.press("Enter")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
async def test_a_burst_becomes_one_webhook_per_message_in_order(size: tuple[int, int]) -> None:
    async with bench() as it, opened(it, size) as page:
        await write(page, *ENGLISH)
        requests = await it.receiver.wait_for(3)
        assert [request.json["messages"][0]["text"] for request in requests] == ENGLISH
        assert {request.json["messages"][0]["chatId"] for request in requests} == {CHAT_ID}
        bubbles = page.locator(".bubble.in .text")
        await expect(bubbles).to_have_text(["Hi", *ENGLISH])
        await expect(page.locator(".bubble.in").last.get_by_role("img")).to_have_attribute(
            "aria-label", "taken by Majlis"
        )
        await expect_no_overflow(page)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
async def test_the_ready_arabic_burst_reads_from_right_to_left(size: tuple[int, int]) -> None:
    async with bench() as it, opened(it, size) as page:
        await page.get_by_role("button", name="دفعة بالعربي").click()
        requests = await it.receiver.wait_for(3)
        assert [request.json["messages"][0]["text"] for request in requests] == ARABIC
        arabic = page.locator(".bubble .text", has_text="كراسي")
        await expect(arabic).to_have_css("direction", "rtl")
        await expect(page.locator(".bubble .text", has_text="Hi")).to_have_css("direction", "ltr")
        await expect_no_overflow(page)


async def test_a_message_of_the_bot_shows_its_ticks_as_they_come() -> None:
    async with bench() as it, opened(it, DESK) as page:
        slow = [{"status": "delivered"}, {"status": "read", "after_seconds": 600}]
        for script, tick in (([], "sent"), (slow, "delivered"), (["sent", "read"], "read")):
            await it.turn(status_script=script)
            answer = await it.send(text=f"answer with {tick}")
            bubble = page.locator(f'[data-message-id="{answer.json()["messageId"]}"]')
            await expect(bubble.locator(".tick")).to_have_attribute("data-tick", tick)
            await expect(bubble).to_have_class("bubble out" if tick != "sent" else "bubble out turn")
        blue = page.locator('.tick[data-tick="read"]')
        await expect(blue).to_have_css("color", "rgb(11, 111, 191)")


async def test_a_button_can_be_tapped() -> None:
    async with bench() as it, opened(it, PHONE) as page:
        buttons = [{"text": "نعم", "type": "text", "payload": "/affirm"}, {"text": "لا", "type": "text"}]
        await it.turn(echo="off", status_script=[])
        await it.send(text="تأكد الطلب؟", buttonsObject={"buttons": buttons})
        await page.get_by_role("button", name="نعم").click()
        [request] = await it.receiver.wait_for(1)
        assert request.json["messages"][0]["text"] == "/affirm"
        await page.get_by_role("button", name="لا").click()
        assert (await it.receiver.wait_for(2))[1].json["messages"][0]["text"] == "1"


async def test_files_go_out_and_a_received_file_opens_in_a_new_tab(tmp_path: Path) -> None:
    picture = tmp_path / "صورة المكتب.png"
    picture.write_bytes(bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"))
    async with bench() as it, opened(it, PHONE) as page:
        await page.get_by_label("Attach a file").set_input_files(picture)
        [request] = await it.receiver.wait_for(1)
        [message] = request.json["messages"]
        assert (message["type"], "text" in message) == ("image", False)
        assert (await it.client.get(message["contentUri"])).content == picture.read_bytes()
        await page.get_by_role("button", name="Voice note").click()
        assert (await it.receiver.wait_for(2))[1].json["messages"][0]["type"] == "audio"

        await it.turn(echo="off", status_script=[])
        stored = await it.client.post(
            "/control/media?filename=Quote.txt", content=b"quote", headers={"Content-Type": "text/plain"}
        )
        await it.send(text=None, contentUri=stored.json()["contentUri"])
        async with page.expect_popup() as popup:
            await page.get_by_role("link", name="Open document Quote.txt").click()
        tab = await popup.value
        assert await tab.inner_text("body") == "quote"
        await expect_no_overflow(page)


async def test_a_webhook_that_is_not_taken_is_told_beside_the_message() -> None:
    async with bench() as it, opened(it, PHONE) as page:
        it.receiver.next_statuses = [503]
        await write(page, "Hello?")
        await expect(page.locator(".bubble.in").last).to_contain_text("Majlis answered the webhook with 503.")


async def test_another_customer_is_added_by_keyboard_and_a_wrong_number_is_explained() -> None:
    async with bench() as it, opened(it, DESK) as page:
        number = page.get_by_label("Phone number")
        await number.fill("05x")
        await number.press("Enter")
        await expect(page.get_by_text("This is no phone number")).to_be_visible()
        await number.fill("+971 50 999 8877")
        await page.get_by_label("Name").fill("خالد")
        await page.get_by_label("Name").press("Enter")
        await expect(page.get_by_role("heading", name="خالد")).to_be_visible()
        await expect(page.get_by_label("Message", exact=True)).to_be_focused()
        await write(page, "مرحبا")
        [request] = await it.receiver.wait_for(1)
        assert request.json["messages"][0]["chatId"] == "971509998877"
        assert request.json["messages"][0]["contact"] == {"name": "خالد"}
        await expect(page.locator(".bubble .text")).to_have_text(["مرحبا"])


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
async def test_every_part_of_the_page_fits_and_has_a_name(size: tuple[int, int]) -> None:
    async with bench() as it, opened(it, size) as page:
        await write(page, "x" * 400, "https://example.com/" + "a" * 200)
        await it.receiver.wait_for(2)
        if size == PHONE:
            for view in ("Customers", "Behind it", "Chat"):
                await page.get_by_role("button", name=view, exact=True).click()
                await expect_no_overflow(page)
            await page.get_by_role("button", name="Behind it").click()
        await expect(page.get_by_text("No database is configured")).to_be_visible()
        await expect_no_overflow(page)
        nameless = await page.evaluate(
            """() => [...document.querySelectorAll("button, a, input, textarea")]
                .filter((item) => !(item.textContent.trim() || item.labels?.length || item.ariaLabel))
                .map((item) => item.outerHTML)"""
        )
        assert nameless == []
