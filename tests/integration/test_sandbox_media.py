"""Files: what the API fetches, what the store serves, taps, edits and the phone page's data."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from app.backstage import RunningMajlis
from sandbox.wazzup.media import MAX_CONTENT_BYTES
from tests.integration.sandbox_support import CHANNEL_ID, CHAT_ID, Bench, bench, running_receiver

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


async def _send_file(it: Bench, body: bytes, headers: dict[str, str], *, status: int = 200) -> httpx.Response:
    """Send a file that a real server of this test serves."""
    async with running_receiver() as files:
        files.body, files.next_statuses = body, [status]
        files.headers = headers
        return await it.send(text=None, contentUri=files.url.replace("/hook", "/quotes/quote.pdf"))


async def test_a_file_is_really_fetched_and_kept_for_the_customer() -> None:
    async with bench() as it:
        headers = {
            "content-type": "application/pdf",
            "content-disposition": "inline; filename*=UTF-8''%D8%B9%D8%B1%D8%B6.pdf",
        }
        answer = await _send_file(it, PDF, headers)
        assert answer.status_code == 201
        [message] = await it.records("messages", direction="out")
        assert (message["type"], message["file_name"], message["text"]) == ("document", "عرض.pdf", None)
        kept = await it.client.get(message["content_uri"])
        assert (kept.content, kept.headers["content-type"]) == (PDF, "application/pdf")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (PDF, "application/pdf", 302, "MESSAGE_DOWNLOAD_CONTENT_ERROR"),
        (PDF, "application/pdf", 404, "MESSAGE_DOWNLOAD_CONTENT_ERROR"),
        (b"", "application/pdf", 200, "MESSAGES_CONTENT_CAN_NOT_BE_BLANK"),
        (b"<html>", "text/html; charset=utf-8", 200, "MESSAGE_WRONG_CONTENT_TYPE"),
        (b"RIFF", "image/webp", 200, "MESSAGE_WRONG_CONTENT_TYPE"),
        (b"\0" * (5 * 1024 * 1024 + 1), "image/png", 200, "MESSAGES_CONTENT_SIZE_EXCEEDED_WABA"),
        (b"\0" * (MAX_CONTENT_BYTES + 1), "application/pdf", 200, "MESSAGES_CONTENT_SIZE_EXCEEDED"),
    ],
    ids=["redirect", "missing", "empty", "web page", "webp on WABA", "big picture on WABA", "oversize"],
)
async def test_a_file_that_cannot_be_sent_is_refused_with_its_code(
    body: bytes, content_type: str, status: int, code: str
) -> None:
    async with bench() as it:
        headers = {"content-type": content_type, "location": "/elsewhere.pdf"}
        answer = await _send_file(it, body, headers, status=status)
        assert (answer.status_code, answer.json()["error"]) == (400, code)
        assert await it.records("messages", direction="out") == []


async def test_an_address_that_nobody_serves_or_is_none_is_refused() -> None:
    async with bench() as it:
        dead = await it.send(text=None, contentUri="http://127.0.0.1:9/quote.pdf", crmMessageId="1")
        assert dead.json()["error"] == "MESSAGE_DOWNLOAD_CONTENT_ERROR"
        assert (await it.send(crmMessageId="1")).status_code == 201
        no_address = await it.send(text=None, contentUri="file:///etc/passwd")
        assert no_address.json()["data"] == {"fields": ["contentUri"]}


async def test_the_key_is_held_while_a_file_is_being_fetched() -> None:
    async with bench() as it, running_receiver() as files:
        files.body, files.headers = PDF, {"content-type": "application/pdf"}
        files.may_answer.clear()
        first = asyncio.create_task(it.send(text=None, contentUri=files.url, crmMessageId="1"))
        await files.wait_for(1)
        repeat = await it.send(text=None, contentUri=files.url, crmMessageId="1")
        assert repeat.json()["error"] == "REPEATED_CRM_MESSAGE_ID"
        files.may_answer.set()
        assert (await first).status_code == 201


async def test_a_send_goes_on_when_its_client_leaves_while_it_is_being_decided() -> None:
    async with bench() as it, running_receiver() as files:
        files.body, files.headers = PDF, {"content-type": "application/pdf"}
        files.may_answer.clear()
        it.client.timeout = httpx.Timeout(0.3)
        with pytest.raises(httpx.ReadTimeout):
            await it.send(text=None, contentUri=files.url, crmMessageId="1")
        it.client.timeout = httpx.Timeout(20)
        files.may_answer.set()
        await it.settled()
        [message] = await it.records("messages", direction="out")
        assert (message["delivered"], message["status"]) == (True, "read")
        [send] = await it.records("sends")
        assert (send["outcome"], send["status_code"]) == ("accepted", None)
        assert (await it.send(crmMessageId="1")).json()["error"] == "REPEATED_CRM_MESSAGE_ID"


@pytest.mark.parametrize(("starts_at", "expected"), [("acceptance", 400), ("receipt", 201)])
async def test_the_60_seconds_begin_at_acceptance_or_at_receipt(starts_at: str, expected: int) -> None:
    async with bench() as it, running_receiver() as files:
        await it.turn(idempotency_starts_at=starts_at)
        files.body, files.headers = PDF, {"content-type": "application/pdf"}
        files.may_answer.clear()
        first = asyncio.create_task(it.send(text=None, contentUri=files.url, crmMessageId="1"))
        await files.wait_for(1)
        await it.control("clock", {"advance_seconds": 30})
        files.may_answer.set()
        assert (await first).status_code == 201
        await it.control("clock", {"advance_seconds": 31})
        assert (await it.send(crmMessageId="1")).status_code == expected


async def test_the_store_serves_names_in_arabic_voice_wrong_types_and_oversize() -> None:
    async with bench() as it:
        voice = await it.control("media/sample", {"kind": "voice"})
        assert voice["type"] == "audio"
        assert "?filename=%D8%B1%D8%B3%D8%A7%D9%84%D8%A9" in voice["contentUri"]
        served = await it.client.get(voice["contentUri"])
        assert served.content.startswith(b"OggS")
        assert b"OpusHead" in served.content[:64]
        assert served.headers["content-type"].startswith("audio/ogg")
        wrong = await it.control("media/sample", {"kind": "wrong_type"})
        assert (await it.client.get(wrong["contentUri"])).headers["content-type"] == "image/jpeg"
        oversize = await it.control("media/sample", {"kind": "oversize"})
        assert len((await it.client.get(oversize["contentUri"])).content) == MAX_CONTENT_BYTES + 1
        expired = await it.control("media/sample", {"kind": "expired"})
        assert (await it.client.get(expired["contentUri"])).status_code == 404


async def test_an_upload_expires_on_the_sandbox_clock_and_a_page_cannot_act() -> None:
    async with bench() as it:
        answer = await it.client.post(
            "/control/media?filename=a.html&expires_in_seconds=60",
            content=b"<script>1</script>",
            headers={"Content-Type": "text/html"},
        )
        uri = answer.json()["contentUri"]
        assert (await it.client.get(uri)).headers["content-security-policy"] == "sandbox"
        await it.control("clock", {"advance_seconds": 61})
        assert (await it.client.get(uri)).status_code == 404


async def test_a_tap_arrives_as_the_payload_or_as_the_number_from_0() -> None:
    async with bench() as it:
        buttons = [{"text": "Yes", "type": "text", "payload": "/affirm"}, {"text": "No", "type": "text"}]
        await it.turn(echo="off", status_script=[])
        sent = (await it.send(buttonsObject={"buttons": buttons})).json()["messageId"]
        for button in (0, 1):
            await it.control("tap", {"message_id": sent, "button": button})
        messages = it.receiver.elements("messages")
        assert [(item["type"], item["text"], item["isEcho"]) for item in messages] == [
            ("text", "/affirm", False),
            ("text", "1", False),
        ]
        missing = await it.client.post("/control/tap", json={"message_id": sent, "button": 2})
        assert (missing.status_code, "2 buttons" in missing.json()["error"]) == (400, True)


async def test_edits_and_other_fields_go_into_the_webhook_as_they_are() -> None:
    async with bench() as it:
        await it.customer("black chairs", message_id="m-1")
        edit = {
            "type": "text",
            "text": "white chairs",
            "isEdited": True,
            "oldInfo": {"oldText": "black chairs"},
        }
        await it.control("customer", {"chat_id": CHAT_ID, "message_id": "m-1", "messages": [edit]})
        first, second = it.receiver.elements("messages")
        assert first["messageId"] == second["messageId"] == "m-1"
        assert (second["isEdited"], second["oldInfo"]) == (True, {"oldText": "black chairs"})
        kept = [item for item in await it.records("messages") if item["message_id"] == "m-1"]
        assert [(item["text"], item["edited"]) for item in kept] == [("white chairs", True)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"chat_id": "+971501234567", "messages": [{"text": "x"}]}, "digits only"),
        ({"chat_id": CHAT_ID, "messages": []}, "messages is empty"),
        ({"chat_id": CHAT_ID}, "messages is missing"),
        ({"messages": [{"text": "x"}]}, "chat_id is missing"),
        ({"chat_id": CHAT_ID, "messages": [{"text": "x"}], "at": "yesterday"}, "at:"),
        ({"chat_id": CHAT_ID, "messages": [{"text": "x"}], "copies": 0}, "copies is 0"),
    ],
)
async def test_a_control_request_that_cannot_work_says_what_to_mend(
    body: dict[str, object], words: str
) -> None:
    async with bench() as it:
        answer = await it.client.post("/control/customer", json=body)
        assert answer.status_code == 400
        assert words in answer.json()["error"]


async def test_the_phone_page_data_says_what_did_not_reach_the_phone() -> None:
    async with bench() as it:
        await it.turn(send_script=["accept_and_lose"], status_script=[], echo="off")
        await it.send(text="lost")
        await it.send(text="seen")
        page = (await it.client.get("/phone/messages", params={"chat_id": CHAT_ID})).json()
        assert [(message["text"], message["delivered"]) for message in page["messages"]] == [
            ("Hi", True),
            ("lost", False),
            ("seen", True),
        ]
        same = await it.client.get("/phone/messages", params={"chat_id": CHAT_ID, "version": page["version"]})
        assert same.status_code == 204
        [chat] = (await it.client.get("/phone/chats")).json()["chats"]
        assert (chat["chat_id"], chat["preview"]) == (CHAT_ID, "seen")
        rows = (await it.client.get("/phone/rows", params={"chat_id": CHAT_ID})).json()
        assert "No database is configured" in rows["message"]


async def test_the_phone_page_says_when_the_database_is_away() -> None:
    async with bench(backstage=RunningMajlis("postgresql://nobody@127.0.0.1:9/none", CHANNEL_ID)) as it:
        rows = (await it.client.get("/phone/rows", params={"chat_id": CHAT_ID})).json()
        assert rows["message"].startswith("The database does not answer")
