"""The phone number of a chat's customer: the key by which CRM and Books know him."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.jobs import JobImpossible

# Chat types whose chat id is a phone number without its plus.
_PHONE_CHATS = frozenset({"whatsapp"})

_CHAT = text("select chat_type, chat_id from conversations where id = :id")


async def phone_of_chat(connection: AsyncConnection, conversation_id: int | None) -> str:
    """E.164.

    Raises:
        JobImpossible: when the chat has no phone number.
    """
    chat = (await connection.execute(_CHAT, {"id": conversation_id})).one()
    if chat.chat_type not in _PHONE_CHATS or not chat.chat_id.isdigit():
        raise JobImpossible(
            f"The chat is of type {chat.chat_type} and has no phone number to find a customer by."
            " Do it by hand in Zoho and drop this job."
        )
    return f"+{chat.chat_id}"
