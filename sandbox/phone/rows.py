"""The rows beside the chat: inbox, turns, sale, model calls, as the Majlis behind the chats has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sandbox.backstage import Backstage, BackstageAway
from sandbox.clock import iso_milliseconds

NO_DATABASE = "No database is configured for this sandbox, so there are no rows to show."


async def rows_of_chat(backstage: Backstage | None, chat_id: str) -> dict[str, object]:
    """`{"rows": {conversation, inbox, turns, …}}`, or `{"message": why there are none}`."""
    if backstage is None:
        return {"message": NO_DATABASE}
    try:
        rows = await backstage.rows(chat_id)
    except BackstageAway as away:
        return {"message": str(away)}
    if not any(rows.values()):
        return {"message": "No rows yet: they appear with the first message of this chat."}
    return {"rows": _plain(rows)}


def _plain(value: object) -> object:
    """A database value as JSON can hold it; times as Wazzup prints them, other types as their text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return iso_milliseconds(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
