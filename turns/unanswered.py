"""Chats whose customer was not answered, and replies that wait to be sent: what a pause leaves behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.hand_over_reason import Reason

# The chat's last word is the customer's: a message that no turn has taken, or a newest turn of which nothing
# was sent, or is still to be; and no manager has written since. To take a chat by a command, which is noted
# before the owner changes, is no answer.
_UNANSWERED = text(
    "select c.id from conversations c left join owners o on o.conversation_id = c.id"
    " left join lateral (select t.id, t.state from turns t where t.conversation_id = c.id"
    " order by t.id desc limit 1) last on true"
    " where not (c.chat_type = :manager_type and c.chat_id = :manager_chat)"
    " and c.last_customer_message_at is not null"
    " and not coalesce(o.manager_last_message_at >= c.last_customer_message_at"
    " and not (o.reason = :taken and o.manager_last_message_at <= o.changed_at), false)"
    " and (exists (select from inbox i where (i.channel_id, i.chat_type, i.chat_id)"
    " = (c.channel_id, c.chat_type, c.chat_id) and i.kind = 'message' and i.turn_id is null"
    " and i.settled_at is null)"
    " or last.state in ('open', 'withheld')"
    " or (last.state = 'done' and exists (select from outbox r where r.turn_id = last.id)"
    " and not exists (select from outbox r where r.turn_id = last.id"
    " and r.state in ('accepted', 'uncertain', 'failed'))))"
    " order by c.last_customer_message_at, c.id"
)
_QUEUED = text(
    "select conversation_id, max(turn_id) as turn_id from outbox where state = 'queued'"
    " and turn_id is not null and not regardless_of_owner group by conversation_id order by conversation_id"
)
_OF_BOT = text(
    "select count(*) from conversations c left join owners o on o.conversation_id = c.id"
    " where coalesce(o.owner, 'bot') = 'bot'"
    " and not (c.chat_type = :manager_type and c.chat_id = :manager_chat)"
)


async def unanswered(connection: AsyncConnection, *, manager_type: str, manager_chat: str) -> Sequence[int]:
    """The chats whose customer waits for an answer, who waits longest first; the manager's own is none."""
    manager = {"manager_type": manager_type, "manager_chat": manager_chat}
    parameters = {**manager, "taken": Reason.TAKEN.value}
    return (await connection.execute(_UNANSWERED, parameters)).scalars().all()


async def with_queued_replies(connection: AsyncConnection) -> Mapping[int, int]:
    """The chats in which a reply of the bot's waits to be sent, and the newest turn that it answers."""
    return {row.conversation_id: row.turn_id for row in await connection.execute(_QUEUED)}


async def count_of_bot(connection: AsyncConnection, *, manager_type: str, manager_chat: str) -> int:
    """How many chats are the bot's when there is no pause."""
    parameters = {"manager_type": manager_type, "manager_chat": manager_chat}
    return int((await connection.execute(_OF_BOT, parameters)).scalar_one())
