"""What a manager calls a chat: four signs that are read aloud and typed without a mistake, kept for good."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LENGTH = 4
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "23456789"
_DIFFERENT = 3

# A code that is taken already, or a chat that got one meanwhile: nothing is written.
_KEEP = text("insert into chat_codes (conversation_id, code) values (:id, :code) on conflict do nothing")
_CODE = text("select code from chat_codes where conversation_id = :id")
_CHAT = text("select conversation_id from chat_codes where code = :code")


def new_code() -> str:
    """A random code; it has a letter and a digit, so that no word of a sentence and no number is one.

    And three different signs: "AAA7" is misread easily, and folded like a stretched word.
    """
    while True:
        code = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(LENGTH))
        if not code.isalpha() and not code.isdigit() and len(set(code)) >= _DIFFERENT:
            return code


async def code_of(connection: AsyncConnection, conversation_id: int) -> str:
    """The chat's code; it gets one in the caller's transaction if it has none."""
    while True:
        code: str | None = (await connection.execute(_CODE, {"id": conversation_id})).scalar()
        if code is not None:
            return code
        await connection.execute(_KEEP, {"id": conversation_id, "code": new_code()})


async def chat_with(connection: AsyncConnection, code: str) -> int | None:
    """The chat that has this code (capitals); None: nobody has."""
    found: int | None = (await connection.execute(_CHAT, {"code": code})).scalar()
    return found


async def codes_of(connection: AsyncConnection, conversation_ids: Sequence[int]) -> list[str]:
    """The codes of these chats in their order; each gets one if it has none."""
    return [await code_of(connection, conversation_id) for conversation_id in conversation_ids]
