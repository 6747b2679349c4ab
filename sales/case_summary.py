"""What a manager is told of a chat at a glance: who it is, how far the sale is, and who answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.basket_storage import read_basket
from sales.chat_code import code_of
from sales.chat_phone import find_phone
from sales.crm_links import read_links
from sales.discount_storage import Approval, approved_discount, newest_approval
from sales.fact_storage import read_customer_facts
from sales.ownership import Owner
from sales.quote import QuoteState
from sales.quote_storage import standing_quote
from sales.sale_storage import read_sale
from sales.stages import Stage

_OWNER = text("select owner, reason, changed_at from owners where conversation_id = :id")


@dataclass(frozen=True)
class QuoteAtAGlance:
    """The newest quote that reached the customer; `total` is AED with VAT."""

    number: str
    total: Decimal
    state: QuoteState


@dataclass(frozen=True)
class Case:
    """A chat as a manager's few lines tell it; None is what nobody knows."""

    conversation_id: int
    code: str
    company: str | None
    contact: str | None
    # E.164.
    phone: str | None
    stage: Stage
    quote: QuoteAtAGlance | None
    # Different products chosen, and their pieces.
    products: int
    pieces: int
    # By its own row: a pause is not looked at.
    owner: Owner
    reason: str | None
    since: datetime | None
    # Per cent in force for the next quote; 0: none.
    discount: Decimal
    approval: Approval | None
    lead_id: str | None
    deal_id: str | None


async def read_case(connection: AsyncConnection, conversation_id: int) -> Case:
    """All of it; the chat gets a code if it has none."""
    facts = await read_customer_facts(connection, conversation_id)
    quote = await standing_quote(connection, conversation_id)
    basket = await read_basket(connection, conversation_id)
    links = await read_links(connection, conversation_id)
    owner = (await connection.execute(_OWNER, {"id": conversation_id})).first()
    is_persons = owner is not None and owner.owner == Owner.PERSON.value
    return Case(
        conversation_id=conversation_id,
        code=await code_of(connection, conversation_id),
        company=facts.company,
        contact=facts.contact_name,
        phone=await find_phone(connection, conversation_id),
        stage=(await read_sale(connection, conversation_id)).stage,
        quote=None if quote is None else QuoteAtAGlance(quote.number, quote.totals.total, quote.state),
        products=len(basket),
        pieces=sum(line.quantity or 0 for line in basket),
        owner=Owner.PERSON if is_persons else Owner.BOT,
        reason=owner.reason if owner is not None and is_persons else None,
        since=owner.changed_at if owner is not None and is_persons else None,
        discount=await approved_discount(connection, conversation_id),
        approval=await newest_approval(connection, conversation_id),
        lead_id=links.lead_id,
        deal_id=links.deal_id,
    )
