"""Templates in the sandbox: the list, what a send of one must be like, and what comes back of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.sample_templates import sample_templates
from app.seller import load_seller
from sales.templates import TemplatePurpose
from tests.integration.sandbox_support import CHANNEL_ID, CHAT_ID, Bench, bench

SELLER = load_seller()
LISTED = sample_templates(SELLER, CHANNEL_ID)
GUID = SELLER.templates.quote_ready.en
VALUES = ["Aisha", "QT-7"]
WITH_BUTTON: dict[str, Any] = {
    **LISTED[0],
    "templateGuid": "3d0c7f0e-0000-4000-8000-00000000aaaa",
    "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Quote {{1}}"},
        {"type": "BODY", "text": "Hello {{2}}, once more {{1}}"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "See", "url": "https://s.example/{{3}}"}]},
    ],
}


async def send(it: Bench, **fields: object) -> tuple[int, str | None, object]:
    """The answer to a send of the template, some fields changed: status, code, data."""
    answer = await it.send(**{"text": None, "templateId": GUID, "templateValues": VALUES, **fields})
    body = answer.json()
    return answer.status_code, body.get("error"), body.get("data")


async def test_the_list_holds_every_purpose_in_both_languages_and_comes_in_pages() -> None:
    async with bench(templates=LISTED) as it:
        everything = (await it.client.get("/v3/templates/whatsapp")).json()
        assert {(item["name"], item["language"]) for item in everything} == {
            (f"{purpose.value}_{language}", language)
            for purpose in TemplatePurpose
            for language in ("en", "ar")
        }
        assert {(item["status"], *item["channels"]) for item in everything} == {("approved", CHANNEL_ID)}
        assert all(item["templateCode"].startswith("@template: ") for item in everything)
        page = await it.client.get("/v3/templates/whatsapp", params={"limit": 3, "offset": 2})
        assert page.json() == everything[2:5]
        wrong = await it.client.get("/v3/templates/whatsapp", params={"limit": "many"})
        assert (wrong.status_code, wrong.json()["data"]) == (400, {"fields": ["limit"]})


async def test_a_template_is_shown_filled_and_comes_back_as_one() -> None:
    async with bench(templates=LISTED) as it:
        await it.turn(status_script=["sent"])
        assert (await send(it))[0] == 201
        await it.settled()
        [message] = await it.records("messages", direction="out")
        text = "Hello Aisha, the quote QT-7 that you asked for is ready. Reply here and we send it."
        assert (message["type"], message["text"]) == ("wapi_template", f"{text}\n{SELLER.name.en}")
        [echo] = it.receiver.elements("messages")
        assert (echo["type"], echo["text"], echo["isEcho"]) == ("wapi_template", message["text"], True)
        assert [status["status"] for status in it.receiver.elements("statuses")] == ["sent"]


async def test_header_body_and_button_are_filled() -> None:
    async with bench(templates=[WITH_BUTTON]) as it:
        guid = WITH_BUTTON["templateGuid"]
        assert (await send(it, templateId=guid, templateValues=["QT-7", "Aisha"]))[0] == 400
        assert (await send(it, templateId=guid, templateValues=["QT-7", "Aisha", "key"]))[0] == 201
        [message] = await it.records("messages", direction="out")
        assert message["text"] == "Quote QT-7\nHello Aisha, once more QT-7"


@pytest.mark.parametrize(
    ("fields", "error", "at_fault"),
    [
        ({"templateId": "3d0c7f0e-0000-4000-8000-00000000ffff"}, "INVALID_MESSAGE_DATA", "templateId"),
        ({"templateId": 7}, "INVALID_MESSAGE_DATA", "templateId"),
        ({"templateId": None}, "INVALID_MESSAGE_DATA", "templateId"),
        ({"templateValues": None}, "INVALID_MESSAGE_DATA", "templateValues"),
        ({"templateValues": ["Aisha"]}, "INVALID_MESSAGE_DATA", "templateValues"),
        ({"templateValues": [*VALUES, "more"]}, "INVALID_MESSAGE_DATA", "templateValues"),
        ({"templateValues": ["Aisha", ""]}, "INVALID_MESSAGE_DATA", "templateValues"),
        ({"templateValues": ["Aisha", 7]}, "INVALID_MESSAGE_DATA", "templateValues"),
        ({"templateValues": {"1": "Aisha"}}, "INVALID_MESSAGE_DATA", "templateValues"),
        ({"templateValues": ["Ai\nsha", "QT-7"]}, "INVALID_MESSAGE_DATA", "templateValues"),
        ({"templateValues": ["Ai\tsha", "QT-7"]}, "INVALID_MESSAGE_DATA", "templateValues"),
        ({"templateValues": ["Ai     sha", "QT-7"]}, "INVALID_MESSAGE_DATA", "templateValues"),
        ({"text": "and text"}, "MESSAGE_ONLY_TEXT_OR_CONTENT", None),
        ({"contentUri": "https://files.example/a.pdf"}, "MESSAGE_ONLY_TEXT_OR_CONTENT", None),
        (
            {"buttonsObject": {"buttons": [{"text": "A", "type": "text"}]}},
            "INVALID_MESSAGE_DATA",
            "buttonsObject",
        ),
    ],
)
async def test_a_wrong_template_is_refused(fields: dict[str, Any], error: str, at_fault: str | None) -> None:
    async with bench(templates=LISTED) as it:
        data = None if at_fault is None else {"fields": [at_fault]}
        assert await send(it, **fields) == (400, error, data)


async def test_the_text_form_of_a_template_stays_refused() -> None:
    async with bench(templates=LISTED) as it:
        answer = await it.send(text=f"@template: {GUID} {{ [[Aisha]]; [[QT-7]] }}")
        assert (answer.status_code, answer.json()["data"]) == (400, {"fields": ["text"]})


async def test_a_template_of_another_channel_is_refused() -> None:
    elsewhere = [{**item, "channels": ["5d0c7f0e-0000-4000-8000-000000000000"]} for item in LISTED]
    async with bench(templates=elsewhere) as it:
        assert await send(it) == (400, "INVALID_MESSAGE_DATA", {"fields": ["templateId"]})


@pytest.mark.parametrize("transport", ["whatsapp"])
async def test_only_the_business_api_has_templates(transport: str) -> None:
    async with bench(templates=LISTED, transport=transport) as it:
        assert await send(it) == (400, "INVALID_MESSAGE_DATA", {"fields": ["templateId"]})


@pytest.mark.parametrize(
    ("status", "code"),
    [("paused", "132015"), ("disabled", "132016"), ("rejected", "132001"), ("pending", "132001")],
)
@pytest.mark.parametrize("refusal", ["synchronous", "status"])
async def test_one_that_is_not_approved_is_refused_at_once_or_later(
    status: str, code: str, refusal: str
) -> None:
    async with bench(templates=LISTED) as it:
        await it.turn(template_refusal=refusal)
        await it.control("template", {"guid": GUID, "status": status})
        answer = await send(it)
        if refusal == "synchronous":
            assert answer[:2] == (400, "TEMPLATE_REJECTED")
            return
        assert answer[0] == 201
        await it.settled()
        [told] = it.receiver.elements("statuses")
        assert (told["status"], told["error"]["error"]) == ("error", code)
        [message] = await it.records("messages", direction="out")
        assert message["delivered"] is False


@pytest.mark.parametrize("upper_case", [True, False])
async def test_a_new_status_is_listed_and_told_by_webhook(upper_case: bool) -> None:
    async with bench(templates=LISTED) as it:
        await it.turn(template_status_upper_case=upper_case)
        await it.control("template", {"guid": GUID, "status": "paused"})
        said = "PAUSED" if upper_case else "paused"
        assert it.receiver.bodies() == [
            {"templateStatus": {"templateGuid": GUID, "name": "quote_ready_en", "status": said}}
        ]
        listed = (await it.client.get("/v3/templates/whatsapp")).json()
        assert {item["status"] for item in listed if item["templateGuid"] == GUID} == {said}
        for wrong in ({"guid": GUID, "status": "loved"}, {"guid": "none", "status": "paused"}):
            assert (await it.client.post("/control/template", json=wrong)).status_code == 400
        await it.client.post("/control/reset")
        assert (await send(it))[0] == 201


async def test_a_template_event_that_nobody_subscribed_to_is_not_sent() -> None:
    async with bench(templates=LISTED) as it:
        body = {"webhooksUri": it.receiver.url, "subscriptions": {"messagesAndStatuses": True}}
        await it.client.patch("/v3/webhooks", json=body)
        it.receiver.received.clear()
        await it.control("template", {"guid": GUID, "status": "paused"})
        assert it.receiver.received == []


@pytest.mark.parametrize(
    ("place", "code", "description"),
    [("code", "131049", "ecosystem"), ("description", "GENERAL_ERROR", "(#131049)")],
)
async def test_a_per_user_limit_is_told_as_a_status(place: str, code: str, description: str) -> None:
    async with bench(templates=LISTED) as it:
        await it.turn(template_errors={CHAT_ID: "131049"}, template_error_in=place)
        assert (await send(it))[0] == 201
        assert (await it.send()).status_code == 201
        await it.settled()
        failed = [status for status in it.receiver.elements("statuses") if status["status"] == "error"]
        assert [status["error"]["error"] for status in failed] == [code]
        assert description in failed[0]["error"]["description"]


async def test_the_window_does_not_bind_templates_and_they_do_not_open_it() -> None:
    async with bench(templates=LISTED) as it:
        await it.turn(window_refusal="synchronous", status_script=[])
        await it.control("clock", {"advance_seconds": 25 * 3600})
        assert (await send(it))[0] == 201
        assert (await it.send()).json()["error"] == "24_HOURS_EXCEEDED"
