"""What the way of a message keeps of a person, and how it is erased; Rasa's own tables are this room's.

First the chat is taken out of every worker's hands (`close_chats`): from then on `turn_is_held` says no, so a
turn that is under way writes nothing any more. In the end the row of the chat itself goes; its id is never
given again, so whoever still has it in hand finds nothing to write to.
"""

# ruff: noqa: S608 (statements are put together of our own words only)
from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.personal_data import OF_TURN, Erased, Person, Rows, Store, read_rows, rows_of

_LOCK = text("select id, chat_id from conversations where chat_id = any(:chat_ids) order by id for update")
_READ = text("select id from conversations where chat_id = any(:chat_ids) order by id")
_CLOSE_TURNS = text(
    "update turns set state = 'dropped', finished_at = clock_timestamp()"
    " where conversation_id = any(:chats) and state = 'open'"
)
_CLOSE = text(
    "update conversations set current_turn_id = null, lease_token = lease_token + 1, lease_until = null,"
    " due_at = null, burst_started_at = null, burst_due_at = null where id = any(:chats)"
)
# Two ways in, each by itself: joined by `or` they would have the whole inbox read for every chat that
# retention forgets, and it gives no chat id.
_OF_INBOX = (
    "inbox.id in (select id from inbox"
    " where cardinality(cast(:chat_ids as text[])) > 0 and chat_id = any(cast(:chat_ids as text[]))"
    f" union all select id from inbox where {OF_TURN})"
)
# A status names a message and no channel; said here, the index on both finds it.
_STATUSES = (
    "kind = 'status' and channel_id = '' and external_id in"
    " (select message_id from outbox where conversation_id = any(:chats) and message_id is not null)"
)
_PARKED = text("select id, raw from inbox where kind = 'parked' order by id")
_DELETE_PARKED = text("delete from inbox where id = any(:ids)")
# The code stands in every line that tells a manager of the chat, and nowhere else in the manager's chat.
_NOTICES = (
    "outbox where conversation_id in (select id from conversations where chat_id = :manager)"
    " and not conversation_id = any(:chats)"
    " and concat_ws(' ', text, template_values::text, template_text) ~ any("
    " select '\\m' || code || '\\M' from chat_codes where conversation_id = any(:chats)"
    " union all select '(?<!\\d)' || unnest(cast(:phones as text[])) || '(?!\\d)')"
)
_EMPTY_NOTICES = text(
    f"update outbox set text = case when text is null then null else '' end, template_text = null,"
    f" template_values = case when template_values is null then null else '{{}}'::jsonb end,"
    f" state = case when state = 'queued' then 'withheld' else state end,"
    f" due_at = case when state = 'queued' then null else due_at end,"
    f" problem = coalesce(problem, 'it was about somebody who was erased')"
    f" where id in (select id from {_NOTICES})"
)
# Inside other texts only whole phone numbers are looked for. What else a chat may be called, and whatever an
# operator mistyped, are words and figures that stand there for other reasons.
_PHONE = re.compile(r"\d{8,15}")


async def lock_chats(connection: AsyncConnection, chat_ids: Sequence[str]) -> Mapping[int, str]:
    """The chats with one of these ids on any channel, and which; locked until the transaction ends."""
    rows = await connection.execute(_LOCK, {"chat_ids": list(chat_ids)})
    return {row.id: row.chat_id for row in rows}


async def chats_of(connection: AsyncConnection, chat_ids: Sequence[str]) -> tuple[int, ...]:
    """The chats of these ids on all channels."""
    return tuple((await connection.execute(_READ, {"chat_ids": list(chat_ids)})).scalars())


async def close_chats(connection: AsyncConnection, person: Person) -> None:
    """Take locked chats out of every worker's hands: whoever runs a turn of theirs has lost it."""
    await connection.execute(_CLOSE, {"chats": list(person.chats)})


async def _close_turns(connection: AsyncConnection, person: Person) -> Erased:
    return Erased((await connection.execute(_CLOSE_TURNS, {"chats": list(person.chats)})).rowcount)


async def _nothing(_: AsyncConnection, __: Person) -> Mapping[str, Rows]:
    return {}


def names_one_of(raw: bytes, chat_ids: Sequence[str]) -> bool:
    """Whether unread bytes hold one of these ids: a phone number, written with gaps or brackets included.

    An id that is no phone number counts only as the `chatId` of a message.
    """
    return any(re.search(_in_bytes(chat_id), raw) for chat_id in chat_ids)


def _in_bytes(chat_id: str) -> bytes:
    if _PHONE.fullmatch(chat_id):
        return rb"(?<!\d)" + rb"[\s().-]{0,3}".join(digit.encode() for digit in chat_id) + rb"(?!\d)"
    spellings = {json.dumps(chat_id), json.dumps(chat_id, ensure_ascii=False)}
    return rb'"chatId"\s*:\s*(?:' + b"|".join(re.escape(each.encode()) for each in spellings) + rb")"


async def _parked(connection: AsyncConnection, person: Person) -> Sequence[Mapping[str, Any]]:
    rows = (await connection.execute(_PARKED)).mappings()
    return [dict(row) for row in rows if names_one_of(bytes(row["raw"]), person.chat_ids)]


async def _erase_parked(connection: AsyncConnection, person: Person) -> Erased:
    ids = [row["id"] for row in await _parked(connection, person)]
    return Erased((await connection.execute(_DELETE_PARKED, {"ids": ids})).rowcount)


async def _export_parked(connection: AsyncConnection, person: Person) -> Mapping[str, Rows]:
    return {"parked_elements": await _parked(connection, person)}


def notices(manager_chat_id: str) -> Store:
    """What the manager's chat was told of the person; erased while the chat's code is still known."""

    def parameters(person: Person) -> dict[str, Any]:
        phones = [chat_id for chat_id in person.chat_ids if _PHONE.fullmatch(chat_id)]
        return {**person.parameters(), "manager": manager_chat_id, "phones": phones}

    async def erase(connection: AsyncConnection, person: Person) -> Erased:
        return Erased((await connection.execute(_EMPTY_NOTICES, parameters(person))).rowcount)

    async def export(connection: AsyncConnection, person: Person) -> Mapping[str, Rows]:
        rows = await connection.execute(
            text(f"select id, created_at, text, template_text from {_NOTICES} order by id"),
            parameters(person),
        )
        return {"notices": [dict(row) for row in rows.mappings()]}

    return Store("notices to the manager", (), erase, export)


async def _export_statuses(connection: AsyncConnection, person: Person) -> Mapping[str, Rows]:
    return await read_rows(connection, person, {"inbox": f"inbox where {_STATUSES} order by inbox.id"})


_STATUS_ROWS = rows_of("inbox", _STATUSES)

UNDER_WAY = Store("turns under way", (), _close_turns, _nothing)
"""Ended first: an open turn that could not be deleted would stand in the way of the chat's next one."""

# In the order in which they can be erased; `sales` has rows that point to some of them and comes before.
STATUSES = Store("statuses", ("inbox",), _STATUS_ROWS.erase, _export_statuses)
MESSAGES = (
    rows_of("transcripts", order="inbox_id"),
    rows_of("turn_replies", OF_TURN, order="turn_id"),
    rows_of("action_results", OF_TURN, order="turn_id, ordinal, action"),
    rows_of("events", "sender_id = any(:senders)"),
    rows_of(
        "outbox",
        emptied="text = case when text is null then null else '' end, content_uri = null, buttons = '[]',"
        " template_text = null,"
        " template_values = case when template_values is null then null else '{}'::jsonb end",
    ),
    rows_of("inbox", _OF_INBOX, emptied="body = null, raw = null"),
    Store("parked elements", ("inbox",), _erase_parked, _export_parked),
)
CHATS = (
    rows_of("turns", emptied="text = '', intent = null, problem = null"),
    rows_of("conversations", "id = any(:chats)"),
)
