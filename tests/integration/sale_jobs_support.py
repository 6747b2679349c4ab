"""Sales on their way into the sandbox's Zoho: quotes sent, orders placed, and what is there afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from sales.fact_storage import remember_facts, remember_need
from sales.fact_values import Fact
from sales.order_job import ask_for_sales_order
from sales.quote import QuoteLine
from sales.quote_sent_job import ask_for_quote_records
from sales.quote_storage import Quote, accept_quote
from tests import quote_samples as samples
from tests.integration.job_support import hurry
from tests.integration.quote_support import draft, send
from tests.integration.zoho_jobs_support import ZohoStreet, zoho_street
from tests.support import CHAT_ID, Database, eventually

LINES = (samples.CHAIR, samples.TABLE)
# Rates in Zoho are others than the quoted ones, and one item is marked as exempt: neither may matter.
ITEMS = [
    {"item_id": line.zoho_item_id, "sku": line.sku, "name": line.name_en, "rate": 1, "is_taxable": taxable}
    for line, taxable in ((samples.CHAIR, True), (samples.DESK, True), (samples.TABLE, False))
]
KINDS = ("accounts", "contacts", "deals", "customers", "estimates", "salesorders", "notes")


@asynccontextmanager
async def sale_street(db: Database) -> AsyncIterator[ZohoStreet]:
    """A fresh sandbox with the items of our quotes."""
    async with zoho_street(db, ITEMS) as street:
        yield street


async def known_customer(db: Database, chat_id: str = CHAT_ID) -> int:
    """A chat whose customer has said who he is and what he looks for."""
    chat = await db.chat(chat_id)
    async with db.engine.begin() as connection:
        await remember_facts(
            connection,
            chat,
            {
                Fact.COMPANY: samples.CUSTOMER.company,
                Fact.CONTACT_NAME: samples.CUSTOMER.contact,
                Fact.EMAIL: samples.CUSTOMER.email,
            },
        )
        await remember_need(connection, chat, category=None, description="chairs, call Ali 050 123 4567")
    return chat


async def send_quote(
    db: Database, lines: Sequence[QuoteLine] = LINES, *, chat_id: str = CHAT_ID, **changes: Any
) -> Quote:
    """A quote the customer has, with its job."""
    await known_customer(db, chat_id)
    quote = await draft(db, lines, chat_id=chat_id, **changes)
    await send(db, quote)
    async with db.engine.begin() as connection:
        await ask_for_quote_records(connection, quote.conversation_id, quote.id)
    return quote


async def place_order(db: Database, quote: Quote) -> int:
    """The customer accepted: the order and its job; the order's id."""
    async with db.engine.begin() as connection:
        assert await accept_quote(connection, quote.id) is None
    order_id = await db.one(
        "insert into orders (quote_id, conversation_id) values (:quote, :chat) returning id",
        quote=quote.id,
        chat=quote.conversation_id,
    )
    async with db.engine.begin() as connection:
        await ask_for_sales_order(connection, quote.conversation_id, order_id)
    return int(order_id)


async def until_sold(db: Database, *states: str) -> Sequence[Row[Any]]:
    """Wait until the jobs are in these states; neither retries nor our own call limit wait for anything."""

    async def reached() -> Sequence[Row[Any]]:
        await hurry(db)
        await db.write("update rate_limits set free_at = clock_timestamp() - interval '1 minute'")
        rows = await db.rows("select * from jobs order by id")
        return rows if [row.state for row in rows] == list(states) else []

    return await eventually(reached, within=30, what=f"jobs are {states}")


def counts(it: ZohoStreet) -> dict[str, int]:
    """How many records of each kind Zoho has."""
    return {kind: len(it.records(kind)) for kind in KINDS}


def one_of_each(**others: int) -> dict[str, int]:
    """What one sent quote leaves, but for `others`."""
    return {**dict.fromkeys(KINDS, 1), "salesorders": 0, **others}


def custom(record: dict[str, Any], name: str) -> object:
    """A custom field of a record of Books."""
    return next(field["value"] for field in record["custom_fields"] if field["api_name"] == name)


def total(record: dict[str, Any]) -> Decimal:
    """What a document of Books or Inventory comes to."""
    return Decimal(str(record["total"]))
