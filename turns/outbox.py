"""Outbox rows: what is said, in order, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.quote_template import quote_template
from sales.templates import TemplateUse
from turns.choices import offer
from turns.ports import Button, Reply

# The safe length on the WhatsApp Business API (`wazzup-v3.md` §5.5).
LONGEST_TEXT = 1_024

_INSERT = text(
    "insert into outbox (conversation_id, turn_id, ordinal, text, content_uri, buttons, regardless_of_owner,"
    " template_purpose, template_values)"
    " select :conversation_id, :turn_id, part.ordinal, part.text, part.content_uri, part.buttons,"
    " :regardless, part.template_purpose, part.template_values from jsonb_to_recordset(cast(:parts as jsonb))"
    "   as part(ordinal integer, text text, content_uri text, buttons jsonb,"
    "     template_purpose text, template_values jsonb)"
    " order by part.ordinal"
)
_INSERT_ONE = text(
    "insert into outbox"
    " (conversation_id, ordinal, text, regardless_of_owner, template_purpose, template_values)"
    " values (:conversation_id, 0, :text, :regardless, :purpose, cast(:values as jsonb)) returning id"
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
    parts = parts_of(replies)
    for part in parts:
        use = await quote_template(connection, part["content_uri"])
        if use is not None:
            part |= {"template_purpose": use.purpose.value, "template_values": dict(use.values)}
    await connection.execute(
        _INSERT,
        {
            "conversation_id": conversation_id,
            "turn_id": turn_id,
            "parts": orjson.dumps(parts).decode(),
            "regardless": regardless_of_owner,
        },
    )


async def put_one(
    connection: AsyncConnection,
    *,
    conversation_id: int,
    words: str | None,
    template: TemplateUse | None,
    regardless_of_owner: bool = False,
) -> int:
    """Write one message that answers no turn, in the caller's transaction; the row's id.

    With words, `template` says it where free text may not be sent; without, it always does.

    Raises:
        ValueError: neither words nor template are given, or the words are too long for one message.
    """
    if words is not None and (not words.strip() or len(words) > LONGEST_TEXT):
        raise ValueError(f"the words have {len(words)} characters: give 1 to {LONGEST_TEXT} of them")
    if words is None and template is None:
        raise ValueError("there is nothing to say: give words, a template or both")
    return int(
        (
            await connection.execute(
                _INSERT_ONE,
                {
                    "conversation_id": conversation_id,
                    "text": words,
                    "regardless": regardless_of_owner,
                    "purpose": template.purpose.value if template else None,
                    "values": orjson.dumps(dict(template.values)).decode() if template else None,
                },
            )
        ).scalar_one()
    )


async def last_offered(connection: AsyncConnection, conversation_id: int) -> list[Button]:
    """The choices of the last turn that said something in this chat; an older offer no longer counts."""
    buttons = (await connection.execute(_OFFERED, {"id": conversation_id})).scalar()
    return [Button(button["title"], button["payload"]) for button in buttons or []]


async def tapped(connection: AsyncConnection, conversation_id: int, payload: str) -> list[Button]:
    """The button of any message of this chat that carries `payload`: old messages stay on the phone."""
    button = (await connection.execute(_EVER_OFFERED, {"id": conversation_id, "payload": payload})).scalar()
    return [Button(button["title"], button["payload"])] if button else []
