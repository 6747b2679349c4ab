"""What managers do to deals in CRM comes back: outcomes and approved discounts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from app.jobs import works
from app.seller import load_seller
from sales.basket import EMPTY, choose
from sales.basket_storage import write_basket
from sales.deal_poll import KIND, TICK
from sales.quote_storage import accept_quote
from storage.cron import tick
from storage.jobs import enqueue
from tests import quote_samples as samples
from tests.integration.job_support import until_jobs
from tests.integration.sale_jobs_support import place_order, sale_street, send_quote, until_sold
from tests.integration.zoho_jobs_support import ZohoStreet
from tests.support import OTHER_CHAT_ID, Database, in_background

DISCOUNT = load_seller().zoho_deal_fields.discount


@pytest.fixture
async def it(db: Database) -> AsyncIterator[ZohoStreet]:
    """A chat whose quote's deal is open in CRM, and a worker that runs."""
    async with sale_street(db) as street, in_background(street.runner().run()):
        await send_quote(db)
        await until_sold(db, "done")
        yield street


def manager_sets(it: ZohoStreet, fields: dict[str, object], number: int = 0) -> None:
    """A manager changes a deal in CRM."""
    deal = it.records("Deals")[number]
    it.sandbox.zoho.crm.change(it.sandbox.zoho.crm.modules["Deals"][deal["id"]], fields)


async def poll(it: ZohoStreet) -> dict[str, Any]:
    """What the next poll finds."""
    key = f"poll {await it.db.one('select count(*) from jobs')}"
    async with it.db.engine.begin() as connection:
        await enqueue(connection, KIND, key, {})
    before = await it.db.rows("select state from jobs where state <> 'waiting'")
    rows = await until_sold(it.db, *[str(row.state) for row in before], "done")
    result: dict[str, Any] = rows[-1].result
    return result


async def approvals(db: Database) -> list[tuple[Decimal, bool]]:
    """Every approval, oldest first, and whether it is in force."""
    rows = await db.rows("select percent, withdrawn_at from approved_discounts order by id")
    return [(row.percent, row.withdrawn_at is None) for row in rows]


async def fact(db: Database) -> object:
    """What the dialogue knows of a discount."""
    facts = await db.one("select facts from chat_facts where conversation_id = :chat", chat=await db.chat())
    return facts["approved_discount"]


async def test_a_poll_is_ticked_every_two_minutes(db: Database) -> None:
    assert (TICK.every_seconds, TICK.kind) == (120, KIND)
    async with db.engine.begin() as connection:
        assert await tick(connection, TICK.name, TICK.every_seconds, TICK.kind) is not None
        assert await tick(connection, TICK.name, TICK.every_seconds, TICK.kind) is None
    async with sale_street(db) as street:
        assert KIND in works(db.engine, street.zoho)
        async with in_background(street.runner().run()):
            [row] = await until_jobs(db, "done")
    assert row.result == {"open": 0, "closed": 0, "approved": 0, "missing": 0}
    assert street.sandbox.zoho.calls.all == []


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [("Closed Won", "won"), ("Closed Lost", "lost"), ("Closed Lost to Competition", "lost")],
)
async def test_a_deal_closed_by_a_manager_ends_the_sale(
    db: Database, it: ZohoStreet, stage: str, outcome: str
) -> None:
    manager_sets(it, {"Stage": stage})
    assert (await poll(it))["closed"] == 1
    assert await db.one("select outcome from sales") == outcome
    assert await db.one("select deal_state from crm_links") == outcome
    # It is not asked for any more.
    assert (await poll(it))["open"] == 0


async def test_a_deal_of_the_last_sale_does_not_end_the_next(db: Database, it: ZohoStreet) -> None:
    quote_id = await db.one("select id from quotes")
    async with db.engine.begin() as connection:
        assert await accept_quote(connection, quote_id) is None
        chat = await db.chat()
        await db.write("insert into orders (quote_id, conversation_id) values (:q, :c)", q=quote_id, c=chat)
        await write_basket(connection, chat, choose(EMPTY, "CH-1005", 2))
    manager_sets(it, {"Stage": "Closed Won"})
    assert (await poll(it))["closed"] == 0
    assert await db.one("select deal_state from crm_links") == "won"
    assert await db.one("select outcome from sales") == "open"


async def test_a_deal_that_goes_on_changes_nothing(db: Database, it: ZohoStreet) -> None:
    manager_sets(it, {"Stage": "Negotiation/Review"})
    assert await poll(it) == {"open": 1, "closed": 0, "approved": 0, "missing": 0}
    assert await db.one("select count(*) from sales where outcome <> 'open'") == 0
    assert await fact(db) is None


async def test_an_approval_is_taken_once_and_known_to_the_dialogue(db: Database, it: ZohoStreet) -> None:
    manager_sets(it, {DISCOUNT: Decimal("7.5")})
    assert (await poll(it))["approved"] == 1
    assert (await poll(it))["approved"] == 0
    [row] = await db.rows("select * from approved_discounts")
    assert (row.percent, row.conversation_id) == (Decimal("7.5"), await db.chat())
    assert row.deal_id == it.records("Deals")[0]["id"]
    assert await fact(db) == 7.5


async def test_another_approval_takes_its_place_and_an_emptied_field_takes_it_back(
    db: Database, it: ZohoStreet
) -> None:
    for percent in (Decimal(10), Decimal(5), Decimal(10)):
        manager_sets(it, {DISCOUNT: percent})
        assert (await poll(it))["approved"] == 1
        assert await fact(db) == percent
    manager_sets(it, {DISCOUNT: None})
    assert (await poll(it))["approved"] == 0
    assert await approvals(db) == [(Decimal(10), False), (Decimal(5), False), (Decimal(10), False)]
    assert await fact(db) is None


@pytest.mark.parametrize("percent", [0, -5, 100, 150, "", "ten"])
async def test_what_is_no_discount_is_not_taken(db: Database, it: ZohoStreet, percent: object) -> None:
    manager_sets(it, {DISCOUNT: percent})
    assert (await poll(it))["approved"] == 0
    assert await approvals(db) == []


async def test_two_polls_at_once_take_an_approval_once(db: Database, it: ZohoStreet) -> None:
    manager_sets(it, {DISCOUNT: 10})
    it.turn_knobs(latency_seconds=0.2)
    async with db.engine.begin() as connection:
        for number in range(3):
            await enqueue(connection, KIND, f"at once {number}", {})
    await until_sold(db, *["done"] * 4)
    assert await approvals(db) == [(Decimal(10), True)]


async def test_our_own_writes_leave_the_manager_s_field_alone(db: Database, it: ZohoStreet) -> None:
    manager_sets(it, {DISCOUNT: 10})
    await poll(it)
    await send_quote(db, (samples.CHAIR,))
    await until_sold(db, "done", "done", "done")
    assert it.records("Deals")[0][DISCOUNT] == 10
    # It counts for the next revision, too.
    assert await fact(db) == 10


async def test_an_approval_ends_with_its_deal(db: Database, it: ZohoStreet) -> None:
    manager_sets(it, {DISCOUNT: 10})
    await poll(it)
    quote = await send_quote(db, (samples.CHAIR,))
    await place_order(db, quote)
    await until_sold(db, *["done"] * 4)
    assert await fact(db) is None
    await send_quote(db, (samples.DESK,))
    await until_sold(db, *["done"] * 5)
    assert len(it.records("Deals")) == 2
    assert await fact(db) is None


async def test_deals_of_several_chats_are_told_apart_and_others_are_left_alone(
    db: Database, it: ZohoStreet
) -> None:
    await send_quote(db, customer=samples.ARABIC_CUSTOMER, chat_id=OTHER_CHAT_ID)
    await until_sold(db, "done", "done")
    await it.zoho.crm.create("Deals", {"Deal_Name": "Somebody else's", "Stage": "Closed Won"})
    manager_sets(it, {"Stage": "Closed Lost"}, 1)
    assert await poll(it) == {"open": 2, "closed": 1, "approved": 0, "missing": 0}
    lost = await db.rows("select conversation_id from sales where outcome <> 'open'")
    assert [row.conversation_id for row in lost] == [await db.chat(OTHER_CHAT_ID)]


async def test_a_deleted_deal_is_counted_and_does_no_harm(db: Database, it: ZohoStreet) -> None:
    it.sandbox.zoho.crm.delete("Deals", it.records("Deals")[0]["id"])
    assert await poll(it) == {"open": 1, "closed": 0, "approved": 0, "missing": 1}


async def test_of_polls_that_are_refused_only_the_newest_is_parked(db: Database, it: ZohoStreet) -> None:
    it.turn_knobs(scopes=["ZohoCRM.modules.leads.ALL"])
    async with db.engine.begin() as connection:
        await enqueue(connection, KIND, "first", {})
    await until_sold(db, "done", "parked")
    async with db.engine.begin() as connection:
        await enqueue(connection, KIND, "second", {})
    await until_sold(db, "done", "dropped", "parked")
