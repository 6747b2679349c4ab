"""What was heard in voice messages: asked for before a recording leaves the house, then kept for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from turns.ports import CustomerMessage, ElementKind, Media, Transcript

# A recording whose transcription ended its worker twice is not sent a third time: somebody pays for each.
MOST_ATTEMPTS = 2


class Heard(StrEnum):
    """What a turn's words are, where they were spoken."""

    # The customer's own, as good as written.
    CLEAR = "clear"
    # To be confirmed before anybody acts on them.
    UNCLEAR = "unclear"
    # The customer said that they are not what was said.
    WRONG = "wrong"


_FOUND = text("select inbox_id, state, attempts, text from transcripts where inbox_id = any(:ids)")
_ASK = text(
    "insert into transcripts (inbox_id, conversation_id) values (:inbox_id, :conversation_id)"
    " on conflict (inbox_id) do update set attempts = transcripts.attempts + 1"
)
_DECLINE = text(
    "insert into transcripts (inbox_id, conversation_id, state, problem)"
    " values (:inbox_id, :conversation_id, 'declined', :problem)"
    " on conflict (inbox_id) do update set state = 'declined', problem = excluded.problem"
    " where transcripts.state = 'asked'"
)
# Whoever is first: a worker that stood still must not change what a turn may have been made of.
_KEEP = text(
    "update transcripts set state = :state, text = :text, log_probability = :log_probability,"
    " no_speech = :no_speech, compression = :compression where inbox_id = :inbox_id and state = 'asked'"
)


@dataclass(frozen=True)
class Known:
    """What is known of one recording."""

    state: str
    attempts: int
    text: str | None

    @property
    def is_settled(self) -> bool:
        """Whether nobody will listen to it again."""
        return self.state != "asked"


async def known(connection: AsyncConnection, messages: Sequence[CustomerMessage]) -> dict[int, Known]:
    """What is known of these messages' recordings, by inbox id."""
    ids = [message.inbox_id for message in messages if message.media is Media.VOICE]
    if not ids:
        return {}
    rows = await connection.execute(_FOUND, {"ids": ids})
    return {row.inbox_id: Known(row.state, row.attempts, row.text) for row in rows}


def heard(messages: Sequence[CustomerMessage], found: dict[int, Known]) -> list[CustomerMessage]:
    """The messages with what was heard in them."""
    return [_heard(message, found.get(message.inbox_id)) for message in messages]


def _heard(message: CustomerMessage, found: Known | None) -> CustomerMessage:
    if found is None or message.kind is ElementKind.DELETION:
        return message
    if found.state == "clear":
        return replace(message, text=found.text)
    if found.state == "unclear":
        return replace(message, to_confirm=found.text)
    return message


def unheard(messages: Sequence[CustomerMessage], found: dict[int, Known]) -> list[CustomerMessage]:
    """The recordings that nobody has listened to; one that the customer took back is none."""
    latest = {message.external_id: message for message in messages}
    return [
        message
        for message in latest.values()
        if message.media is Media.VOICE
        and message.kind is not ElementKind.DELETION
        and not (message.inbox_id in found and found[message.inbox_id].is_settled)
    ]


async def ask(connection: AsyncConnection, inbox_id: int, conversation_id: int) -> None:
    """Note that a recording is about to leave the house."""
    await connection.execute(_ASK, {"inbox_id": inbox_id, "conversation_id": conversation_id})


async def decline(connection: AsyncConnection, inbox_id: int, conversation_id: int, problem: str) -> None:
    """Note that nothing was heard, and why: the customer is asked to write."""
    await connection.execute(
        _DECLINE, {"inbox_id": inbox_id, "conversation_id": conversation_id, "problem": problem}
    )


async def keep(connection: AsyncConnection, inbox_id: int, transcript: Transcript, *, clear: bool) -> None:
    """Keep what was heard; a repeat reads it here."""
    await connection.execute(
        _KEEP,
        {
            "inbox_id": inbox_id,
            "state": "clear" if clear else "unclear",
            "text": transcript.text,
            "log_probability": transcript.log_probability,
            "no_speech": transcript.no_speech,
            "compression": transcript.compression,
        },
    )
