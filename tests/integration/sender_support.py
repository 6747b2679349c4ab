"""A street for outgoing messages: the sandbox's Wazzup, its client, and a look at what arrived."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from app.sample_templates import sample_templates
from app.seller import load_seller
from connectors.wazzup.client import WazzupClient
from sandbox.config import SandboxConfig
from sandbox.journal import Message, Send
from sandbox.server import start_sandbox
from sandbox.wazzup.standin import WazzupStandIn
from tests.support import (
    CHANNEL_ID,
    CHAT_ID,
    OTHER_CHAT_ID,
    READER,
    WEBHOOK,
    Database,
    eventually,
    running_gateway,
)
from turns.account import note_channels, note_templates
from turns.clerk import Clerk
from turns.gateway_events import settle_echoes, settle_statuses
from turns.ports import Messenger
from turns.sender import Sender

SELLER = load_seller()
API_KEY = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Street:
    """The database on this side, Wazzup on the other."""

    db: Database
    wazzup: WazzupStandIn
    client: WazzupClient
    # Wakes the senders, as a turn that wrote rows does.
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def sender(self, messenger: Messenger | None = None) -> Sender:
        """A worker's sender."""
        return Sender(self.db.engine, messenger or self.client, READER, SELLER.templates, self.wake)

    def clerk(self, account_changed: asyncio.Event | None = None) -> Clerk:
        """A worker's clerk, who settles echoes, statuses, channels and templates."""
        return Clerk(self.db.engine, READER, "clerk of tests", account_changed or asyncio.Event())

    def turn_knobs(self, **knobs: object) -> None:
        """Turn knobs of the sandbox."""
        self.wazzup.knobs.update(knobs)

    def sends(self, chat_id: str = CHAT_ID) -> list[Send]:
        """Attempts that reached Wazzup, in order."""
        return [send for send in self.wazzup.journal.sends if send.chat_id == chat_id]

    def keys(self, chat_id: str = CHAT_ID) -> list[str | None]:
        """The idempotency keys of those attempts."""
        return [send.crm_message_id for send in self.sends(chat_id)]

    def arrived(self, chat_id: str = CHAT_ID) -> list[Message]:
        """What Wazzup accepted for the customer, in order."""
        return [message for message in self.wazzup.journal.chat(chat_id) if message.origin == "api"]

    async def customer(self, words: str, chat_id: str = CHAT_ID) -> None:
        """The customer writes, at Wazzup's own time."""
        await self.wazzup.people.customer_writes(chat_id, [{"type": "text", "text": words}])

    async def hurry(self) -> None:
        """What is to be tried later is tried now."""
        await self.db.hurry()
        self.wake.set()

    async def until_rows(
        self, *states: str, chat_id: str = CHAT_ID, hurry: bool = False
    ) -> Sequence[Row[Any]]:
        """Wait until the chat's outbox rows, in order, are in exactly these states."""

        async def reached() -> Sequence[Row[Any]]:
            if hurry:
                await self.hurry()
            rows = await self.db.rows(
                "select o.* from outbox o join conversations c on c.id = o.conversation_id"
                " where c.chat_id = :chat order by o.id",
                chat=chat_id,
            )
            return rows if [row.state for row in rows] == list(states) else []

        return await eventually(reached, what=f"rows are {states}")


@asynccontextmanager
async def street(
    db: Database, *, transport: str = "wapi", webhooks_home: Path | None = None
) -> AsyncIterator[Street]:
    """A fresh sandbox whose customers have just written.

    With `webhooks_home` a gateway with this home takes the sandbox's webhooks; else they go nowhere.
    """
    async with AsyncExitStack() as stack:
        address = None
        if webhooks_home is not None:
            gateway = await stack.enter_async_context(running_gateway(db.url, webhooks_home))
            address = str(gateway.base_url).rstrip("/") + WEBHOOK
        config = SandboxConfig(
            api_key=API_KEY,
            channel_id=CHANNEL_ID,
            transport=transport,
            webhook_url=address,
            templates=sample_templates(SELLER, CHANNEL_ID),
        )
        sandbox = await stack.enter_async_context(start_sandbox(config))
        client = WazzupClient(sandbox.url, API_KEY)
        stack.push_async_callback(client.close)
        await note_channels(db.engine, client)
        await note_templates(db.engine, client)
        built = Street(db, sandbox.wazzup, client)
        built.turn_knobs(status_script=[], echo="off")
        for chat_id in (CHAT_ID, OTHER_CHAT_ID):
            await db.chat(chat_id)
            await built.customer("Hi", chat_id)
        yield built


async def settle(db: Database) -> None:
    """One round of the clerk."""
    async with db.engine.begin() as connection:
        await settle_statuses(connection, READER)
        await settle_echoes(connection, await db.chat(), READER)


async def made(db: Database, *words: str, state: str, message_ids: bool = False) -> list[int]:
    """Rows that were tried and ended in this state."""
    ids = await db.say(*words)
    await db.write(
        "update outbox set state = :state, attempts = 1, first_attempt_at = clock_timestamp(), due_at = null,"
        " message_id = case when :named then 'm' || id end,"
        " uncertain_until = case when :state = 'uncertain' then clock_timestamp() + interval '1 minute' end"
        " where id = any(:ids)",
        state=state,
        named=message_ids,
        ids=ids,
    )
    return ids
