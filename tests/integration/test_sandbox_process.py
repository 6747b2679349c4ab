"""The sandbox as a process of its own, and the rows that the phone page shows from a real database."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys

import httpx
import psycopg
import pytest

from app.backstage import RunningMajlis
from sandbox.config import SandboxConfig
from sandbox.server import start_sandbox
from storage.clock import advance
from tests.integration.sandbox_support import API_KEY, CHANNEL_ID, CHAT_ID, bench

PROGRAM = """
import logging, sys
from sandbox.config import SandboxConfig
from sandbox.server import run
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
run(SandboxConfig(api_key=sys.argv[1], channel_id=sys.argv[2]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_serves_until_it_is_told_to_end(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, API_KEY, CHANNEL_ID],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split("phone page ")[1].split("/,")[0]
        with httpx.Client(headers={"Authorization": f"Bearer {API_KEY}"}, trust_env=False) as client:
            assert client.get(f"{address}/v3/channels").json()[0]["channelId"] == CHANNEL_ID
            assert "<title>Majlis phone page</title>" in client.get(address).text
            # a kept connection must not hold the process back
            process.send_signal(number)
            _, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize(("test_clock", "expected"), [("1", 259_200.0), ("0", 0.0)])
def test_business_time_that_was_moved_before_it_began(
    database_url: str, test_clock: str, expected: float
) -> None:
    asyncio.run(advance(database_url, 259_200))
    account = {
        "DATABASE_URL": database_url,
        "MAJLIS_TEST_CLOCK": test_clock,
        "WAZZUP_API_KEY": API_KEY,
        "WAZZUP_CHANNEL_ID": CHANNEL_ID,
        "WAZZUP_WEBHOOK_SECRET": "secret",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "run", "sandbox"],
        env=os.environ | account,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split("phone page ")[1].split("/,")[0]
            told = httpx.get(f"{address}/control/clock", trust_env=False).json()
            assert told["offset_seconds"] == expected
        finally:
            process.kill()


async def test_a_taken_port_is_an_error_and_leaves_nothing_behind() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = SandboxConfig(api_key="k", channel_id=CHANNEL_ID, port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            async with start_sandbox(config):
                pass


async def test_the_rows_of_a_chat_come_from_the_database_as_they_change(database_url: str) -> None:
    async with bench(backstage=RunningMajlis(database_url, CHANNEL_ID)) as it:
        query = {"chat_id": CHAT_ID}
        assert "No rows yet" in (await it.client.get("/phone/rows", params=query)).json()["message"]
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
            await connection.execute(
                "insert into conversations (channel_id, chat_type, chat_id) values (%s, 'whatsapp', %s)",
                (CHANNEL_ID, CHAT_ID),
            )
            await connection.execute(
                "insert into inbox (channel_id, external_id, kind, chat_type, chat_id, body)"
                " values (%s, 'm-1', 'message', 'whatsapp', %s, '{\"text\": \"ابغى كراسي\"}')",
                (CHANNEL_ID, CHAT_ID),
            )
        rows = (await it.client.get("/phone/rows", params=query)).json()["rows"]
        assert {"conversation", "inbox", "turns", "outbox", "sale", "quotes", "model_calls"} <= set(rows)
        assert (rows["sale"][0]["stage"], rows["quotes"]) == ("greeting", [])
        [element] = rows["inbox"]
        assert (element["kind"], element["text"]) == ("message", "ابغى كراسي")
        assert element["received_at"].endswith("Z")
        other = await it.client.get("/phone/rows", params={"chat_id": "971500000000"})
        assert "No rows yet" in other.json()["message"]
