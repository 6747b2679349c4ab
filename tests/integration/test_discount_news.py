"""A customer hears of a discount once, in the transaction that lets it count (sales.discount_news)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.messages import OutboxMessages
from app.seller import load_seller
from connectors.zoho.deal_records import ZohoDealRecords
from sales import approval_job, deal_poll
from sales.deal_poll import DealPoll
from sales.discount_news import APPROVED_RESPONSE, bring_into_force
from sales.discount_storage import percent_of_deal
from sales.ports import DealSeen
from sales.quote_storage import Quote
from sales.templates import TemplateUse
from storage.job_runner import JobRunner
from storage.jobs import Job, Work, enqueue
from storage.lease import Held
from tests.integration.job_support import hurry
from tests.integration.quote_support import draft, send
from tests.integration.sale_jobs_support import LINES, place_order, sale_street, send_quote
from tests.integration.test_approval_job import FIELD, all_done, approve, in_force, poll
from tests.integration.zoho_jobs_support import ZohoStreet
from tests.support import Database, eventually, in_background

MESSAGES = load_seller().messages
# A poll asks nothing of its job.
NO_JOB = Job(Held(0, 0), deal_poll.KIND, "", {}, None, {}, 1, False, lambda: True)


@pytest.fixture
async def it(database_url: str, engine: AsyncEngine) -> AsyncIterator[ZohoStreet]:
    async with sale_street(Database(database_url, engine)) as street:
        yield street


@pytest.fixture
async def quote(it: ZohoStreet) -> Quote:
    """A quote that the customer has, with its deal."""
    sent = await send_quote(it.db)
    await all_done(it)
    return sent


async def writes(it: ZohoStreet, percent: object, **fields: object) -> None:
    """A manager writes into the deal, and the poll sees it."""
    deal_id = it.records("Deals")[0]["id"]
    it.sandbox.zoho.crm.change(it.sandbox.zoho.crm.modules["Deals"][deal_id], {FIELD: percent, **fields})
    await poll(it)


async def told(it: ZohoStreet) -> Sequence[Any]:
    """What the customer was told without having asked."""
    return await it.db.rows(
        "select * from outbox where turn_id is null and conversation_id = :chat order by id",
        chat=await it.db.chat(),
    )


def news(quote: Quote, percent: str) -> str:
    return MESSAGES.discount_approved.en.format(discount_percent=percent, number=quote.number)


async def test_a_word_of_the_manager_is_told_once(it: ZohoStreet, quote: Quote) -> None:
    await approve(it, "7.5")
    assert await told(it) == []
    await all_done(it)
    for _ in range(2):
        await poll(it)
    [row] = await told(it)
    assert row.text == news(quote, "7.5")
    # A person's chat and a pause keep it back, and outside of the window a manager is asked to write.
    assert (row.regardless_of_owner, row.template_purpose) == (False, None)


async def test_what_a_manager_writes_into_the_deal_is_told_once_in_the_customer_s_language(
    it: ZohoStreet, quote: Quote
) -> None:
    await it.db.write("update conversations set reply_language = 'ar'")
    for _ in range(2):
        await writes(it, Decimal(10))
    [row] = await told(it)
    assert "خصم" in row.text
    assert "10" in row.text
    assert quote.number in row.text


async def test_more_is_told_again_and_less_or_nothing_is_not(it: ZohoStreet, quote: Quote) -> None:
    for percent in (5, 8, None):
        await writes(it, percent)
    assert [row.text for row in await told(it)] == [news(quote, "5"), news(quote, "8")]
    revised = await draft(it.db, LINES, discount_percent=Decimal(8))
    await send(it.db, revised)
    for percent in (8, 6):
        await writes(it, percent)
    assert await in_force(it) == 6
    assert len(await told(it)) == 2


@pytest.mark.parametrize("over", ["expired", "ordered", "closed"])
async def test_nobody_hears_of_a_discount_on_a_quote_that_is_over(
    it: ZohoStreet, quote: Quote, over: str
) -> None:
    if over == "expired":
        await it.db.write("update quotes set valid_until = majlis_now() - interval '1 second'")
    elif over == "ordered":
        await place_order(it.db, quote)
        # The order waits for Zoho, so its deal is open still.
        await it.db.write("delete from jobs where kind = 'crm.order'")
    await writes(it, 10, **({"Stage": "Closed Won"} if over == "closed" else {}))
    assert await told(it) == []


class FailsOnce(OutboxMessages):
    """The first message cannot be written."""

    has_failed = False

    async def tell(
        self,
        connection: AsyncConnection,
        conversation_id: int,
        response: str,
        values: Any,
        *,
        template: TemplateUse | None = None,
        regardless_of_owner: bool = False,
    ) -> None:
        assert response == APPROVED_RESPONSE
        if not self.has_failed:
            self.has_failed = True
            raise RuntimeError("the disk is full")
        await super().tell(connection, conversation_id, response, values)


async def run(it: ZohoStreet, works: Mapping[str, Work]) -> None:
    """The jobs that wait, by these works alone."""

    async def done() -> bool:
        await hurry(it.db)
        return not await it.db.one("select count(*) from jobs where state = 'waiting'")

    async with in_background(JobRunner(it.db.engine, works, at_once=1).run()):
        await eventually(done, within=30, what="the jobs are done")


async def run_poll(it: ZohoStreet, work: DealPoll) -> None:
    """One poll, by this work alone."""
    async with it.db.engine.begin() as connection:
        await enqueue(connection, deal_poll.KIND, "by hand", {})
    await run(it, {deal_poll.KIND: work})


async def test_it_counts_and_is_told_or_neither(it: ZohoStreet, quote: Quote) -> None:
    messages = FailsOnce(MESSAGES)
    it.sandbox.zoho.crm.change(
        it.sandbox.zoho.crm.modules["Deals"][it.records("Deals")[0]["id"]], {FIELD: 10}
    )
    await run_poll(it, DealPoll(it.db.engine, ZohoDealRecords(it.zoho.crm, FIELD), messages))
    assert messages.has_failed
    assert await in_force(it) == 10
    assert [row.text for row in await told(it)] == [news(quote, "10")]


class Polled(ZohoDealRecords):
    """The deals, but a poll of another worker sees the field before its writer goes on."""

    poll: DealPoll

    async def approve_discount(self, deal_id: str, percent: Decimal) -> None:
        await super().approve_discount(deal_id, percent)
        await self.poll.do(NO_JOB)


async def test_a_poll_that_sees_the_manager_s_word_first_tells_it_and_nobody_tells_it_again(
    it: ZohoStreet, quote: Quote
) -> None:
    messages = OutboxMessages(MESSAGES)
    deals = Polled(it.zoho.crm, FIELD)
    deals.poll = DealPoll(it.db.engine, deals, messages)
    await approve(it, "5")
    await run(it, {approval_job.KIND: approval_job.ApprovalJob(it.db.engine, deals, messages)})
    assert await it.db.one("select state from discount_approvals") == "in_force"
    assert [row.text for row in await told(it)] == [news(quote, "5")]


class Overtaken:
    """The deals, but once they are read something else happens before the reader goes on."""

    def __init__(self, deals: ZohoDealRecords, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._deals = deals
        self._meanwhile = meanwhile

    async def read_deals(self, deal_ids: Sequence[str]) -> Sequence[DealSeen]:
        seen = await self._deals.read_deals(deal_ids)
        await self._meanwhile()
        return seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._deals, name)


async def test_a_poll_that_read_before_a_newer_word_came_into_force_changes_nothing(
    it: ZohoStreet, quote: Quote
) -> None:
    deal_id = it.records("Deals")[0]["id"]
    deals = ZohoDealRecords(it.zoho.crm, FIELD)
    it.sandbox.zoho.crm.change(it.sandbox.zoho.crm.modules["Deals"][deal_id], {FIELD: 3})
    messages = OutboxMessages(MESSAGES)

    async def newer() -> None:
        await deals.approve_discount(deal_id, Decimal(8))
        async with it.db.engine.begin() as connection:
            assert await bring_into_force(connection, messages, quote.conversation_id, deal_id, Decimal(8))

    await run_poll(it, DealPoll(it.db.engine, Overtaken(deals, newer), messages))
    async with it.db.engine.connect() as connection:
        assert await percent_of_deal(connection, deal_id) == 8
    assert [row.text for row in await told(it)] == [news(quote, "8")]


async def test_a_discount_of_the_last_sale_is_no_news_in_the_next(it: ZohoStreet, quote: Quote) -> None:
    await place_order(it.db, quote)
    await it.db.write("delete from jobs where kind = 'crm.order'")
    # Its deal is not made yet, and the ordered one not closed.
    await send_quote(it.db)
    await it.db.write("delete from jobs")
    await writes(it, 10)
    assert await in_force(it) == 0
    assert await told(it) == []
