"""A chat with a sent quote and a yes to reminders, and weeks that pass in it: the job and the real sender."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.messages import OutboxMessages
from app.seller import load_seller
from sales.basket import Line
from sales.basket_storage import write_basket
from sales.consent import note_consent
from sales.follow_up_job import KIND, FollowUps
from sales.follow_ups import Consent
from sales.quote_storage import Quote
from sales.stage_storage import Advanced, advance
from sales.stages import Stage
from storage.job_runner import JobRunner
from storage.jobs import Job
from storage.lease import Held
from tests.integration.quote_support import draft, send
from tests.integration.sale_jobs_support import known_customer
from tests.integration.sender_support import Street
from tests.support import CHAT_ID, Database, eventually

SELLER = load_seller()
DUBAI = ZoneInfo("Asia/Dubai")


def work(db: Database) -> FollowUps:
    """A worker's."""
    return FollowUps(db.engine, OutboxMessages(SELLER.messages), SELLER.timezone)


def job_runner(db: Database) -> JobRunner:
    """A worker's jobs, of this kind only."""
    return JobRunner(db.engine, {KIND: work(db)}, at_once=4)


async def say_consent(db: Database, consent: Consent, chat_id: str = CHAT_ID) -> None:
    """What the customer says of reminders, in a turn of its own."""
    turn_id = await db.turn(chat_id)
    async with db.engine.begin() as connection:
        await note_consent(connection, turn_id, consent)


async def quoted(
    db: Database, chat_id: str = CHAT_ID, *, consent: Consent | None = Consent.OPTED_IN, **changes: Any
) -> Quote:
    """A sale at `quoting` whose quote the customer has."""
    chat = await known_customer(db, chat_id)
    quote = await draft(db, chat_id=chat_id, **changes)
    await db.turn(chat_id)
    async with db.engine.begin() as connection:
        await write_basket(connection, chat, tuple(Line(line.sku, line.quantity) for line in quote.lines))
        for stage in (Stage.QUALIFYING, Stage.SELECTING, Stage.QUOTING):
            moved = await advance(connection, chat, stage, turn_id=None, reason="a test")
            assert isinstance(moved, Advanced)
    await send(db, quote)
    if consent is not None:
        await say_consent(db, consent, chat_id)
    return quote


async def make(db: Database) -> int:
    """The work of a tick that is due now, by hand; how many follow-ups it made."""
    result = await work(db).do(Job(Held(0, 0), KIND, "by hand", {}, None, {}, 1, False, lambda: True))
    return int(result["made"])


async def now(db: Database) -> datetime:
    """Business time."""
    moment: datetime = await db.one("select majlis_now()")
    return moment


async def pass_time(it: Street, by: timedelta) -> None:
    """Business time jumps, at Wazzup too; what goes back goes back on this side only."""
    await it.db.write("update test_clock set clock_offset = clock_offset + :by", by=by)
    if by > timedelta(0):
        it.wazzup.clock.advance(by.total_seconds())


async def until(it: Street, days: int, hour: int, minute: int = 0, zone: ZoneInfo = DUBAI) -> datetime:
    """Jump to this time of the day so many days ahead; the moment."""
    moment = await now(it.db)
    wanted = (moment.astimezone(zone) + timedelta(days=days)).replace(
        hour=hour, minute=minute, second=0, microsecond=0
    )
    await pass_time(it, wanted.astimezone(moment.tzinfo) - moment)
    return wanted


async def at_rest(it: Street) -> None:
    """Wait until nothing waits to be sent."""

    async def sent() -> bool:
        await it.hurry()
        return bool(await it.db.one("select not exists (select from outbox where state = 'queued')"))

    await eventually(sent, what="the outbox is empty")
