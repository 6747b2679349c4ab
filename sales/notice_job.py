"""The work of `sales.hand_over_notice`'s jobs: a few lines and a link, into the manager's chat, once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales.case_summary import Case, read_case
from sales.crm_pages import crm_page
from sales.hand_over_reason import in_words
from sales.manager_chat import ManagerChat
from sales.manager_words import notice
from sales.ownership import Owner
from sales.ports import Messages
from sales.templates import TemplatePurpose, TemplateUse
from storage.jobs import Job, must_hold
from storage.steps import reach

_TOLD = text("select exists (select from manager_notices where key = :key)")
_NOTE = text("insert into manager_notices (key, conversation_id) values (:key, :id)")

# The lead of a phone number; None when it cannot be had at once.
FindLead = Callable[[str], Awaitable[str | None]]


class CrmLinks:
    """Addresses of a chat's record for people: the deal, else the lead. `find_lead`: None without a Zoho."""

    def __init__(self, api_url: str, find_lead: FindLead | None) -> None:
        self._api_url = api_url
        self._find_lead = find_lead

    def known(self, case: Case) -> str | None:
        """The address by what is kept here."""
        if self._find_lead is None:
            return None
        if case.deal_id is not None:
            return crm_page(self._api_url, "Potentials", case.deal_id)
        return None if case.lead_id is None else crm_page(self._api_url, "Leads", case.lead_id)

    async def link(self, case: Case) -> str | None:
        """The same, or the lead that is found or made for it at once."""
        address = self.known(case)
        if address is not None or self._find_lead is None or case.phone is None:
            return address
        lead_id = await self._find_lead(case.phone)
        return None if lead_id is None else crm_page(self._api_url, "Leads", lead_id)


class NoticeJob:
    """The work of these jobs (`storage.jobs.Work`). Without a manager's `chat` nobody is told."""

    def __init__(
        self, engine: AsyncEngine, messages: Messages, chat: ManagerChat | None, links: CrmLinks
    ) -> None:
        self._engine = engine
        self._messages = messages
        self._chat = chat
        self._links = links

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """What an earlier attempt told."""
        async with self._engine.begin() as connection:
            return {"told": True} if await _is_told(connection, job) else None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Tell it, unless it is over by now or the chat is the manager's own."""
        assert job.conversation_id is not None
        chat = self._chat
        if chat is None:
            return {"told": False, "why": "MANAGER_CHAT_ID is empty"}
        async with self._engine.begin() as connection:
            if await chat.is_it(connection, job.conversation_id):
                return {"told": False, "why": "it is the manager's own chat"}
            case = await read_case(connection, job.conversation_id)
        if job.payload["is_hand_over"] and case.owner is not Owner.PERSON:
            return {"told": False, "why": "the chat is the bot's again"}
        link = await self._links.link(case)
        reason = str(job.payload["reason"])
        reach("manager.notice.read")
        async with self._engine.begin() as connection:
            conversation_id, language = await chat.opened(connection)
            if await _is_told(connection, job):
                return {"told": True}
            await connection.execute(_NOTE, {"key": job.key, "id": job.conversation_id})
            values = {"code": case.code, "reason": in_words(reason, language)}
            outbox_id = await self._messages.say(
                connection,
                conversation_id,
                notice(case, reason, link, language),
                template=TemplateUse(TemplatePurpose.HAND_OVER, values),
                regardless_of_owner=True,
            )
            await must_hold(connection, job)
        reach("manager.notice.told")
        return {"told": True, "outbox_id": outbox_id}


async def _is_told(connection: AsyncConnection, job: Job) -> bool:
    return bool((await connection.execute(_TOLD, {"key": job.key})).scalar_one())
