"""Which records in CRM and Books belong to a chat and to its quotes.

Ids are written as they become known, each in a transaction of its own that only the holder of the job can
commit: an attempt that was overtaken writes nothing any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.jobs import Job, must_hold
from storage.steps import reach

LinkColumn = Literal["lead_id", "account_id", "contact_id", "books_customer_id"]
QuoteLinkColumn = Literal["estimate_id", "deal_id", "note_id"]
# What Majlis knows of a record, by its own words for it (company, email, ...).
Known = Mapping[str, str]

_READ = text(
    "select lead_id, account_id, contact_id, books_customer_id, deal_id, deal_state, written"
    " from crm_links where conversation_id = :id"
)
_READ_QUOTE = text("select estimate_id, booked, deal_id, note_id from quote_links where quote_id = :id")
_ENSURE = text("insert into crm_links (conversation_id) values (:id) on conflict do nothing")
_ENSURE_QUOTE = text("insert into quote_links (quote_id) values (:id) on conflict do nothing")
# Only one of the columns is given at a time.
_KEEP = text(
    "update crm_links set lead_id = coalesce(cast(:lead_id as text), lead_id),"
    " account_id = coalesce(cast(:account_id as text), account_id),"
    " contact_id = coalesce(cast(:contact_id as text), contact_id),"
    " books_customer_id = coalesce(cast(:books_customer_id as text), books_customer_id),"
    " written = written || cast(:written as jsonb) where conversation_id = :id"
)
_KEEP_QUOTE = text(
    "update quote_links set estimate_id = coalesce(cast(:estimate_id as text), estimate_id),"
    " deal_id = coalesce(cast(:deal_id as text), deal_id),"
    " note_id = coalesce(cast(:note_id as text), note_id) where quote_id = :id"
)
_NO_LINK = dict.fromkeys(("lead_id", "account_id", "contact_id", "books_customer_id"))
_NO_QUOTE_LINK = dict.fromkeys(("estimate_id", "deal_id", "note_id"))
_BOOKED = text("update quote_links set booked = true where quote_id = :id")
# A delayed job of an older quote number does not take the place of the newer one's deal.
_KEEP_DEAL = text(
    "update crm_links l set deal_id = :deal,"
    " deal_state = case when l.deal_id = :deal then l.deal_state else 'open' end"
    " from quotes q where q.id = :quote and l.conversation_id = q.conversation_id and not exists"
    " (select from quotes later where later.conversation_id = q.conversation_id and later.sent_at is not null"
    " and later.number > q.number)"
)
_END_DEAL = text(
    "update crm_links set deal_state = :state"
    " where conversation_id = :id and deal_id = :deal and deal_state = 'open'"
)


@dataclass(frozen=True)
class Links:
    """The records of a chat's customer; None where there is none yet."""

    lead_id: str | None = None
    account_id: str | None = None
    contact_id: str | None = None
    books_customer_id: str | None = None
    deal_id: str | None = None
    deal_state: str = "open"
    # By the column's name what Majlis wrote last into that record.
    written: Mapping[str, Known] = field(default_factory=dict)


@dataclass(frozen=True)
class QuoteLinks:
    """The records of one quote; None where there is none yet."""

    estimate_id: str | None = None
    # The estimate was compared with the quote and marked as sent.
    booked: bool = False
    deal_id: str | None = None
    note_id: str | None = None


async def read_links(connection: AsyncConnection, conversation_id: int) -> Links:
    """What is kept of a chat."""
    row = (await connection.execute(_READ, {"id": conversation_id})).first()
    return Links() if row is None else Links(**row._mapping)


async def read_quote_links(connection: AsyncConnection, quote_id: int) -> QuoteLinks:
    """What is kept of a quote."""
    row = (await connection.execute(_READ_QUOTE, {"id": quote_id})).first()
    return QuoteLinks() if row is None else QuoteLinks(**row._mapping)


async def keep_link(
    engine: AsyncEngine,
    job: Job,
    conversation_id: int,
    column: LinkColumn,
    record_id: str,
    written: Known,
) -> None:
    """Keep the id of a record of the chat's customer, and what was written into it.

    Raises:
        JobLost: when another claim holds the job; nothing is kept.
    """
    parameters = {
        **_NO_LINK,
        "id": conversation_id,
        column: record_id,
        "written": orjson.dumps({column: written}).decode(),
    }
    reach(f"crm.made.{column}")
    async with engine.begin() as connection:
        await connection.execute(_ENSURE, {"id": conversation_id})
        await connection.execute(_KEEP, parameters)
        await must_hold(connection, job)
    reach(f"crm.kept.{column}")


async def keep_quote_link(
    engine: AsyncEngine, job: Job, quote_id: int, column: QuoteLinkColumn, record_id: str
) -> None:
    """Keep the id of a record of one quote. Raises JobLost as `keep_link` does."""
    reach(f"crm.made.{column}")
    async with engine.begin() as connection:
        await connection.execute(_ENSURE_QUOTE, {"id": quote_id})
        await connection.execute(_KEEP_QUOTE, {**_NO_QUOTE_LINK, "id": quote_id, column: record_id})
        await must_hold(connection, job)
    reach(f"crm.kept.{column}")


async def note_booked(engine: AsyncEngine, job: Job, quote_id: int) -> None:
    """Note that the quote's estimate is right and marked as sent. Raises JobLost as `keep_link` does."""
    async with engine.begin() as connection:
        await connection.execute(_BOOKED, {"id": quote_id})
        await must_hold(connection, job)


async def keep_deal_link(
    engine: AsyncEngine, job: Job, conversation_id: int, quote_id: int, deal_id: str
) -> None:
    """Keep the deal of a quote, and of its chat if no newer quote was sent. Raises JobLost as above."""
    reach("crm.made.deal_id")
    async with engine.begin() as connection:
        await connection.execute(_ENSURE, {"id": conversation_id})
        await connection.execute(_KEEP_DEAL, {"quote": quote_id, "deal": deal_id})
        await connection.execute(_ENSURE_QUOTE, {"id": quote_id})
        await connection.execute(_KEEP_QUOTE, {**_NO_QUOTE_LINK, "id": quote_id, "deal_id": deal_id})
        await must_hold(connection, job)
    reach("crm.kept.deal_id")


async def end_deal(connection: AsyncConnection, conversation_id: int, deal_id: str, state: str) -> bool:
    """Note that the chat's deal was closed as `won` or `lost`; False when it was noted, or is another one."""
    parameters = {"id": conversation_id, "deal": deal_id, "state": state}
    return (await connection.execute(_END_DEAL, parameters)).rowcount == 1
