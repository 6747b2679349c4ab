"""Weeks of a whole house of chats, in several countries, with clocks that jump: who is written to, and when.

Every message that reached Wazzup is judged by rules written down here once more, from what happened to the
chat and not from what the product remembers of it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sales.follow_ups import Consent
from sales.ownership_storage import hand_over
from sales.quote_storage import Quote
from sales.sale_storage import set_outcome
from sales.stages import Outcome
from tests.integration.follow_up_support import at_rest, make, now, pass_time, quoted, say_consent
from tests.integration.sale_jobs_support import place_order
from tests.integration.sender_support import Street, street
from tests.support import Database, in_background

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
EVENTS = ("reply", "reply", "opt out", "opt in", "take over", "order", "lost", "say")


@dataclass
class Customer:
    """What happened in a chat, as its customer and its managers know it."""

    zone: ZoneInfo
    quote: Quote
    wrote_at: datetime
    wants: bool = True
    is_over: bool = False
    # The days on which he was reminded in this silence, and all that reached him.
    reminded: list[int] = field(default_factory=list)
    received: int = 0
    reminders: int = 0


async def writes(it: Street, chat_id: str, customer: Customer) -> None:
    """The customer writes, in both houses."""
    await it.customer("Hello again", chat_id)
    customer.wrote_at = max(customer.wrote_at + timedelta(seconds=1), await now(it.db))
    await it.db.write(
        "update conversations set last_customer_message_at = :at where chat_id = :chat",
        at=customer.wrote_at,
        chat=chat_id,
    )
    customer.reminded = []


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
    for message in arrived[customer.received :]:
        lasted = sent_at - customer.wrote_at
        if message.type != "wapi_template":
            assert lasted < 24 * HOUR, f"free text after {lasted}"
            continue
        assert customer.wants, "reminded without a yes"
        assert not customer.is_over, "reminded after an order, a loss or a take-over"
        local = sent_at.astimezone(customer.zone)
        assert 9 <= local.hour < 20, f"reminded at {local}"
        day = 7 if "last message" in str(message.text) else 3
        assert lasted >= day * DAY, f"day {day} after {lasted}"
        assert day not in customer.reminded, f"day {day} twice"
        assert not customer.reminded or day > customer.reminded[-1]
        customer.reminded.append(day)
        customer.reminders += 1
    customer.received = len(arrived)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_weeks(database_url: str, engine: AsyncEngine, seed: int) -> None:
    chance = random.Random(seed)
    db = Database(database_url, engine)
    async with street(db) as it:
        await pass_time(it, BEGIN - await now(db))
        house: dict[str, Customer] = {}
        for chat_id, zone in PHONES.items():
            await it.customer("Hi", chat_id)
            quote = await quoted(db, chat_id, valid_days=60)
            wrote_at = await db.one(
                "select last_customer_message_at from conversations where chat_id = :chat", chat=chat_id
            )
            house[chat_id] = Customer(ZoneInfo(zone), quote, wrote_at)
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
