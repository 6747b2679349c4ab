"""What reading one chat for a review costs the database: by its length, not by all that was ever said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.integration.report_support import last_week, turn_at
from tests.support import CHAT_ID, OTHER_CHAT_ID, Database
from turns.review import heard, wrote_at

HOUR = timedelta(hours=1)
TURNS = 6


async def nodes_of(
    db: Database, reading: Callable[[AsyncConnection], Awaitable[object]]
) -> list[Mapping[str, Any]]:
    """The nodes of the plan, with what was done in each, of the one statement that `reading` sends."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_others: object) -> None:
        sent.append((statement, parameters))

    async with db.engine.begin() as connection:
        event.listen(db.engine.sync_engine, "before_cursor_execute", note)
        try:
            await reading(connection)
        finally:
            event.remove(db.engine.sync_engine, "before_cursor_execute", note)
        [(statement, parameters)] = sent
        explained = f"explain (analyze, format json) {statement}"
        [[[found]]] = await connection.exec_driver_sql(explained, parameters)
    return list(_walk(found["Plan"]))


def _walk(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _walk(below)


async def a_chat_of(db: Database, words: str) -> int:
    week = await last_week(db)
    for number in range(TURNS):
        await turn_at(db, CHAT_ID, week.since + number * HOUR, words)
    await turn_at(db, OTHER_CHAT_ID, week.since)
    return await db.chat(CHAT_ID)


async def test_the_buttons_of_a_chat_are_unpacked_once(db: Database) -> None:
    chat = await a_chat_of(db, "these words stand on no button")

    nodes = await nodes_of(db, lambda connection: heard(connection, chat, None))

    unpacked = [node["Actual Loops"] for node in nodes if node.get("Function Name") == "jsonb_to_recordset"]
    assert unpacked == [TURNS]


async def test_of_the_inbox_only_the_rows_of_the_chat_are_read(db: Database) -> None:
    chat = await a_chat_of(db, "hello")
    # In a small table an index is worth nothing.
    await db.write(
        "insert into inbox (channel_id, external_id, kind, chat_type, chat_id, settled_at)"
        " select channel_id, 'many-' || number, kind, chat_type, chat_id, settled_at"
        " from inbox, generate_series(1, 3000) number where chat_id = :others",
        others=OTHER_CHAT_ID,
    )
    await db.write("analyze inbox, turns")

    nodes = await nodes_of(db, lambda connection: wrote_at(connection, chat))

    assert "inbox_by_turn" in {node.get("Index Name") for node in nodes}
    assert not [node for node in nodes if node.get("Relation Name") == "inbox" and "Seq" in node["Node Type"]]


async def test_a_tap_is_read_as_its_button_in_each_chat(db: Database) -> None:
    chat = await a_chat_of(db, "majlis:/opt_in")
    for chat_id, title in ((CHAT_ID, "Yes, remind me"), (OTHER_CHAT_ID, "Remind")):
        await db.write(
            "update outbox set buttons = jsonb_build_array(jsonb_build_object('title', cast(:title as text),"
            " 'payload', 'majlis:/opt_in')) where conversation_id = :chat",
            title=title,
            chat=await db.chat(chat_id),
        )
    async with db.engine.begin() as connection:
        turns = await heard(connection, chat, None)
    assert [turn.text for turn in turns] == ["Yes, remind me"] * TURNS
