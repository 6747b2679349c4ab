"""The sender: outbox rows leave in order, each once, and what nobody knows is never blindly repeated.

A row's attempts (design §4): `first_attempt_at` is committed before the POST; an attempt takes at most
10 s and none starts after 45 s, because Wazzup remembers a key for 60 s. A definite refusal that may be
tried again gets a new key; a key whose attempt had no answer is repeated, and "repeated" then means that
the earlier attempt was accepted. What stays unknown is `uncertain` until an echo or a status settles it.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales.ownership_storage import lock_ownership
from sales.seller import Templates
from storage.claims import Claims
from storage.lease import LEASE_SECONDS, Held, Lease
from storage.pool import DATABASE_FAILED
from storage.steps import reach
from turns import metrics
from turns.choices import as_buttons
from turns.gateway_events import settle_echoes
from turns.permission import Stays, form_of
from turns.ports import (
    Accepted,
    BodyReader,
    Button,
    Failure,
    Messenger,
    NotSent,
    Outgoing,
    Refused,
    Repeated,
    SendOutcome,
    TemplateMessage,
)
from turns.undelivered import ask_to_write, close_window, note_undelivered

ATTEMPT_TIMEOUT_SECONDS = 10.0
LAST_ATTEMPT_AFTER_SECONDS = 45.0
UNCERTAIN_BLOCKS_SECONDS = 60.0
NOT_SENT_DELAY_SECONDS = 2.0
RETRY_DELAYS_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
MOST_KEYS = 8
# Pacing to one customer: about one message per 6 s sustained, a few at once (`wazzup-v3.md` §11).
PACE_SECONDS = 6.0
PACE_BURST = 5

# A chat's rows leave in order: one that waits, or of which nobody knows, holds back those behind it.
OUTBOX = Lease(
    "outbox",
    claimable="not exists (select 1 from outbox earlier where earlier.conversation_id = row.conversation_id"
    " and earlier.id < row.id and (earlier.state = 'queued' or"
    " (earlier.state = 'uncertain' and earlier.uncertain_until > clock_timestamp())))",
)

_ROW = text(
    "select o.id, o.conversation_id, o.turn_id, o.text, o.content_uri, o.buttons, o.regardless_of_owner,"
    " o.template_purpose, o.template_values, o.template_guid, o.retry_number, o.attempts,"
    " extract(epoch from clock_timestamp() - o.first_attempt_at)::float8 as age, c.reply_language,"
    " c.channel_id, c.chat_type, c.chat_id, c.last_customer_message_at, c.window_closed_at,"
    " coalesce(ch.transport, '') as transport, majlis_now() as now,"
    " extract(epoch from c.send_paced_until - clock_timestamp())::float8 as paced"
    " from outbox o join conversations c on c.id = o.conversation_id"
    " left join channels ch on ch.channel_id = c.channel_id"
    " where o.id = :id and o.lease_token = :token and o.state = 'queued' for no key update of c"
)
_PACE = text(
    "update conversations set send_paced_until ="
    " greatest(send_paced_until, clock_timestamp()) + make_interval(secs => :pace) where id = :id"
)
_ATTEMPT = text(
    "update outbox set attempts = attempts + 1,"
    " first_attempt_at = coalesce(first_attempt_at, clock_timestamp()),"
    " template_guid = :guid, template_text = :said where id = :id"
)
_ACCEPTED = text(
    "update outbox set state = 'accepted', message_id = coalesce(:message_id, message_id), due_at = null,"
    " lease_until = null, problem = null, accepted_at = coalesce(accepted_at, clock_timestamp())"
    " where id = :id and lease_token = :token"
)
_ENDED = text(
    "update outbox set state = :state, problem = :problem, due_at = null, lease_until = null,"
    " uncertain_until = case when :state = 'uncertain'"
    " then clock_timestamp() + make_interval(secs => :blocks) end where id = :id and lease_token = :token"
    " and state = 'queued'"
)
_AGAIN = text(
    "update outbox set problem = :problem, lease_until = null,"
    " retry_number = retry_number + :new_key, attempts = case when :new_key = 1 then 0 else attempts end,"
    " first_attempt_at = case when :new_key = 1 then null else first_attempt_at end,"
    " due_at = clock_timestamp() + make_interval(secs => :delay) where id = :id and lease_token = :token"
    " and state = 'queued'"
)
# The attempt is taken back; an earlier one with this key that had no answer keeps its time.
_NOT_SENT = text(
    "update outbox set problem = :problem, lease_until = null, attempts = attempts - 1,"
    " first_attempt_at = case when attempts > 1 then first_attempt_at end,"
    " due_at = clock_timestamp() + make_interval(secs => :delay) where id = :id and lease_token = :token"
    " and state = 'queued'"
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Attempt:
    """A row that is allowed out now, and what is known of its earlier attempts with the same key."""

    held: Held
    message: Outgoing
    # No template, and one can say it as well.
    has_fallback: bool
    unanswered_before: int
    keys_used: int


@dataclass(frozen=True)
class Sender:
    """Sends outbox rows; one per worker process. `wake` is set when a turn wrote rows.

    `templates` are the seller's, for what may not be said in free text. `stopping` set: `run` sends
    what it has in hand and ends.
    """

    engine: AsyncEngine
    messenger: Messenger
    reader: BodyReader
    templates: Templates
    wake: asyncio.Event
    slots: int = 16
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Claim and send until `stopping` or cancelled."""
        claims = Claims(
            self.engine, OUTBOX, "sender", self._guarded, self.slots, wake=self.wake, stopping=self.stopping
        )
        await claims.run()

    async def _guarded(self, held: Held) -> None:
        with structlog.contextvars.bound_contextvars(outbox=held.id):
            try:
                await self._send(held)
            except DATABASE_FAILED as error:
                log.warning("send.database_away", error=type(error).__name__)
            except Exception:
                log.exception("send.broken")

    async def _send(self, held: Held) -> None:
        async with self.engine.begin() as connection:
            attempt = await self._prepare(connection, held)
        if attempt is None:
            return
        prepared = time.monotonic()
        reach("sender.before_post")
        if time.monotonic() - prepared > LEASE_SECONDS:
            # This process stood still: the row is somebody else's by now, and its key may be forgotten.
            return
        with metrics.SEND_SECONDS.time():
            outcome = await self.messenger.send(attempt.message, timeout_seconds=ATTEMPT_TIMEOUT_SECONDS)
        reach("sender.after_post")
        metrics.SENDS.labels(type(outcome).__name__.lower()).inc()
        async with self.engine.begin() as connection:
            await self._record(connection, attempt, outcome)

    async def _prepare(self, connection: AsyncConnection, held: Held) -> Attempt | None:
        """Everything that is asked once more at the last moment, in the transaction before the POST."""
        row = (await connection.execute(_ROW, {"id": held.id, "token": held.token})).first()
        if row is None:
            return None
        await settle_echoes(connection, row.conversation_id, self.reader)
        recognised = (await connection.execute(_ROW, {"id": held.id, "token": held.token})).first() is None
        if recognised:
            return None
        # An attempt that had no answer may have been sent: then the row is not withheld but uncertain.
        kept_back = "uncertain" if row.attempts else "withheld"
        ownership = await lock_ownership(connection, row.conversation_id)
        if not (row.regardless_of_owner or ownership.may_reply(row.turn_id)):
            await self._end(connection, held, kept_back, "a person owns the chat")
            return None
        form = await form_of(connection, row, self.templates)
        if isinstance(form, Stays):
            await self._end(connection, held, kept_back, form.problem)
            if form.told_to_manager is not None and not row.attempts:
                await ask_to_write(connection, held.id, form.told_to_manager)
            return None
        if row.attempts and row.age > LAST_ATTEMPT_AFTER_SECONDS:
            await self._end(connection, held, "uncertain", "no answer within the time a key is remembered")
            return None
        if row.attempts == 0:
            ahead = (row.paced or 0.0) - PACE_SECONDS * (PACE_BURST - 1)
            if ahead > 0:
                await OUTBOX.release(connection, held, delay_seconds=ahead)
                return None
            await connection.execute(_PACE, {"id": row.conversation_id, "pace": PACE_SECONDS})
        template = form.template
        tried_as = {"guid": template and template.guid, "said": template and template.text}
        await connection.execute(_ATTEMPT, {"id": held.id, **tried_as})
        buttons = [Button(button["title"], button["payload"]) for button in row.buttons]
        return Attempt(
            held=held,
            message=Outgoing(
                channel_id=row.channel_id,
                chat_type=row.chat_type,
                chat_id=row.chat_id,
                key=str(row.id) if row.retry_number == 0 else f"{row.id}.{row.retry_number}",
                text=None if template else row.text,
                content_uri=None if template else row.content_uri,
                buttons=buttons if as_buttons(buttons) and not template else (),
                template=TemplateMessage(template.guid, template.values) if template else None,
            ),
            has_fallback=template is None and row.template_purpose is not None,
            unanswered_before=row.attempts,
            keys_used=row.retry_number + 1,
        )

    async def _record(self, connection: AsyncConnection, attempt: Attempt, outcome: SendOutcome) -> None:
        held = attempt.held
        same = {"id": held.id, "token": held.token}
        if isinstance(outcome, Accepted):
            await connection.execute(_ACCEPTED, {**same, "message_id": outcome.message_id})
        elif isinstance(outcome, Repeated) and attempt.unanswered_before:
            await connection.execute(_ACCEPTED, {**same, "message_id": None})
        elif isinstance(outcome, Repeated):
            # Somebody else's message has this key: ours was not sent.
            await self._again(connection, attempt, "the key was taken", new_key=True)
        elif isinstance(outcome, Refused):
            await self._refused(connection, attempt, outcome)
        elif isinstance(outcome, NotSent):
            await connection.execute(
                _NOT_SENT, {**same, "problem": outcome.reason, "delay": NOT_SENT_DELAY_SECONDS}
            )
        else:
            await self._again(connection, attempt, outcome.reason, new_key=False)

    async def _refused(self, connection: AsyncConnection, attempt: Attempt, refused: Refused) -> None:
        held, window_closed = attempt.held, refused.failure is Failure.WINDOW_CLOSED
        if window_closed:
            await close_window(connection, held.id)
        if attempt.unanswered_before:
            # It says nothing about the attempt before it, which may have been accepted under this key.
            if refused.again:
                await self._again(connection, attempt, refused.code, new_key=False)
            else:
                await self._end(connection, held, "uncertain", refused.code)
        elif attempt.keys_used < MOST_KEYS and (refused.again or (window_closed and attempt.has_fallback)):
            await self._again(connection, attempt, refused.code, new_key=True)
        else:
            await self._end(connection, held, "failed", refused.code)
            log.error("send.failed", code=refused.code)
            if attempt.message.template is not None or window_closed:
                await note_undelivered(connection, held.id, refused.failure, refused.code)

    async def _again(
        self, connection: AsyncConnection, attempt: Attempt, problem: str, *, new_key: bool
    ) -> None:
        tried = attempt.keys_used - 1 if new_key else attempt.unanswered_before
        await connection.execute(
            _AGAIN,
            {
                "id": attempt.held.id,
                "token": attempt.held.token,
                "problem": problem,
                "new_key": int(new_key),
                "delay": RETRY_DELAYS_SECONDS[min(tried, len(RETRY_DELAYS_SECONDS) - 1)],
            },
        )

    async def _end(self, connection: AsyncConnection, held: Held, state: str, problem: str) -> None:
        log.warning("send.ended", state=state, problem=problem)
        await connection.execute(
            _ENDED,
            {
                "id": held.id,
                "token": held.token,
                "state": state,
                "problem": problem,
                "blocks": UNCERTAIN_BLOCKS_SECONDS,
            },
        )
