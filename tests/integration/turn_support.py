"""A worker's dispatch with a scripted engine at its port, and a look at the turns it made."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from app.voice import voice_of
from app.worker import decide_language
from connectors.media.download import SafeDownload
from tests.support import READER, Database, eventually
from turns.dispatch import Dispatch
from turns.ports import Reply, TurnRequest
from turns.turn_storage import CONVERSATIONS, OpenTurn, freeze

# Hears nothing and fetches nothing: what is sent besides words is answered as it came.
DEAF = voice_of(SafeDownload([]), None)
APOLOGY = {"en": "Sorry!", "ar": "السموحة!"}
PAUSED = {"en": "A colleague answers.", "ar": "زميلنا بيرد عليك."}


def opened_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate


@dataclass
class ScriptedEngine:
    """Rasa at its port: answers or fails as the script says, then repeats what it was told."""

    script: list[Sequence[Reply] | Exception] = field(default_factory=list)
    taken: list[TurnRequest] = field(default_factory=list)
    is_ready: bool = True
    # While cleared, turns are taken but not answered.
    may_answer: asyncio.Event = field(default_factory=opened_gate)

    async def ready(self) -> bool:
        return self.is_ready

    async def take_turn(self, request: TurnRequest) -> Sequence[Reply]:
        self.taken.append(request)
        await self.may_answer.wait()
        answer = self.script.pop(0) if self.script else [Reply(f"answer to {request.text or request.intent}")]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def until_taken(self, count: int) -> None:
        """Wait until `count` turns have arrived here."""

        async def enough() -> bool:
            return len(self.taken) >= count

        await eventually(enough, what=f"the engine has {count} turns")


def worker(db: Database, rasa: ScriptedEngine) -> Dispatch:
    return Dispatch(db.engine, rasa, READER, decide_language, APOLOGY, asyncio.Event(), DEAF, PAUSED)


async def until_turns(db: Database, *states: str, hurry: bool = False) -> Sequence[Row[Any]]:
    """Wait until the turns, oldest first, are in exactly these states; `hurry`: retries wait for nothing."""

    async def reached() -> Sequence[Row[Any]]:
        if hurry:
            await db.hurry()
        rows = await db.rows(
            "select id, state, text, intent, language, tries, problem from turns order by id"
        )
        return rows if [row.state for row in rows] == list(states) else []

    return await eventually(reached, what=f"turns are {states}")


async def said(db: Database) -> list[str]:
    return [row.text for row in await db.rows("select text from outbox order by id")]


async def take(db: Database) -> OpenTurn:
    """Claim the usual chat, whatever its times say, and freeze its turn."""
    await db.write("update conversations set due_at = clock_timestamp(), lease_until = null")
    async with db.engine.begin() as connection:
        [held] = await CONVERSATIONS.claim(connection, 1)
        turn = await freeze(connection, held, READER, decide_language)
    assert turn is not None
    return turn
