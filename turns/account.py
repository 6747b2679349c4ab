"""What the messenger says of the account, kept fresh: its channels and its templates."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.pool import DATABASE_FAILED
from turns.ports import Messenger
from turns.template_storage import keep_templates

RETRY_SECONDS = 2.0
EVERY_SECONDS = 300.0

_CHANNEL = text(
    "insert into channels (channel_id, transport, state) values (:id, :transport, :state)"
    " on conflict (channel_id) do update set transport = excluded.transport, state = excluded.state"
)

log = structlog.get_logger(__name__)


async def note_channels(engine: AsyncEngine, messenger: Messenger) -> None:
    """Store the account's channels: the 24-hour window binds only some transports.

    Raises OSError when the messenger cannot be reached; until it can, every channel counts as windowed.
    """
    transports = await messenger.transports()
    async with engine.begin() as connection:
        for channel_id, (transport, state) in transports.items():
            await connection.execute(_CHANNEL, {"id": channel_id, "transport": transport, "state": state})


async def note_templates(engine: AsyncEngine, messenger: Messenger) -> None:
    """Store the account's templates.

    Raises OSError when the messenger cannot be reached; until it can, the ones known before stand.
    """
    templates = await messenger.templates()
    async with engine.begin() as connection:
        await keep_templates(connection, templates)


async def watch_account(engine: AsyncEngine, messenger: Messenger, changed: asyncio.Event) -> None:
    """Read both every five minutes until cancelled, and as soon as `changed` is set.

    What cannot be read is asked for again soon, and then less and less often: a key may have no right to it.
    """
    retry = RETRY_SECONDS
    while True:
        changed.clear()
        failed = False
        for note in (note_channels, note_templates):
            try:
                await note(engine, messenger)
            except DATABASE_FAILED as error:
                log.warning("account.unknown", reading=note.__name__, error=type(error).__name__)
                failed = True
        pause, retry = (retry, min(2 * retry, EVERY_SECONDS)) if failed else (EVERY_SECONDS, RETRY_SECONDS)
        try:
            async with asyncio.timeout(pause):
                await changed.wait()
        except TimeoutError:
            pass
