"""`POST /v3/message` of the sandbox: documented checks, key memory, window and scripted faults."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import httpx
import pytest

from tests.integration.sandbox_support import CHANNEL_ID, CHAT_ID, WITHOUT_STATUSES, bench

DAY_SECONDS = 24 * 3600
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def test_a_send_is_answered_201_with_message_id_and_chat_id() -> None:
    async with bench() as it:
        answer = await it.send(crmMessageId="1")
        assert answer.status_code == 201
        assert set(answer.json()) == {"messageId", "chatId"}
        assert UUID.fullmatch(answer.json()["messageId"])
        assert answer.json()["chatId"] == CHAT_ID
        [message] = await it.records("messages", direction="out")
        assert (message["text"], message["crm_message_id"], message["delivered"]) == ("Hello", "1", True)


REFUSED_FIELDS: list[tuple[dict[str, object], str, object]] = [
    ({"channelId": "not-a-uuid"}, "INVALID_MESSAGE_DATA", {"fields": ["channelId"]}),
    ({"channelId": None, "chatId": None}, "INVALID_MESSAGE_DATA", {"fields": ["channelId", "chatId"]}),
    ({"chatType": "pigeon"}, "INVALID_MESSAGE_DATA", {"fields": ["chatType"]}),
    ({"chatId": "+971501234567"}, "INVALID_MESSAGE_DATA", {"fields": ["chatId"]}),
    ({"chatId": 971501234567}, "INVALID_MESSAGE_DATA", {"fields": ["chatId"]}),
    (
        {"chatType": "telegram"},
        "WRONG_TRANSPORT",
        {"channelId": CHANNEL_ID, "transport": "wapi", "chatType": "telegram"},
    ),
    (
        {"channelId": "11111111-1111-4111-8111-111111111111"},
        "CHANNEL_NOT_FOUND",
        {"channelId": "11111111-1111-4111-8111-111111111111"},
    ),
    ({"contentUri": "http://127.0.0.1:1/x.pdf"}, "MESSAGE_ONLY_TEXT_OR_CONTENT", None),
    ({"text": None}, "MESSAGE_NOTHING_TO_SEND", None),
    ({"text": " \n"}, "MESSAGES_TEXT_CAN_NOT_BE_BLANK", None),
    ({"text": None, "contentUri": " "}, "MESSAGES_CONTENT_CAN_NOT_BE_BLANK", None),
    ({"text": "ا" * 1025}, "MESSAGES_TOO_LONG_WABA", None),
    (
        {"text": None, "templateId": "11111111-1111-4111-8111-111111111111"},
        "INVALID_MESSAGE_DATA",
        {"fields": ["templateId"]},
    ),
    (
        {"text": "@template: 11111111-1111-4111-8111-111111111111 { [[a]] }"},
        "INVALID_MESSAGE_DATA",
        {"fields": ["text"]},
    ),
    ({"refMessageId": "22222222-2222-4222-8222-222222222222"}, "REFERENCE_MESSAGE_NOT_FOUND", None),
    ({"crmMessageId": 7}, "INVALID_MESSAGE_DATA", {"fields": ["crmMessageId"]}),
    ({"clearUnanswered": "no"}, "INVALID_MESSAGE_DATA", {"fields": ["clearUnanswered"]}),
    ({"caption": "x"}, "INVALID_MESSAGE_DATA", {"fields": ["caption"]}),
    (
        {"buttonsObject": [{"text": "Yes", "type": "text"}]},
        "INVALID_MESSAGE_DATA",
        {"fields": ["buttonsObject"]},
    ),
    (
        {"buttonsObject": {"buttons": [[{"text": "Yes", "type": "text"}]]}},
        "INVALID_MESSAGE_DATA",
        {"fields": ["buttonsObject"]},
    ),
    (
        {"buttonsObject": {"buttons": [{"text": "x" * 21, "type": "text"}]}},
        "INVALID_MESSAGE_DATA",
        {"fields": ["buttonsObject"]},
    ),
    (
        {"buttonsObject": {"buttons": [{"text": "Site", "type": "url"}]}},
        "INVALID_MESSAGE_DATA",
        {"fields": ["buttonsObject"]},
    ),
]


@pytest.mark.parametrize(("fields", "code", "data"), REFUSED_FIELDS)
async def test_a_bad_field_is_refused_with_its_documented_code(
    fields: dict[str, object], code: str, data: object
) -> None:
    async with bench() as it:
        answer = await it.send(**fields)
        body = answer.json()
        assert (answer.status_code, body["status"], body["error"]) == (400, 400, code)
        assert re.fullmatch(r"[0-9a-f]{32}", body["requestId"])
        assert body["description"]
        assert body.get("data") == data
        assert await it.records("messages", direction="out") == []


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff"])
async def test_a_body_that_is_no_json_object_is_refused(raw: bytes) -> None:
    async with bench() as it:
        answer = await it.client.post("/v3/message", content=raw)
        assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")


async def test_unknown_fields_pass_and_codes_are_camel_case_when_switched() -> None:
    async with bench() as it:
        await it.turn(refuse_unknown_fields=False, error_code_style="camelCase")
        assert (await it.send(caption="x", crmMessageId="1")).status_code == 201
        assert (await it.send(crmMessageId="1")).json()["error"] == "repeatedCrmMessageId"


async def test_text_of_1024_characters_and_twelve_buttons_pass_and_two_buttons_are_dropped() -> None:
    async with bench() as it:
        buttons = [{"text": f"{number}", "type": "text", "payload": f"p{number}"} for number in range(12)]
        assert (await it.send(text="ا" * 1024, buttonsObject={"buttons": buttons})).status_code == 201
        [message] = await it.records("messages", direction="out")
        assert [button["payload"] for button in message["buttons"]] == [f"p{number}" for number in range(10)]


async def test_a_repeat_within_60_seconds_is_400_without_the_first_message_id_then_sent_again() -> None:
    async with bench() as it:
        first = (await it.send(crmMessageId="row-1")).json()["messageId"]
        await it.control("clock", {"advance_seconds": 59})
        repeat = await it.send(crmMessageId="row-1")
        assert (repeat.status_code, repeat.json()["error"]) == (400, "REPEATED_CRM_MESSAGE_ID")
        assert repeat.json()["data"] == {"crmMessageId": "row-1"}
        assert first not in repeat.text
        await it.control("clock", {"advance_seconds": 2})
        again = await it.send(crmMessageId="row-1")
        assert again.status_code == 201
        assert len(await it.records("messages", direction="out")) == 2


async def test_two_attempts_with_one_key_at_the_same_time_are_accepted_once() -> None:
    async with bench() as it:
        answers = await asyncio.gather(*(it.send(crmMessageId="row-1") for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [201] + [400] * 9


async def test_a_refused_attempt_frees_its_key_unless_the_knob_keeps_it() -> None:
    async with bench() as it:
        await it.turn(send_script=["refuse:MESSAGE_CHANNEL_UNAVAILABLE", "ok", "refuse_key_occupied"])
        assert (await it.send(crmMessageId="a")).json()["error"] == "MESSAGE_CHANNEL_UNAVAILABLE"
        assert (await it.send(crmMessageId="a")).status_code == 201
        assert (await it.send(crmMessageId="b")).json()["error"] == "MESSAGE_CHANNEL_UNAVAILABLE"
        assert (await it.send(crmMessageId="b")).json()["error"] == "REPEATED_CRM_MESSAGE_ID"
        await it.turn(failed_attempts_occupy_key=True, send_script=["500"])
        assert (await it.send(crmMessageId="c")).status_code == 500
        assert (await it.send(crmMessageId="c")).json()["error"] == "REPEATED_CRM_MESSAGE_ID"


async def test_outside_the_window_a_send_is_201_and_then_a_status_error() -> None:
    async with bench() as it:
        await it.turn(echo="all", status_script=["sent", "read"])
        await it.control("clock", {"advance_seconds": DAY_SECONDS - 1})
        assert (await it.send()).status_code == 201
        await it.settled()
        assert [item["status"] for item in it.receiver.elements("statuses")] == ["sent", "read"]
        it.receiver.received.clear()
        await it.control("clock", {"advance_seconds": 2})
        late = await it.send()
        assert late.status_code == 201
        await it.settled()
        [body] = it.receiver.bodies()
        [status] = body["statuses"]
        assert (status["messageId"], status["status"]) == (late.json()["messageId"], "error")
        assert status["error"]["error"] == "24_HOURS_EXCEEDED"
        assert (await it.records("messages", direction="out"))[-1]["delivered"] is False
        await it.customer("still there?")
        assert (await it.send()).status_code == 201
        await it.settled()
        assert (await it.records("messages", direction="out"))[-1]["delivered"] is True


async def test_the_window_can_refuse_at_once_and_exists_only_on_wapi() -> None:
    async with bench() as it:
        await it.turn(window_refusal="synchronous")
        stranger = await it.send(chatId="971509999999")
        assert (stranger.status_code, stranger.json()["error"]) == (400, "24_HOURS_EXCEEDED")
    async with bench(transport="whatsapp") as it:
        await it.turn(window_refusal="synchronous")
        assert (await it.send(chatId="971509999999")).status_code == 201


async def test_the_window_counts_from_the_messengers_time_not_from_arrival() -> None:
    async with bench() as it:
        await it.turn(window_refusal="synchronous")
        await it.customer("old", chat_id="971501111111", at="2020-01-01T00:00:00Z")
        assert (await it.send(chatId="971501111111")).status_code == 400


async def test_scripted_outcomes_are_used_up_in_order_and_by_chat() -> None:
    async with bench() as it:
        await it.turn(
            **WITHOUT_STATUSES, send_script=[{"chat_id": "971500000000", "outcome": "500"}, "429", "ok"]
        )
        statuses = [(await it.send()).status_code for _ in range(3)]
        assert statuses == [429, 201, 201]
        assert (await it.send(chatId="971500000000")).status_code == 500
        sends = await it.records("sends")
        assert [send["outcome"] for send in sends] == ["failed", "accepted", "accepted", "failed"]
        assert [send["status_code"] for send in sends] == [429, 201, 201, 500]
        assert sends[1]["body"]["text"] == "Hello"
        assert sends[1]["received_monotonic"] < sends[1]["answered_monotonic"]


@pytest.mark.parametrize(("outcome", "accepted"), [("accept_then_drop", 1), ("close_connection", 0)])
async def test_a_dropped_connection_leaves_no_answer(outcome: str, accepted: int) -> None:
    async with bench() as it:
        await it.turn(send_script=[outcome])
        with pytest.raises(httpx.TransportError):
            await it.send(crmMessageId="row-1")
        assert len(await it.records("messages", direction="out")) == accepted
        assert (await it.records("sends"))[0]["status_code"] is None
        repeat = await it.send(crmMessageId="row-1")
        assert repeat.status_code == (400 if accepted else 201)


async def test_503_and_broken_json_come_after_acceptance() -> None:
    async with bench() as it:
        await it.turn(send_script=["503_after_accept", "broken_json"])
        assert (await it.send()).status_code == 503
        broken = await it.send()
        assert broken.status_code == 201
        with pytest.raises(json.JSONDecodeError):
            broken.json()
        assert len(await it.records("messages", direction="out")) == 2


async def test_a_slow_answer_is_accepted_at_once_even_when_the_client_gives_up() -> None:
    async with bench() as it:
        await it.turn(send_script=["slow:30"], status_script=["read"])
        with pytest.raises(httpx.ReadTimeout):
            await it.client.post(
                "/v3/message",
                json={"channelId": CHANNEL_ID, "chatType": "whatsapp", "chatId": CHAT_ID, "text": "x"},
                timeout=0.3,
            )
        await it.settled()
        [message] = await it.records("messages", direction="out")
        assert (message["delivered"], message["status"]) == (True, "read")
        assert (await it.records("sends"))[0]["status_code"] is None


async def test_a_lost_message_is_answered_201_and_never_reaches_the_customer() -> None:
    async with bench() as it:
        await it.turn(send_script=["accept_and_lose"])
        assert (await it.send()).status_code == 201
        await it.settled()
        assert it.receiver.received == []
        [message] = await it.records("messages", direction="out")
        assert (message["delivered"], message["undelivered_reason"]) == (False, "lost")


async def test_editing_and_deleting_are_refused_on_waba_and_work_elsewhere() -> None:
    async with bench() as it:
        sent = (await it.send()).json()["messageId"]
        edit = await it.client.patch(f"/v3/message/{sent}", json={"text": "new"})
        assert edit.json()["error"] == "CHANNEL_INVALID_TRANSPORT_FOR_EDITING"
        delete = await it.client.delete(f"/v3/message/{sent}")
        assert delete.json()["error"] == "CHANNEL_INVALID_TRANSPORT_FOR_DELETION"
    async with bench(transport="whatsapp") as it:
        sent = (await it.send()).json()["messageId"]
        assert (await it.client.patch(f"/v3/message/{sent}", json={"text": "new"})).status_code == 200
        await it.settled()
        changed = [item for item in it.receiver.elements("messages") if item.get("isEdited")]
        assert [(item["text"], item["oldInfo"]["oldText"]) for item in changed] == [("new", "Hello")]
        assert (await it.client.delete(f"/v3/message/{sent}")).status_code == 200
        assert (await it.client.delete(f"/v3/message/{sent}")).json()["error"] == "MESSAGES_NOT_FOUND"


async def test_a_channel_out_of_order_refuses_and_tells_by_webhook() -> None:
    async with bench() as it:
        await it.control("channel", {"state": "notEnoughMoney"})
        [update] = it.receiver.bodies()[0]["channelsUpdates"]
        assert (update["channelId"], update["state"]) == (CHANNEL_ID, "notEnoughMoney")
        assert isinstance(update["timestamp"], int)
        refused: Any = (await it.send()).json()
        assert refused["error"] == "CHANNEL_NO_MONEY"
        [channel] = (await it.client.get("/v3/channels")).json()
        assert channel["state"] == "notEnoughMoney"
