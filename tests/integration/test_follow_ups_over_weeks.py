"""Weeks of a whole house of chats, in several countries, with clocks that jump: who is written to, and when.

Every message that reached Wazzup is judged by rules written down here once more, from what happened to the
chat and not from what the product remembers of it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sales.follow_ups import Consent
from sales.hand_over_reason import Reason
from sales.ownership_storage import give_back, hand_over
from sales.quote_storage import Quote
from sales.sale_storage import set_outcome
from sales.stages import Outcome
from tests.integration.follow_up_support import at_rest, make, now, pass_time, quoted, say_consent
from tests.integration.sale_jobs_support import place_order
from tests.integration.sender_support import Street, street
from tests.support import Database, in_background, message, webhook

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STEPS = 110
# A Saturday before a leap day; the clocks of New York and Berlin change within the weeks that follow.
BEGIN = datetime(2028, 2, 26, 5, 0, tzinfo=UTC)
# Numbers of countries with one zone, and one of several, for which the seller's counts.
PHONES = {
    "971501230001": "Asia/Dubai",
    "971501230002": "Asia/Dubai",
    "966501230003": "Asia/Riyadh",
    "919812340004": "Asia/Kolkata",
    "491701230005": "Europe/Berlin",
    "12125550006": "America/New_York",
    "61412340007": "Asia/Dubai",
    "201001230008": "Africa/Cairo",
}
# Where a house of many chats is, by the beginnings of their numbers.
COUNTRIES = {
    "97150555": "Asia/Dubai",
    "96650555": "Asia/Riyadh",
    "91981255": "Asia/Kolkata",
    "49170555": "Europe/Berlin",
    "1212555": "America/New_York",
    "20100555": "Africa/Cairo",
}
CHATS_A_COUNTRY = 5
SLOW_STEPS = 45
# What comes between a follow-up and the sender.
BETWEEN = ("reply", "reply", "opt out", "opt out", "visit", "take over", "order", "lost", "evening")
# Around the end of the window, and of its margin.
LAST_SECONDS = [24 * HOUR - 5 * MINUTE + shift * SECOND for shift in (-20, -1, 0, 1, 299, 300, 301)]
EVENTS = ("reply", "reply", "opt out", "opt in", "take over", "order", "lost", "say")


@dataclass
class Customer:
    """What happened in a chat, as its customer and its managers know it."""

    zone: ZoneInfo
    quote: Quote
    wrote_at: datetime
    wants: bool = True
    is_over: bool = False
    # A manager had the chat in this silence and gave it back.
    was_visited: bool = False
    # The days on which he was reminded in this silence, and all that reached him.
    reminded: list[int] = field(default_factory=list)
    received: int = 0
    reminders: int = 0


async def writes(it: Street, chat_id: str, customer: Customer) -> None:
    """The customer writes, in both houses; the way of the message is the gateway's, its answer left out."""
    await it.customer("Hello again", chat_id)
    written_at = await now(it.db)
    await it.db.receive(webhook(message("Hello again", chat_id=chat_id, dateTime=written_at.isoformat())))
    await it.db.write(
        "update conversations set burst_started_at = null, burst_due_at = null, due_at = null"
        " where chat_id = :chat",
        chat=chat_id,
    )
    await it.db.write("update inbox set settled_at = majlis_now() where settled_at is null")
    if written_at > customer.wrote_at:
        # What jumped back begins no silence.
        customer.wrote_at = written_at
        customer.reminded, customer.was_visited = [], False
    known = "select last_customer_message_at from conversations where chat_id = :chat"
    assert await it.db.one(known, chat=chat_id) == customer.wrote_at


async def happens(it: Street, chat_id: str, customer: Customer, event: str) -> None:
    """One thing in one chat."""
    chat = customer.quote.conversation_id
    match event:
        case "reply":
            await writes(it, chat_id, customer)
        case "opt out" | "opt in":
            await writes(it, chat_id, customer)
            customer.wants = event == "opt in"
            consent = Consent.OPTED_IN if customer.wants else Consent.OPTED_OUT
            await say_consent(it.db, consent, chat_id)
        case "say":
            # A reply that was slow to leave; what it may do is judged where it arrives.
            await it.db.say("The delivery takes three days.", chat_id=chat_id)
        case "visit":
            async with it.db.engine.begin() as connection:
                await hand_over(connection, chat, reason=Reason.TAKEN)
                if not customer.is_over:
                    await give_back(connection, chat, reason=Reason.GIVEN_BACK)
            customer.was_visited = True
        case "evening":
            await pass_time(it, 12 * HOUR)
        case "take over":
            moment = await now(it.db)
            async with it.db.engine.begin() as connection:
                await hand_over(connection, chat, reason="a test", manager_message_at=moment)
            customer.is_over = True
        case "order":
            if not customer.is_over:
                await place_order(it.db, customer.quote)
                customer.is_over = True
        case "lost":
            async with it.db.engine.begin() as connection:
                await set_outcome(connection, chat, Outcome.LOST)
            customer.is_over = True


def judge(it: Street, chat_id: str, customer: Customer, sent_at: datetime) -> None:
    """Everything that reached this customer since he was looked at last."""
    arrived = it.arrived(chat_id)
    for arrival in arrived[customer.received :]:
        lasted = sent_at - customer.wrote_at
        if arrival.type != "wapi_template":
            # It was judged after `sent_at`: what left in time was in time then, too.
            assert lasted < 24 * HOUR - 5 * MINUTE, f"free text after {lasted}"
            continue
        assert customer.wants, "reminded without a yes"
        assert not customer.is_over, "reminded after an order, a loss or a take-over"
        assert not customer.was_visited, "reminded after a manager had the chat"
        local = sent_at.astimezone(customer.zone)
        assert 9 <= local.hour < 20, f"reminded at {local}"
        day = 7 if "last message" in str(arrival.text) else 3
        assert lasted >= day * DAY, f"day {day} after {lasted}"
        assert day not in customer.reminded, f"day {day} twice"
        assert not customer.reminded or day > customer.reminded[-1]
        customer.reminded.append(day)
        customer.reminders += 1
    customer.received = len(arrived)


async def open_house(it: Street, phones: Mapping[str, str]) -> dict[str, Customer]:
    """A chat with each of these numbers, every one with a quote and a yes."""
    house: dict[str, Customer] = {}
    for chat_id, zone in phones.items():
        await it.customer("Hi", chat_id)
        quote = await quoted(it.db, chat_id, valid_days=60)
        wrote_at = await it.db.one(
            "select last_customer_message_at from conversations where chat_id = :chat", chat=chat_id
        )
        house[chat_id] = Customer(ZoneInfo(zone), quote, wrote_at)
    return house


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_weeks(database_url: str, engine: AsyncEngine, seed: int) -> None:
    chance = random.Random(seed)
    db = Database(database_url, engine)
    async with street(db) as it:
        await pass_time(it, BEGIN - await now(db))
        house = await open_house(it, PHONES)
        async with in_background(it.sender().run()):
            for _ in range(STEPS):
                jump = chance.choice([2 * HOUR, 5 * HOUR, 9 * HOUR, 13 * HOUR, 25 * HOUR, -1 * HOUR])
                await pass_time(it, jump)
                if chance.random() < 0.25:
                    chat_id = chance.choice(list(house))
                    if chance.random() < 0.5:
                        # Made, and not sent yet when it happens.
                        await make(db)
                    await happens(it, chat_id, house[chat_id], chance.choice(EVENTS))
                await make(db)
                sent_at = await now(db)
                await at_rest(it)
                for chat_id, customer in house.items():
                    judge(it, chat_id, customer, sent_at)
    # Silence is what most of them keep, so that most are reminded, and some more than once.
    assert sum(customer.reminders for customer in house.values()) >= len(house)
    assert {3, 7} <= {day for row in await db.rows("select step from follow_ups") for day in row}


async def waiting(db: Database) -> list[str]:
    """The chats whose follow-up was written and not sent yet."""
    rows = await db.rows(
        "select c.chat_id from outbox o join conversations c on c.id = o.conversation_id"
        " where o.state = 'queued' and o.template_purpose like 'follow_up%' order by c.chat_id"
    )
    return [row.chat_id for row in rows]


async def jump(it: Street, house: dict[str, Customer], chance: random.Random) -> None:
    """Time passes, or a clock is set; sometimes to the last seconds of a window, with something to say."""
    moment = await now(it.db)
    edges = [
        (chat_id, edge)
        for chat_id, customer in house.items()
        if (edge := customer.wrote_at + chance.choice(LAST_SECONDS)) > moment
    ]
    if edges and chance.random() < 0.3:
        chat_id, edge = chance.choice(edges)
        await pass_time(it, edge - moment)
        await it.db.say("The delivery takes three days.", chat_id=chat_id)
    else:
        await pass_time(it, chance.choice([2 * HOUR, 9 * HOUR, 13 * HOUR, 25 * HOUR, 25 * HOUR, -1 * HOUR]))


@pytest.mark.parametrize("seed", [1, 2])
async def test_weeks_in_which_something_happens_before_the_sender_comes(
    database_url: str, engine: AsyncEngine, seed: int
) -> None:
    """Every follow-up waits for its sender, and in most of their chats something happens until then."""
    chance = random.Random(seed)
    db = Database(database_url, engine)
    phones = {
        f"{country}{number:04}": zone
        for country, zone in COUNTRIES.items()
        for number in range(CHATS_A_COUNTRY)
    }
    events, between = cycle(BETWEEN), Counter[str]()
    async with street(db) as it:
        await pass_time(it, BEGIN - await now(db))
        house = await open_house(it, phones)
        for _ in range(SLOW_STEPS):
            await jump(it, house, chance)
            for chat_id, customer in house.items():
                if not customer.wants and chance.random() < 0.3:
                    await happens(it, chat_id, customer, "opt in")
            await make(db)
            for chat_id in await waiting(db):
                if chance.random() < 0.6:
                    event = next(events)
                    between[event] += 1
                    await happens(it, chat_id, house[chat_id], event)
            sent_at = await now(db)
            async with in_background(it.sender().run()):
                await at_rest(it)
            for chat_id, customer in house.items():
                judge(it, chat_id, customer, sent_at)
    assert between.total() >= 2 * len(BETWEEN)
    assert sum(customer.reminders for customer in house.values()) >= len(house) / 4
    rows = await db.rows("select distinct problem from outbox where state = 'withheld'")
    kept_back_for = {row.problem for row in rows}
    assert kept_back_for >= {"replied", "person", "a person owns the chat", "ordered", "lost", "out_of_hours"}
    assert "the 24-hour window is closed" in kept_back_for
