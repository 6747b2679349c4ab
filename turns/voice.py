"""Voice messages: listened to by the worker before the turn is frozen, outside every transaction.

A recording is fetched, measured, kept for the managers and sent to the transcriber; what was heard is stored
and then read as the customer's words. What cannot be heard leaves the message as it came, and the customer
is asked to write. Meanwhile the chat's lease is renewed like that of any turn, and other chats go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales import received_files
from sales.ownership import Owner
from sales.ownership_storage import lock_ownership
from storage.steps import reach
from turns import metrics, voice_storage
from turns.ports import (
    CustomerMessage,
    FetchedFile,
    FileRefused,
    FileSource,
    FileUnreachable,
    Media,
    Transcriber,
    TranscriberFailed,
    Transcript,
)
from turns.voice_question import Wording
from turns.voice_storage import MOST_ATTEMPTS

# Nobody says in one breath what a seller needs longer for; beyond it the bill and the wait grow.
LONGEST_SECONDS = 180.0
# From the fetching to the words, all recordings of a burst beside each other.
TIME_LIMIT_SECONDS = 30.0
TRANSCRIBE_SECONDS = 20.0
# The rest of a longer burst waits for the chat's next turn.
MOST_AT_ONCE = 5

_CHAT = text("select current_turn_id, reply_language from conversations where id = :id")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Voice:
    """What listening needs; one per worker process. Without a `transcriber` nothing is listened to.

    `is_clear` judges whether what was heard may be acted on without asking; `assent` reads a yes or a no.
    """

    source: FileSource
    transcriber: Transcriber | None
    is_clear: Callable[[Transcript], bool]
    assent: Callable[[str], bool | None]
    wording: Wording


@dataclass(frozen=True)
class _Recording:
    inbox_id: int
    conversation_id: int
    uri: str
    language: str | None


async def listen(
    engine: AsyncEngine, voice: Voice, conversation_id: int, waiting: list[CustomerMessage]
) -> None:
    """Listen to the recordings among a claimed chat's waiting messages; afterwards each of them is settled.

    Raises only what the database does: then the chat is claimed again, and what was heard is there.
    """
    if voice.transcriber is None:
        return
    async with engine.begin() as connection:
        recordings = await _begin(connection, conversation_id, waiting)
    await asyncio.gather(*(_hear(engine, voice, voice.transcriber, recording) for recording in recordings))


async def _begin(
    connection: AsyncConnection, conversation_id: int, waiting: list[CustomerMessage]
) -> list[_Recording]:
    found = await voice_storage.known(connection, waiting)
    unheard = voice_storage.unheard(waiting, found)[:MOST_AT_ONCE]
    if not unheard:
        return []
    chat = (await connection.execute(_CHAT, {"id": conversation_id})).one()
    is_theirs = await _is_a_persons(connection, conversation_id)
    recordings: list[_Recording] = []
    for message in unheard:
        uri = message.attachment.uri if message.attachment is not None else None
        problem = None
        if uri is None:
            problem = "it came without a file"
        elif is_theirs:
            problem = "a person owns the chat"
        elif message.inbox_id in found and found[message.inbox_id].attempts >= MOST_ATTEMPTS:
            problem = f"{MOST_ATTEMPTS} attempts ended without a word"
        if problem is not None or uri is None:
            await _decline(connection, message.inbox_id, conversation_id, problem or "", "declined")
            continue
        await voice_storage.ask(connection, message.inbox_id, conversation_id)
        await received_files.note(connection, conversation_id, message.inbox_id, Media.VOICE.value, uri)
        recordings.append(_Recording(message.inbox_id, conversation_id, uri, chat.reply_language))
    return recordings


async def _is_a_persons(connection: AsyncConnection, conversation_id: int) -> bool:
    """Whether the turn will end in silence: then nothing is paid for words that nobody reads."""
    ownership = await lock_ownership(connection, conversation_id)
    now = (await connection.execute(text("select majlis_now()"))).scalar_one()
    return ownership.owner is Owner.PERSON and not ownership.returns(now)


async def _hear(engine: AsyncEngine, voice: Voice, transcriber: Transcriber, recording: _Recording) -> None:
    try:
        async with asyncio.timeout(TIME_LIMIT_SECONDS):
            file = await _file(engine, voice.source, recording)
            reach("worker.listening")
            transcript = await transcriber.transcribe(
                file, language=recording.language, timeout_seconds=TRANSCRIBE_SECONDS
            )
    except (FileRefused, FileUnreachable, TranscriberFailed, TimeoutError) as error:
        problem = str(error) or f"not within {TIME_LIMIT_SECONDS:g} s"
        log.warning("voice.declined", why=problem)
        async with engine.begin() as connection:
            await _decline(
                connection, recording.inbox_id, recording.conversation_id, problem, type(error).__name__
            )
        return
    clear = voice.is_clear(transcript)
    async with engine.begin() as connection:
        await voice_storage.keep(connection, recording.inbox_id, transcript, clear=clear)
    metrics.VOICE.labels("clear" if clear else "unclear").inc()
    reach("worker.heard")


async def _decline(
    connection: AsyncConnection, inbox_id: int, conversation_id: int, problem: str, outcome: str
) -> None:
    await voice_storage.decline(connection, inbox_id, conversation_id, problem)
    metrics.VOICE.labels(outcome).inc()


async def _file(engine: AsyncEngine, source: FileSource, recording: _Recording) -> FetchedFile:
    """The recording, kept for the managers from here on.

    Raises:
        FileRefused: also when it is too long, or does not say how long it is.
    """
    try:
        file = await source.fetch(recording.uri, Media.VOICE)
    except FileRefused as error:
        async with engine.begin() as connection:
            await received_files.refuse(connection, recording.inbox_id, str(error))
        raise
    kept = received_files.Kept(file.content, file.content_type, file.file_name)
    async with engine.begin() as connection:
        await received_files.keep(connection, recording.inbox_id, kept)
    if file.seconds is None:
        raise FileRefused("it does not say how long it is")
    if file.seconds > LONGEST_SECONDS:
        raise FileRefused(f"it plays {file.seconds:.0f} s, longer than {LONGEST_SECONDS:g} s")
    return file
