"""Which work is done for which kind of job, and what Zoho's errors mean for a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from app.messages import OutboxMessages
from app.seller import load_seller
from app.sync import catalog_sync
from app.zoho import Zoho
from catalog import sync
from connectors.zoho.customer_records import ZohoCustomerRecords
from connectors.zoho.deal_records import ZohoDealRecords
from connectors.zoho.errors import ZohoError, ZohoGrantRefused, ZohoInvalid, ZohoNotFound, ZohoScopeMissing
from connectors.zoho.sale_documents import ZohoSaleDocuments
from sales import deal_poll, hand_over_task, lead_job, manager_task, order_job, quote_expiry, quote_sent_job
from sales.quote_records import QuoteRecords
from sales.received_files import FileLinks
from storage.jobs import Job, JobImpossible, JobLater, JobUncertain, Work


def works(engine: AsyncEngine, zoho: Zoho | None, links: FileLinks | None = None) -> dict[str, Work]:
    """The works of this installation by kind; without a Zoho, jobs that go there wait until there is one.

    `links` lead the managers to what customers sent; without them they read that Majlis has it.

    Raises:
        SellerUnfit: data/seller.yml is wrong.
    """
    ours: dict[str, Work] = {quote_expiry.KIND: quote_expiry.QuoteExpiry(engine)}
    if zoho is None:
        return ours
    seller = load_seller()
    customers = ZohoCustomerRecords(zoho.crm)
    deals = ZohoDealRecords(zoho.crm, seller.zoho_deal_fields.discount)
    documents = ZohoSaleDocuments(zoho.books, zoho.inventory)
    records = QuoteRecords(engine, deals, documents, seller.timezone)
    messages = OutboxMessages(seller.messages)
    return {
        **ours,
        manager_task.KIND: ZohoWork(manager_task.ManagerTask(engine, customers, links)),
        hand_over_task.KIND: ZohoWork(hand_over_task.HandOverTask(engine, customers, links)),
        lead_job.KIND: ZohoWork(lead_job.LeadJob(engine, customers)),
        quote_sent_job.KIND: ZohoWork(quote_sent_job.QuoteSentJob(engine, records, links)),
        order_job.KIND: ZohoWork(order_job.OrderJob(engine, records, messages)),
        deal_poll.KIND: ZohoWork(deal_poll.DealPoll(engine, deals)),
        # Judges what Zoho answers itself: a half-done sweep is no uncertain one.
        sync.KIND: catalog_sync(engine, zoho),
    }


class ZohoWork:
    """A work that goes to Zoho, with Zoho's errors turned into what they mean for its job."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """As the work's own."""
        with _judged():
            return await self._work.find(job)

    async def do(self, job: Job) -> Mapping[str, Any]:
        """As the work's own."""
        with _judged():
            return await self._work.do(job)


@contextmanager
def _judged() -> Iterator[None]:
    try:
        yield
    except ZohoError as error:
        if not error.outcome_known:
            raise JobUncertain(str(error)) from error
        if error.may_retry:
            raise JobLater(str(error), error.retry_after_seconds) from error
        said = f" Zoho's words: {error.details}." if error.details else ""
        raise JobImpossible(f"{error}.{said} {_mend(error)}") from error


def _mend(error: ZohoError) -> str:
    match error:
        case ZohoInvalid(field=field) if field:
            cause = (
                f"Mend: let Zoho accept what Majlis writes into the field {field} (Setup, Modules and Fields:"
                " its type and length, whether it is mandatory, whether duplicates are allowed)"
            )
        case ZohoGrantRefused():
            cause = (
                "Mend: correct ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN or ZOHO_ACCOUNTS_URL"
                " and start Majlis again"
            )
        case ZohoScopeMissing():
            cause = "Mend: make a refresh token that covers this call, or give its user the permission"
        case ZohoNotFound():
            cause = "Mend: restore the record in Zoho's recycle bin"
        case _:
            cause = "Mend what Zoho names"
    return f"{cause}, then `majlis parked retry`; or do it by hand and `majlis parked drop`."
