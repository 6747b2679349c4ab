"""Hosts whose clocks are hours apart: no promise hangs on them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.faults.conftest import Chats
from tests.faults.stack import Process, Stack

pytestmark = pytest.mark.asyncio(loop_scope="session")

SKEW = Path(__file__).with_name("skewed_clock")
HOURS = {"worker": (+3.0, -3.0), "gateway": (-2.0, +2.0)}


async def test_workers_and_gateways_with_wrong_clocks(stack: Stack, chats: Chats) -> None:
    """Leases, due times and the window are the database's: interleaved chats come out as ever."""
    skewed: list[Process] = []
    for kind, processes in (("worker", stack.workers), ("gateway", stack.gateways)):
        for process, hours in zip(processes, HOURS[kind], strict=True):
            process.kill()
            process.start(PYTHONPATH=str(SKEW), SKEWED_CLOCK_SECONDS=str(hours * 3600))
            skewed.append(process)
    await stack.ready()
    ids = [chats.new() for _ in range(6)]

    async def talk(chat_id: str) -> None:
        for _ in range(5):
            await chats.write(chat_id, chats.random.choice(["hi", "thanks", "good morning"]))
            await asyncio.sleep(chats.random.uniform(0, 0.6))

    await asyncio.gather(*(talk(chat_id) for chat_id in ids))
    stack.arm("worker.replied")
    await chats.write(ids[0], "hello")
    evidence = await chats.check(within=60)
    for process in skewed:
        process.kill()
    assert all(turn["state"] == "done" for turn in evidence.turns)
