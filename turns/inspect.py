"""A read-only look at chats' rows, for the phone page, for tests and for people who ask what happened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row, scalar_row

_CONVERSATION = """
select c.id, coalesce(o.owner, 'bot') as owner, o.reason as owner_reason, c.reply_language, c.current_turn_id,
       c.burst_due_at, c.due_at, c.lease_until, c.lease_token, c.last_customer_message_at
from conversations c left join owners o on o.conversation_id = c.id
where c.channel_id = %(channel_id)s and c.chat_id = %(chat_id)s
"""
_INBOX = """
select id, kind, body ->> 'text' as text, received_at, turn_id, settled_at, problem
from inbox where channel_id = %(channel_id)s and chat_id = %(chat_id)s order by id desc limit 50
"""
_TURNS = """
select t.id, t.state, t.text, t.intent, t.language, t.tries, t.problem, t.due_at, t.started_at, t.finished_at
from turns t join conversations c on c.id = t.conversation_id
where c.channel_id = %(channel_id)s and c.chat_id = %(chat_id)s order by t.id desc limit 30
"""
_OUTBOX = """
select o.id, o.turn_id, o.state, coalesce(o.template_text, o.text) as text, o.template_purpose,
       o.content_uri, o.problem, o.attempts, o.retry_number, o.message_id,
       o.delivery_status, o.accepted_at
from outbox o join conversations c on c.id = o.conversation_id
where c.channel_id = %(channel_id)s and c.chat_id = %(chat_id)s order by o.id desc limit 50
"""
# What still moves: messages that no turn has taken, turns that wait or run, replies on their way.
_WAITING = """
select (select count(*) from inbox where chat_id = any(%(chats)s) and kind = 'message' and turn_id is null
                                     and settled_at is null)
     + (select count(*) from conversations where chat_id = any(%(chats)s) and due_at is not null)
     + (select count(*) from outbox o join conversations c on c.id = o.conversation_id
        where c.chat_id = any(%(chats)s) and o.state = 'queued')
"""
# An answered webhook may be in a spool still, while the database was too slow.
_STORED = """
select count(distinct external_id) from inbox where kind = 'message' and external_id = any(%(messages)s)
"""
_EVENTS = """
select e.id, e.data from events e join conversations c on e.sender_id = c.id::text
where c.channel_id = %(channel_id)s and c.chat_id = %(chat_id)s and e.id > %(after)s order by e.id
"""

# A chat of years has tens of thousands; what is filled now was said lately or kept by the session's start.
_NEWEST_EVENTS = """
select e.id, e.type_name, e.timestamp, e.data::jsonb as data
from events e join conversations c on e.sender_id = c.id::text
where c.channel_id = %(channel_id)s and c.chat_id = %(chat_id)s order by e.id desc limit 1000
"""
_TOLD_EVENTS = frozenset({"user", "bot", "action", "active_loop", "session_started"})
_LISTENING = "action_listen"


async def are_stored(connection: psycopg.AsyncConnection[Any], messages: Sequence[str]) -> bool:
    """Whether all these messages, by Wazzup's ids, have come into the inbox."""
    async with connection.cursor(row_factory=scalar_row) as cursor:
        found = await (await cursor.execute(_STORED, {"messages": list(messages)})).fetchone()
    return found == len(set(messages))


async def waiting_count(connection: psycopg.AsyncConnection[Any], chats: Sequence[str]) -> int:
    """How many messages, turns and replies of these chats are not finished; 0: all of them are at rest."""
    async with connection.cursor(row_factory=scalar_row) as cursor:
        return int(await (await cursor.execute(_WAITING, {"chats": list(chats)})).fetchone() or 0)


async def chat_events(
    connection: psycopg.AsyncConnection[Any], channel_id: str, chat_id: str, *, after: int = 0
) -> list[tuple[int, dict[str, Any]]]:
    """Rasa's events of a chat, all sessions, oldest first: the id of each and what it says."""
    keys = {"channel_id": channel_id, "chat_id": chat_id, "after": after}
    async with connection.cursor(row_factory=dict_row) as cursor:
        rows = await (await cursor.execute(_EVENTS, keys)).fetchall()
    return [(row["id"], json.loads(row["data"])) for row in rows]


async def chat_rows(
    connection: psycopg.AsyncConnection[Any], channel_id: str, chat_id: str
) -> dict[str, list[dict[str, Any]]]:
    """The newest rows of a chat by table, newest first: conversation, inbox, turns, outbox."""
    keys = {"channel_id": channel_id, "chat_id": chat_id}
    rows: dict[str, list[dict[str, Any]]] = {}
    async with connection.cursor(row_factory=dict_row) as cursor:
        for name, query in (
            ("conversation", _CONVERSATION),
            ("inbox", _INBOX),
            ("turns", _TURNS),
            ("outbox", _OUTBOX),
        ):
            rows[name] = await (await cursor.execute(query, keys)).fetchall()
    return rows


async def chat_memory(
    connection: psycopg.AsyncConnection[Any], channel_id: str, chat_id: str
) -> dict[str, list[dict[str, Any]]]:
    """What Rasa holds of a chat: the `slots` that are filled, and its last `events`, newest first."""
    keys = {"channel_id": channel_id, "chat_id": chat_id}
    async with connection.cursor(row_factory=dict_row) as cursor:
        newest = await (await cursor.execute(_NEWEST_EVENTS, keys)).fetchall()
    slots: dict[str, Any] = {}
    for row in newest:
        if row["type_name"] == "slot":
            slots.setdefault(row["data"]["name"], row["data"].get("value"))
    filled = {name: slots[name] for name in sorted(slots) if slots[name] not in (None, [], {})}
    told = [_told(row) for row in newest if row["type_name"] in _TOLD_EVENTS]
    return {
        "slots": [filled] if filled else [],
        "events": [event for event in told if event.get("action") != _LISTENING][:30],
    }


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """An event in the words that a tester looks for."""
    data = row["data"]
    told: dict[str, Any] = {"id": row["id"], "event": row["type_name"]}
    if row["type_name"] == "user":
        parsed = data.get("parse_data") or {}
        intent = parsed.get("intent") or {}
        told |= {"text": data.get("text"), "intent": intent.get("name")}
        if intent.get("confidence") is not None:
            told["confidence"] = round(float(intent["confidence"]), 2)
        entities = parsed.get("entities") or ()
        told["entities"] = [f"{item.get('entity')}: {item.get('value')}" for item in entities]
    elif row["type_name"] == "bot":
        told |= {"text": data.get("text"), "response": (data.get("metadata") or {}).get("utter_action")}
    else:
        told |= {"action": data.get("name")}
        if data.get("policy"):
            told["policy"] = data["policy"]
    return told
