"""Customers who come one after another and write bursts, whatever happens to the processes meanwhile."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.checker import Evidence
from tests.faults.conftest import Chats
from tests.support import eventually

CUSTOMERS_AT_ONCE = 4
ARRIVAL_SECONDS = 0.4
BURSTS_EACH = 3
# Each is answered in one message, some by rules alone, some by the action server.
_WORDS = ["hi", "hello", "thank you so much", "good morning", "black chairs under 500 AED", "مرحبا", "شكرا"]
# A turn may wait for the longest limit of those that may hold it, and be tried again.
ANSWER_SECONDS = 180.0


class Traffic:
    """What was written, chat by chat, and how much of it was answered."""

    def __init__(self, chats: Chats) -> None:
        self._chats = chats
        self.bursts: dict[str, list[str]] = defaultdict(list)
        self.answered = 0
        self._ending = asyncio.Event()

    async def goes_on(self, answers: int = 4) -> None:
        """Wait until this many more bursts were answered."""
        wanted = self.answered + answers

        async def enough() -> bool:
            return self.answered >= wanted

        await eventually(enough, within=ANSWER_SECONDS, what=f"{answers} more bursts are answered")

    async def _customers(self) -> None:
        room = asyncio.Semaphore(CUSTOMERS_AT_ONCE)
        async with asyncio.TaskGroup() as customers:
            while not self._ending.is_set():
                await room.acquire()
                customer = customers.create_task(self._customer(self._chats.new()))
                customer.add_done_callback(lambda _: room.release())
                await asyncio.sleep(ARRIVAL_SECONDS)

    async def _customer(self, chat_id: str) -> None:
        for _ in range(BURSTS_EACH):
            if self._ending.is_set():
                return
            lines = self._chats.random.choices(_WORDS, k=self._chats.random.randint(1, 3))
            self.bursts[chat_id].append("\n".join(lines))
            # In one webhook: what comes in several may be several bursts where a machine is slow.
            await self._chats.write(chat_id, *lines, batch=True)
            await eventually(lambda: self._has(chat_id), within=ANSWER_SECONDS, what=f"{chat_id} is answered")
            self.answered += 1

    async def _has(self, chat_id: str) -> bool:
        """Whether all that this customer wrote is answered; some of it may wait in a gateway's spool."""
        turns = await self._chats.stack.value(
            "select count(*) from turns t join conversations c on c.id = t.conversation_id"
            " where c.chat_id = %s",
            chat_id,
        )
        return turns >= len(self.bursts[chat_id]) and await self._chats.stack.is_at_rest([chat_id])

    async def check(self, *, within: float = ANSWER_SECONDS) -> Evidence:
        """Assert that nothing was lost or came twice, and that each burst was one turn with one answer."""
        evidence = await self._chats.check(within=within)
        rows = await self._chats.stack.rows(
            "select id, chat_id from conversations where chat_id = any(%s)", self._chats.ids
        )
        names = {row["id"]: row["chat_id"] for row in rows}
        assert unanswered(self.bursts, evidence, names) == []
        return evidence


@asynccontextmanager
async def traffic(chats: Chats) -> AsyncIterator[Traffic]:
    """Customers come while the block runs; those who are there at its end get their answers."""
    running = Traffic(chats)
    async with asyncio.TaskGroup() as parts:
        parts.create_task(running._customers())
        try:
            yield running
        finally:
            running._ending.set()


def unanswered(bursts: dict[str, list[str]], evidence: Evidence, chats: dict[int, str]) -> list[str]:
    """Where a chat's turns are not its bursts in their order, or a turn has not one answer.

    `chats` are the chats' ids by their conversations'.
    """
    found = []
    turns: dict[str, list[str]] = defaultdict(list)
    for turn in evidence.turns:
        turns[chats[turn["conversation_id"]]].append(turn["text"])
    found += [
        f"{chat_id} wrote {written} and had the turns {turns[chat_id]}"
        for chat_id, written in bursts.items()
        if turns[chat_id] != written
    ]
    answers: dict[int, list[str]] = defaultdict(list)
    for row in evidence.outbox:
        if chats[row["conversation_id"]] in bursts:
            answers[row["turn_id"]].append(row["text"])
    found += [f"turn {turn} was answered by {said}" for turn, said in answers.items() if len(said) != 1]
    return found
