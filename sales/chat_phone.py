"""The phone number of a chat's customer: the key by which CRM and Books know him."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, text
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
    phone = _phone(chat)
    if phone is None:
        raise JobImpossible(
            f"The chat is of type {chat.chat_type} and has no phone number to find a customer by."
            " Do it by hand in Zoho and drop this job."
        )
    return phone


async def find_phone(connection: AsyncConnection, conversation_id: int) -> str | None:
    """The same, None for a chat without a phone number."""
    return _phone((await connection.execute(_CHAT, {"id": conversation_id})).one())


def _phone(chat: Row[Any]) -> str | None:
    is_phone = chat.chat_type in _PHONE_CHATS and chat.chat_id.isdigit()
    return f"+{chat.chat_id}" if is_phone else None
