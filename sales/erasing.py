"""What the sale keeps of a person, and how it is erased.

Orders stay: the tax law has the seller keep what he sold, to which company and at what price, for years. What
an order is made of stays with it, the accepted quote with its PDF, which is the document both sides hold; of
the quote's customer company, city and tax number stay in the row. The order no longer says whose chat it was.
"""

# ruff: noqa: S608 (statements are put together of our own words only)
from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.personal_data import OF_CHAT, OF_TURN, Erased, Person, Rows, Store, read_rows, rows_of

_ORDERED = "select quote_id from orders"
_QUOTES_OF = f"select id from quotes where {OF_CHAT}"

_DELETE_LINES = text(
    f"delete from quote_lines where quote_id in ({_QUOTES_OF}) and quote_id not in ({_ORDERED})"
)
_DELETE_LINKS = text(
    f"delete from quote_links where quote_id in ({_QUOTES_OF}) and quote_id not in ({_ORDERED})"
)
_DELETE_QUOTES = text(f"delete from quotes where {OF_CHAT} and id not in ({_ORDERED})")
_KEEP_QUOTES = text(
    "update quotes set conversation_id = null, customer = jsonb_strip_nulls(jsonb_build_object("
    "'company', customer -> 'company', 'contact', '', 'email', '', 'city', customer -> 'city',"
    " 'trn', customer -> 'trn'))"
    f" where {OF_CHAT}"
)
_KEEP_ORDERS = text(f"update orders set conversation_id = null where {OF_CHAT}")
# The moves go with their sale (on delete cascade) and in no other way.
_MOVES = text(f"select count(*) from stage_history where {OF_CHAT}")
_DELETE_SALES = text(f"delete from sales where {OF_CHAT}")
_UNBOOKED = text(
    f"select q.year, q.number, q.revision from orders o join quotes q on q.id = o.quote_id"
    f" where o.{OF_CHAT} and o.number is null order by o.id"
)
_LINKS = text(f"select lead_id, contact_id from crm_links where {OF_CHAT} order by conversation_id")
_NOTES = text(
    f"select note_id from quote_links where note_id is not null and quote_id in ({_QUOTES_OF}) order by 1"
)
_WHY_ORDERS_STAY = (
    "orders and the quotes they came from, with their PDFs: the tax law has the seller keep them; contact and"
    " e-mail are taken out of the rows, and whose chat it was"
)
SALE_IS_OPEN = (
    "exists (select from quotes q where q.conversation_id = chat.id and q.state = 'sent')"
    " or exists (select from crm_links l where l.conversation_id = chat.id"
    " and l.deal_id is not null and l.deal_state = 'open')"
)
"""SQL on `chat`, a row of conversations: the customer holds a quote that is good, or a deal of his is open.

What lies longer is closed first, quotes by the clock and deals by a manager.
"""
_OLD_FILES = text(
    "delete from received_files where id in (select id from received_files where state <> 'waiting'"
    " and received_at < (select majlis_now() - make_interval(days => :days)) order by id limit :limit)"
)


async def forget_files(connection: AsyncConnection, days: int, limit: int) -> int:
    """Forget up to `limit` files that came so long ago; their links have ended long before."""
    return (await connection.execute(_OLD_FILES, {"days": days, "limit": limit})).rowcount


async def unbooked_orders(connection: AsyncConnection, person: Person) -> list[tuple[int, int, int]]:
    """Year, number and revision of ordered quotes that no sales order in Zoho was made for yet."""
    rows = await connection.execute(_UNBOOKED, person.parameters())
    return [(row.year, row.number, row.revision) for row in rows]


async def records_in_crm(connection: AsyncConnection, person: Person) -> Mapping[str, list[str]]:
    """Ids of the person's leads and contacts in CRM, and of the notes that sum his chats up."""
    links = (await connection.execute(_LINKS, person.parameters())).all()
    return {
        "leads": [row.lead_id for row in links if row.lead_id],
        "contacts": [row.contact_id for row in links if row.contact_id],
        "notes": list((await connection.execute(_NOTES, person.parameters())).scalars()),
    }


async def _erase_sale(connection: AsyncConnection, person: Person) -> Erased:
    moves = (await connection.execute(_MOVES, person.parameters())).scalar_one()
    gone = (await connection.execute(_DELETE_SALES, person.parameters())).rowcount
    return Erased(gone + moves)


async def _export_sale(connection: AsyncConnection, person: Person) -> Mapping[str, Rows]:
    order = "order by conversation_id"
    return await read_rows(
        connection,
        person,
        {
            "sales": f"sales where {OF_CHAT} {order}",
            "stage_history": f"stage_history where {OF_CHAT} order by id",
        },
    )


async def _erase_quotes(connection: AsyncConnection, person: Person) -> Erased:
    gone = 0
    for statement in (_DELETE_LINES, _DELETE_LINKS, _DELETE_QUOTES):
        gone += (await connection.execute(statement, person.parameters())).rowcount
    stays = 0
    for statement in (_KEEP_QUOTES, _KEEP_ORDERS):
        stays += (await connection.execute(statement, person.parameters())).rowcount
    return Erased(gone, stays, _WHY_ORDERS_STAY if stays else "")


async def _export_quotes(connection: AsyncConnection, person: Person) -> Mapping[str, Rows]:
    of_quote = f"quote_id in ({_QUOTES_OF})"
    return await read_rows(
        connection,
        person,
        {
            "quotes": f"quotes where {OF_CHAT} order by id",
            "quote_lines": f"quote_lines where {of_quote} order by quote_id, position",
            "quote_links": f"quote_links where {of_quote} order by quote_id",
            "orders": f"orders where {OF_CHAT} order by id",
        },
    )


# In the order in which they can be erased. Codes go after the notices that are found by them.
STORES = (
    rows_of("chat_codes", order="conversation_id"),
    rows_of("manager_notices", order="told_at"),
    rows_of("pause_notices", order="paused_at"),
    rows_of("follow_ups"),
    rows_of("consents"),
    rows_of("discount_approvals", f"{OF_CHAT} or {OF_TURN}"),
    rows_of("approved_discounts"),
    rows_of("crm_links", order="conversation_id"),
    rows_of("customer_facts", order="conversation_id"),
    rows_of("basket_lines", order="conversation_id, position"),
    Store("sales", ("sales", "stage_history"), _erase_sale, _export_sale),
    Store(
        "quotes and orders", ("quotes", "quote_lines", "quote_links", "orders"), _erase_quotes, _export_quotes
    ),
    rows_of("owners", order="conversation_id"),
    rows_of("hand_overs"),
    rows_of("received_files"),
)
