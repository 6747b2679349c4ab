"""What Rasa holds of a chat, as the phone page and whoever looks into a chat is shown it."""

from __future__ import annotations

import json
from typing import Any

import psycopg

from tests.support import CHAT_ID, Database
from turns.inspect import chat_events, chat_memory, waiting_count

CHANNEL_ID = "of these tests"
SAID = {
    "event": "user",
    "text": "black chairs",
    "parse_data": {
        "intent": {"name": "search_products", "confidence": 0.98765},
        "entities": [{"entity": "color", "value": "black"}],
    },
}
EVENTS: list[dict[str, Any]] = [
    {"event": "session_started"},
    {"event": "action", "name": "action_listen"},
    SAID,
    {"event": "slot", "name": "color", "value": "white"},
    {"event": "slot", "name": "seats", "value": 4},
    {"event": "action", "name": "action_search_products", "policy": "RulePolicy"},
    {"event": "slot", "name": "color", "value": "black"},
    {"event": "slot", "name": "seats", "value": None},
    {"event": "bot", "text": "Here you are", "metadata": {"utter_action": "utter_found"}},
    {"event": "user", "text": "/opened"},
]


async def remember(db: Database) -> None:
    await db.write(
        "insert into conversations (channel_id, chat_type, chat_id, last_customer_message_at)"
        " values (:channel, 'whatsapp', :chat, majlis_now())",
        channel=CHANNEL_ID,
        chat=CHAT_ID,
    )
    for event in EVENTS:
        await db.write(
            "insert into events (sender_id, type_name, data)"
            " select id::text, :kind, :data from conversations where chat_id = :chat",
            kind=event["event"],
            data=json.dumps(event),
            chat=CHAT_ID,
        )


async def test_slots_are_what_was_said_last_and_events_are_told_newest_first(db: Database) -> None:
    await remember(db)
    async with await psycopg.AsyncConnection.connect(db.url) as connection:
        memory = await chat_memory(connection, CHANNEL_ID, CHAT_ID)
    assert memory["slots"] == [{"color": "black"}]
    told = [{key: value for key, value in event.items() if key != "id"} for event in memory["events"]]
    assert told == [
        {"event": "user", "text": "/opened", "intent": None, "entities": []},
        {"event": "bot", "text": "Here you are", "response": "utter_found"},
        {"event": "action", "action": "action_search_products", "policy": "RulePolicy"},
        {
            "event": "user",
            "text": "black chairs",
            "intent": "search_products",
            "confidence": 0.99,
            "entities": ["color: black"],
        },
        {"event": "session_started", "action": None},
    ]


async def test_a_chat_that_rasa_never_heard_of_has_no_memory(db: Database) -> None:
    async with await psycopg.AsyncConnection.connect(db.url) as connection:
        assert await chat_memory(connection, CHANNEL_ID, "971500000009") == {"slots": [], "events": []}
        assert await waiting_count(connection, ["971500000009"]) == 0


async def test_events_of_a_chat_come_oldest_first_and_from_where_one_stopped(db: Database) -> None:
    await remember(db)
    async with await psycopg.AsyncConnection.connect(db.url) as connection:
        whole = await chat_events(connection, CHANNEL_ID, CHAT_ID)
        rest = await chat_events(connection, CHANNEL_ID, CHAT_ID, after=whole[7][0])
    assert [event for _, event in whole] == EVENTS
    assert [event for _, event in rest] == EVENTS[8:]
