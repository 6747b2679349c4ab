"""The inbox, turn and outbox rows beside the chat, read from Majlis' database."""

from __future__ import annotations

from datetime import datetime

import psycopg
from psycopg.rows import dict_row

from sandbox.clock import iso_milliseconds

NO_DATABASE = "No database is configured for this sandbox, so there are no rows to show."
CONNECT_TIMEOUT_SECONDS = 2


async def rows_of_chat(database_url: str | None, channel_id: str, chat_id: str) -> dict[str, object]:
    """`{"rows": {inbox, turns, outbox, conversation}}`, or `{"message": why there are none}`."""
    if database_url is None:
        return {"message": NO_DATABASE}
    from turns.inspect import chat_rows  # only this page knows the room of turns

    try:
        connection = await psycopg.AsyncConnection.connect(
            database_url, autocommit=True, row_factory=dict_row, connect_timeout=CONNECT_TIMEOUT_SECONDS
        )
        async with connection:
            rows = await chat_rows(connection, channel_id, chat_id)
    except psycopg.OperationalError as error:
        return {"message": f"The database does not answer: {str(error).strip().splitlines()[0]}"}
    if not any(rows.values()):
        return {"message": "No rows yet: they appear with the first message of this chat."}
    return {"rows": _plain(rows)}


def _plain(value: object) -> object:
    """A database value as JSON can hold it; times as Wazzup prints them, other types as their text."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return iso_milliseconds(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
