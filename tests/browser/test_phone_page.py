"""The phone page in a real browser, over the sandbox alone, at the width of a phone and of a desk."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.browser_support import (
    DESK,
    PHONE,
    Size,
    both_sizes,
    browser_marks,
    expect_no_overflow,
    look,
    opened,
    write,
)
from tests.integration.sandbox_support import CHAT_ID, bench

ENGLISH = ["Hi", "I need chairs", "black, under 500 AED"]
ARABIC = ["السلام عليكم", "ابغى كراسي", "لونها اسود تحت ٥٠٠ درهم"]

pytestmark = browser_marks


@both_sizes
async def test_a_burst_becomes_one_webhook_per_message_in_order(size: Size) -> None:
    async with bench() as it, opened(it.sandbox.url, size) as page:
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


@both_sizes
async def test_the_ready_arabic_burst_reads_from_right_to_left(size: Size) -> None:
    async with bench() as it, opened(it.sandbox.url, size) as page:
        await page.get_by_role("button", name="دفعة بالعربي").click()
        requests = await it.receiver.wait_for(3)
        assert [request.json["messages"][0]["text"] for request in requests] == ARABIC
        arabic = page.locator(".bubble .text", has_text="كراسي")
        await expect(arabic).to_have_css("direction", "rtl")
        await expect(arabic).to_have_attribute("lang", "ar")
        english = page.locator(".bubble .text", has_text="Hi")
        await expect(english).to_have_css("direction", "ltr")
        await expect(english).to_have_attribute("lang", "en")
        await expect_no_overflow(page)


async def test_a_message_of_the_bot_shows_its_ticks_as_they_come() -> None:
    async with bench() as it, opened(it.sandbox.url, DESK) as page:
        slow = [{"status": "delivered"}, {"status": "read", "after_seconds": 600}]
        for script, tick in (([], "sent"), (slow, "delivered"), (["sent", "read"], "read")):
            await it.turn(status_script=script)
            answer = await it.send(text=f"answer with {tick}")
            bubble = page.locator(f'[data-message-id="{answer.json()["messageId"]}"]')
            await expect(bubble.locator(".tick")).to_have_attribute("data-tick", tick)
            await expect(bubble).to_have_class("bubble out" if tick != "sent" else "bubble out turn")
        blue = page.locator('.tick[data-tick="read"]')
        await expect(blue).to_have_css("color", "rgb(11, 111, 191)")


async def test_a_later_tick_changes_its_bubble_and_makes_no_new_one() -> None:
    async with bench() as it, opened(it.sandbox.url, DESK) as page:
        it.receiver.may_answer.clear()
        await write(page, "once")
        bubble = page.locator(".bubble", has_text="once")
        await expect(bubble.get_by_role("img", name="written")).to_be_visible()
        await bubble.evaluate("(item) => { item.isTheSame = true; }")
        it.receiver.may_answer.set()
        await expect(bubble.get_by_role("img", name="taken by Majlis")).to_be_visible()
        assert await bubble.evaluate("(item) => item.isTheSame"), "a new element would be read out again"


async def test_what_never_arrived_says_why() -> None:
    async with bench() as it, opened(it.sandbox.url, PHONE) as page:
        await it.turn(echo="off", send_script=["ok", "accept_and_lose"])
        await it.client.post("/control/clock", json={"advance_seconds": 90_000})
        await it.send(text="too late")
        await it.send(text="lost")
        late = page.locator(".bubble", has_text="too late")
        await expect(late).to_contain_text("The customer never sees this. 24_HOURS_EXCEEDED:")
        await expect(late.get_by_role("img", name="failed")).to_be_visible()
        await expect(page.locator(".bubble", has_text="lost")).to_contain_text("no status ever came")
        await expect(page.get_by_text("Window closed: templates only")).to_be_visible()
        await expect_no_overflow(page)


async def test_codes_and_numbers_stay_on_one_line() -> None:
    async with bench() as it, opened(it.sandbox.url, PHONE) as page:
        words = "كرسي (CH-1073) وعرض السعر Q-2026-00042 R2، اتصل على +971 50 123 4567 أو 04-555-0100 " * 3
        await it.send(text=words.strip())
        whole = page.locator(".bubble .whole")
        await expect(whole).to_have_text(
            ["CH-1073", "Q-2026-00042 R2", "+971 50 123 4567", "04-555-0100"] * 3
        )
        heights = await whole.evaluate_all(
            """(items) => items.map((item) => [...item.getClientRects()].map((each) => each.top))
                .map((tops) => new Set(tops).size)"""
        )
        assert set(heights) == {1}
        await expect_no_overflow(page)


async def test_the_page_says_that_the_sandbox_is_away_and_recovers_by_itself() -> None:
    async with bench() as it, opened(it.sandbox.url, PHONE, expected_errors="ERR_FAILED") as page:
        await expect(page.locator(".bubble")).to_have_count(1)
        await page.route("**/phone/**", lambda route: route.abort())
        away = page.get_by_role("alert").filter(has_text="The sandbox does not answer")
        await expect(away).to_be_visible()
        await write(page, "are you there?")
        await expect(page.get_by_label("Message", exact=True)).to_have_value("are you there?")
        await expect_no_overflow(page)
        await page.unroute("**/phone/**")
        await expect(away).to_be_hidden()
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator(".bubble", has_text="are you there?")).to_be_visible()


async def test_a_button_can_be_tapped() -> None:
    async with bench() as it, opened(it.sandbox.url, PHONE) as page:
        buttons = [{"text": "نعم", "type": "text", "payload": "/affirm"}, {"text": "لا", "type": "text"}]
        await it.turn(echo="off", status_script=[])
        await it.send(text="تأكد الطلب؟", buttonsObject={"buttons": buttons})
        await page.get_by_role("button", name="نعم").click()
        [request] = await it.receiver.wait_for(1)
        assert request.json["messages"][0]["text"] == "/affirm"
        await page.get_by_role("button", name="لا").click()
        assert (await it.receiver.wait_for(2))[1].json["messages"][0]["text"] == "1"


async def test_a_webhook_that_is_not_taken_is_told_beside_the_message() -> None:
    async with bench() as it, opened(it.sandbox.url, PHONE) as page:
        it.receiver.next_statuses = [503]
        await write(page, "Hello?")
        await expect(page.locator(".bubble.in").last).to_contain_text("Majlis answered the webhook with 503.")


async def test_another_customer_is_added_by_keyboard_and_a_wrong_number_is_explained() -> None:
    async with bench() as it, opened(it.sandbox.url, DESK) as page:
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


async def test_a_tester_is_two_people_in_two_chats() -> None:
    async with bench() as it, opened(it.sandbox.url, PHONE) as page:
        await write(page, "I am Aisha")
        await look(page, PHONE, "Chats")
        await page.get_by_label("Phone number").fill("971509998877")
        await page.get_by_role("button", name="Open chat").click()
        await expect(page.get_by_text("No messages yet. Write below as the customer")).to_be_visible()
        number = page.get_by_role("heading", name="+971509998877")
        assert await number.evaluate("(item) => item.getBoundingClientRect().height") < 30, "on one line"
        await expect_no_overflow(page)
        await write(page, "I am somebody else")
        await expect(page.locator(".bubble .text")).to_have_text(["I am somebody else"])
        await look(page, PHONE, "Chats")
        await expect_no_overflow(page)
        await page.get_by_role("button", name="I am Aisha").click()
        await expect(page.locator(".bubble .text")).to_have_text(["Hi", "I am Aisha"])
        chats = [request.json["messages"][0]["chatId"] for request in await it.receiver.wait_for(2)]
        assert chats == [CHAT_ID, "971509998877"]


@both_sizes
async def test_every_part_of_the_page_fits_and_has_a_name(size: Size) -> None:
    async with bench() as it, opened(it.sandbox.url, size) as page:
        await write(page, "x" * 400, "https://example.com/" + "a" * 200)
        await it.receiver.wait_for(2)
        for view in ("Chats", "Behind it", "Chat"):
            await look(page, size, view)
            await expect_no_overflow(page)
        await look(page, size, "Behind it")
        await expect(page.get_by_text("No database is configured")).to_be_visible()
        await expect_no_overflow(page)
        nameless = await page.evaluate(
            """() => [...document.querySelectorAll("button, a, input, textarea, select")]
                .filter((item) => !(item.textContent.trim() || item.labels?.length || item.ariaLabel))
                .map((item) => item.outerHTML)"""
        )
        assert nameless == []
