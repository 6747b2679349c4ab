"""What stands behind the chat on the phone page: sale, records, model calls, templates, time, managers."""

from __future__ import annotations

import json

from playwright.async_api import expect

from sales import deal_poll
from storage.clock import read_offset
from tests.browser.behind_support import CODE, MANAGER_CHAT_ID, behind
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
from tests.integration.sandbox_support import CHAT_ID
from tests.support import eventually

pytestmark = browser_marks


@both_sizes
async def test_the_sale_the_dialogue_and_the_model_calls_are_shown(database_url: str, size: Size) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, size) as page:
        await look(page, size, "Behind it")
        panel = page.get_by_role("tabpanel")
        await expect(panel.get_by_role("list", name="Stages of the sale")).to_be_visible()
        await expect(panel.locator('[aria-current="step"]')).to_have_text("greeting")
        await expect(panel.locator('[data-rows="basket"]')).to_contain_text("CH-1073")
        await expect(panel.locator('[data-rows="quotes"]')).to_contain_text("Write: send me a quote")
        await expect_no_overflow(page)
        await page.get_by_role("tab", name="Dialogue").click()
        await expect(panel.locator('[data-rows="slots"]')).to_contain_text("black")
        await expect(panel.locator('[data-rows="events"]')).to_contain_text("search_products")
        await page.get_by_role("tab", name="Model").click()
        await expect(panel).to_contain_text("1 calls, 1280 tokens, $0.0042")
        await expect(panel).to_contain_text("1200 in, 80 out")
        await expect(panel).to_contain_text("910 ms")
        await page.get_by_role("tab", name="Rows").click()
        await expect(panel.locator('[data-rows="conversation"]')).to_contain_text("new chat")
        await expect_no_overflow(page)


@both_sizes
async def test_the_sales_manager_approves_a_discount_and_wins_the_deal(database_url: str, size: Size) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, size) as page:
        deal_id = it.deal()
        await look(page, size, "Behind it")
        await page.get_by_role("tab", name="CRM").click()
        await expect(page.get_by_role("heading", name="Q-2026-00001 Al Noor")).to_be_visible()
        await page.get_by_label("Discount in %").fill("7.5")
        await page.get_by_label("Discount in %").press("Enter")
        await expect(page.get_by_role("status").filter(has_text="7.5 % is approved")).to_be_visible()
        await expect(page.get_by_role("tabpanel")).to_contain_text("Majlis Discount7.5")
        deal = it.bench.sandbox.zoho.crm.modules["Deals"][deal_id]
        assert deal.values["Majlis_Discount"] == 7.5
        jobs = await it.execute("select 1 from jobs where kind = %(kind)s", kind=deal_poll.KIND)
        assert len(jobs) == 1, "Majlis reads it at once"
        await expect_no_overflow(page)
        await page.get_by_role("button", name="Mark as won").click()
        await expect(page.get_by_role("tabpanel")).to_contain_text("Closed Won")
        await expect(page.get_by_role("button", name="Mark as lost")).to_have_count(0)


async def test_what_is_typed_survives_that_something_new_comes(database_url: str) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, DESK) as page:
        it.deal()
        await page.get_by_role("tab", name="CRM").click()
        field = page.get_by_label("Discount in %")
        await field.fill("1")
        async with page.expect_response("**/phone/crm*"):
            it.bench.sandbox.zoho.crm.add("Leads", {"Last_Name": "New", "Mobile": CHAT_ID})
        async with page.expect_response("**/phone/crm*"):
            pass
        await expect(field).to_have_value("1")
        await expect(field).to_be_focused()
        await page.get_by_role("tab", name="CRM").focus()
        await expect(page.get_by_role("heading", name="New")).to_be_visible()


@both_sizes
async def test_time_jumps_for_the_sandbox_and_for_majlis(database_url: str, size: Size) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, size) as page:
        await expect(page.get_by_text("Window open for 23 h 59 min")).to_be_visible()
        clock = page.get_by_role("button", name="Business time")
        await clock.click()
        await expect_no_overflow(page)
        await page.get_by_role("button", name="+25 h").click()
        await expect(page.get_by_text("Window closed: templates only")).to_be_visible()
        await expect(clock).to_contain_text("(1 d 1 h ahead)")
        await page.get_by_label("Or by").fill("yesterday")
        await page.get_by_role("button", name="Jump").click()
        await expect(page.get_by_role("alert").filter(has_text="Time never goes back")).to_be_visible()
        await page.get_by_label("Or by").fill("90m")
        await page.get_by_label("Or by").press("Enter")
        await expect(clock).to_contain_text("(1 d 2 h ahead)")
        await page.keyboard.press("Escape")
        await expect(clock).to_be_focused()
        await expect(clock).to_have_attribute("aria-expanded", "false")
        assert it.bench.sandbox.wazzup.clock.offset_seconds == 95_400
        assert await read_offset(database_url) == 95_400


@both_sizes
async def test_a_template_is_paused_and_majlis_is_told(database_url: str, size: Size) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, size) as page:
        await look(page, size, "Behind it")
        await page.get_by_role("tab", name="Templates").click()
        await page.get_by_label("Status of quote_ready_ar, ar").select_option("paused")
        await expect(page.get_by_role("status").filter(has_text="quote_ready_ar is paused")).to_be_visible()
        [request] = await it.bench.receiver.wait_for(1)
        assert '"status":"paused"' in request.body.decode()
        await expect_no_overflow(page)


@both_sizes
async def test_a_manager_takes_over_and_gives_back_by_the_chats_code(database_url: str, size: Size) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, size) as page:
        await expect(page.get_by_text("Majlis answers")).to_be_visible()
        if size == DESK:
            await page.get_by_role("button", name="Take over").click()
        else:
            await page.get_by_label("Manager, taking over").check()
        await expect(page.get_by_placeholder("Answer as Sara, a manager")).to_be_visible()
        await expect(page.get_by_role("button", name="Burst in English")).to_be_hidden()
        await write(page, "Sara here, how can I help?")
        [request] = await it.bench.receiver.wait_for(1)
        [echo] = request.json["messages"]
        assert (echo["isEcho"], echo["sentFromApp"], echo["authorName"]) == (True, True, "Sara")
        await expect(page.locator(".bubble.out")).to_contain_text("Sara (manager)")
        await it.execute("update owners set owner = 'person', reason = 'a manager wrote'")
        await expect(page.get_by_text("A person answers")).to_be_visible()
        await expect_no_overflow(page)
        await page.get_by_role("button", name="Give back").click()
        await eventually(lambda: _wrote(it.bench.receiver.bodies()), what="the command arrives")
        await expect(page.get_by_label("Customer", exact=True)).to_be_checked()


async def _wrote(bodies: list[dict[str, object]]) -> bool:
    """Whether the managers' chat told Majlis to take the chat back."""
    said = json.dumps(bodies)
    return MANAGER_CHAT_ID in said and f"back {CODE}" in said


@both_sizes
async def test_the_managers_chat_is_a_chat_of_its_own(database_url: str, size: Size) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, size) as page:
        await look(page, size, "Chats")
        await expect(
            page.get_by_role("navigation", name="Chats").get_by_role("button").first
        ).to_contain_text("Managers' chat")
        await page.get_by_role("button", name="Managers' chat").click()
        await expect(page.get_by_text("Majlis tells its managers here")).to_be_visible()
        await expect(page.get_by_role("group", name="Write as")).to_be_hidden()
        await write(page, "help")
        [request] = await it.bench.receiver.wait_for(1)
        [message] = request.json["messages"]
        assert (message["chatId"], message["isEcho"], message["text"]) == (MANAGER_CHAT_ID, False, "help")
        await expect_no_overflow(page)


async def test_time_that_majlis_does_not_move_stands_still_here_too(database_url: str) -> None:
    async with (
        behind(database_url, test_clock=False) as it,
        opened(it.bench.sandbox.url, PHONE, expected_errors="400 (Bad Request)") as page,
    ):
        await page.get_by_role("button", name="Business time").click()
        await page.get_by_role("button", name="+1 h").click()
        alert = page.get_by_role("alert").filter(has_text="Time did not move. Time can be moved only where")
        await expect(alert).to_be_visible()
        assert it.bench.sandbox.wazzup.clock.offset_seconds == 0
