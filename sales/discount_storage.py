"""The discount a manager approved: read where a quote is made, written by `sales.deal_poll` only.

It is read from the table and not from the dialogue's slot of the same name: a slot is what Rasa was told, the
table is what a manager wrote into the deal.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# The deal of a quote that was ordered is over, though the job that closes it may still wait for Zoho.
_IN_FORCE = text(
    "select a.percent from crm_links l"
    " join approved_discounts a on a.deal_id = l.deal_id and a.withdrawn_at is null"
    " where l.conversation_id = :id and l.deal_state = 'open' and not exists"
    " (select from orders o join quote_links ordered on ordered.quote_id = o.quote_id"
    " where ordered.deal_id = l.deal_id)"
)


async def approved_discount(connection: AsyncConnection, conversation_id: int) -> Decimal:
    """Per cent that the chat's next quote carries; 0 without an approval."""
    percent: Decimal | None = (await connection.execute(_IN_FORCE, {"id": conversation_id})).scalar()
    return percent or Decimal(0)
