"""What only a manager can decide or do becomes a task where the managers work (design §7).

The job is written in the transaction of what gave rise to it, so that nothing a customer was told to wait
for is forgotten; while Zoho is away the job waits. The chat itself stays the bot's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales import received_files
from sales.chat_code import code_of
from sales.chat_phone import phone_of_chat
from sales.hand_over_notice import ask_for_notice
from sales.hand_over_reason import Reason
from sales.manager_chat import ManagerChat
from sales.marker import marker
from sales.ports import CustomerRecords
from storage.jobs import Job, enqueue

KIND = "crm.task"
_SUBJECT_LENGTH = 120
_NO_CUSTOMER: Mapping[str, Any] = {"skipped": "it is the manager's own chat"}

# Ended jobs count too: what was asked once is not asked again.
_WAS_ASKED = text("select exists (select from jobs where kind = :kind and key = :key)")


async def ask_manager(
    connection: AsyncConnection,
    conversation_id: int,
    key: str,
    *,
    subject: str,
    description: str,
    waits_for: Reason | None = None,
) -> bool:
    """Have a task made once for this `key`, in the caller's transaction; False when it was asked for before.

    The words are ours and hold neither the customer's number nor his words. `waits_for`: the customer waits
    for what the manager decides or does, so he is told in his own chat, too.
    """
    if (await connection.execute(_WAS_ASKED, {"kind": KIND, "key": key})).scalar_one():
        return False
    payload = {"subject": subject, "description": description}
    await enqueue(connection, KIND, key, payload, conversation_id=conversation_id)
    if waits_for is not None:
        await ask_for_notice(connection, conversation_id, key, reason=waits_for)
    return True


class ManagerTask:
    """The work of these jobs (`storage.jobs.Work`): the lead by phone, then the task under it.

    `links` lead to what the customer sent besides words; without them the task says that there is something.
    The `manager` himself is no customer: what cannot be told him in his chat becomes no lead.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        records: CustomerRecords,
        links: received_files.FileLinks | None = None,
        manager: ManagerChat | None = None,
    ) -> None:
        self._engine = engine
        self._records = records
        self._links = links
        self._manager = manager

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """The task an earlier attempt made, looked for among the lead's tasks."""
        if await self._is_managers(job):
            return _NO_CUSTOMER
        lead_id = await self._records.keep_lead(await self._phone(job), {}, {})
        task_id = await self._records.find_task(lead_id, marker(job.kind, job.key))
        return None if task_id is None else {"lead_id": lead_id, "task_id": task_id}

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Make it.

        Raises:
            JobImpossible: when the chat has no phone number to find a lead by.
        """
        if await self._is_managers(job):
            return _NO_CUSTOMER
        phone = await self._phone(job)
        subject, description = self.words(job)
        code = await self._code(job)
        lead_id = await self._records.keep_lead(phone, {}, {})
        received = await self._received(job)
        job.must_be_held()
        task_id = await self._records.create_task(
            lead_id,
            f"WhatsApp chat {phone}: {subject}"[:_SUBJECT_LENGTH],
            f"{description}\nThe chat's code in the manager's chat: {code}{received}",
            marker(job.kind, job.key),
        )
        return {"lead_id": lead_id, "task_id": task_id}

    def words(self, job: Job) -> tuple[str, str]:
        """Subject and description of the task."""
        return str(job.payload["subject"]), str(job.payload["description"])

    async def _received(self, job: Job) -> str:
        """What the customer sent besides words, as lines to put below."""
        async with self._engine.begin() as connection:
            listed = await received_files.lines(connection, job.conversation_id, self._links)
        return "\n".join(["\nThe customer also sent:", *listed]) if listed else ""

    async def _is_managers(self, job: Job) -> bool:
        if self._manager is None:
            return False
        async with self._engine.begin() as connection:
            return await self._manager.is_it(connection, job.conversation_id)

    async def _code(self, job: Job) -> str:
        assert job.conversation_id is not None
        async with self._engine.begin() as connection:
            return await code_of(connection, job.conversation_id)

    async def _phone(self, job: Job) -> str:
        async with self._engine.begin() as connection:
            return await phone_of_chat(connection, job.conversation_id)
