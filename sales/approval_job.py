"""A discount that a manager approved by word goes into the deal in Zoho, and counts from then on.

The job is written in the transaction that records the word, so it is not lost while Zoho is away. The field
in the deal and our table say the same afterwards: `sales.deal_poll` finds nothing to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales.discount_news import bring_into_force
from sales.discount_storage import (
    Approval,
    ApprovalState,
    end_approval,
    find_approval,
    newest_approval,
)
from sales.ports import DealRecords, Messages
from sales.sale_storage import lock_sale
from storage.jobs import Job, JobLater, enqueue, must_hold
from storage.steps import reach

KIND = "crm.discount"

# The deal of the approved quote's number; it is the chat's own as long as no newer number was sent.
_DEAL = text(
    "select l.deal_id, l.deal_state, newest.number = approved.number as is_same_number,"
    " exists (select from orders o where o.quote_id = newest.id) as is_ordered,"
    " exists (select from quote_links ours join quotes q on q.id = ours.quote_id"
    " where ours.deal_id = l.deal_id and q.number = approved.number) as is_known"
    " from quotes approved join lateral (select id, number from quotes q where"
    " q.conversation_id = approved.conversation_id and q.sent_at is not null order by q.id desc limit 1)"
    " newest on true left join crm_links l on l.conversation_id = approved.conversation_id"
    " where approved.id = :quote"
)


async def ask_for_entry(connection: AsyncConnection, conversation_id: int, approval_id: int) -> int:
    """Have an approval entered into its deal, in the transaction that records it; the job's id."""
    payload = {"approval_id": approval_id}
    return await enqueue(connection, KIND, str(approval_id), payload, conversation_id=conversation_id)


class ApprovalJob:
    """The work of these jobs (`storage.jobs.Work`): a field gets a value, so repeat it freely."""

    def __init__(self, engine: AsyncEngine, deals: DealRecords, messages: Messages) -> None:
        self._engine = engine
        self._deals = deals
        self._messages = messages

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing to look up."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Write the field, then let it count. Of several approvals for a chat the newest word stands, whoever
        writes last.

        Raises:
            JobLater: while the deal is not there yet.
        """
        async with self._engine.begin() as connection:
            approval = await find_approval(connection, int(job.payload["approval_id"]))
            deal_id = await self._deal(connection, approval)
        if approval.state is not ApprovalState.WAITING:
            return {"state": approval.state.value}
        if deal_id is None:
            return await self._refuse(job, approval)
        while True:
            await self._deals.approve_discount(deal_id, approval.percent)
            reach("crm.discount.entered")
            async with self._engine.begin() as connection:
                await lock_sale(connection, approval.conversation_id)
                newest = await newest_approval(connection, approval.conversation_id)
                assert newest is not None
                if newest.id == approval.id:
                    await bring_into_force(
                        connection, self._messages, approval.conversation_id, deal_id, approval.percent
                    )
                    await end_approval(connection, approval.id, ApprovalState.IN_FORCE)
                    await must_hold(connection, job)
                    return {"deal_id": deal_id, "percent": str(approval.percent)}
                # Given after this one, and perhaps entered before: its word is written last.
                if await self._deal(connection, newest) != deal_id:
                    return {"state": ApprovalState.REPLACED.value}
            approval = newest

    async def _deal(self, connection: AsyncConnection, approval: Approval) -> str | None:
        """The open deal it belongs to; None: that sale is over.

        Raises:
            JobLater: while the job of the quote has not made it yet.
        """
        row = (await connection.execute(_DEAL, {"quote": approval.quote_id})).one()
        if not row.is_same_number or row.is_ordered or (row.is_known and row.deal_state != "open"):
            return None
        if row.deal_id is None or not row.is_known:
            raise JobLater("the deal of the quote is not in Zoho yet")
        return str(row.deal_id)

    async def _refuse(self, job: Job, approval: Approval) -> Mapping[str, Any]:
        async with self._engine.begin() as connection:
            await end_approval(connection, approval.id, ApprovalState.REFUSED)
            await must_hold(connection, job)
        return {"state": ApprovalState.REFUSED.value}
