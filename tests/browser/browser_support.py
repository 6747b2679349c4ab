"""A page of the sandbox in a real browser: opening it, writing in it, and what has to hold of every state."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from playwright.async_api import Page, async_playwright

CHROMIUM = shutil.which("chromium")
Size = tuple[int, int]
PHONE: Size = (390, 844)
DESK: Size = (1440, 900)
both_sizes = pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
# what Chromium would otherwise ask of hosts that tests may not reach, and a microphone that hums
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

browser_marks = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"),
        reason="Chromium is not installed: apt-get install chromium fonts-noto-core",
    ),
]


@asynccontextmanager
async def opened(
    url: str,
    size: Size,
    *,
    colours: Literal["light", "dark"] = "light",
    before: str = "",
    expected_errors: str = "",
) -> AsyncIterator[Page]:
    """A page in a window of this size; an error in the page's own script fails the test.

    `before` is script that runs before the page's own. Errors with `expected_errors` in them are forgiven.
    """
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=colours
        )
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        if before:
            await page.add_init_script(before)
        await page.goto(url)
        try:
            yield page
        finally:
            await browser.close()
        assert [error for error in errors if not expected_errors or expected_errors not in error] == []


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


# Text whose colour and the colour behind it are nearer than WCAG 2 AA allows: 4.5 : 1, large text 3 : 1.
_PALE = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (under, colour) => {
    canvas.fillStyle = `rgb(${under.join(" ")})`;
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (item) => {
    const way = [];
    for (let each = item; each; each = each.parentElement) way.unshift(each);
    return way.reduce((under, each) => over(under, getComputedStyle(each).backgroundColor), [255, 255, 255]);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const pale = [];
  while (texts.nextNode()) {
    const item = texts.currentNode.parentElement;
    const isSeen = item.checkVisibility()
      && !item.closest(".visually-hidden, .skip, noscript, script, option");
    if (!texts.currentNode.data.trim() || !isSeen) continue;
    const style = getComputedStyle(item);
    const under = behind(item);
    const [light, dark] = [luminance(over(under, style.color)), luminance(under)].sort((a, b) => b - a);
    const isLarge = parseFloat(style.fontSize) >= 24;
    const contrast = (light + 0.05) / (dark + 0.05);
    const words = texts.currentNode.data.trim().slice(0, 40);
    if (contrast < (isLarge ? 3 : 4.5)) pale.push(`${contrast.toFixed(2)}: ${words}`);
  }
  return pale;
}"""


async def expect_contrast(page: Page) -> None:
    """Every text that is seen stands out from what is behind it."""
    # Transitions of a card that just changed are over.
    await page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")
    assert await page.evaluate(_PALE) == []


async def write(page: Page, *texts: str) -> None:
    """Type as a customer does: Enter sends."""
    field = page.get_by_label("Message", exact=True)
    for text in texts:
        await field.fill(text)
        await field.press("Enter")


async def look(page: Page, size: Size, view: str) -> None:
    """One of the parts that a narrow window shows one at a time; a wide one shows them all."""
    if size == PHONE:
        await page.get_by_role("button", name=view, exact=True).click()
