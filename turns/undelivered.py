"""A message does not reach its customer: it is said otherwise, held, or becomes a manager's task."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.follow_up_storage import note_failure
from sales.manager_task import ask_manager
from sales.templates import FOLLOW_UPS, TemplatePurpose
from turns.ports import Failure
from turns.template_storage import set_status

WINDOW_IS_CLOSED = "WhatsApp lets nobody write freely to this customer now."
# The messenger would not send it, until its list of templates is read again.
REFUSED = "refused"

_MESSAGE = text(
    "select id, conversation_id, turn_id, template_purpose, template_guid, coalesce(text, template_text,"
    " 'a file: ' || content_uri, 'the template ' || template_purpose) as said from outbox where id = :id"
)
# As of the message that it was closed to: news of it may come after the customer has written again.
_CLOSE_WINDOW = text(
    "update conversations c set window_closed_at = greatest(c.window_closed_at,"
    " majlis_now() - (clock_timestamp() - coalesce(o.first_attempt_at, clock_timestamp())))"
    " from outbox o where o.id = :id and c.id = o.conversation_id"
)
# Of the same turn, because the one that hands a chat over may still speak.
_SAY_BY_TEMPLATE = text(
    "insert into outbox"
    " (conversation_id, turn_id, ordinal, regardless_of_owner, template_purpose, template_values)"
    " select conversation_id, turn_id,"
    " coalesce((select max(ordinal) from outbox same where same.turn_id = o.turn_id), o.ordinal) + 1,"
    " regardless_of_owner, template_purpose, template_values from outbox o where id = :id"
)

log = structlog.get_logger(__name__)


async def ask_to_write(connection: AsyncConnection, outbox_id: int, why: str) -> None:
    """Have a manager told of a message that did not reach its customer, and why.

    Nothing that was promised ("the number follows") is lost that way. The parts of one turn are one task.
    What was for a manager himself is none: his chat is no customer's.
    """
    await _ask(connection, (await connection.execute(_MESSAGE, {"id": outbox_id})).one(), why)


async def close_window(connection: AsyncConnection, outbox_id: int) -> None:
    """Free text stays in the house until the customer writes again; this message was refused for it."""
    await connection.execute(_CLOSE_WINDOW, {"id": outbox_id})


async def note_undelivered(
    connection: AsyncConnection, outbox_id: int, failure: Failure, problem: str
) -> None:
    """The messenger will not bring this message to its customer; `problem` is its own code.

    Call it once for a message, under the lock of its chat.
    """
    row = (await connection.execute(_MESSAGE, {"id": outbox_id})).one()
    if row.template_guid is not None:
        await _template_failed(connection, row, failure, problem)
    elif failure is Failure.WINDOW_CLOSED:
        await close_window(connection, outbox_id)
        if row.template_purpose is not None:
            await connection.execute(_SAY_BY_TEMPLATE, {"id": outbox_id})
        else:
            await _ask(connection, row, WINDOW_IS_CLOSED)


async def _template_failed(
    connection: AsyncConnection, row: Row[Any], failure: Failure, problem: str
) -> None:
    log.warning("template.failed", purpose=row.template_purpose, failure=failure.value, problem=problem)
    if failure is Failure.TEMPLATE:
        await set_status(connection, row.template_guid, REFUSED)
    await note_failure(connection, row.id, failure is Failure.LIMIT, final=failure is Failure.FINAL)
    if failure is Failure.TEMPLATE:
        await _ask(
            connection,
            row,
            f"WhatsApp does not let the template {row.template_purpose} be sent ({problem}):"
            " look at it in Wazzup.",
        )
    elif row.template_purpose not in FOLLOW_UPS:
        await _ask(connection, row, f"The template {row.template_purpose} was not delivered ({problem}).")


async def _ask(connection: AsyncConnection, row: Row[Any], why: str) -> None:
    if row.template_purpose == TemplatePurpose.HAND_OVER:
        log.error("send.manager_not_told", outbox=row.id, why=why)
        return
    await ask_manager(
        connection,
        row.conversation_id,
        f"window:{row.turn_id or f'message {row.id}'}",
        subject="a message could not be sent",
        description=f"{why} He was to read:\n{row.said}",
    )
