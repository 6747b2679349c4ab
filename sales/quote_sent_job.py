"""A sent quote becomes account, contact and deal in CRM, customer and estimate in Books (design §7).

The job is written in the transaction that marks the quote as sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales import received_files
from sales.chat_summary import summarise
from sales.crm_links import keep_quote_link, read_quote_links
from sales.fact_storage import read_customer_facts
from sales.marker import marker
from sales.quote_records import QuoteAtHand, QuoteRecords
from sales.sale_storage import read_sale
from storage.jobs import Job, enqueue

KIND = "crm.quote_sent"


async def ask_for_quote_records(connection: AsyncConnection, conversation_id: int, quote_id: int) -> int:
    """Have the records of a quote made that is being sent, in its transaction; the job's id."""
    return await enqueue(
        connection, KIND, str(quote_id), {"quote_id": quote_id}, conversation_id=conversation_id
    )


class QuoteSentJob:
    """The work of these jobs (`storage.jobs.Work`)."""

    def __init__(
        self, engine: AsyncEngine, records: QuoteRecords, links: received_files.FileLinks | None = None
    ) -> None:
        self._engine = engine
        self._records = records
        self._links = links

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing is known as a whole: each step of `do` looks for what an earlier attempt left."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Deal first, because the managers look there; then the estimate, then the summary of the chat.

        Raises:
            JobImpossible: when the chat has no phone number, or the books come to another total.
        """
        at_hand = await self._records.read(int(job.payload["quote_id"]))
        deal_id = await self._records.deal(job, at_hand)
        estimate_id = await self._records.estimate(job, at_hand)
        await self._records.decline_former(at_hand)
        note_id = await self._note(job, at_hand, deal_id)
        return {"deal_id": deal_id, "estimate_id": estimate_id, "note_id": note_id}

    async def _note(self, job: Job, at_hand: QuoteAtHand, deal_id: str) -> str:
        quote = at_hand.quote
        async with self._engine.begin() as connection:
            kept = (await read_quote_links(connection, quote.id)).note_id
            facts = await read_customer_facts(connection, quote.conversation_id)
            stage = (await read_sale(connection, quote.conversation_id)).stage
            received = await received_files.lines(connection, quote.conversation_id, self._links)
        if kept is not None:
            return kept
        mark = marker(KIND, job.key)
        note_id = await self._records.deals.find_note(deal_id, mark)
        if note_id is None:
            job.must_be_held()
            title = f"WhatsApp chat, quote {quote.number}"
            content = summarise(quote, facts, stage, received)
            note_id = await self._records.deals.create_note(deal_id, title, content, mark)
        await keep_quote_link(self._engine, job, quote.id, "note_id", note_id)
        return note_id
