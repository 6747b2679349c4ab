"""The other routes of `/v3`: keys and limits, channels, templates, entities; and the control API itself."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.sandbox_support import API_KEY, CHANNEL_ID, CHAT_ID, bench

CONTACT = {
    "id": "c1",
    "responsibleUserId": "1",
    "name": "Aisha",
    "contactData": [{"chatType": "whatsapp", "chatId": CHAT_ID}],
}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": API_KEY}])
async def test_every_route_asks_for_the_key(headers: dict[str, str]) -> None:
    async with bench() as it, httpx.AsyncClient(base_url=it.sandbox.url, headers=headers) as stranger:
        for method, path in (
            ("POST", "/v3/message"),
            ("PATCH", "/v3/message/x"),
            ("DELETE", "/v3/message/x"),
            ("GET", "/v3/channels"),
            ("GET", "/v3/templates/whatsapp"),
            ("GET", "/v3/webhooks"),
            ("PATCH", "/v3/webhooks"),
            ("GET", "/v3/contacts"),
            ("POST", "/v3/deals"),
            ("GET", "/v3/users/u"),
            ("PATCH", "/v3/contacts/bulk_delete"),
            ("GET", "/v3/pipelines"),
            ("POST", "/v3/iframe"),
            ("GET", "/v3/unanswered/1"),
        ):
            assert (await stranger.request(method, path, content=b"{}")).status_code == 401, path
        assert await it.records("sends") == []


async def test_request_501_within_5_seconds_is_429_and_the_counter_starts_again() -> None:
    async with bench() as it:
        statuses = [(await it.client.get("/v3/channels")).status_code for _ in range(501)]
        assert statuses == [200] * 500 + [429]
        await it.control("clock", {"advance_seconds": 5})
        answer = await it.client.get("/v3/channels")
        assert answer.status_code == 200
        await it.turn(rate_limit_requests=1)
        limited = await it.client.get("/v3/channels")
        assert limited.status_code == 429
        assert "retry-after" not in limited.headers


async def test_a_sidecar_key_opens_few_routes_and_partner_routes_are_closed_to_all() -> None:
    async with bench() as it:
        assert (await it.client.post("/v3/connect")).status_code == 403
        assert (await it.client.get("/v3/contacts")).status_code == 200
        await it.turn(sidecar_key=True)
        assert (await it.client.get("/v3/channels")).status_code == 200
        closed = await it.client.get("/v3/contacts")
        assert (closed.status_code, closed.json()) == (403, {"error": "FORBIDDEN"})


async def test_channels_and_templates() -> None:
    async with bench() as it:
        [channel] = (await it.client.get("/v3/channels")).json()
        assert channel["channelId"] == CHANNEL_ID
        assert (channel["transport"], channel["state"]) == ("wapi", "active")
        templates = await it.client.get("/v3/templates/whatsapp", params={"limit": 100, "offset": 0})
        assert (templates.status_code, templates.json()) == (200, [])


async def test_contacts_are_kept_paged_and_deleted() -> None:
    async with bench() as it:
        batch = [{**CONTACT, "id": f"c{number:03}"} for number in range(100)]
        assert (await it.client.post("/v3/contacts", json=batch)).status_code == 200
        await it.client.post("/v3/contacts", json=[{**CONTACT, "id": "c100"}])
        page = (await it.client.get("/v3/contacts")).json()
        assert (page["count"], len(page["data"]), page["data"][0]["id"]) == (101, 100, "c000")
        rest = (await it.client.get("/v3/contacts", params={"offset": 100})).json()
        assert [item["id"] for item in rest["data"]] == ["c100"]
        assert (await it.client.get("/v3/contacts/c100")).json()["name"] == "Aisha"
        assert (await it.client.delete("/v3/contacts/c100")).status_code == 200
        await it.client.patch("/v3/contacts/bulk_delete", json=["c000", "c001"])
        assert (await it.client.get("/v3/contacts")).json()["count"] == 98


async def test_entities_are_refused_with_their_codes() -> None:
    async with bench() as it:
        too_many = await it.client.post("/v3/contacts", json=[CONTACT] * 101)
        assert (too_many.status_code, too_many.json()["error"]) == (400, "TOO_MANY_ENTITIES")
        wrong = await it.client.post("/v3/contacts", json=[CONTACT, {"id": "x", "name": "n" * 201}])
        assert wrong.json()["error"] == "INVALID_CONTACTS_DATA"
        assert wrong.json()["data"] == [{"index": 1, "fields": ["responsibleUserId", "name", "contactData"]}]
        assert (await it.client.post("/v3/contacts", json=[CONTACT, CONTACT])).status_code == 500
        assert (await it.client.post("/v3/pipelines", json=[{"id": "1", "stages": []}])).status_code == 400
        users = [{"id": "2", "name": "Zaid"}, {"id": "1", "name": "Ali"}]
        assert (await it.client.post("/v3/users", json=users)).status_code == 200
        assert [user["name"] for user in (await it.client.get("/v3/users")).json()] == ["Ali", "Zaid"]
        iframe = await it.client.post("/v3/iframe", json={"user": {"id": "1"}, "scope": "card"})
        assert iframe.json()["data"] == {"fields": ["filter"]}
        frame = await it.client.post("/v3/iframe", json={"user": {"id": "1"}, "scope": "global"})
        assert set(frame.json()) == {"url"}


async def test_unanswered_counts_until_a_send_clears_it() -> None:
    async with bench() as it:
        await it.customer("and?")
        waiting = (await it.client.get("/v3/unanswered/1")).json()
        assert (waiting["counterV2"], waiting["type"]) == (2, "red")
        await it.send(clearUnanswered=False)
        assert (await it.client.get("/v3/unanswered/1")).json()["counterV2"] == 2
        await it.send()
        answered = (await it.client.get("/v3/unanswered/1")).json()
        assert answered == {"counterV2": 0, "type": None, "lastMsgDateTime": None}


async def test_knobs_are_turned_partially_and_refused_whole() -> None:
    async with bench() as it:
        await it.turn(echo="off")
        wrong = await it.client.put("/control/knobs", json={"echo": "all", "webhook_batch_size": 0})
        assert wrong.status_code == 400
        assert "webhook_batch_size" in wrong.json()["error"]
        assert (await it.client.get("/control/knobs")).json()["echo"] == "off"
        unknown = await it.client.put("/control/knobs", json={"ecco": "all"})
        assert "ecco" in unknown.json()["error"]


async def test_reset_forgets_everything_but_the_address_and_the_clock() -> None:
    async with bench() as it:
        await it.turn(echo="off", status_script=[{"status": "sent", "after_seconds": 60}])
        await it.send()
        await it.control("clock", {"advance_seconds": 10})
        await it.control("reset", {})
        state = (await it.client.get("/control/state")).json()
        assert (state["idle"], state["windows"]) == (True, {})
        assert state["counts"] == {"messages": 0, "sends": 0, "deliveries": 0}
        assert state["knobs"]["echo"] == "all"
        assert state["clock_offset_seconds"] == 10
        assert state["webhooks"]["webhooksUri"] == it.receiver.url


async def test_the_clock_only_moves_forward_and_stamps_what_happens() -> None:
    async with bench() as it:
        before = (await it.client.get("/control/clock")).json()["now"]
        after = await it.control("clock", {"advance_seconds": 90_000})
        assert after["now"] > before
        await it.customer("later")
        assert it.receiver.elements("messages")[0]["dateTime"] >= after["now"]
        back = await it.client.post("/control/clock", json={"advance_seconds": -1})
        assert (back.status_code, "forward" in back.json()["error"]) == (400, True)


async def test_listings_wait_for_records_and_say_408_when_they_do_not_come() -> None:
    async with bench() as it:
        answer = await it.client.get(
            "/control/messages", params={"direction": "out", "at_least": 1, "timeout_seconds": 0.05}
        )
        assert (answer.status_code, answer.json()) == (408, {"messages": []})
        await it.send()
        complete = await it.client.get("/control/messages", params={"direction": "out", "at_least": 1})
        assert complete.status_code == 200


async def test_records_are_in_one_order_with_both_times() -> None:
    async with bench() as it:
        await it.turn(status_script=[])
        await it.send()
        await it.settled()
        records = [*await it.records("messages"), *await it.records("sends"), *await it.records("deliveries")]
        ordered = sorted(records, key=lambda record: record["sequence"])
        assert len({record["sequence"] for record in records}) == len(records)
        monotonic = [
            next(value for name, value in record.items() if name.endswith("_monotonic")) for record in ordered
        ]
        assert monotonic == sorted(monotonic)
        assert (await it.records("messages", chat_id="971509999999")) == []
