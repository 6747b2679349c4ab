"""Customers at their phones: each writes, waits for the answer, reads it and writes again.

They write through Wazzup's stand-in, which posts a webhook a line and times its acknowledgement; that an
answer has reached them is read from the database, once for all who wait.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from tests.soak.customers import Burst, Customer
from tests.soak.verdict import Written

# Who waits so long for an answer gives up, and the run has failed.
PATIENCE_SECONDS = 180.0
LOOK_SECONDS = 0.1
_REQUEST_SECONDS = 60.0

# Every line of the burst is in a turn that has ended, and nothing of its answer is still to be sent. By the
# lines, not by the chat: what a gateway keeps in its spool is acknowledged and not in the database yet.
_ANSWERED = (
    "select w.chat_id from unnest(%s::text[], %s::text[]) w (chat_id, message_id)"
    " left join inbox i on i.channel_id = %s and i.external_id = w.message_id and i.kind = 'message'"
    " left join turns t on t.id = i.turn_id"
    " group by w.chat_id having bool_and(coalesce(t.state <> 'open', false)"
    "   and not exists (select from outbox o where o.turn_id = t.id and o.state = 'queued'))"
)


@dataclass(frozen=True)
class Target:
    """A running Majlis that customers write to."""

    sandbox_url: str
    database_url: str
    channel_id: str
    debounce_seconds: float
    # The processes of Majlis, and what is around them: the first of each family of processes, by name.
    ours: Mapping[str, int]
    around: Mapping[str, int]


@dataclass
class Played:
    """What the customers did and saw."""

    bursts: list[Written] = field(default_factory=list)
    # Milliseconds from a webhook to its answer, as the stand-in saw it.
    acks: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Play:
    """One run of some customers; `tell` hears now and then how many bursts are answered."""

    def __init__(self, target: Target, tell: Callable[[int], None], tell_every_seconds: float) -> None:
        self._target = target
        self._tell = tell
        self._tell_every = tell_every_seconds
        self._waiting: dict[str, tuple[list[str], asyncio.Event]] = {}
        self.played = Played()

    async def run(self, customers: Sequence[Customer]) -> Played:
        """Play all of them to their end."""
        began = time.monotonic()
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
        async with (
            httpx.AsyncClient(
                base_url=self._target.sandbox_url, timeout=_REQUEST_SECONDS, trust_env=False, limits=limits
            ) as self._client,
            await psycopg.AsyncConnection.connect(self._target.database_url, autocommit=True) as connection,
            # Nobody's answer is seen by a watch that broke off: then the run breaks off, too.
            asyncio.TaskGroup() as around,
        ):
            beside = [
                around.create_task(self._watch(connection)),
                around.create_task(self._keep_telling()),
            ]
            async with asyncio.TaskGroup() as group:
                for customer in sorted(customers, key=lambda customer: customer.arrives):
                    await asyncio.sleep(began + customer.arrives - time.monotonic())
                    group.create_task(self._live(customer))
            for task in beside:
                task.cancel()
        self.played.seconds = time.monotonic() - began
        self._tell(len(self.played.bursts))
        return self.played

    async def _live(self, customer: Customer) -> None:
        for number, burst in enumerate(customer.bursts):
            # The first thing somebody writes answers nothing.
            await asyncio.sleep(burst.pause if number else 0.0)
            written = await self._write(customer.chat_id, burst)
            self.played.bursts.append(written)
            if not written.answered:
                return

    async def _write(self, chat_id: str, burst: Burst) -> Written:
        sent, stored, message_ids = list[float](), list[float](), list[str]()
        for gap, line in zip((0.0, *burst.gaps), burst.lines, strict=True):
            await asyncio.sleep(gap)
            sent.append(time.monotonic())
            message_ids += await self._post(chat_id, line)
            stored.append(time.monotonic())
        longest = max((after - before for before, after in zip(sent, stored[1:], strict=False)), default=0.0)
        answered = asyncio.Event()
        self._waiting[chat_id] = message_ids, answered
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await answered.wait()
        except TimeoutError:
            pass
        del self._waiting[chat_id]
        return Written(chat_id, tuple(message_ids), longest, answered.is_set())

    async def _post(self, chat_id: str, line: str) -> list[str]:
        document = {"chat_id": chat_id, "messages": [{"type": "text", "text": line}]}
        answer = await self._client.post("/control/customer", json=document)
        written: dict[str, Any] = answer.raise_for_status().json()
        for delivery in written["deliveries"]:
            self.played.acks.append(delivery["latency_seconds"] * 1e3)
            if delivery["status_code"] == httpx.codes.OK:
                self.played.acknowledged += delivery["message_ids"]
            else:
                self.played.refused.append(
                    f"a webhook was answered {delivery['status_code']} {delivery['error']}"
                )
        return [message["message_id"] for message in written["messages"]]

    async def _watch(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            lines = [(chat, line) for chat, (ids, _) in self._waiting.items() for line in ids]
            if lines:
                chats, ids = map(list, zip(*lines, strict=True))
                rows = await connection.execute(_ANSWERED, (chats, ids, self._target.channel_id))
                for (chat_id,) in await rows.fetchall():
                    if chat_id in self._waiting:
                        self._waiting[chat_id][1].set()

    async def _keep_telling(self) -> None:
        while True:
            self._tell(len(self.played.bursts))
            await asyncio.sleep(self._tell_every)
