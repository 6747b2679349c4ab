"""The customer_facts table: what a customer said of himself is kept until he says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.fact_values import NOTHING_KNOWN, CustomerFacts, Fact, Value
from sales.sale_storage import lock_sale

_READ = text(
    "select company, contact_name, email, city, trn, need_category, need_description, need_quantity"
    " from customer_facts where conversation_id = :id"
)
# Nothing that is not given is touched: a fact is corrected, never lost.
_REMEMBER = text(
    "insert into customer_facts as known (conversation_id, company, contact_name, email, city, trn,"
    " need_quantity) values (:id, :company, :contact_name, :email, :city, :trn, :need_quantity)"
    " on conflict (conversation_id) do update set company = coalesce(excluded.company, known.company),"
    " contact_name = coalesce(excluded.contact_name, known.contact_name),"
    " email = coalesce(excluded.email, known.email), city = coalesce(excluded.city, known.city),"
    " trn = coalesce(excluded.trn, known.trn),"
    " need_quantity = coalesce(excluded.need_quantity, known.need_quantity), updated_at = majlis_now()"
)
# The newest wish is the need: words that were searched for say nothing more of a category named later.
_REMEMBER_NEED = text(
    "insert into customer_facts as known (conversation_id, need_category, need_description, need_quantity)"
    " values (:id, :category, :description, :quantity) on conflict (conversation_id) do update set"
    " need_category = excluded.need_category, need_description = excluded.need_description,"
    " need_quantity = coalesce(excluded.need_quantity, known.need_quantity), updated_at = majlis_now()"
)


async def read_customer_facts(connection: AsyncConnection, conversation_id: int) -> CustomerFacts:
    """All that is known of the chat's customer."""
    row = (await connection.execute(_READ, {"id": conversation_id})).first()
    return NOTHING_KNOWN if row is None else CustomerFacts(**row._asdict())


async def remember_facts(
    connection: AsyncConnection, conversation_id: int, values: Mapping[Fact, Value]
) -> CustomerFacts:
    """Keep what `sales.facts` read, instead of what was known of the same facts; tells all that is known."""
    if values:
        await lock_sale(connection, conversation_id)
        columns = {fact.value: values.get(fact) for fact in Fact}
        await connection.execute(_REMEMBER, {"id": conversation_id, **columns})
    return await read_customer_facts(connection, conversation_id)


async def remember_need(
    connection: AsyncConnection,
    conversation_id: int,
    *,
    category: str | None,
    description: str | None = None,
    quantity: int | None = None,
) -> CustomerFacts:
    """Keep what the customer looks for now; without category and description the need stays as it was.

    `quantity` is kept when it is None.
    """
    if category or description:
        await lock_sale(connection, conversation_id)
        need = {"category": category or None, "description": description or None, "quantity": quantity}
        await connection.execute(_REMEMBER_NEED, {"id": conversation_id, **need})
    return await read_customer_facts(connection, conversation_id)
