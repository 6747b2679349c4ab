"""The records of a quote outside: account, contact and deal in CRM, customer and estimate in Books.

Whoever needs them, the job of a sent quote or of an order, has them made: each step finds what is there, so
that it does not matter which job came first, was repeated, or died. Amounts come from the quote's rows only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales.chat_phone import phone_of_chat
from sales.crm_links import (
    Known,
    Links,
    keep_deal_link,
    keep_link,
    keep_quote_link,
    note_booked,
    read_links,
    read_quote_links,
)
from sales.ports import Buyer, Deal, DealRecords, DealStage, Document, Offer, OfferLine, SaleDocuments
from sales.quote import FILS, render_number
from sales.quote_storage import Quote, find_quote
from sales.sale_storage import read_sale
from sales.stages import Stage
from storage.jobs import Job, JobImpossible
from storage.steps import reach

_DEAL_NAME_LENGTH = 120
_YEAR_AND_NUMBER = text("select year, number from quotes where id = :id")
_NEWEST_SENT = text(
    "select newest.id from quotes q join quotes newest on newest.number = q.number"
    " where q.id = :id and newest.sent_at is not null order by newest.revision desc limit 1"
)
# The job of an earlier revision may come late: whichever of the two is last finds both estimates.
_FORMER_ESTIMATES = text(
    "select l.estimate_id from quotes q join quotes mine on mine.number = q.number"
    " join quote_links l on l.quote_id = q.id"
    " where mine.id = :id and q.state = 'superseded' and l.booked order by q.revision"
)


@dataclass(frozen=True)
class QuoteAtHand:
    """A quote with what its records need beside it."""

    quote: Quote
    # Without the revision: what its deal is found by.
    deal_number: str
    phone: str
    links: Links


class QuoteRecords:
    """Makes and finds them; `timezone` is the seller's, in which days begin."""

    def __init__(
        self, engine: AsyncEngine, deals: DealRecords, documents: SaleDocuments, timezone: str
    ) -> None:
        self._engine = engine
        self._timezone = ZoneInfo(timezone)
        self.deals = deals
        self.documents = documents

    async def read(self, quote_id: int) -> QuoteAtHand:
        """The quote of a job.

        Raises:
            JobImpossible: for a chat without a phone number, or a quote that is gone.
        """
        async with self._engine.begin() as connection:
            return await _read(connection, quote_id)

    def day(self, moment: datetime) -> date:
        """The day of a moment where the seller is."""
        return moment.astimezone(self._timezone).date()

    def offer(self, quote: Quote) -> Offer:
        """The quote for the books."""
        return Offer(
            number=quote.number,
            issued_on=self.day(quote.sent_at or quote.created_at),
            # It ends with midnight after its last day.
            last_day=self.day(quote.valid_until - timedelta(microseconds=1)),
            lines=tuple(
                OfferLine(line.zoho_item_id, line.name_en, line.quantity, line.rate) for line in quote.lines
            ),
            discount=quote.totals.discount,
            vat_percent=quote.vat_percent,
        )

    async def customer(self, job: Job, at_hand: QuoteAtHand) -> str:
        """The id of the quote's customer in the books."""
        printed, links = at_hand.quote.customer, at_hand.links
        known = _known(
            company=printed.company,
            contact=printed.contact,
            email=printed.email,
            trn=printed.trn,
            language="ar" if at_hand.quote.language == "ar" else "en",
        )
        if links.books_customer_id and links.written.get("books_customer_id") == known:
            return links.books_customer_id
        buyer = Buyer(
            phone=at_hand.phone,
            company=printed.company,
            contact=printed.contact,
            email=printed.email,
            language=known["language"],
            trn=printed.trn,
        )
        customer_id = await self.documents.keep_customer(buyer)
        conversation_id = at_hand.quote.conversation_id
        await keep_link(self._engine, job, conversation_id, "books_customer_id", customer_id, known)
        return customer_id

    async def estimate(self, job: Job, at_hand: QuoteAtHand) -> str:
        """The id of the quote's estimate, which is marked as sent.

        Raises:
            JobImpossible: when the books come to another total than the one the customer holds.
        """
        quote = at_hand.quote
        async with self._engine.begin() as connection:
            links = await read_quote_links(connection, quote.id)
        if links.estimate_id is not None and links.booked:
            return links.estimate_id
        if links.estimate_id is None:
            customer_id = await self.customer(job, at_hand)
            estimate = await self.documents.keep_estimate(customer_id, self.offer(quote))
            await keep_quote_link(self._engine, job, quote.id, "estimate_id", estimate.document_id)
        else:
            estimate = await self.documents.estimate(links.estimate_id)
        check_total("estimate", estimate, quote)
        await self.documents.mark_estimate_sent(estimate.document_id)
        reach("crm.made.booked")
        await note_booked(self._engine, job, quote.id)
        return estimate.document_id

    async def decline_former(self, at_hand: QuoteAtHand) -> None:
        """Decline the estimates of the quote's earlier revisions: the books hold one open offer a quote."""
        async with self._engine.begin() as connection:
            former = (await connection.execute(_FORMER_ESTIMATES, {"id": at_hand.quote.id})).scalars().all()
        for estimate_id in former:
            await self.documents.decline_estimate(estimate_id)

    async def deal(self, job: Job, at_hand: QuoteAtHand) -> str:
        """The deal of the quote's number, with account and contact, at the amount of its newest revision.

        Another revision may be sent and recorded meanwhile, so the newest is asked for again after writing:
        whoever writes last has seen it.
        """
        newest = await self._newest_sent(at_hand)
        while True:
            account_id = await self._account(job, newest)
            contact_id = await self._contact(job, newest, account_id)
            quote = newest.quote
            deal = Deal(
                name=f"{newest.deal_number} {quote.customer.company}"[:_DEAL_NAME_LENGTH],
                stage=await self._deal_stage(quote.conversation_id),
                amount=quote.totals.total,
                closes_on=self.offer(quote).last_day,
                account_id=account_id,
                contact_id=contact_id,
            )
            deal_id = await self.deals.keep_deal(newest.deal_number, deal)
            conversation_id = quote.conversation_id
            await keep_deal_link(self._engine, job, conversation_id, at_hand.quote.id, deal_id)
            seen, newest = newest, await self._newest_sent(at_hand)
            if newest.quote.id == seen.quote.id:
                return deal_id

    async def _newest_sent(self, at_hand: QuoteAtHand) -> QuoteAtHand:
        async with self._engine.begin() as connection:
            found = (await connection.execute(_NEWEST_SENT, {"id": at_hand.quote.id})).scalar()
            return await _read(connection, found or at_hand.quote.id)

    async def _deal_stage(self, conversation_id: int) -> DealStage:
        async with self._engine.begin() as connection:
            stage = (await read_sale(connection, conversation_id)).stage
        return DealStage.NEGOTIATED if stage is Stage.NEGOTIATING else DealStage.QUOTED

    async def _account(self, job: Job, at_hand: QuoteAtHand) -> str:
        printed, links = at_hand.quote.customer, at_hand.links
        known = _known(company=printed.company, city=printed.city)
        formerly = links.written.get("account_id", {})
        if links.account_id and formerly == known:
            return links.account_id
        account_id = await self.deals.keep_account(at_hand.phone, known, formerly)
        conversation_id = at_hand.quote.conversation_id
        await keep_link(self._engine, job, conversation_id, "account_id", account_id, known)
        return account_id

    async def _contact(self, job: Job, at_hand: QuoteAtHand, account_id: str) -> str:
        printed, links = at_hand.quote.customer, at_hand.links
        known = _known(contact_name=printed.contact, email=printed.email, account_id=account_id)
        formerly = links.written.get("contact_id", {})
        if links.contact_id and formerly == known:
            return links.contact_id
        contact_id = await self.deals.keep_contact(at_hand.phone, known, formerly)
        conversation_id = at_hand.quote.conversation_id
        await keep_link(self._engine, job, conversation_id, "contact_id", contact_id, known)
        return contact_id


def check_total(kind: str, document: Document, quote: Quote) -> None:
    """The books have to come to what the customer holds; a fils a line may be lost to their rounding.

    Raises:
        JobImpossible: naming both.
    """
    total = quote.totals.total
    if abs(document.total - total) > FILS * len(quote.lines):
        raise JobImpossible(
            f"Zoho comes to AED {document.total} for the {kind} {document.number}, the customer holds"
            f" {quote.number} over AED {total}. Mend: compare the VAT of its items, of the customer and of"
            f" the organization, correct the {kind} in Zoho, then `majlis parked retry`."
        )


async def _read(connection: AsyncConnection, quote_id: int) -> QuoteAtHand:
    quote = await find_quote(connection, quote_id)
    if quote is None:
        raise JobImpossible(f"There is no quote {quote_id} any more. Drop this job.")
    row = (await connection.execute(_YEAR_AND_NUMBER, {"id": quote_id})).one()
    return QuoteAtHand(
        quote=quote,
        deal_number=render_number(row.year, row.number, 1),
        phone=await phone_of_chat(connection, quote.conversation_id),
        links=await read_links(connection, quote.conversation_id),
    )


def _known(**values: str | None) -> Known:
    return {name: value for name, value in values.items() if value}
