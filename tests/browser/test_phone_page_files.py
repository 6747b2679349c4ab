"""Files on the phone page in a real browser: pictures, PDFs, voice notes with and without a microphone."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect

from connectors.media.kinds import kind_of
from connectors.media.length import sound_seconds
from tests.browser.browser_support import (
    DESK,
    PHONE,
    Size,
    both_sizes,
    browser_marks,
    expect_no_overflow,
    opened,
)
from tests.integration.sandbox_support import Bench, bench
from turns.ports import Media

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000b49444154789c6360000200000500017a5eab3f0000000049454e44ae426082"
)
NO_MICROPHONE = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined })"
NOT_ALLOWED = (
    "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); }"
)

pytestmark = browser_marks


async def stored(uri: str) -> bytes:
    """The file behind an address of the sandbox's store."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(uri)).raise_for_status().content


async def newest(it: Bench, count: int) -> dict[str, str]:
    """The message of the newest of `count` webhooks."""
    message: dict[str, str] = (await it.receiver.wait_for(count))[-1].json["messages"][0]
    return message


async def test_a_picture_from_the_disk_goes_out_and_is_shown(tmp_path: Path) -> None:
    picture = tmp_path / "صورة المكتب.png"
    picture.write_bytes(DOT)
    async with bench() as it, opened(it.sandbox.url, PHONE) as page:
        await page.get_by_label("Attach a file").set_input_files(picture)
        message = await newest(it, 1)
        assert (message["type"], "text" in message) == ("image", False)
        assert await stored(message["contentUri"]) == DOT
        shown = page.get_by_role("img", name="صورة المكتب.png")
        await expect(shown).to_be_visible()
        assert await shown.evaluate("(item) => item.decode().then(() => item.naturalWidth)") == 1
        await expect_no_overflow(page)


async def test_a_picture_that_is_none_is_said_and_not_shown_broken(tmp_path: Path) -> None:
    picture = tmp_path / "broken.png"
    picture.write_bytes(DOT[:30])
    async with bench() as it, opened(it.sandbox.url, DESK) as page:
        await page.get_by_label("Attach a file").set_input_files(picture)
        await expect(page.get_by_text("broken.png cannot be shown")).to_be_visible()


async def test_a_file_that_is_too_large_is_not_sent(tmp_path: Path) -> None:
    large = tmp_path / "warehouse.mp4"
    large.write_bytes(bytes(10 * 1024 * 1024 + 1))
    async with bench() as it, opened(it.sandbox.url, DESK) as page:
        await page.get_by_label("Attach a file").set_input_files(large)
        await expect(page.get_by_role("alert").filter(has_text="larger than 10 MB")).to_be_visible()
        assert it.receiver.received == []


async def test_a_received_file_opens_in_a_tab_of_its_own() -> None:
    async with bench() as it, opened(it.sandbox.url, PHONE) as page:
        await it.turn(echo="off", status_script=[])
        kept = await it.client.post(
            "/control/media?filename=Quote.txt", content=b"quote", headers={"Content-Type": "text/plain"}
        )
        await it.send(text=None, contentUri=kept.json()["contentUri"])
        async with page.expect_popup() as popup:
            await page.get_by_role("link", name="Open document Quote.txt").click()
        tab = await popup.value
        assert await tab.inner_text("body") == "quote"
        await expect_no_overflow(page)


@both_sizes
async def test_the_sample_voice_note_says_what_was_typed(size: Size) -> None:
    async with bench() as it, opened(it.sandbox.url, size) as page:
        await page.get_by_label("Message", exact=True).fill("ابغى كراسي")
        await page.get_by_role("button", name="Voice note").click()
        words = page.get_by_label("What it says, for the sandbox's transcriber")
        await expect(words).to_be_focused()
        await expect(words).to_have_value("ابغى كراسي")
        await expect_no_overflow(page)
        await page.get_by_role("button", name="Send a sample").click()
        message = await newest(it, 1)
        assert message["type"] == "audio"
        assert it.sandbox.wazzup.media.name_of(await stored(message["contentUri"])) == "ابغى كراسي.ogg"
        await expect(page.get_by_label("Message", exact=True)).to_have_value("")
        await expect(page.get_by_role("button", name="Voice note")).to_be_focused()
        await expect(page.get_by_role("link", name="Open voice or audio ابغى كراسي.ogg")).to_be_visible()


async def test_a_recording_of_the_microphone_arrives_as_a_voice_note_and_can_be_played() -> None:
    async with bench() as it, opened(it.sandbox.url, DESK) as page:
        await page.get_by_role("button", name="Voice note").click()
        await page.get_by_label("What it says").fill("twenty chairs")
        await page.get_by_role("button", name="Record").click()
        await expect(page.locator("#voice-time")).to_have_text("0:01")
        await page.get_by_role("button", name="Stop and send").click()
        message = await newest(it, 1)
        recording = await stored(message["contentUri"])
        assert message["type"] == "audio"
        assert kind_of(recording, Media.VOICE).content_type == "audio/ogg"
        seconds = sound_seconds(recording)
        assert seconds is not None
        assert 0.5 < seconds < 10
        assert it.sandbox.wazzup.media.name_of(recording) == "twenty chairs.ogg"
        was_heard = await page.locator("audio").evaluate(
            """(item) => new Promise((done) => {
                item.addEventListener("timeupdate", () => item.currentTime > 0.2 && done(true));
                item.addEventListener("error", () => done(item.error.message));
                item.play();
            })"""
        )
        assert was_heard is True


async def test_a_recording_that_is_closed_is_not_sent() -> None:
    async with bench() as it, opened(it.sandbox.url, DESK) as page:
        await page.get_by_role("button", name="Voice note").click()
        await page.get_by_role("button", name="Record").click()
        await expect(page.get_by_role("button", name="Stop and send")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_label("What it says")).to_be_hidden()
        await page.get_by_role("button", name="Voice note").click()
        await expect(page.get_by_role("button", name="Record")).to_be_visible()
        assert it.receiver.received == []


async def test_without_a_microphone_a_sample_is_offered() -> None:
    async with bench() as it, opened(it.sandbox.url, PHONE, before=NO_MICROPHONE) as page:
        await page.get_by_role("button", name="Voice note").click()
        await expect(page.get_by_text("This browser gives no microphone")).to_be_visible()
        await expect(page.get_by_role("button", name="Record")).to_be_hidden()
        await page.get_by_label("What it says").press("Enter")
        assert (await newest(it, 1))["type"] == "audio"


async def test_a_microphone_that_is_not_allowed_is_told() -> None:
    async with bench() as it, opened(it.sandbox.url, PHONE, before=NOT_ALLOWED) as page:
        await page.get_by_role("button", name="Voice note").click()
        await page.get_by_role("button", name="Record").click()
        alert = page.get_by_role("alert").filter(has_text="The microphone cannot be used: allow it")
        await expect(alert).to_be_visible()


async def test_a_sticker_and_a_place_arrive_as_wazzup_tells_them() -> None:
    async with bench() as it, opened(it.sandbox.url, PHONE) as page:
        await page.get_by_role("button", name="Sticker").click()
        sticker = await newest(it, 1)
        assert sticker["type"] == "image"
        assert sticker["contentUri"].split("?")[0].endswith(".was")
        assert await stored(sticker["contentUri"])
        await page.get_by_role("button", name="Location").click()
        assert (await newest(it, 2))["type"] == "geo"
        await expect(page.locator(".bubble .gone")).to_have_text(["Sticker", "Location"])


@pytest.mark.parametrize("first", ["file", "sample", "sticker", "recording"])
async def test_whatever_a_chat_begins_with_goes_under_the_name_that_was_typed(
    first: str, tmp_path: Path
) -> None:
    picture = tmp_path / "desk.png"
    picture.write_bytes(DOT)
    async with bench() as it, opened(it.sandbox.url, DESK) as page:
        await page.get_by_label("Phone number", exact=True).fill("971507654321")
        await page.get_by_label("Name").fill("خالد")
        await page.get_by_role("button", name="Open chat").click()
        if first == "file":
            await page.get_by_label("Attach a file").set_input_files(picture)
        elif first == "sticker":
            await page.get_by_role("button", name="Sticker").click()
        else:
            await page.get_by_role("button", name="Voice note").click()
            await page.get_by_role("button", name="Send a sample" if first == "sample" else "Record").click()
        if first == "recording":
            await expect(page.locator("#voice-time")).to_have_text("0:01")
            await page.get_by_role("button", name="Stop and send").click()
        [message] = (await it.receiver.wait_for(1))[-1].json["messages"]
        assert message["contact"] == {"name": "خالد"}
        chats = (await it.client.get("/phone/chats")).json()["chats"]
        assert {chat["chat_id"]: chat["name"] for chat in chats}["971507654321"] == "خالد"
