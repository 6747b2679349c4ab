"""Outbox rows: what is said, in order, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from turns.choices import offer
from turns.ports import Button, Reply

# The safe length on the WhatsApp Business API (`wazzup-v3.md` §5.5).
LONGEST_TEXT = 1_024

_INSERT = text(
    "insert into outbox (conversation_id, turn_id, ordinal, text, content_uri, buttons, regardless_of_owner)"
    " select :conversation_id, :turn_id, part.ordinal, part.text, part.content_uri, part.buttons, :regardless"
    " from jsonb_to_recordset(cast(:parts as jsonb))"
    "   as part(ordinal integer, text text, content_uri text, buttons jsonb)"
    " order by part.ordinal"
)
_EVER_OFFERED = text(
    "select button from outbox o cross join jsonb_array_elements(o.buttons) as button"
    " where o.conversation_id = :id and o.state <> 'withheld' and button ->> 'payload' = :payload limit 1"
)
_OFFERED = text(
    "select buttons from outbox where conversation_id = :id and state <> 'withheld' and buttons <> '[]'"
    " and turn_id = (select turn_id from outbox where conversation_id = :id and state <> 'withheld'"
    " order by id desc limit 1) order by id desc limit 1"
)


def split(words: str, longest: int = LONGEST_TEXT) -> Iterator[str]:
    """The text in parts of at most `longest` characters, cut at the end of a line or a word if it can be."""
    rest = words.strip()
    while len(rest) > longest:
        cut = max(rest.rfind("\n", 0, longest + 1), 0) or max(rest.rfind(" ", 0, longest + 1), 0) or longest
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def parts_of(replies: Sequence[Reply]) -> list[dict[str, object]]:
    """The rows that say `replies`: long texts split, a file as a message of its own after its text."""
    parts: list[dict[str, object]] = []

    def add(**part: object) -> None:
        parts.append({"ordinal": len(parts), "text": None, "content_uri": None, "buttons": [], **part})

    for reply in replies:
        words, buttons = offer(reply.text or "", reply.buttons)
        pieces = list(split(words))
        for number, piece in enumerate(pieces, start=1):
            # Buttons stand under the last piece, where the question is.
            last = number == len(pieces)
            add(text=piece, buttons=[_as_json(button) for button in buttons] if last else [])
        if reply.content_uri:
            add(content_uri=reply.content_uri)
    return parts


def _as_json(button: Button) -> dict[str, str]:
    return {"title": button.title, "payload": button.payload}


async def put(
    connection: AsyncConnection,
    *,
    conversation_id: int,
    turn_id: int | None,
    replies: Sequence[Reply],
    regardless_of_owner: bool = False,
) -> None:
    """Write the replies of a turn as rows, in the caller's transaction; None for what answers no turn."""
    await connection.execute(
        _INSERT,
        {
            "conversation_id": conversation_id,
            "turn_id": turn_id,
            "parts": orjson.dumps(parts_of(replies)).decode(),
            "regardless": regardless_of_owner,
        },
    )


async def last_offered(connection: AsyncConnection, conversation_id: int) -> list[Button]:
    """The choices of the last turn that said something in this chat; an older offer no longer counts."""
    buttons = (await connection.execute(_OFFERED, {"id": conversation_id})).scalar()
    return [Button(button["title"], button["payload"]) for button in buttons or []]


async def tapped(connection: AsyncConnection, conversation_id: int, payload: str) -> list[Button]:
    """The button of any message of this chat that carries `payload`: old messages stay on the phone."""
    button = (await connection.execute(_EVER_OFFERED, {"id": conversation_id, "payload": payload})).scalar()
    return [Button(button["title"], button["payload"])] if button else []
