"""A manager is told in his own chat that a person is needed, at once and without waiting for Zoho.

The job is written in the transaction of what gave rise to it, beside the task in Zoho (`sales.notice_job`
does it). It is free text inside the manager's own 24-hour window and a template outside of it.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.jobs import enqueue

KIND = "manager.notice"


async def ask_for_notice(
    connection: AsyncConnection, conversation_id: int, occasion: str, *, reason: str
) -> None:
    """Have the manager told that his decision is waited for, in the caller's transaction.

    `occasion` makes it one notice however often it is asked for while it waits.
    """
    await _ask(connection, conversation_id, occasion, {"reason": str(reason), "is_hand_over": False})


async def ask_for_hand_over_notice(
    connection: AsyncConnection, conversation_id: int, handed_over_at: str, *, reason: str
) -> None:
    """The same for a chat that is a person's now; nobody is told when it is the bot's again by then."""
    payload = {"reason": str(reason), "is_hand_over": True}
    await _ask(connection, conversation_id, f"hand-over:{handed_over_at}", payload)


async def _ask(
    connection: AsyncConnection, conversation_id: int, occasion: str, payload: dict[str, object]
) -> None:
    await enqueue(connection, KIND, f"{conversation_id}:{occasion}", payload, conversation_id=conversation_id)
