"""A chat that was handed to a person becomes a task where the managers work (design §7).

The job is written in the transaction of the hand-over, so a chat cannot fall silent without anybody being
told. A manager who took the chat over by writing in it knows already.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales import marker as marks
from sales.chat_phone import phone_of_chat
from sales.ports import CustomerRecords
from storage.jobs import Job, enqueue

KIND = "crm.hand_over"
_SUBJECT_LENGTH = 120


async def ask_for_task(
    connection: AsyncConnection, conversation_id: int, *, reason: str, handed_over_at: datetime
) -> None:
    """Have a task made for this hand-over, in its transaction; the customer's number stays out of the job."""
    await enqueue(
        connection,
        KIND,
        f"{conversation_id}:{handed_over_at.isoformat()}",
        {"reason": reason, "handed_over_at": handed_over_at.isoformat()},
        conversation_id=conversation_id,
    )


class HandOverTask:
    """The work of these jobs (`storage.jobs.Work`)."""

    def __init__(self, engine: AsyncEngine, records: CustomerRecords) -> None:
        self._engine = engine
        self._records = records

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """The task an earlier attempt made, looked for among the lead's tasks."""
        lead_id = await self._records.keep_lead(await self._phone(job), {}, {})
        task_id = await self._records.find_task(lead_id, marker(job.key))
        return None if task_id is None else {"lead_id": lead_id, "task_id": task_id}

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Lead by phone, then the task under it.

        Raises:
            JobImpossible: when the chat has no phone number to find a lead by.
        """
        phone = await self._phone(job)
        reason = str(job.payload["reason"])
        lead_id = await self._records.keep_lead(phone, {}, {})
        job.must_be_held()
        task_id = await self._records.create_task(
            lead_id,
            f"WhatsApp chat {phone}: {reason}"[:_SUBJECT_LENGTH],
            f"Majlis handed this chat to a person at {job.payload['handed_over_at']} and is silent until a"
            f" person answers in the chat. Why: {reason}.",
            marker(job.key),
        )
        return {"lead_id": lead_id, "task_id": task_id}

    async def _phone(self, job: Job) -> str:
        async with self._engine.begin() as connection:
            return await phone_of_chat(connection, job.conversation_id)


def marker(key: str) -> str:
    """What tells the task of this hand-over from the lead's other tasks: short, and the same on every try."""
    return marks.marker(KIND, key)
