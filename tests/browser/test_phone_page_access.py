"""The phone page without a mouse, without colours, and as a screen reader is told of it."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.browser.behind_support import behind
from tests.browser.browser_support import (
    DESK,
    PHONE,
    Size,
    both_sizes,
    browser_marks,
    expect_contrast,
    look,
    opened,
)
from tests.integration.sandbox_support import CHAT_ID, bench

TABS = ("Sale", "CRM", "Dialogue", "Model", "Templates", "Rows")
_HAS_OUTLINE = """() => {
  const item = document.activeElement.id === "file"
    ? document.querySelector(".attach") : document.activeElement;
  const style = getComputedStyle(item);
  return parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none";
}"""
# What the keyboard can be on, of what is seen: a group of radio buttons and one of tabs count once.
_OPERABLE = """() => [
    ...document.querySelectorAll("button, a[href], input, textarea, select, [tabindex='0']"),
  ]
  .filter((item) => item.checkVisibility() && item.tabIndex >= 0)
  .filter((item) => item.type !== "radio" || item.checked)
  .map((item) => { item.dataset.stop = "no"; return item; }).length"""

pytestmark = browser_marks


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name is focused."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(
            """() => { const item = document.activeElement;
                return item.ariaLabel || item.labels?.[0]?.textContent.trim() || item.textContent.trim(); }"""
        )
        if focused.startswith(name):
            return
    raise AssertionError(f"the keyboard does not reach {name}")


@both_sizes
async def test_tab_stops_at_everything_and_each_stop_is_seen(database_url: str, size: Size) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, size) as page:
        await expect(page.get_by_text("Majlis answers")).to_be_visible()
        count = await page.evaluate(_OPERABLE)
        for _ in range(count):
            await page.keyboard.press("Tab")
            await page.evaluate("() => { document.activeElement.dataset.stop = 'yes'; }")
            assert await page.evaluate(_HAS_OUTLINE), await page.evaluate("document.activeElement.outerHTML")
        missed = await page.evaluate(
            """() => [...document.querySelectorAll("[data-stop=no]")]
                .map((item) => item.outerHTML.slice(0, 80))"""
        )
        assert missed == []


async def test_a_whole_visit_by_keyboard_alone(database_url: str) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, DESK) as page:
        keys = page.keyboard
        await expect(page.get_by_text("Majlis answers")).to_be_visible()
        await keys.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the message field")).to_be_in_viewport()
        await keys.press("Enter")
        await expect(page.get_by_label("Message", exact=True)).to_be_focused()
        await keys.type("two")
        await keys.press("Shift+Enter")
        await keys.type("lines")
        await keys.press("Enter")
        [request] = await it.bench.receiver.wait_for(1)
        assert request.json["messages"][0]["text"] == "two\nlines"

        await tab_to(page, "Sale")
        for name in TABS[1:]:
            await keys.press("ArrowRight")
            await expect(page.get_by_role("tab", name=name)).to_be_focused()
            await expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        await keys.press("Home")
        await expect(page.get_by_role("tab", name="Sale")).to_have_attribute("aria-selected", "true")

        await tab_to(page, "Business time")
        await keys.press("Enter")
        await expect(page.get_by_role("button", name="+1 h")).to_be_focused()
        await keys.press("Enter")
        await expect(page.get_by_role("status").filter(has_text="It is now")).to_be_visible()
        await keys.press("Escape")

        await tab_to(page, "Customer")
        await keys.press("ArrowRight")
        await expect(page.get_by_label("Manager, taking over")).to_be_checked()
        await tab_to(page, "Message")
        await keys.type("Sara here")
        await keys.press("Enter")
        echo = (await it.bench.receiver.wait_for(2))[1].json["messages"][0]
        assert (echo["isEcho"], echo["text"]) == (True, "Sara here")


async def test_escape_leads_back_to_the_chat_on_a_phone() -> None:
    async with bench() as it, opened(it.sandbox.url, PHONE) as page:
        for view in ("Chats", "Behind it"):
            await look(page, PHONE, view)
            await expect(page.get_by_label("Message", exact=True)).to_be_hidden()
            await page.keyboard.press("Escape")
            await expect(page.get_by_label("Message", exact=True)).to_be_focused()


async def test_a_screen_reader_finds_landmarks_headings_and_the_log(database_url: str) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, DESK) as page:
        await it.bench.send(text="مرحبا")
        await expect(page.locator(".bubble")).to_have_count(2)
        for role, name in (
            ("banner", None),
            ("navigation", "Chats"),
            ("main", "Aisha"),
            ("complementary", "Behind the chat"),
            ("log", "Messages of this chat"),
            ("tablist", "Behind the chat"),
            ("group", "Write as"),
            ("group", "Ready messages"),
            ("form", "New message"),
        ):
            found = page.get_by_role(role, name=name) if name else page.get_by_role(role)  # type: ignore[arg-type]
            await expect(found).to_have_count(1)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Majlis phone page")
        assert await page.get_by_role("heading", level=2).all_text_contents() == [
            "Chats",
            "Aisha",
            "Behind the chat",
        ]
        log = page.get_by_role("log")
        await expect(log).to_have_attribute("aria-live", "polite")
        await expect(log).to_match_aria_snapshot(
            """
            - log "Messages of this chat":
              - list:
                - listitem
                - listitem:
                  - text: "Customer:"
                  - paragraph: Hi
                - listitem:
                  - text: "Majlis:"
                  - paragraph: مرحبا
            """
        )
        await expect(page.get_by_role("navigation", name="Chats")).to_match_aria_snapshot(
            """
            - list:
              - listitem:
                - button /Managers' chat/
              - listitem:
                - button /Aisha/
            """
        )
        await expect(page.get_by_role("button", name="Aisha")).to_have_attribute("aria-current", "true")


async def test_the_history_of_another_chat_is_not_read_out(database_url: str) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, DESK) as page:
        await expect(page.locator(".bubble")).to_have_count(1)
        bubbles = page.locator("#bubbles")
        await expect(bubbles).not_to_have_attribute("aria-busy", "true")
        await page.route("**/phone/messages*", lambda route: None)
        await page.get_by_role("button", name="Managers' chat").click()
        await expect(bubbles).to_have_attribute("aria-busy", "true")


@both_sizes
@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_every_word_stands_out_by_day_and_by_night(
    database_url: str, size: Size, colours: Literal["light", "dark"]
) -> None:
    async with behind(database_url) as it:
        it.deal()
        await it.bench.turn(send_script=["ok", "accept_and_lose"])
        await it.bench.send(
            text="See https://example.com", buttonsObject={"buttons": [{"text": "Yes", "type": "text"}]}
        )
        await it.bench.send(text="lost")
        await it.bench.control("manager", {"chat_id": CHAT_ID, "text": "Sara here"})
        async with opened(it.bench.sandbox.url, size, colours=colours) as page:
            await expect(page.locator(".bubble")).to_have_count(4)
            await page.get_by_role("button", name="Voice note").click()
            await page.get_by_label("Manager, taking over").check()
            await expect_contrast(page)
            await page.get_by_role("button", name="Business time").click()
            await expect_contrast(page)
            await page.keyboard.press("Escape")
            await look(page, size, "Chats")
            await page.get_by_role("button", name="Open chat").click()
            await expect(page.get_by_role("alert").filter(has_text="no phone number")).to_be_visible()
            await expect_contrast(page)
            await look(page, size, "Behind it")
            for name in TABS:
                await page.get_by_role("tab", name=name).click()
                await expect(page.get_by_role("tabpanel")).to_be_visible()
                await expect_contrast(page)


async def test_nothing_moves_for_who_asked_for_that(database_url: str) -> None:
    async with behind(database_url) as it, opened(it.bench.sandbox.url, DESK) as page:
        await page.emulate_media(reduced_motion="reduce")
        await expect(page.locator('[data-rows="basket"]')).to_contain_text("CH-1073")
        await it.execute("update basket_lines set quantity = 9")
        changed = page.locator(".row.changed")
        await expect(changed).to_contain_text("9")
        await expect(changed).to_have_css("animation-name", "none")
