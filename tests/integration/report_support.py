"""A database with a known week: who wrote, what became of it, and what it cost."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.period import Period, last_weeks
from app.seller import load_seller
from app.weekly_review import KIND, TICK, WeeklyReview
from quality.ports import Grader
from sales.stages import Stage
from storage.clock import advance
from storage.cron import tick
from storage.job_runner import JobRunner
from tests.support import CHANNEL_ID, Database, eventually, in_background

DUBAI = "Asia/Dubai"
MANAGER = "971500000009"
DAY = 86_400.0
TUESDAY, THURSDAY = 1, 3


async def noon_of(db: Database, weekday: int) -> None:
    """Move business time on to the next noon of this day in Dubai, whatever day it is where tests run."""
    now: datetime = (await db.one("select majlis_now()")).astimezone(ZoneInfo(DUBAI))
    noon = now.replace(hour=12, minute=0) + timedelta(days=(weekday - now.weekday()) % 7)
    await advance(db.url, (noon - now) % timedelta(weeks=1) / timedelta(seconds=1))


async def last_week(db: Database) -> Period:
    """The newest week that is over."""
    async with db.engine.begin() as connection:
        return await last_weeks(connection, 1, DUBAI)


async def turn_at(
    db: Database,
    chat_id: str,
    at: datetime,
    words: str = "hello",
    *,
    language: str = "en",
    state: str = "done",
    replies_after: tuple[float, ...] = (1.0,),
    reply: str = "Welcome",
) -> int:
    """A turn of a chat whose message came at that moment, answered so long after it was due; its id."""
    chat = await db.chat(chat_id)
    due = at + timedelta(seconds=3)
    turn = int(
        await db.one(
            "insert into turns (conversation_id, state, text, language, due_at, started_at, finished_at)"
            " values (:chat, :state, :words, :language, :due, :due, :due) returning id",
            chat=chat,
            state=state,
            words=words,
            language=language,
            due=due,
        )
    )
    await db.write(
        "insert into inbox (channel_id, external_id, kind, chat_type, chat_id, received_at, turn_id,"
        " settled_at) values (:channel, :message, 'message', 'whatsapp', :chat_id, :at, :turn, :at)",
        message=f"in-{turn}",
        channel=CHANNEL_ID,
        turn=turn,
        chat_id=chat_id,
        at=at,
    )
    for ordinal, seconds in enumerate(replies_after):
        await db.write(
            "insert into outbox (conversation_id, turn_id, ordinal, text, state, due_at, first_attempt_at,"
            " accepted_at) values (:chat, :turn, :ordinal, :reply, 'accepted', null, :at, :at)",
            chat=chat,
            turn=turn,
            ordinal=ordinal,
            reply=reply,
            at=due + timedelta(seconds=seconds),
        )
    await db.write(
        "update conversations set last_customer_message_at = :at, created_at = least(created_at, :at)"
        " where id = :chat",
        at=at,
        chat=chat,
    )
    return turn


async def come_to(db: Database, chat_id: str, *stages: Stage, at: datetime | None = None) -> None:
    """The chat's sale goes through these stages after the greeting, all at one moment (now)."""
    chat = await db.chat(chat_id)
    await db.write("insert into sales (conversation_id) values (:chat) on conflict do nothing", chat=chat)
    before = Stage(await db.one("select stage from sales where conversation_id = :chat", chat=chat))
    for stage in stages:
        await db.write(
            "insert into stage_history (conversation_id, from_stage, to_stage, at, reason)"
            " values (:chat, :before, :stage, coalesce(cast(:at as timestamptz), majlis_now()), 'test')",
            chat=chat,
            before=before,
            stage=stage,
            at=at,
        )
        before = stage


async def review(db: Database, grader: Grader, *, size: int = 30) -> int | None:
    """A tick and its job, as a worker does them; how many chats were graded, None when it has to go on."""
    work = WeeklyReview(db.engine, grader, load_seller(), MANAGER, size)
    # A job that waits for its next attempt is not made a second time.
    await db.write(
        "update jobs set due_at = clock_timestamp() where kind = :kind and state = 'waiting'", kind=KIND
    )
    async with db.engine.begin() as connection:
        await tick(connection, TICK.name, TICK.every_seconds, TICK.kind)
    waiting = "select id, attempts from jobs where kind = :kind and state = 'waiting'"
    [job] = await db.rows(waiting, kind=KIND)

    async def tried() -> bool:
        ended = "state = 'done' or (attempts > :before and lease_until is null)"
        return bool(await db.one(f"select {ended} from jobs where id = :id", id=job.id, before=job.attempts))

    async with in_background(JobRunner(db.engine, {KIND: work}, at_once=1).run()):
        await eventually(tried, what="the review is done")
    result: int | None = await db.one("select (result ->> 'graded')::int from jobs where id = :id", id=job.id)
    return result
