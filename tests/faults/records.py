"""What the tables recorded of some chats, for `tests.faults.checker`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tests.faults.checker import Evidence, Row

_MINE = "(select id from conversations where chat_id = any(%s))"

Rows = Callable[[str, list[str]], Awaitable[list[dict[str, Any]]]]


async def read_evidence(
    rows: Rows, chats: list[str], acknowledged: Sequence[str], phone: Sequence[Row]
) -> Evidence:
    """The records of `chats`; `rows` asks the database, `phone` is what the customers' phones hold."""
    return Evidence(
        acknowledged=acknowledged,
        inbox=await rows("select * from inbox where chat_id = any(%s) order by id", chats),
        turns=await rows(f"select * from turns where conversation_id in {_MINE} order by id", chats),
        outbox=await rows(f"select * from outbox where conversation_id in {_MINE} order by id", chats),
        action_results=await rows(
            "select a.* from action_results a join turns t on t.id = a.turn_id"
            f" where t.conversation_id in {_MINE}",
            chats,
        ),
        user_events=[
            row["turn_id"]
            for row in await rows(
                "select (data::jsonb -> 'metadata' ->> 'turn_id')::bigint as turn_id from events"
                f" where type_name = 'user' and sender_id::bigint in {_MINE}",
                chats,
            )
        ],
        phone=sorted(phone, key=lambda message: int(message["sequence"])),
    )
