"""The worker's clerk: settles what the gateway reported, keeps the gauges and the heartbeat."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.heartbeat import beat
from storage.pool import DATABASE_FAILED
from turns import metrics
from turns.gateway_events import chats_with_echoes, settle_channels, settle_echoes, settle_statuses
from turns.ports import BodyReader, Messenger
from turns.sender import note_channels

PERIOD_SECONDS = 0.25
GAUGES_EVERY = 20
CHANNELS_RETRY_SECONDS = 2.0
CHANNELS_EVERY_SECONDS = 300.0

_GAUGES = text(
    "select (select count(*) from inbox where turn_id is null and settled_at is null"
    "  and kind in ('message', 'edit', 'deletion')) as inbox_waiting,"
    " (select count(*) from inbox where kind = 'parked') as parked_elements,"
    " (select count(*) from turns where state = 'parked') as parked_turns,"
    " (select count(*) from outbox where state = 'queued') as outbox_waiting,"
    " (select count(*) from outbox where state = 'uncertain') as uncertain"
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Clerk:
    """Settles echoes, statuses and channel events; one per worker process. `name` tells workers apart."""

    engine: AsyncEngine
    reader: BodyReader
    name: str

    async def run(self) -> None:
        """Work until cancelled."""
        rounds = 0
        while True:
            try:
                await self._settle()
                if rounds % GAUGES_EVERY == 0:
                    await self._measure()
            except DATABASE_FAILED as error:
                log.warning("clerk.database_away", error=type(error).__name__)
            rounds += 1
            await asyncio.sleep(PERIOD_SECONDS)

    async def _settle(self) -> None:
        async with self.engine.begin() as connection:
            await beat(connection, self.name)
        async with self.engine.begin() as connection:
            await settle_statuses(connection, self.reader)
        async with self.engine.begin() as connection:
            await settle_channels(connection)
        async with self.engine.begin() as connection:
            chats = await chats_with_echoes(connection)
        for conversation_id in chats:
            async with self.engine.begin() as connection:
                await settle_echoes(connection, conversation_id, self.reader)

    async def _measure(self) -> None:
        async with self.engine.begin() as connection:
            row = (await connection.execute(_GAUGES)).one()
        metrics.INBOX_WAITING.set(row.inbox_waiting)
        metrics.PARKED_ELEMENTS.set(row.parked_elements)
        metrics.PARKED_TURNS.set(row.parked_turns)
        metrics.OUTBOX_WAITING.set(row.outbox_waiting)
        metrics.UNCERTAIN.set(row.uncertain)


async def watch_channels(engine: AsyncEngine, messenger: Messenger) -> None:
    """Keep the channels' transports fresh until cancelled."""
    while True:
        try:
            await note_channels(engine, messenger)
            pause = CHANNELS_EVERY_SECONDS
        except DATABASE_FAILED as error:
            log.warning("channels.unknown", error=type(error).__name__)
            pause = CHANNELS_RETRY_SECONDS
        await asyncio.sleep(pause)
