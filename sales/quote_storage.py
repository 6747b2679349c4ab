"""The quotes table: drafts, revisions, what was sent, what expired, and the one that may be accepted.

A quote is never changed once it is written; what changes is its state, and a correction is a new revision
of the same number. So every revision a customer ever held can be shown again, with its lines and its PDF.
What decides between two writers is the lock of the sale (`sales.sale_storage`), under which its guards read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.quote import (
    QuoteCustomer,
    QuoteError,
    QuoteLanguage,
    QuoteLine,
    QuoteState,
    QuoteTotals,
    price_quote,
    render_number,
)
from sales.sale_storage import lock_sale

_SELECT = (
    "select id, conversation_id, year, number, revision, state, language, created_at, valid_until,"
    " vat_percent, discount_percent, subtotal, discount, vat, total, customer, pdf_sha256, sent_at"
    " from quotes "
)
_READ = text(_SELECT + "where id = :id")
_READ_NEWEST = text(_SELECT + "where conversation_id = :id order by id desc limit 1")
_READ_LINES = text(
    "select quote_id, sku, zoho_item_id, name_en, name_ar, quantity, rate from quote_lines"
    " where quote_id = any(:ids) order by quote_id, position"
)

_NEXT_NUMBER = text("select nextval('quote_numbers')")
# Valid to the end of its last day where the seller is: what is printed is a day.
_INSERT = text(
    "with seller as (select majlis_now() at time zone cast(:timezone as text) as now)"
    " insert into quotes (conversation_id, year, number, revision, language, valid_until, vat_percent,"
    " discount_percent, subtotal, discount, vat, total, customer)"
    " select :conversation_id, coalesce(cast(:year as integer), extract(year from now)), :number, :revision,"
    " :language, (date_trunc('day', now) + make_interval(days => :valid_days + 1))"
    " at time zone cast(:timezone as text),"
    " :vat_percent, :discount_percent, :subtotal, :discount, :vat, :total, cast(:customer as jsonb)"
    " from seller returning id"
)
_INSERT_LINE = text(
    "insert into quote_lines (quote_id, position, sku, zoho_item_id, name_en, name_ar, quantity, rate,"
    " line_total) values (:quote_id, :position, :sku, :zoho_item_id, :name_en, :name_ar, :quantity, :rate,"
    " :line_total)"
)
_SUPERSEDE = text(
    "update quotes set state = 'superseded' where conversation_id = :id and state in ('draft', 'sent')"
)
_KEEP_PDF = text(
    "update quotes set pdf = :pdf, pdf_sha256 = :sha256 where id = :id and state = 'draft' and pdf is null"
)
_MARK_SENT = text(
    "update quotes set state = 'sent', sent_at = majlis_now()"
    " where id = :id and state = 'draft' and pdf is not null"
)
_WAS_SENT_FOR = text(
    "select exists (select from quotes q join quotes former on former.year = q.year"
    " and former.number = q.number and former.revision < q.revision where q.id = :id"
    " and former.sent_at is not null and former.total >= :amount)"
)
_EXPIRE = text(
    "update quotes set state = 'expired' where state = 'sent' and valid_until <= majlis_now() returning id"
)
_EXPIRE_ONE = text(
    "update quotes set state = 'expired' where id = :id and state = 'sent' and valid_until <= majlis_now()"
)
_EXPIRE_OF = text(
    "update quotes set state = 'expired'"
    " where conversation_id = :id and state = 'sent' and valid_until <= majlis_now()"
)
# A revised quote is not `sent` any more, so what is `sent` is the newest revision.
_ACCEPT = text(
    "update quotes set state = 'accepted' where id = :id and state = 'sent' and valid_until > majlis_now()"
)
_CONVERSATION = text("select conversation_id from quotes where id = :id")
_STATE = text("select state from quotes where id = :id")


@dataclass(frozen=True)
class Quote:
    """One revision of a quote, without its PDF."""

    id: int
    conversation_id: int
    # As people write it: "Q-2026-00042 R2".
    number: str
    revision: int
    state: QuoteState
    language: QuoteLanguage
    created_at: datetime
    # The first moment at which it is not good any more: midnight after its last day.
    valid_until: datetime
    vat_percent: Decimal
    discount_percent: Decimal
    totals: QuoteTotals
    customer: QuoteCustomer
    lines: tuple[QuoteLine, ...]
    # None until a PDF is kept.
    pdf_sha256: str | None
    sent_at: datetime | None


class NotAcceptable(StrEnum):
    """Why a quote cannot be accepted."""

    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ALREADY_ACCEPTED = "already_accepted"


class QuoteConflict(Exception):
    """The quote is not in a state in which this can be done; somebody else was faster."""


async def draft_quote(
    connection: AsyncConnection,
    conversation_id: int,
    lines: Sequence[QuoteLine],
    *,
    language: QuoteLanguage,
    customer: QuoteCustomer,
    vat_percent: Decimal,
    valid_days: int,
    timezone: str,
    discount_percent: Decimal = Decimal(0),
) -> Quote:
    """Write a draft: the next revision of the chat's newest quote, or a new number.

    A revision supersedes the former one at once, even before it is sent: what is being corrected must not be
    accepted meanwhile. An accepted or withdrawn quote is closed; after it a new number begins. Give a
    `discount_percent` only from a manager's approval.

    Raises:
        QuoteError: for lines or percentages that make no quote.
    """
    totals = price_quote(lines, vat_percent, discount_percent)
    if valid_days < 1:
        raise QuoteError(f"valid_days is {valid_days}: a quote is good for at least one day")
    await lock_sale(connection, conversation_id)
    former = (await connection.execute(_READ_NEWEST, {"id": conversation_id})).first()
    if former is None or former.state in {QuoteState.ACCEPTED, QuoteState.WITHDRAWN}:
        number, revision, year = (await connection.execute(_NEXT_NUMBER)).scalar_one(), 1, None
    else:
        number, revision, year = former.number, former.revision + 1, former.year
    await connection.execute(_SUPERSEDE, {"id": conversation_id})
    quote_id = (
        await connection.execute(
            _INSERT,
            {
                "conversation_id": conversation_id,
                "year": year,
                "number": number,
                "revision": revision,
                "language": language,
                "timezone": timezone,
                "valid_days": valid_days,
                "vat_percent": vat_percent,
                "discount_percent": discount_percent,
                **asdict(totals),
                "customer": orjson.dumps(asdict(customer)).decode(),
            },
        )
    ).scalar_one()
    await connection.execute(
        _INSERT_LINE,
        [
            {"quote_id": quote_id, "position": position, **asdict(line), "line_total": line.line_total}
            for position, line in enumerate(lines, start=1)
        ],
    )
    quote = await find_quote(connection, quote_id)
    assert quote is not None
    return quote


async def find_quote(connection: AsyncConnection, quote_id: int) -> Quote | None:
    """One quote with its lines."""
    return _one(await _with_lines(connection, (await connection.execute(_READ, {"id": quote_id})).all()))


async def newest_quote(connection: AsyncConnection, conversation_id: int) -> Quote | None:
    """The chat's newest quote, in whatever state it is."""
    rows = (await connection.execute(_READ_NEWEST, {"id": conversation_id})).all()
    return _one(await _with_lines(connection, rows))


async def standing_quote(connection: AsyncConnection, conversation_id: int) -> Quote | None:
    """The chat's newest quote that reached the customer, as it stands now: expired by the clock, not by the
    next tick. None when there is none, or while a newer one is under way."""
    await connection.execute(_EXPIRE_OF, {"id": conversation_id})
    quote = await newest_quote(connection, conversation_id)
    return None if quote is None or quote.sent_at is None else quote


async def keep_pdf(connection: AsyncConnection, quote_id: int, pdf: bytes) -> None:
    """Keep a draft's PDF; the first one stays, so a repeat of the same work changes nothing.

    Raises:
        QuoteConflict: when the draft was superseded, or there is none.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    kept = await connection.execute(_KEEP_PDF, {"id": quote_id, "pdf": pdf, "sha256": sha256})
    if kept.rowcount == 0:
        quote = await find_quote(connection, quote_id)
        if quote is None or quote.pdf_sha256 is None:
            raise QuoteConflict(f"quote {quote_id} is {_state(quote)}: only a draft takes a PDF")


async def mark_sent(connection: AsyncConnection, quote_id: int) -> None:
    """The quote is on its way to the customer and can be accepted from now on; a repeat changes nothing.

    Raises:
        QuoteConflict: when it is no draft with a PDF (any more).
    """
    if (await connection.execute(_MARK_SENT, {"id": quote_id})).rowcount == 0:
        quote = await find_quote(connection, quote_id)
        if quote is None or quote.state is not QuoteState.SENT:
            raise QuoteConflict(f"quote {quote_id} is {_state(quote)}: only a draft with a PDF can be sent")


async def was_sent_for(connection: AsyncConnection, quote: Quote, amount: Decimal) -> bool:
    """Whether an earlier revision of this quote was sent that came to at least `amount` (AED with VAT)."""
    return bool((await connection.execute(_WAS_SENT_FOR, {"id": quote.id, "amount": amount})).scalar_one())


async def expire_quotes(connection: AsyncConnection) -> tuple[int, ...]:
    """Close every sent quote whose time is over; the ids of those that were closed now."""
    return tuple((await connection.execute(_EXPIRE)).scalars())


async def accept_quote(connection: AsyncConnection, quote_id: int) -> NotAcceptable | None:
    """Accept the quote if it was sent, has not expired and is the chat's newest; None when it was accepted.

    Whoever comes second, by another process or a repeated "yes", is told that it is accepted already.
    """
    conversation_id = (await connection.execute(_CONVERSATION, {"id": quote_id})).scalar_one_or_none()
    if conversation_id is None:
        return NotAcceptable.UNKNOWN
    await lock_sale(connection, conversation_id)
    if (await connection.execute(_ACCEPT, {"id": quote_id})).rowcount == 1:
        return None
    await connection.execute(_EXPIRE_ONE, {"id": quote_id})
    return _REFUSALS[QuoteState((await connection.execute(_STATE, {"id": quote_id})).scalar_one())]


_REFUSALS = {
    QuoteState.DRAFT: NotAcceptable.NOT_SENT,
    QuoteState.SUPERSEDED: NotAcceptable.SUPERSEDED,
    QuoteState.ACCEPTED: NotAcceptable.ALREADY_ACCEPTED,
    QuoteState.EXPIRED: NotAcceptable.EXPIRED,
    QuoteState.WITHDRAWN: NotAcceptable.WITHDRAWN,
}


async def _with_lines(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> tuple[Quote, ...]:
    found = await connection.execute(_READ_LINES, {"ids": [row.id for row in rows]})
    lines: dict[int, list[QuoteLine]] = {row.id: [] for row in rows}
    for quote_id, *fields in found:
        lines[quote_id].append(QuoteLine(*fields))
    return tuple(_quote(row, tuple(lines[row.id])) for row in rows)


def _quote(row: Row[Any], lines: tuple[QuoteLine, ...]) -> Quote:
    return Quote(
        id=row.id,
        conversation_id=row.conversation_id,
        number=render_number(row.year, row.number, row.revision),
        revision=row.revision,
        state=QuoteState(row.state),
        language=row.language,
        created_at=row.created_at,
        valid_until=row.valid_until,
        vat_percent=row.vat_percent,
        discount_percent=row.discount_percent,
        totals=QuoteTotals(row.subtotal, row.discount, row.vat, row.total),
        customer=QuoteCustomer(**row.customer),
        lines=lines,
        pdf_sha256=row.pdf_sha256,
        sent_at=row.sent_at,
    )


def _one(quotes: tuple[Quote, ...]) -> Quote | None:
    return quotes[0] if quotes else None


def _state(quote: Quote | None) -> str:
    return "unknown" if quote is None else quote.state.value
