"""The chat in which the seller's own manager reads notices and writes commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

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
_IS_IT = text(
    "select exists (select from conversations where id = :id and chat_type = :type and chat_id = :chat)"
)


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

    async def is_it(self, connection: AsyncConnection, conversation_id: int | None) -> bool:
        """Whether this conversation is a manager's."""
        parameters = {"id": conversation_id, "type": CHAT_TYPE, "chat": self.chat_id}
        return bool((await connection.execute(_IS_IT, parameters)).scalar_one())
