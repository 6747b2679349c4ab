"""The gateway on a real socket: who may deliver, what an answer promises, what others may see."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import httpx
import pytest
from sanic import Sanic

from app import gateway
from app.settings import read_settings
from storage.heartbeat import beat
from tests.support import CHANNEL_ID, TOKEN, WEBHOOK, Database, eventually, message, running_gateway, webhook

LIMIT_BYTES = 1 << 20
# A port where nobody listens: whoever needs the database to answer is late or wrong.
NO_DATABASE = "postgresql://majlis@127.0.0.1:1/none"
CRM_KEY = "crm-key-of-tests"


async def raw_request(client: httpx.AsyncClient, head: Iterable[str], body: bytes = b"") -> int:
    """Send exactly these lines and bytes and return the status, without ever sending more."""
    host, port = client.base_url.host, client.base_url.port
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write("\r\n".join([*head, f"Host: {host}", "", ""]).encode() + body)
        await writer.drain()
        async with asyncio.timeout(5):
            answer = await reader.readline()
        return int(answer.split()[1])
    finally:
        writer.close()


def spooled(home: Path) -> int:
    return sum(path.stat().st_size for path in (home / "spool").iterdir())


# --- who may deliver ---


@pytest.mark.parametrize("address", ["/webhooks/wazzup", "/webhooks/wazzup?token=", f"{WEBHOOK}x"])
async def test_a_wrong_token_is_refused_before_the_body_is_read_and_without_a_database(
    tmp_path: Path, address: str
) -> None:
    async with running_gateway(NO_DATABASE, tmp_path) as client:
        head = [f"POST {address} HTTP/1.1", "Content-Type: application/json", "Content-Length: 500000"]
        assert await raw_request(client, head) == 401
        assert spooled(tmp_path) == 0


async def test_bytes_that_are_no_text_in_address_and_header_are_refused_too(tmp_path: Path) -> None:
    async with running_gateway(NO_DATABASE, tmp_path, wazzup_crm_key=CRM_KEY) as client:
        for address, header in (("/webhooks/wazzup?token=\udcff", "x"), (WEBHOOK, "Bearer \udcff")):
            lines = [f"POST {address} HTTP/1.1", f"Authorization: {header}", "Content-Length: 2"]
            reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
            writer.write("\r\n".join([*lines, "Host: x", "", "{}"]).encode(errors="surrogateescape"))
            assert int((await reader.readline()).split()[1]) in {400, 401}
            writer.close()


async def test_an_address_that_is_not_allowed_is_refused_before_the_body_is_read(tmp_path: Path) -> None:
    async with running_gateway(NO_DATABASE, tmp_path, gateway_allowed_ips="203.0.113.0/24") as client:
        head = [f"POST {WEBHOOK} HTTP/1.1", "Content-Length: 500000"]
        assert await raw_request(client, head) == 403
        assert spooled(tmp_path) == 0


async def test_an_allowed_address_delivers(db: Database, tmp_path: Path) -> None:
    async with running_gateway(db.url, tmp_path, gateway_allowed_ips="203.0.113.7,127.0.0.0/8") as client:
        assert (await client.post(WEBHOOK, content=webhook(message()))).status_code == 200
    assert await db.one("select count(*) from inbox") == 1


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    async with running_gateway(NO_DATABASE, tmp_path) as client:
        head = [f"POST {WEBHOOK} HTTP/1.1", f"Content-Length: {LIMIT_BYTES + 1}"]
        assert await raw_request(client, head) == 413
        assert spooled(tmp_path) == 0


async def test_a_chunked_body_is_cut_off_where_it_becomes_too_large(tmp_path: Path) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    async with running_gateway(NO_DATABASE, tmp_path) as client:
        head = [f"POST {WEBHOOK} HTTP/1.1", "Transfer-Encoding: chunked"]
        # Its end is never sent: the answer comes while the body is still under way.
        assert await raw_request(client, head, chunk * 16 + b"1\r\nx\r\n") == 413
        assert spooled(tmp_path) == 0


async def test_a_body_of_exactly_one_mebibyte_is_stored(db: Database, tmp_path: Path) -> None:
    empty = len(webhook(message("")))
    body = webhook(message("x" * (LIMIT_BYTES - empty)))
    assert len(body) == LIMIT_BYTES
    async with running_gateway(db.url, tmp_path) as client:
        assert (await client.post(WEBHOOK, content=body)).status_code == 200
    assert await db.one("select length(body ->> 'text') from inbox") == LIMIT_BYTES - empty


async def test_refusals_do_no_database_work(db: Database, tmp_path: Path) -> None:
    async with running_gateway(db.url, tmp_path, wazzup_crm_key=CRM_KEY) as client:
        bodies: list[tuple[str, bytes, int]] = [
            ("/webhooks/wazzup?token=wrong", webhook(message()), 401),
            (WEBHOOK, webhook(message()), 401),
        ]
        for address, body, expected in bodies:
            assert (await client.post(address, content=body)).status_code == expected
        assert await raw_request(client, [f"POST {WEBHOOK} HTTP/1.1", "Content-Length: 9999999"]) == 413
    assert await db.one("select count(*) from inbox") == 0
    assert await db.one("select count(*) from conversations") == 0


async def test_the_probe_is_answered_before_any_other_logic(tmp_path: Path) -> None:
    async with running_gateway(NO_DATABASE, tmp_path) as client:
        assert (await client.post(WEBHOOK, json={"test": True})).status_code == 200
        assert (await client.post("/webhooks/wazzup", json={"test": True})).status_code == 401
        assert spooled(tmp_path) == 0


async def test_with_a_crm_key_only_the_probe_may_come_without_it(db: Database, tmp_path: Path) -> None:
    body = webhook(message())
    async with running_gateway(db.url, tmp_path, wazzup_crm_key=CRM_KEY) as client:
        assert (await client.post(WEBHOOK, content=b'{"test": true}')).status_code == 200
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": CRM_KEY}):
            assert (await client.post(WEBHOOK, content=body, headers=headers)).status_code == 401
        hidden = webhook(message()).replace(b"{", b'{"test": true, ', 1)
        assert (await client.post(WEBHOOK, content=hidden)).status_code == 401
        assert await db.one("select count(*) from inbox") == 0
        with_key = {"Authorization": f"Bearer {CRM_KEY}"}
        assert (await client.post(WEBHOOK, content=body, headers=with_key)).status_code == 200
    assert await db.one("select count(*) from inbox") == 1


# --- what an answer promises ---


async def test_200_comes_after_the_row_is_committed(db: Database, tmp_path: Path) -> None:
    async with running_gateway(db.url, tmp_path) as client:
        for number in range(1, 6):
            assert (await client.post(WEBHOOK, content=webhook(message()))).status_code == 200
            assert await db.one("select count(*) from inbox") == number


async def test_the_documented_malformed_content_type_is_taken(db: Database, tmp_path: Path) -> None:
    headers = {"Content-Type": "application/json; charset-utf-8"}
    async with running_gateway(db.url, tmp_path) as client:
        answer = await client.post(WEBHOOK, content=webhook(message("سلام")), headers=headers)
    assert answer.status_code == 200
    assert await db.one("select body ->> 'text' from inbox") == "سلام"


async def test_a_webhook_about_nothing_is_taken_and_nothing_is_stored(db: Database, tmp_path: Path) -> None:
    async with running_gateway(db.url, tmp_path) as client:
        assert (await client.post(WEBHOOK, json={"messages": []})).status_code == 200
        assert await db.one("select count(*) from inbox") == 0
        assert spooled(tmp_path) == 0


async def test_fifty_copies_at_once_are_one_row(db: Database, tmp_path: Path) -> None:
    body = webhook(message(message_id="m1"))
    async with running_gateway(db.url, tmp_path) as client:
        answers = await asyncio.gather(*(client.post(WEBHOOK, content=body) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert await db.one("select count(*) from inbox") == 1


async def test_requests_that_share_flushes_are_all_stored(db: Database, tmp_path: Path) -> None:
    limits = httpx.Limits(max_connections=30)
    async with (
        running_gateway(db.url, tmp_path) as gate,
        httpx.AsyncClient(base_url=gate.base_url, limits=limits, timeout=20, trust_env=False) as client,
    ):
        bodies = [webhook(message(chat_id=f"97150000{n % 40:04}"), message()) for n in range(150)]
        answers = await asyncio.gather(*(client.post(WEBHOOK, content=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert await db.one("select count(*) from inbox") == 300
    assert await db.one("select count(*) from conversations") == 41


async def test_a_poisonous_request_costs_its_neighbours_nothing(db: Database, tmp_path: Path) -> None:
    poison = [
        b"\xff\x00not json",
        webhook(message("a\x00b"), {"messageId": 7}),
        webhook(message("x", contact={})).replace(b"{}", b"[" * 400 + b"]" * 400),
        webhook(message("x", n=7)).replace(b": 7", b": 1" + b"0" * 400),
        b'{"messages": {}}',
    ]
    async with running_gateway(db.url, tmp_path) as client:
        bodies = [*poison, *(webhook(message()) for _ in range(20)), *poison]
        answers = await asyncio.gather(*(client.post(WEBHOOK, content=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert (
        await db.one("select count(*) from inbox where kind = 'message' and body ->> 'text' = 'Hello'") == 20
    )
    assert await db.one("select count(*) from inbox where kind = 'parked'") == 4


async def test_unknown_routes_and_methods_are_refused(tmp_path: Path) -> None:
    async with running_gateway(NO_DATABASE, tmp_path) as client:
        assert (await client.get(WEBHOOK)).status_code == 405
        assert (await client.get("/")).status_code == 404


# --- health and metrics ---


async def test_healthz_lives_without_a_database_and_readyz_says_what_is_missing(tmp_path: Path) -> None:
    async with running_gateway(NO_DATABASE, tmp_path) as client:
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json() == {
            "ready": False,
            "problems": [
                "the database does not answer",
                "Rasa, its database or its action server is not ready",
            ],
        }


async def test_readyz_knows_whether_a_worker_lives(db: Database, tmp_path: Path) -> None:
    async with running_gateway(db.url, tmp_path) as client:
        assert "no worker is running" in (await client.get("/readyz")).json()["problems"]
        async with db.engine.begin() as connection:
            await beat(connection, "worker")
        assert (await client.get("/readyz")).json()["problems"] == [
            "Rasa, its database or its action server is not ready"
        ]
        await db.write("update workers set seen_at = clock_timestamp() - interval '6 seconds'")
        assert "no worker is running" in (await client.get("/readyz")).json()["problems"]


async def test_metrics_count_answers_and_hold_no_secret(db: Database, tmp_path: Path) -> None:
    async with running_gateway(db.url, tmp_path) as client:
        await client.post(WEBHOOK, content=webhook(message("a secret sentence")))

        async def counted() -> bool:
            return 'majlis_ack_seconds_count{status="200"}' in (await client.get("/metrics")).text

        await eventually(counted, what="the answer is counted")
        shown = (await client.get("/metrics")).text
    for hidden in (TOKEN, "a secret sentence", CHANNEL_ID):
        assert hidden not in shown


@pytest.mark.parametrize(
    ("peer", "allowed", "expected"),
    [
        ("203.0.113.9", "", 403),
        ("203.0.113.9", "203.0.113.0/24", 200),
        ("198.51.100.1", "203.0.113.0/24", 403),
        ("127.0.0.1", "203.0.113.0/24", 200),
        ("::1", "", 200),
    ],
)
async def test_metrics_are_refused_to_other_hosts(
    tmp_path: Path, peer: str, allowed: str, expected: int
) -> None:
    """Over ASGI, where a test may come from any address without a network."""
    settings = read_settings({"majlis_home": tmp_path, "gateway_allowed_ips": allowed})
    app = gateway.create_app(settings)
    app.asgi = True
    app.signalize(allow_fail_builtin=False)
    app.finalize()
    try:
        transport = httpx.ASGITransport(app=app, client=(peer, 4_711))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            answer = await client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
            assert answer.status_code == expected
            assert ("majlis_ack_seconds" in answer.text) is (expected == 200)
            assert (await client.get("/healthz")).status_code == 200
    finally:
        Sanic.unregister_app(app)
