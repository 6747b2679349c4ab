"""Follow-ups as rows: what a decision looks at, a follow-up with its message, and what became of it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import Counter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.follow_ups import HOLD, Consent, Due, Later, Never, Silence, Step, decide
from sales.hand_over_reason import Reason
from sales.ownership import Owner
from sales.ownership_storage import lock_ownership
from sales.quote import QuoteState
from sales.stages import Outcome, Stage

MADE = Counter("majlis_follow_ups_total", "Follow-ups written for sending, by day of the silence", ["day"])
WITHHELD = Counter(
    "majlis_follow_ups_withheld_total", "Follow-ups kept back at the last moment, by reason", ["reason"]
)
FAILED = Counter("majlis_follow_ups_failed_total", "Follow-ups that were accepted and not delivered", ["day"])

# Reasons of the last moment beside those of `sales.follow_ups.Never`.
REPLIED = "replied"
OUT_OF_HOURS = "out_of_hours"
NEWER_IS_DUE = "newer_is_due"

_SILENCE = text(
    "select majlis_now() as now, c.last_customer_message_at as since,"
    " (select state from consents where conversation_id = c.id order by id desc limit 1) as consent,"
    " coalesce(s.stage, 'greeting') as stage, coalesce(s.outcome, 'open') as outcome,"
    " q.state as quote, q.valid_until,"
    " array(select f.step from follow_ups f where f.conversation_id = c.id"
    "  and f.silence_since = c.last_customer_message_at and f.state <> 'withdrawn'"
    "  and f.outbox_id is distinct from :outbox) as made,"
    " exists (select from follow_ups f where f.conversation_id = c.id"
    "  and f.silence_since = c.last_customer_message_at and f.state = 'refused') as is_refused,"
    " (select max(held_until) from follow_ups f where f.conversation_id = c.id) as held_until,"
    " (select changed_at from owners w where w.conversation_id = c.id and w.owner = 'bot'"
    "  and w.reason = :given_back) as given_back_at"
    " from conversations c left join sales s on s.conversation_id = c.id"
    " left join lateral (select state, valid_until from quotes"
    "  where conversation_id = c.id order by id desc limit 1) q on true"
    " where c.id = :id"
)
# A follow-up that was withdrawn may be made again; a second one of the same step finds its row taken.
_MAKE = text(
    "insert into follow_ups (conversation_id, silence_since, step, zone, quote_id, outbox_id)"
    " select :id, :since, :step, :zone, max(q.id), :outbox from quotes q where q.conversation_id = :id"
    " on conflict (conversation_id, silence_since, step) do update set outbox_id = excluded.outbox_id,"
    " quote_id = excluded.quote_id, zone = excluded.zone, state = 'made', reason = null,"
    " made_at = majlis_now() where follow_ups.state = 'withdrawn' returning id"
)
_OF_MESSAGE = text(
    "select f.id, f.conversation_id, f.silence_since, f.step, f.zone,"
    " o.attempts = 0 and o.retry_number = 0 as is_untried"
    " from follow_ups f join outbox o on o.id = f.outbox_id where f.outbox_id = :outbox"
)
_KEPT_BACK = text("update follow_ups set state = :state, reason = :reason where id = :id")
_FAILED = text(
    "update follow_ups set state = case when :final then 'refused' else 'failed' end,"
    " held_until = case when :hold then majlis_now() + cast(:hold_for as interval) end"
    " where outbox_id = :outbox and state = 'made' returning step"
)

log = structlog.get_logger(__name__)


class AlreadyMade(Exception):
    """The step's row is taken: the message that was written for it must not be kept."""


async def read_silence(
    connection: AsyncConnection, conversation_id: int, zone: ZoneInfo, *, but_for: int | None = None
) -> Silence:
    """What a decision on this chat looks at, with its owner locked: what is decided on it stays true.

    `but_for`: the outbox row of the follow-up about which it is asked.
    """
    ownership = await lock_ownership(connection, conversation_id)
    parameters = {"id": conversation_id, "outbox": but_for, "given_back": Reason.GIVEN_BACK}
    row = (await connection.execute(_SILENCE, parameters)).one()
    # Whoever took the chat and gave it back without a word here may have called the customer.
    was_there = [at for at in (ownership.manager_last_message_at, row.given_back_at) if at is not None]
    return Silence(
        now=row.now,
        since=row.since,
        zone=zone,
        consent=None if row.consent is None else Consent(row.consent),
        is_a_person_s=ownership.owner is Owner.PERSON,
        manager_was_there_at=max(was_there, default=None),
        stage=Stage(row.stage),
        outcome=Outcome(row.outcome),
        quote=None if row.quote is None else QuoteState(row.quote),
        quote_valid_until=row.valid_until,
        made=frozenset(Step(step) for step in row.made),
        is_refused=row.is_refused,
        held_until=row.held_until,
    )


async def make_follow_up(
    connection: AsyncConnection,
    conversation_id: int,
    step: Step,
    *,
    since: datetime,
    zone: ZoneInfo,
    outbox_id: int,
) -> None:
    """Write the follow-up, in the transaction that wrote its message.

    Raises:
        AlreadyMade: when the step of this silence was made before.
    """
    parameters = {
        "id": conversation_id,
        "since": since,
        "step": step.value,
        "zone": zone.key,
        "outbox": outbox_id,
    }
    if (await connection.execute(_MAKE, parameters)).first() is None:
        raise AlreadyMade(f"day {step.value} of this silence of chat {conversation_id} was made before")


async def why_not(connection: AsyncConnection, outbox_id: int) -> str | None:
    """Why this follow-up must not go out now, asked right before it does; None: it may.

    None also for a row that is no follow-up. One that is only too late for today, or was overtaken by the
    next, is withdrawn if nobody tried to send it, and may be made again; any other has had its turn.
    """
    row = (await connection.execute(_OF_MESSAGE, {"outbox": outbox_id})).first()
    if row is None:
        return None
    silence = await read_silence(connection, row.conversation_id, ZoneInfo(row.zone), but_for=outbox_id)
    reason: str
    state = "made"
    if silence.since != row.silence_since:
        reason = REPLIED
    else:
        match decide(silence):
            case Due(step=step) if step == row.step:
                return None
            case Due() | Later() as other:
                is_same = other.step == row.step
                reason = OUT_OF_HOURS if is_same else NEWER_IS_DUE
                state = "withdrawn" if row.is_untried else "made"
            case Never() as never:
                reason = never.value
    await connection.execute(_KEPT_BACK, {"id": row.id, "state": state, "reason": reason})
    WITHHELD.labels(reason).inc()
    log.info("follow_up.withheld", chat=row.conversation_id, day=row.step, reason=reason)
    return reason


async def note_failure(
    connection: AsyncConnection, outbox_id: int, hold: bool, *, final: bool = False
) -> None:
    """The messenger did not deliver this message. `hold`: nothing of its kind for 24 hours; `final`: none in
    this silence any more.

    The step is not tried again. Nothing happens for a row that is no follow-up.
    """
    parameters = {"outbox": outbox_id, "hold": hold, "hold_for": HOLD, "final": final}
    step = (await connection.execute(_FAILED, parameters)).scalar()
    if step is not None:
        FAILED.labels(str(step)).inc()
        log.warning("follow_up.failed", outbox=outbox_id, day=step, held=hold)
