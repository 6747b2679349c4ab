"""An accepted quote becomes one confirmed sales order, and its customer is told the number (design §7).

The job is written in the transaction that places the order. The customer waits for the number, so what the
number needs is done first, and CRM last: with CRM away the number goes out all the same. It is told after the
replies of the turn that placed the order, which say that it follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales.crm_links import end_deal
from sales.ports import Document, Messages
from sales.quote_records import QuoteAtHand, QuoteRecords, check_total
from sales.sale_storage import end_sale
from sales.stages import Outcome, Stage
from sales.templates import TemplatePurpose, TemplateUse
from storage.jobs import Job, JobImpossible, JobLater, enqueue, must_hold
from storage.steps import reach

KIND = "crm.order"
# Which text of the seller's the customer reads (data/seller.yml, messages).
CONFIRMED_RESPONSE = "order_confirmed"
_TURN_ENDS_WITHIN_SECONDS = 1.0

_ORDER = text("select id, quote_id, conversation_id, created_at, salesorder_id from orders where id = :id")
_KEEP_SALES_ORDER = text("update orders set salesorder_id = :salesorder where id = :id")
# Ordering is what brings a sale to this stage. The turn ends in the transaction that stores its replies.
_IS_BEING_ANSWERED = text(
    "select exists (select from stage_history h join turns t on t.id = h.turn_id"
    " where h.conversation_id = :id and h.to_stage = :stage and t.state = 'open')"
)
_CONFIRM = text("update orders set state = 'confirmed', number = :number where id = :id and state = 'placed'")


@dataclass(frozen=True)
class _Order:
    id: int
    quote_id: int
    conversation_id: int
    created_at: datetime
    salesorder_id: str | None


async def ask_for_sales_order(connection: AsyncConnection, conversation_id: int, order_id: int) -> int:
    """Have the sales order made, in the transaction that places the order; the job's id."""
    return await enqueue(
        connection, KIND, str(order_id), {"order_id": order_id}, conversation_id=conversation_id
    )


class OrderJob:
    """The work of these jobs (`storage.jobs.Work`)."""

    def __init__(self, engine: AsyncEngine, records: QuoteRecords, messages: Messages) -> None:
        self._engine = engine
        self._records = records
        self._messages = messages

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing is known as a whole: each step of `do` looks for what an earlier attempt left."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Estimate accepted, sales order made once and confirmed, customer told, deal won.

        Raises:
            JobImpossible: when the chat has no phone number, the books come to another total, or another
                customer's sales order carries this reference.
            JobLater: while the customer has not been answered that the order is in.
        """
        async with self._engine.begin() as connection:
            row = (await connection.execute(_ORDER, {"id": int(job.payload["order_id"])})).one()
        order = _Order(**row._mapping)
        at_hand = await self._records.read(order.quote_id)
        documents, quote = self._records.documents, at_hand.quote
        estimate_id = await self._records.estimate(job, at_hand)
        await documents.accept_estimate(estimate_id)
        reach("crm.order.accepted")
        sales_order = await self._sales_order(job, order, at_hand)
        check_total("sales order", sales_order, quote)
        await documents.confirm_order(sales_order.document_id)
        reach("crm.order.confirmed")
        await self._tell(job, order, sales_order.number)
        reach("crm.order.told")
        deal_id = await self._records.deal(job, at_hand)
        await self._records.deals.win_deal(deal_id, quote.totals.total)
        reach("crm.order.won")
        async with self._engine.begin() as connection:
            await end_deal(connection, order.conversation_id, deal_id, Outcome.WON.value)
            await must_hold(connection, job)
        return {"salesorder_id": sales_order.document_id, "number": sales_order.number, "deal_id": deal_id}

    async def _sales_order(self, job: Job, order: _Order, at_hand: QuoteAtHand) -> Document:
        documents, offer = self._records.documents, self._records.offer(at_hand.quote)
        if order.salesorder_id is not None:
            return await documents.order(order.salesorder_id)
        customer_id = await self._records.customer(job, at_hand)
        made = await documents.find_order(offer.number)
        if made is None:
            job.must_be_held()
            made = await documents.create_order(customer_id, offer, self._records.day(order.created_at))
            reach("crm.made.salesorder_id")
        elif made.customer_id != customer_id:
            raise JobImpossible(
                f"The sales order {made.number} carries the reference {offer.number} and belongs to another"
                " customer. Mend: change that order's reference in Zoho, then `majlis parked retry`."
            )
        async with self._engine.begin() as connection:
            await connection.execute(_KEEP_SALES_ORDER, {"id": order.id, "salesorder": made.document_id})
            await must_hold(connection, job)
        return made

    async def _tell(self, job: Job, order: _Order, number: str) -> None:
        """Note the number and tell it, both or neither; the second attempt finds it noted."""
        async with self._engine.begin() as connection:
            placing = {"id": order.conversation_id, "stage": Stage.FOLLOW_UP.value}
            if (await connection.execute(_IS_BEING_ANSWERED, placing)).scalar_one():
                raise JobLater("the turn that placed the order is still open", _TURN_ENDS_WITHIN_SECONDS)
            await end_sale(connection, order.conversation_id, order.quote_id, Outcome.WON)
            confirmed = await connection.execute(_CONFIRM, {"id": order.id, "number": number})
            if confirmed.rowcount == 1:
                values = {"number": number}
                await self._messages.tell(
                    connection,
                    order.conversation_id,
                    CONFIRMED_RESPONSE,
                    values,
                    # Zoho may have been away for longer than the customer's window is open.
                    template=TemplateUse(TemplatePurpose.ORDER_CONFIRMED, values),
                )
            await must_hold(connection, job)
