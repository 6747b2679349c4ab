"""The chat in which the seller's own manager reads notices and writes commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales import window

Language = Literal["en", "ar"]
# Only there a chat's id is a phone number that the messenger vouches for.
CHAT_TYPE = "whatsapp"

_OPEN = text(
    "insert into conversations (channel_id, chat_type, chat_id) values (:channel, :type, :chat)"
    " on conflict do nothing"
)
_READ = text(
    "select id, reply_language from conversations"
    " where channel_id = :channel and chat_type = :type and chat_id = :chat"
)
# Any channel where none is configured.
_STANDING = text(
    "select c.id, c.last_customer_message_at, c.window_closed_at, c.reply_language, majlis_now() as now,"
    " coalesce(ch.transport, '') as transport"
    " from conversations c left join channels ch on ch.channel_id = c.channel_id"
    " where c.chat_type = :type and c.chat_id = :chat and (c.channel_id = :channel or :channel = '')"
    " order by c.last_customer_message_at desc nulls last limit 1"
)
_IS_IT = text(
    "select exists (select from conversations where id = :id and chat_type = :type and chat_id = :chat)"
)


@dataclass(frozen=True)
class Standing:
    """How the manager can be reached now."""

    conversation_id: int
    # As he writes; None until he has.
    language: str | None
    has_written: bool
    window_is_open: bool


@dataclass(frozen=True)
class ManagerChat:
    """Where notices go to, and whose messages are commands: from this number, on any channel."""

    channel_id: str
    chat_id: str

    async def opened(self, connection: AsyncConnection) -> tuple[int, Language]:
        """The conversation that notices go to, and the language its manager writes in."""
        parameters = {"channel": self.channel_id, "type": CHAT_TYPE, "chat": self.chat_id}
        row = (await connection.execute(_READ, parameters)).first()
        if row is None:
            await connection.execute(_OPEN, parameters)
            row = (await connection.execute(_READ, parameters)).one()
        return row.id, "ar" if row.reply_language == "ar" else "en"

    async def standing(self, connection: AsyncConnection) -> Standing | None:
        """His chat as it is, which is not opened for it; None while there is none."""
        parameters = {"channel": self.channel_id, "type": CHAT_TYPE, "chat": self.chat_id}
        row = (await connection.execute(_STANDING, parameters)).one_or_none()
        if row is None:
            return None
        window_is_open = window.is_open(
            transport=row.transport,
            now=row.now,
            last_customer_message_at=row.last_customer_message_at,
            closed_at=row.window_closed_at,
        )
        return Standing(row.id, row.reply_language, row.last_customer_message_at is not None, window_is_open)

    async def is_it(self, connection: AsyncConnection, conversation_id: int | None) -> bool:
        """Whether this conversation is a manager's."""
        parameters = {"id": conversation_id, "type": CHAT_TYPE, "chat": self.chat_id}
        return bool((await connection.execute(_IS_IT, parameters)).scalar_one())
