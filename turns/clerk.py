"""The worker's clerk: settles what the gateway reported, keeps the gauges and the heartbeat."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.heartbeat import beat
from storage.pool import DATABASE_FAILED
from turns import hourly_check, metrics
from turns.gateway_events import (
    chats_with_echoes,
    settle_channels,
    settle_echoes,
    settle_statuses,
    settle_templates,
)
from turns.ports import BodyReader

PERIOD_SECONDS = 0.25
GAUGES_EVERY = 20

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
    """Settles echoes, statuses, channel and template events; one per worker process.

    `name` tells workers apart; `account_changed` is set when the account's templates are to be read anew.
    """

    engine: AsyncEngine
    reader: BodyReader
    name: str
    account_changed: asyncio.Event = field(default_factory=asyncio.Event)

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
            templates_changed = await settle_templates(connection)
        if templates_changed:
            self.account_changed.set()
        async with self.engine.begin() as connection:
            chats = await chats_with_echoes(connection)
        for conversation_id in chats:
            async with self.engine.begin() as connection:
                await settle_echoes(connection, conversation_id, self.reader)

    async def _measure(self) -> None:
        async with self.engine.begin() as connection:
            row = (await connection.execute(_GAUGES)).one()
            await hourly_check.measure(connection)
        metrics.INBOX_WAITING.set(row.inbox_waiting)
        metrics.PARKED_ELEMENTS.set(row.parked_elements)
        metrics.PARKED_TURNS.set(row.parked_turns)
        metrics.OUTBOX_WAITING.set(row.outbox_waiting)
        metrics.UNCERTAIN.set(row.uncertain)
