"""Which work is done for which kind of job, and what Zoho's errors mean for a job."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.messages import OutboxMessages
from app.seller import load_seller
from app.settings import Settings
from app.sync import catalog_sync
from app.webhook_address import webhook_addresses
from app.zoho import Zoho
from catalog import sync
from connectors.wazzup.webhooks import WANTED
from connectors.zoho.customer_records import ZohoCustomerRecords
from connectors.zoho.deal_records import ZohoDealRecords
from connectors.zoho.errors import ZohoError, ZohoGrantRefused, ZohoInvalid, ZohoNotFound, ZohoScopeMissing
from connectors.zoho.sale_documents import ZohoSaleDocuments
from sales import (
    approval_job,
    deal_poll,
    follow_up_job,
    hand_over_notice,
    hand_over_task,
    lead_job,
    manager_task,
    order_job,
    quote_expiry,
    quote_sent_job,
)
from sales.manager_chat import ManagerChat
from sales.notice_job import CrmLinks, NoticeJob
from sales.quote_records import QuoteRecords
from sales.received_files import FileLinks
from storage.jobs import Job, JobImpossible, JobLater, JobUncertain, Work
from turns.hourly_check import HourlyCheck, Installation
from turns.ports import WebhookRegistry

# A notice goes without a link to the lead rather than later.
LEAD_SECONDS = 3.0

log = structlog.get_logger(__name__)


def manager_chat_of(settings: Settings) -> ManagerChat | None:
    """The manager's own chat; None where MANAGER_CHAT_ID is empty."""
    if not settings.manager_chat_id:
        return None
    return ManagerChat(settings.wazzup_channel_id, settings.manager_chat_id)


def crm_links_of(settings: Settings, zoho: Zoho | None, *, lead_seconds: float = LEAD_SECONDS) -> CrmLinks:
    """The way to a chat's record in CRM, looked for so long; to none without a Zoho."""
    if zoho is None:
        return CrmLinks(settings.zoho_api_url, None)
    customers = ZohoCustomerRecords(zoho.crm)

    async def find_lead(phone: str) -> str | None:
        try:
            async with asyncio.timeout(lead_seconds):
                return await customers.keep_lead(phone, {}, {})
        except (ZohoError, TimeoutError) as error:
            log.warning("notice.without_link", error=type(error).__name__)
            return None

    return CrmLinks(settings.zoho_api_url, find_lead)


def works(
    engine: AsyncEngine,
    zoho: Zoho | None,
    links: FileLinks | None = None,
    *,
    manager: ManagerChat | None = None,
    crm_links: CrmLinks | None = None,
) -> dict[str, Work]:
    """The works of this installation by kind; without a Zoho, jobs that go there wait until there is one.

    `links` lead the managers to what customers sent; without them they read that Majlis has it. In the chat
    of the `manager` he is told who needs him; `crm_links` lead from there into CRM.

    Raises:
        SellerUnfit: data/seller.yml is wrong.
    """
    seller = load_seller()
    messages = OutboxMessages(seller.messages)
    ours: dict[str, Work] = {
        quote_expiry.KIND: quote_expiry.QuoteExpiry(engine),
        hand_over_notice.KIND: NoticeJob(engine, messages, manager, crm_links or CrmLinks("", None)),
        follow_up_job.KIND: follow_up_job.FollowUps(engine, messages, seller.timezone),
    }
    if zoho is None:
        return ours
    customers = ZohoCustomerRecords(zoho.crm)
    deals = ZohoDealRecords(zoho.crm, seller.zoho_deal_fields.discount)
    documents = ZohoSaleDocuments(zoho.books, zoho.inventory)
    records = QuoteRecords(engine, deals, documents, seller.timezone)
    return {
        **ours,
        manager_task.KIND: ZohoWork(manager_task.ManagerTask(engine, customers, links, manager)),
        hand_over_task.KIND: ZohoWork(hand_over_task.HandOverTask(engine, customers, links, manager)),
        lead_job.KIND: ZohoWork(lead_job.LeadJob(engine, customers)),
        quote_sent_job.KIND: ZohoWork(quote_sent_job.QuoteSentJob(engine, records, links)),
        order_job.KIND: ZohoWork(order_job.OrderJob(engine, records, messages)),
        approval_job.KIND: ZohoWork(approval_job.ApprovalJob(engine, deals, messages)),
        deal_poll.KIND: ZohoWork(deal_poll.DealPoll(engine, deals, messages)),
        # Judges what Zoho answers itself: a half-done sweep is no uncertain one.
        sync.KIND: catalog_sync(engine, zoho),
    }


def hourly_check_of(settings: Settings, engine: AsyncEngine, registry: WebhookRegistry) -> Work:
    """The hourly look at the webhooks, which tells the manager's chat of the settings.

    Raises:
        SellerUnfit: data/seller.yml is wrong.
    """
    ours = Installation(
        addresses=webhook_addresses(settings),
        subscriptions=WANTED,
        manager=manager_chat_of(settings),
    )
    return HourlyCheck(engine, registry, OutboxMessages(load_seller().messages), ours)


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
