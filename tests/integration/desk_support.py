"""A manager's chat in a test: a worker with a desk, what the manager wrote and what he was told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from app.jobs import works
from app.messages import OutboxMessages
from app.seller import load_seller
from app.worker import decide_language
from sales.chat_code import code_of
from sales.manager_chat import CHAT_TYPE, ManagerChat
from sales.manager_desk import Desk
from sales.notice_job import CrmLinks, NoticeJob
from sales.ownership_storage import hand_over
from storage.job_runner import JobRunner
from tests.integration.turn_support import APOLOGY, DEAF, PAUSED, ScriptedEngine
from tests.support import CHANNEL_ID, CHAT_ID, READER, Database, eventually, in_background
from turns.dispatch import Dispatch
from turns.unanswered import unanswered

MANAGER = "971509999999"
CHAT = ManagerChat(CHANNEL_ID, MANAGER)
NO_LINKS = CrmLinks("", None)
ZONE = "Asia/Dubai"


@dataclass
class Office:
    """The database, a Rasa that must not hear of the manager, and a worker with a desk."""

    db: Database
    has_zoho: bool = True
    links: CrmLinks = NO_LINKS
    rasa: ScriptedEngine = field(default_factory=ScriptedEngine)

    def worker(self) -> Dispatch:
        waiting = partial(unanswered, manager_type=CHAT_TYPE, manager_chat=MANAGER)
        desk = Desk(CHAT, self.links, self.has_zoho, ZONE, waiting)
        return Dispatch(
            self.db.engine, self.rasa, READER, decide_language, APOLOGY, asyncio.Event(), DEAF, PAUSED, desk
        )

    def runner(self) -> JobRunner:
        """The jobs of a worker without a Zoho."""
        notice = NoticeJob(self.db.engine, OutboxMessages(load_seller().messages), CHAT, self.links)
        return JobRunner(self.db.engine, {**works(self.db.engine, None), "manager.notice": notice}, at_once=2)

    async def writes(self, *lines: str) -> str:
        """The manager writes a burst; all that is answered to it."""
        before = await self._turns()
        async with in_background(self.worker().run()):
            await self.db.customer(*lines, chat_id=MANAGER)

            async def answered() -> bool:
                return await self._turns() > before

            await eventually(answered, what="the manager is answered")
        return "\n".join((await self.read())[-1])

    async def _turns(self) -> int:
        return int(
            await self.db.one(
                "select count(*) from turns t join conversations c on c.id = t.conversation_id"
                " where c.chat_id = :chat and t.state <> 'open'",
                chat=MANAGER,
            )
        )

    async def read(self) -> list[list[str]]:
        """What the manager's chat is told, by turn."""
        rows = await self.db.rows(
            "select o.turn_id, o.text from outbox o join conversations c on c.id = o.conversation_id"
            " where c.chat_id = :chat order by o.id",
            chat=MANAGER,
        )
        by_turn: dict[Any, list[str]] = {}
        for row in rows:
            by_turn.setdefault(row.turn_id, []).append(row.text.translate(_ISOLATES))
        return list(by_turn.values())

    async def code(self, chat_id: str = CHAT_ID) -> str:
        chat = await self.db.chat(chat_id)
        async with self.db.engine.begin() as connection:
            return await code_of(connection, chat)

    async def hand(self, reason: str = "the customer asked", chat_id: str = CHAT_ID) -> str:
        """Hand the chat over; its code."""
        chat = await self.db.chat(chat_id)
        async with self.db.engine.begin() as connection:
            await hand_over(connection, chat, reason=reason)
        return await self.code(chat_id)


_ISOLATES: Mapping[int, None] = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


async def told(db: Database) -> Sequence[Any]:
    """The rows of notices, oldest first."""
    return await db.rows(
        "select o.* from outbox o join conversations c on c.id = o.conversation_id"
        " where c.chat_id = :chat and o.turn_id is null order by o.id",
        chat=MANAGER,
    )


async def owner_row(office: Office, chat_id: str = CHAT_ID) -> tuple[str, str]:
    """Who has the chat, and why."""
    row = (
        await office.db.rows(
            "select owner, reason from owners where conversation_id = :id", id=await office.db.chat(chat_id)
        )
    )[0]
    return row.owner, row.reason


async def approvals(office: Office) -> list[tuple[str, str]]:
    """The manager's approvals, (per cent, state), in their order."""
    rows = await office.db.rows("select percent, approved_by, state from discount_approvals order by id")
    return [(f"{row.percent:f}", row.state) for row in rows if row.approved_by == MANAGER]
