"""The table personal_tokens: what the tokens of a chat stand for, readable with `INTERNAL_SECRET` only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import astuple

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from offscript.token_table import TokenEntry, TokenTable

# Other uses of the same secret must not open what is sealed here.
_PURPOSE = b"majlis: tokens of personal data, 1"

_READ = text("select sealed, revision from personal_tokens where conversation_id = :id")
_ADD = text(
    "insert into personal_tokens (conversation_id, sealed, revision) values (:id, :sealed, 1)"
    " on conflict do nothing returning revision"
)
_REPLACE = text(
    "update personal_tokens set sealed = :sealed, revision = revision + 1, updated_at = majlis_now()"
    " where conversation_id = :id and revision = :revision returning revision"
)


class TokensChanged(Exception):
    """Somebody else numbered personal data of this chat meanwhile: load the table and mask again."""


class TokensUnreadable(Exception):
    """The tokens of a chat were sealed with another secret, or are damaged."""


def token_seal(internal_secret: str) -> Fernet:
    """What seals and opens the tokens, made from `INTERNAL_SECRET`.

    Raises:
        ValueError: for an empty secret: everybody could read them.
    """
    if not internal_secret:
        raise ValueError("INTERNAL_SECRET is empty: without it anybody could read customers' personal data")
    key = hmac.digest(internal_secret.encode(), _PURPOSE, hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(key))


async def read_tokens(connection: AsyncConnection, conversation_id: int, seal: Fernet) -> TokenTable:
    """The token table of a chat, an empty one for a chat without.

    Raises:
        TokensUnreadable: when `seal` does not open them.
    """
    row = (await connection.execute(_READ, {"id": conversation_id})).first()
    if row is None:
        return TokenTable()
    try:
        opened = seal.decrypt(bytes(row.sealed))
    except InvalidToken as error:
        raise TokensUnreadable(
            f"The personal data of chat {conversation_id} cannot be opened: INTERNAL_SECRET has changed."
            " Give the old one back, or delete the chat's row of personal_tokens and its memory."
        ) from error
    return TokenTable([TokenEntry(*entry) for entry in json.loads(opened)], revision=row.revision)


async def keep_tokens(
    connection: AsyncConnection, conversation_id: int, tokens: TokenTable, seal: Fernet
) -> None:
    """Store what a table gained since it was read; nothing happens when it gained nothing.

    Raises:
        TokensChanged: when the stored table is another one than the one that was read.
    """
    entries = tokens.entries
    if len(entries) == tokens.stored:
        return
    sealed = seal.encrypt(json.dumps([astuple(entry) for entry in entries]).encode())
    statement = _REPLACE if tokens.revision else _ADD
    values = {"id": conversation_id, "sealed": sealed, "revision": tokens.revision}
    if not tokens.revision:
        del values["revision"]
    revision = (await connection.execute(statement, values)).scalar()
    if revision is None:
        raise TokensChanged(f"the tokens of chat {conversation_id} changed since they were read")
    tokens.kept(revision)
