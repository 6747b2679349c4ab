"""The hourly look at webhooks and silence: what it finds, keeps, and tells the manager's chat, once."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.jobs import hourly_check_of
from app.settings import read_settings
from connectors.wazzup.webhooks import WazzupWebhooks
from storage.clock import advance
from storage.cron import tick
from storage.job_runner import JobRunner
from tests.integration.job_support import until_jobs
from tests.integration.sandbox_support import API_KEY, CHANNEL_ID, Bench, bench
from tests.support import Database, in_background
from turns import hourly_check, metrics

MANAGER = "971500000001"
SECRET = "the-secret-in-our-address"


@dataclass
class House:
    """A worker's hourly check between a real database and the sandbox."""

    db: Database
    engine: AsyncEngine
    bench: Bench
    webhooks: WazzupWebhooks

    async def look(self, **others: Any) -> dict[str, str]:
        """One hour's job, done as a worker does it; the state of each check."""
        settings = read_settings(
            {
                "wazzup_api_url": self.bench.sandbox.url,
                "wazzup_api_key": API_KEY,
                "wazzup_channel_id": CHANNEL_ID,
                "wazzup_webhook_secret": SECRET,
                "public_url": "https://sales.example.com",
                "manager_chat_id": MANAGER,
                **others,
            }
        )
        work = {hourly_check.KIND: hourly_check_of(settings, self.engine, self.webhooks)}
        done = await self.db.one("select count(*) from jobs where state = 'done'")
        await self.db.write(
            "insert into jobs (kind, key, payload) values (:kind, :key, '{}')",
            kind=hourly_check.KIND,
            key=f"hour {done}",
        )
        async with in_background(JobRunner(self.engine, work, at_once=1).run()):
            jobs = await until_jobs(self.db, *["done"] * (done + 1))
        result: dict[str, str] = jobs[-1].result
        return result

    async def registered(self, address: str | None, **subscriptions: bool) -> None:
        await self.bench.control(
            "registration", {"webhooksUri": address, "subscriptions": subscriptions} if address else {}
        )

    async def manager_wrote(self, language: str = "en") -> int:
        """The manager's chat, with its window open by business time."""
        return int(
            await self.db.one(
                "insert into conversations (channel_id, chat_type, chat_id, last_customer_message_at,"
                " reply_language) values (:channel, 'whatsapp', :chat, majlis_now(), :language) returning id",
                channel=CHANNEL_ID,
                chat=MANAGER,
                language=language,
            )
        )

    async def came_in(self, ago: timedelta, customers: int = 1) -> None:
        """So many customers wrote so long ago."""
        await self.db.write(
            "insert into inbox (channel_id, external_id, kind, chat_type, chat_id, received_at)"
            " select :channel, gen_random_uuid(), 'message', 'whatsapp', 'customer ' || number,"
            " majlis_now() - make_interval(secs => :seconds) from generate_series(1, :customers) as number",
            channel=CHANNEL_ID,
            seconds=ago.total_seconds(),
            customers=customers,
        )

    async def said(self) -> list[str]:
        return [row.text for row in await self.db.rows("select text from outbox order by id")]


@pytest.fixture
async def house(engine: AsyncEngine, database_url: str) -> AsyncIterator[House]:
    async with bench() as opened:
        webhooks = WazzupWebhooks(opened.sandbox.url, API_KEY)
        made = House(Database(database_url, engine), engine, opened, webhooks)
        await made.registered(OURS, **ALL)
        yield made
        await made.webhooks.close()


OURS = f"https://sales.example.com/webhooks/wazzup?token={SECRET}"
ALL = {"messagesAndStatuses": True, "channelsUpdates": True, "templateStatus": True}
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


async def test_one_job_an_hour_by_business_time(engine: AsyncEngine, database_url: str) -> None:
    made = 0
    for _ in range(3):
        async with engine.begin() as connection:
            each = hourly_check.TICK
            for _ in range(2):
                made += await tick(connection, each.name, each.every_seconds, each.kind) is not None
            await connection.exec_driver_sql("delete from jobs")
        await advance(database_url, 3_600)
    assert made == 3


async def test_our_registration_is_fine(house: House) -> None:
    assert await house.look() == {"webhook": "fine", "silence": "unjudged"}
    await house.bench.turn(subscription_style="documented")
    assert (await house.look())["webhook"] == "fine"


@pytest.mark.parametrize(
    ("address", "subscriptions", "found"),
    [
        ("https://crm.example.net/hook?token=theirs", {}, "at crm.example.net: another integration"),
        (OURS.replace(SECRET, "other"), {}, "another secret"),
        (OURS, {"messagesAndStatuses": False}, "messagesAndStatuses is off"),
        (OURS, {"templateStatus": False}, "templateStatus is off"),
        (OURS, {"contactsAndDealsCreation": True}, "contactsAndDealsCreation is on"),
        (None, {}, "no address is registered"),
    ],
)
async def test_a_registration_that_is_not_ours_is_found_and_logged(
    house: House, log_lines: io.StringIO, address: str | None, subscriptions: dict[str, bool], found: str
) -> None:
    await house.registered(address, **subscriptions)
    assert (await house.look())["webhook"] == "wrong"
    assert found in await house.db.one("select sentence from checks where name = 'webhook'")
    lines = [json.loads(line) for line in log_lines.getvalue().splitlines()]
    (line,) = [line for line in lines if line["event"] == "check.wrong"]
    assert (line["level"], line["check"]) == ("error", "webhook")
    assert SECRET not in log_lines.getvalue()
    assert "theirs" not in log_lines.getvalue()


async def test_the_check_never_registers_by_itself(house: House) -> None:
    await house.registered("https://crm.example.net/hook")
    await house.look()
    assert (await house.webhooks.read()).address == "https://crm.example.net/hook"


async def test_the_manager_is_told_once_and_once_when_it_is_mended(house: House) -> None:
    await house.manager_wrote()
    await house.registered("https://crm.example.net/hook")
    for _ in range(3):
        await house.look()
    (began,) = await house.said()
    assert "may not be reaching me" in began
    await house.registered(OURS)
    for _ in range(2):
        await house.look()
    began, mended = await house.said()
    assert "again" in mended
    assert await house.db.one("select regardless_of_owner and template_purpose is null from outbox limit 1")
    # Another incident is told again.
    await house.registered(None)
    await house.look()
    assert len(await house.said()) == 3


async def test_the_manager_is_told_in_gulf_arabic_where_the_chat_is(house: House) -> None:
    await house.manager_wrote("ar")
    await house.registered(None)
    await house.look()
    (words,) = await house.said()
    assert "ما توصلني" in words


async def test_outside_the_managers_window_nothing_is_said_until_it_opens(
    house: House, log_lines: io.StringIO
) -> None:
    chat = await house.manager_wrote()
    await house.db.write("insert into channels values (:id, 'wapi', 'active')", id=CHANNEL_ID)
    await house.registered(None)
    await advance(house.db.url, 24 * 3600)
    await house.look()
    assert await house.said() == []
    assert "check.manager_not_told" in log_lines.getvalue()
    await house.db.write(
        "update conversations set last_customer_message_at = majlis_now() where id = :id", id=chat
    )
    await house.look()
    assert len(await house.said()) == 1


async def test_an_incident_that_was_never_told_ends_without_a_word(house: House) -> None:
    await house.registered(None)
    await house.look()
    await house.manager_wrote()
    await house.registered(OURS)
    await house.look()
    assert await house.said() == []


async def test_without_a_managers_chat_nobody_is_told(house: House) -> None:
    await house.manager_wrote()
    await house.registered(None)
    assert (await house.look(manager_chat_id=""))["webhook"] == "wrong"
    assert await house.said() == []


async def test_a_wazzup_that_does_not_answer_neither_begins_nor_ends_an_incident(house: House) -> None:
    await house.manager_wrote()
    await house.bench.turn(rate_limit_requests=1, rate_limit_window_seconds=0.0)
    await house.registered(None)
    await house.look()
    since = await house.db.one("select wrong_since from checks where name = 'webhook'")
    await house.registered(OURS)
    await house.bench.turn(rate_limit_requests=1, rate_limit_window_seconds=1e9)
    await house.bench.client.get("/v3/channels")
    assert (await house.look())["webhook"] == "unjudged"
    assert await house.db.one("select wrong_since from checks where name = 'webhook'") == since
    assert len(await house.said()) == 1


async def test_a_key_that_is_refused_is_wrong(house: House) -> None:
    known, house.webhooks = house.webhooks, WazzupWebhooks(house.bench.sandbox.url, "a revoked key")
    await known.close()
    assert (await house.look())["webhook"] == "wrong"


async def test_silence_is_unusual_when_customers_wrote_in_these_hours_of_each_week(house: House) -> None:
    await house.manager_wrote()
    await house.came_in(4 * WEEK + 3 * HOUR)
    for week in range(1, 5):
        await house.came_in(week * WEEK + HOUR, customers=6)
    await house.came_in(2 * HOUR)
    assert (await house.look())["silence"] == "wrong"
    assert "6, 6, 6, 6 customers wrote" in await house.db.one(
        "select sentence from checks where name = 'silence'"
    )
    await house.came_in(timedelta(0))
    assert (await house.look())["silence"] == "fine"
    began, mended = await house.said()
    assert "when customers usually write" in began
    assert "coming in again" in mended


async def test_one_customer_who_wrote_much_is_no_habit(house: House) -> None:
    await house.came_in(5 * WEEK)
    for week in range(1, 5):
        for _ in range(9):
            await house.came_in(week * WEEK + HOUR)
    await house.came_in(2 * HOUR)
    assert (await house.look())["silence"] == "fine"


async def test_without_history_silence_is_not_judged(house: House) -> None:
    for week in range(3, 0, -1):
        await house.came_in(week * WEEK + HOUR, customers=20)
    await house.came_in(2 * HOUR)
    assert (await house.look())["silence"] == "unjudged"


async def test_the_gauges_say_what_was_found_last(house: House) -> None:
    await house.registered(None)
    for week in range(5, 0, -1):
        await house.came_in(week * WEEK + HOUR, customers=6)
    await house.came_in(2 * HOUR)
    await house.look()
    async with house.engine.begin() as connection:
        await hourly_check.measure(connection)
    assert (_value(metrics.WEBHOOK_REGISTERED), _value(metrics.SILENCE_UNUSUAL)) == (0, 1)
    await house.registered(OURS)
    await house.came_in(timedelta(0))
    await house.look()
    async with house.engine.begin() as connection:
        await hourly_check.measure(connection)
    assert (_value(metrics.WEBHOOK_REGISTERED), _value(metrics.SILENCE_UNUSUAL)) == (1, 0)


def _value(gauge: Any) -> float:
    return float(gauge.collect()[0].samples[0].value)
