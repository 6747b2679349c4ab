"""Follow-ups on time: every five minutes of business time all silent chats are looked at (design §4).

A follow-up is a row of its own and one in the outbox, written in one transaction under the chat's lock. So a
worker that dies in the middle leaves either both or nothing, and whoever goes on makes no second one. The
sender asks everything once more (`sales.follow_up_storage.why_not`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales.chat_phone import find_phone
from sales.fact_storage import read_customer_facts
from sales.follow_up_storage import MADE, make_follow_up, read_silence
from sales.follow_ups import Due, Step, decide, zone_of
from sales.ports import Messages
from sales.quote_storage import newest_quote
from sales.templates import TemplateUse
from storage.cron import Tick
from storage.jobs import Job
from storage.steps import reach

KIND = "follow_ups.make"
TICK = Tick("follow_ups.make", 300, KIND)
BATCH = 100

# A rough choice that reads little: quotes that stand are few, and the decision is made on each chat's own
# lock. A chat whose customer is being answered is at rest again long before its third day.
_SILENT = text(
    "select c.id from quotes q join conversations c on c.id = q.conversation_id"
    " where q.state = 'sent' and q.valid_until > majlis_now() and c.id > :after"
    " and c.last_customer_message_at <= majlis_now() - cast(:shortest as interval)"
    " and (select state from consents where conversation_id = c.id order by id desc limit 1) = 'opted_in'"
    " and not exists (select from follow_ups f where f.conversation_id = c.id"
    "  and f.silence_since = c.last_customer_message_at and f.step = :last and f.state <> 'withdrawn')"
    " order by c.id limit :batch"
)
_LOCK = text(
    "select current_turn_id is null and burst_started_at is null from conversations where id = :id"
    " for no key update"
)

log = structlog.get_logger(__name__)


class FollowUps:
    """The work of these jobs (`storage.jobs.Work`); it goes nowhere outside."""

    def __init__(self, engine: AsyncEngine, messages: Messages, seller_zone: str) -> None:
        self._engine = engine
        self._messages = messages
        self._seller_zone = seller_zone

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing to look up: a repeat goes on where the one before it stopped."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Make every follow-up that is due now; a chat a transaction."""
        looked_at = made = after = 0
        while chats := await self._silent(after):
            for chat in chats:
                job.must_be_held()
                async with self._engine.begin() as connection:
                    made += await self._make(connection, chat)
                    reach("follow_up.written")
                reach("follow_up.committed")
            looked_at, after = looked_at + len(chats), chats[-1]
        return {"looked_at": looked_at, "made": made}

    async def _silent(self, after: int) -> list[int]:
        parameters = {"after": after, "shortest": Step.DAY_3.after, "last": max(Step).value, "batch": BATCH}
        async with self._engine.begin() as connection:
            return list((await connection.execute(_SILENT, parameters)).scalars())

    async def _make(self, connection: AsyncConnection, conversation_id: int) -> bool:
        is_at_rest = (await connection.execute(_LOCK, {"id": conversation_id})).scalar()
        if not is_at_rest:
            return False
        zone = zone_of(await find_phone(connection, conversation_id), self._seller_zone)
        silence = await read_silence(connection, conversation_id, zone)
        decision = decide(silence)
        if not isinstance(decision, Due) or silence.since is None:
            return False
        quote = await newest_quote(connection, conversation_id)
        assert quote is not None  # without one nothing is due
        facts = await read_customer_facts(connection, conversation_id)
        contact = facts.contact_name or quote.customer.contact
        use = TemplateUse(decision.step.purpose, {"contact": contact, "quote": quote.number})
        outbox_id = await self._messages.say(connection, conversation_id, None, template=use)
        await make_follow_up(
            connection, conversation_id, decision.step, since=silence.since, zone=zone, outbox_id=outbox_id
        )
        MADE.labels(str(decision.step.value)).inc()
        log.info("follow_up.made", chat=conversation_id, day=decision.step.value)
        return True
