"""Webhooks of the sandbox: subscription, delivery knobs, echoes and status scripts."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.integration.sandbox_support import CHANNEL_ID, CHAT_ID, WITHOUT_STATUSES, bench, running_receiver

SUBSCRIPTIONS = {"messagesAndStatuses": True, "channelsUpdates": False}


async def test_patch_probes_the_address_and_replaces_the_registration() -> None:
    async with bench() as it, running_receiver() as other:
        answer = await it.client.patch(
            "/v3/webhooks", json={"webhooksUri": other.url, "subscriptions": SUBSCRIPTIONS}
        )
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
        [probe] = other.received
        assert (probe.method, probe.json) == ("POST", {"test": True})
        assert "authorization" not in probe.headers
        assert probe.target == "/hook?token=secret"
        await it.customer("Hello")
        assert it.receiver.received == []
        assert [message["text"] for message in other.elements("messages")] == ["Hello"]
        await it.control("channel", {"state": "disabled"})
        assert len(other.received) == 2


@pytest.mark.parametrize("uri", ["ftp://host/x", "not an address", "http://host/" + "x" * 190, None])
async def test_patch_refuses_an_address_that_is_none_or_longer_than_200(uri: str | None) -> None:
    async with bench() as it:
        answer = await it.client.patch("/v3/webhooks", json={"webhooksUri": uri, "subscriptions": {}})
        assert (answer.status_code, answer.json()["error"]) == (400, "uriNotValid")
        assert (await it.client.get("/v3/webhooks")).json()["webhooksUri"] == it.receiver.url


async def test_patch_needs_200_and_keeps_the_old_registration_when_it_fails() -> None:
    async with bench() as it, running_receiver() as other:
        other.next_statuses = [204]
        answer = await it.client.patch("/v3/webhooks", json={"webhooksUri": other.url, "subscriptions": {}})
        assert (answer.status_code, answer.json()["error"]) == (400, "testPostNotPassed")
        assert answer.json()["data"] == "204"
        await it.customer("Hello")
        assert len(it.receiver.received) == 1


async def test_get_shows_booleans_as_live_or_strings_as_documented() -> None:
    async with bench() as it:
        live = (await it.client.get("/v3/webhooks")).json()
        assert live["webhooksUri"] == it.receiver.url
        assert live["subscriptions"]["messagesAndStatuses"] is True
        assert live["subscriptions"]["wabaTemplatesStatus"] is True
        assert "templateStatus" not in live["subscriptions"]
        await it.turn(subscription_style="documented")
        documented = (await it.client.get("/v3/webhooks")).json()["subscriptions"]
        assert documented["messagesAndStatuses"] == "true"
        assert documented["contactsAndDealsCreation"] == "false"
        assert documented["templateStatus"] == "true"


async def test_a_customers_message_looks_as_documented() -> None:
    async with bench() as it:
        sent = await it.customer("السلام عليكم", name="Aisha", at="2026-11-20T09:16:00.002Z")
        [request] = it.receiver.received
        [message] = request.json["messages"]
        assert request.headers["content-type"] == "application/json; charset-utf-8"
        assert "authorization" not in request.headers
        assert message == {
            "messageId": sent["messages"][0]["message_id"],
            "dateTime": "2026-11-20T09:16:00.002Z",
            "channelId": CHANNEL_ID,
            "chatType": "whatsapp",
            "chatId": CHAT_ID,
            "type": "text",
            "isEcho": False,
            "contact": {"name": "Aisha"},
            "text": "السلام عليكم",
            "status": "inbound",
        }
        assert "السلام".encode() in request.body
        [delivery] = sent["deliveries"]
        assert (delivery["status_code"], delivery["purpose"], delivery["attempt"]) == (200, "inbound", 1)
        assert delivery["latency_seconds"] > 0


async def test_the_crm_key_comes_as_bearer_when_there_is_one_and_not_with_the_probe() -> None:
    async with bench(crm_key="crm-secret") as it:
        await it.customer("Hello")
        assert it.receiver.received[0].headers["authorization"] == "Bearer crm-secret"
        await it.turn(crm_key_header=False)
        await it.customer("Hello")
        assert "authorization" not in it.receiver.received[1].headers
        await it.client.patch("/v3/webhooks", json={"webhooksUri": it.receiver.url, "subscriptions": {}})
        assert "authorization" not in it.receiver.received[2].headers
        await it.turn(probe_carries_crm_key=True, crm_key_header=True)
        await it.client.patch("/v3/webhooks", json={"webhooksUri": it.receiver.url, "subscriptions": {}})
        assert it.receiver.received[3].headers["authorization"] == "Bearer crm-secret"


async def test_without_a_retry_schedule_a_failed_delivery_is_lost() -> None:
    async with bench() as it:
        it.receiver.next_statuses = [503]
        lost = await it.customer("one")
        assert [item["status_code"] for item in lost["deliveries"]] == [503]
        assert lost["messages"][0]["webhook_statuses"] == [503]
        await it.turn(webhook_retry_seconds=[0.01, 0.01])
        it.receiver.next_statuses = [503, 500]
        tried = await it.customer("two")
        assert [(item["attempt"], item["status_code"]) for item in tried["deliveries"]] == [
            (1, 503),
            (2, 500),
            (3, 200),
        ]
        taken = await it.customer("three")
        assert [item["attempt"] for item in taken["deliveries"]] == [1], "a 200 ends the tries"


async def test_a_delivery_waits_30_seconds_by_default_and_then_gives_up() -> None:
    async with bench() as it:
        assert (await it.client.get("/control/knobs")).json()["webhook_timeout_seconds"] == 30
        await it.turn(webhook_timeout_seconds=0.2)
        it.receiver.may_answer.clear()
        [delivery] = (await it.customer("Hello"))["deliveries"]
        assert delivery["status_code"] is None
        assert "0.2 s" in delivery["error"]
        assert delivery["latency_seconds"] >= 0.2


async def test_copies_go_over_several_connections_and_bursts_stay_in_order() -> None:
    async with bench() as it:
        await it.customer("a", "b", "c")
        assert [body["messages"][0]["text"] for body in it.receiver.bodies()] == ["a", "b", "c"]
        it.receiver.received.clear()
        it.receiver.may_answer.clear()
        storm = asyncio.create_task(it.customer("same", message_id="m-1", copies=50, connections=20))
        waiting = await it.receiver.wait_for(20)
        assert len({request.connection for request in waiting}) == 20
        it.receiver.may_answer.set()
        assert len((await storm)["deliveries"]) == 50
        assert len({request.body for request in it.receiver.received}) == 1
        assert len([item for item in await it.records("messages") if item["message_id"] == "m-1"]) == 1


async def test_batches_duplicates_and_unknown_things() -> None:
    async with bench() as it:
        await it.customer("a", "b", "c", batch=True)
        assert [len(body["messages"]) for body in it.receiver.bodies()] == [3]
        it.receiver.received.clear()
        await it.turn(webhook_batch_size=2, webhook_duplicates=1)
        await it.customer("a", "b", "c")
        assert [len(body["messages"]) for body in it.receiver.bodies()] == [2, 2, 1, 1]
        it.receiver.received.clear()
        await it.turn(
            webhook_batch_size=1,
            webhook_duplicates=0,
            webhook_unknown_fields=True,
            webhook_unknown_siblings=True,
        )
        await it.customer("a")
        [body] = it.receiver.bodies()
        assert [message["type"] for message in body["messages"]] == ["hologram", "text"]
        assert body["statuses"][0]["status"] == "admired"
        assert "sandboxUnknownField" in body["messages"][1]
        assert "sandboxUnknownEvent" in body


async def test_raw_bytes_are_delivered_as_they_are() -> None:
    async with bench() as it:
        poison = b'{"messages":[{"text":"\\ud800\\u0000 \xff'
        answer = await it.client.post(
            "/control/webhook?copies=2", content=poison, headers={"Content-Type": "text/plain"}
        )
        assert [item["status_code"] for item in answer.json()["deliveries"]] == [200, 200]
        assert [item.body for item in it.receiver.received] == [poison, poison]
        assert it.receiver.received[0].headers["content-type"] == "text/plain"


async def test_a_lone_surrogate_survives_the_way_as_an_escape() -> None:
    async with bench() as it:
        raw = json.dumps({"chat_id": CHAT_ID, "messages": [{"type": "text", "text": "a\ud800b"}]})
        answer = await it.client.post("/control/customer", content=raw.encode())
        assert answer.status_code == 200
        assert it.receiver.elements("messages")[0]["text"] == "a\ud800b"


@pytest.mark.parametrize(("echo", "own", "managers"), [("off", 0, 0), ("others", 0, 1), ("all", 1, 1)])
async def test_the_echo_knob(echo: str, own: int, managers: int) -> None:
    async with bench() as it:
        await it.turn(echo=echo, status_script=[])
        await it.send(text="from the bot", crmUserId="bot-7")
        await it.settled()
        assert len(it.receiver.elements("messages")) == own
        await it.control("manager", {"chat_id": CHAT_ID, "text": "from a person", "author_name": "Sara"})
        echoes = it.receiver.elements("messages")[own:]
        assert len(echoes) == managers
        for message in echoes:
            assert (message["isEcho"], message["sentFromApp"]) == (True, True)
            assert (message["authorName"], message["status"]) == ("Sara", "sent")
        for message in it.receiver.elements("messages")[:own]:
            assert (message["isEcho"], message["sentFromApp"]) == (True, False)
            assert message["authorId"] == "bot-7"


async def test_echo_and_statuses_follow_the_answer_in_order_by_default() -> None:
    async with bench() as it:
        answer = await it.send()
        await it.settled()
        [send] = await it.records("sends")
        deliveries = (await it.records("deliveries"))[1:]
        assert [item["purpose"] for item in deliveries] == ["echo", "status", "status", "status"]
        assert deliveries[0]["started_monotonic"] > send["answered_monotonic"]
        statuses = it.receiver.elements("statuses")
        assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
        assert {status["messageId"] for status in statuses} == {answer.json()["messageId"]}
        assert all(status["timestamp"].endswith("Z") for status in statuses)
        assert not {"channelId", "chatId"} & set(statuses[0])
        assert (await it.records("messages", direction="out"))[0]["status"] == "read"


async def test_the_echo_can_come_before_the_answer() -> None:
    async with bench() as it:
        await it.turn(echo_before_response=True)
        it.receiver.may_answer.clear()
        sending = asyncio.create_task(it.send())
        await it.receiver.wait_for(1)
        assert not sending.done()
        it.receiver.may_answer.set()
        assert (await sending).status_code == 201
        assert it.receiver.elements("messages")[0]["isEcho"] is True
        [send] = await it.records("sends")
        echo = (await it.records("deliveries", purpose="echo"))[0]
        assert echo["started_monotonic"] + echo["latency_seconds"] < send["answered_monotonic"]


async def test_a_status_can_come_before_the_echo() -> None:
    async with bench() as it:
        await it.turn(status_before_echo=True, status_script=["sent", "read"])
        await it.send()
        await it.settled()
        assert [sorted(body) for body in it.receiver.bodies()] == [["statuses"], ["messages"], ["statuses"]]


async def test_statuses_can_be_lost_reordered_and_end_in_an_error() -> None:
    async with bench() as it:
        await it.turn(
            echo="off",
            status_script=["read", "sent"],
            status_scripts_by_chat={
                "971500000000": [{"status": "sent"}, {"status": "error", "error": "BAD_CONTACT"}]
            },
        )
        await it.send()
        await it.settled()
        assert [status["status"] for status in it.receiver.elements("statuses")] == ["read", "sent"]
        await it.customer("Hi", chat_id="971500000000")
        it.receiver.received.clear()
        await it.send(chatId="971500000000")
        await it.settled()
        sent, error = it.receiver.elements("statuses")
        assert sent["status"] == "sent"
        assert (error["status"], error["error"]["error"]) == ("error", "BAD_CONTACT")
        usual, failed = await it.records("messages", direction="out")
        assert (usual["status"], usual["delivered"]) == ("read", True)
        assert (failed["status"], failed["undelivered_reason"]) == ("error", "BAD_CONTACT")


async def test_echo_and_statuses_share_a_body_when_batches_are_mixed() -> None:
    async with bench() as it:
        await it.turn(webhook_batch_size=10, status_script=["sent", "delivered"])
        await it.send()
        await it.settled()
        [body] = it.receiver.bodies()
        assert (len(body["messages"]), len(body["statuses"])) == (1, 2)
        it.receiver.received.clear()
        await it.turn(webhook_mixed=False)
        await it.send()
        await it.settled()
        assert [sorted(body) for body in it.receiver.bodies()] == [["messages"], ["statuses"]]


async def test_without_an_address_nothing_is_delivered() -> None:
    async with bench(webhook_url=None) as it:
        await it.turn(**WITHOUT_STATUSES)
        assert (await it.customer("Hello"))["deliveries"] == []
        assert it.receiver.received == []
