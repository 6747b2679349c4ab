"""What is forgotten with time, and what stays however old it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.retention import KIND, TICK, Retention
from storage.clock import advance
from storage.cron import tick
from storage.job_runner import JobRunner
from storage.jobs import enqueue
from tests.integration.person_support import everything, kept_of, make_person, settings_for
from tests.integration.quote_support import sent
from tests.support import CHAT_ID, OTHER_CHAT_ID, Database, eventually, in_background, message, webhook

NAME = "Zubaida"
DAY = 86_400.0


async def forgotten(db: Database, home: Path, **days: int) -> Any:
    """Run the job of a day as a worker does; what it says that it forgot."""
    work = Retention(db.engine, settings_for(db, home, **days))
    async with db.engine.begin() as connection:
        job_id = await tick(connection, TICK.name, TICK.every_seconds, TICK.kind)
    assert job_id is not None
    async with in_background(JobRunner(db.engine, {KIND: work}, at_once=1).run()):
        await until_jobs_end(db, job_id)
    return await db.one("select result from jobs where id = :id", id=job_id)


async def until_jobs_end(db: Database, job_id: int) -> None:
    async def ended() -> bool:
        return bool(await db.one("select state = 'done' from jobs where id = :id", id=job_id))

    await eventually(ended, what="the job is done")


async def settle(db: Database) -> None:
    """Nothing waits in any chat any more."""
    await db.write("update conversations set due_at = null, burst_due_at = null, burst_started_at = null")
    await db.write("update inbox set settled_at = coalesce(settled_at, majlis_now())")
    await db.write("update turns set finished_at = clock_timestamp()")
    await db.write("update outbox set state = 'accepted', due_at = null")
    await db.write("update jobs set state = 'done', due_at = null, ended_at = clock_timestamp()")


async def test_an_idle_chat_goes_wholly_and_its_order_stays(db: Database, tmp_path: Path) -> None:
    await make_person(db, CHAT_ID, NAME)
    await settle(db)
    await advance(db.url, 729 * DAY)
    await forgotten(db, tmp_path)
    assert await db.one("select count(*) from conversations where chat_id = :id", id=CHAT_ID) == 1
    await advance(db.url, 2 * DAY)
    counts = await forgotten(db, tmp_path)
    assert counts["chats"] == 2  # the manager's chat, too, in which nothing was written for two years
    left = await kept_of(db, settings_for(db, tmp_path), CHAT_ID)
    assert {name for name, tables in left.items() if any(tables.values())} == {"parked elements"}
    assert await db.one("select number from orders") == "SO-1"
    assert await db.one("select count(*) from erasures") == 0


@pytest.mark.parametrize(
    "waiting",
    [
        "update turns set state = 'parked'",
        "insert into jobs (kind, key, payload, conversation_id, state, due_at)"
        " select 'k', 'k', '{}', id, 'parked', null from conversations",
        "insert into jobs (kind, key, payload, conversation_id) select 'k', 'k', '{}', id from conversations",
        "insert into crm_links (conversation_id, deal_id) select id, 'deal' from conversations",
        "update conversations set due_at = clock_timestamp()",
        "update outbox set state = 'uncertain'",
    ],
)
async def test_a_chat_in_which_something_waits_stays(db: Database, tmp_path: Path, waiting: str) -> None:
    await db.say("hello")
    await settle(db)
    await db.write(waiting)
    await advance(db.url, 731 * DAY)
    assert "chats" not in await forgotten(db, tmp_path)


async def test_an_open_quote_keeps_its_chat(db: Database, tmp_path: Path) -> None:
    await sent(db)
    await settle(db)
    await db.write("update quotes set valid_until = majlis_now() + interval '10 years'")
    await advance(db.url, 731 * DAY)
    assert "chats" not in await forgotten(db, tmp_path)
    await db.write("update quotes set state = 'expired'")
    await advance(db.url, DAY)
    assert (await forgotten(db, tmp_path))["chats"] == 1


async def test_of_a_chat_that_goes_on_the_old_messages_go(db: Database, tmp_path: Path) -> None:
    await make_person(db, CHAT_ID, NAME)
    await settle(db)
    await db.write("update outbox set created_at = created_at - interval '1 day'")
    await db.write(
        "insert into events (sender_id, type_name, timestamp, data)"
        " select id::text, unnest(array['user', 'session_started', 'user']), extract(epoch from now()),"
        " unnest(array['old', 'start', 'new']) from conversations where chat_id = :id",
        id=CHAT_ID,
    )
    await advance(db.url, 731 * DAY)
    await db.receive(webhook(message("I am back", dateTime=None)))
    counts = await forgotten(db, tmp_path)
    assert {"transcripts", "turn_replies", "action_results", "inbox", "words of turns"} <= set(counts)
    assert (
        await db.one("select count(*) from inbox where kind = 'message' and body ->> 'text' <> 'I am back'")
        == 0
    )
    assert [row.text for row in await db.rows("select text from turns")] == [""]
    events = await db.rows("select data from events where timestamp is not null order by id")
    assert [row.data for row in events] == ["start", "new"]
    # The customer is known still, and what he was reminded of counts.
    assert await db.one("select contact_name from customer_facts") == f"{NAME} Saeed"
    assert await db.one("select count(*) from follow_ups f join outbox o on o.id = f.outbox_id") == 1
    assert await db.one("select count(*) from inbox where kind = 'parked'") == 1


async def test_files_calls_and_jobs_go_by_their_own_days(db: Database, tmp_path: Path) -> None:
    await make_person(db, CHAT_ID, NAME)
    await settle(db)
    async with db.engine.begin() as connection:
        await enqueue(connection, "k", "waits", {})
        await enqueue(connection, "k", "parked", {})
    await db.write(
        "update jobs set state = 'parked', due_at = null, ended_at = clock_timestamp() where key = 'parked'"
    )
    await db.write("update model_calls set day = majlis_now()")
    await db.write("update model_spending set day = majlis_now()")
    await db.write("update jobs set ended_at = ended_at - interval '31 days'")
    assert set(await forgotten(db, tmp_path)) == {"jobs"}
    assert {row.key for row in await db.rows("select key from jobs where kind = 'k'")} == {"waits", "parked"}
    await advance(db.url, 91 * DAY)
    assert {"model_calls", "model_spending", "off_script_turns", "price_traces"} <= set(
        await forgotten(db, tmp_path)
    )
    await advance(db.url, 90 * DAY)
    assert (await forgotten(db, tmp_path))["received_files"] == 1


async def test_zero_days_keep_for_ever(db: Database, tmp_path: Path) -> None:
    await make_person(db, CHAT_ID, NAME)
    await settle(db)
    await advance(db.url, 5_000 * DAY)
    before = await everything(db)
    never = dict.fromkeys(
        ("retention_days_messages", "retention_days_files", "retention_days_model", "retention_days_jobs"), 0
    )
    assert await forgotten(db, tmp_path, **never) == {}
    for table in ("inbox", "received_files", "model_calls", "events"):
        assert f'"{table}": []' not in before


async def test_more_than_one_batch_goes_at_once(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.retention.BATCH_ROWS", 2)
    monkeypatch.setattr("app.retention.BATCH_CHATS", 2)
    for number in range(5):
        await db.customer("hello", chat_id=f"97150000000{number}")
    await db.customer("hello", chat_id=OTHER_CHAT_ID)
    await settle(db)
    await advance(db.url, 731 * DAY)
    await db.write("update conversations set created_at = majlis_now() where chat_id = :id", id=OTHER_CHAT_ID)
    assert (await forgotten(db, tmp_path))["chats"] == 5
    assert await db.one("select chat_id from conversations") == OTHER_CHAT_ID
    assert await db.one("select count(*) from inbox") == 0
