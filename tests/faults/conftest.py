"""Chats of a fault run and the check of all promises over them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from tests.faults.checker import Evidence, violations
from tests.faults.records import read_evidence
from tests.faults.stack import Stack
from tests.support import eventually


class Chats:
    """Fresh chats of one test, and the check of all promises over them at the end."""

    def __init__(self, stack: Stack, seed: int) -> None:
        self.stack = stack
        self.random = random.Random(seed)
        self.ids: list[str] = []
        self.acknowledged: list[str] = []

    def new(self) -> str:
        """A customer nobody has heard of."""
        self.ids.append("97150" + "".join(self.random.choices("0123456789", k=7)))
        return self.ids[-1]

    async def write(self, chat_id: str, *texts: str, **more: object) -> None:
        """The customer writes and every webhook is answered 200."""
        self.acknowledged += await self.stack.customer(chat_id, *texts, **more)

    async def check(self, *, within: float = 120.0, doubles_allowed: int = 0) -> Evidence:
        """Wait until the chats are at rest and assert that nothing was lost and nothing came twice."""
        await eventually(self._stored, within=within, what="every acknowledged message is in the inbox")
        await self.stack.settled(self.ids, within)
        evidence = await self._evidence(self.ids)
        assert violations(evidence, doubles_allowed=doubles_allowed) == []
        return evidence

    async def _stored(self) -> bool:
        found = await self.stack.value(
            "select count(*) from inbox where kind = 'message' and external_id = any(%s)", self.acknowledged
        )
        return bool(found >= len(set(self.acknowledged)))

    async def _evidence(self, chats: Sequence[str]) -> Evidence:
        seen = [message for chat in chats for message in await self.stack.seen_by(chat)]
        return await read_evidence(self.stack.rows, list(chats), self.acknowledged, seen)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """A seed of this run, printed where the test fails; `--seed N` repeats one."""
    chosen: int | None = request.config.getoption("--seed")
    value = chosen if chosen is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {value}: repeat with --seed {value}")
    return value


@pytest.fixture
def chats(stack: Stack, seed: int) -> Chats:
    """Chats of this test only."""
    return Chats(stack, seed)
