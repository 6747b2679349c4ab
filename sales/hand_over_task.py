"""A chat that was handed to a person becomes a task where the managers work (design §7).

The job is written in the transaction of the hand-over, so a chat cannot fall silent without anybody being
told. A manager who took the chat over by writing in it knows already.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from sales import marker as marks
from sales.manager_task import ManagerTask
from storage.jobs import Job, enqueue

KIND = "crm.hand_over"


async def ask_for_task(
    connection: AsyncConnection, conversation_id: int, *, reason: str, handed_over_at: datetime
) -> None:
    """Have a task made for this hand-over, in its transaction; the customer's number stays out of the job."""
    await enqueue(
        connection,
        KIND,
        f"{conversation_id}:{handed_over_at.isoformat()}",
        {"reason": str(reason), "handed_over_at": handed_over_at.isoformat()},
        conversation_id=conversation_id,
    )


class HandOverTask(ManagerTask):
    """The work of these jobs (`storage.jobs.Work`)."""

    def words(self, job: Job) -> tuple[str, str]:
        """Why, and what is to be done."""
        reason = str(job.payload["reason"])
        return reason, (
            f"Majlis handed this chat to a person at {job.payload['handed_over_at']} and is silent until a"
            f" person answers in the chat and gives it back. Why: {reason}."
        )


def marker(key: str) -> str:
    """What tells the task of this hand-over from the lead's other tasks: short, and the same on every try."""
    return marks.marker(KIND, key)
