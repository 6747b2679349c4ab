"""Quotes in a test's database: drafted, with a PDF kept, sent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sales.quote import QuoteLine
from sales.quote_storage import Quote, draft_quote, keep_pdf, mark_sent
from tests import quote_samples as samples
from tests.support import CHAT_ID, Database

TIMEZONE = "Asia/Dubai"
VALID_DAYS = 14
# The gateway and the table look at no more of it than its length.
PDF = b"%PDF-1.7 a quote"


async def draft(
    db: Database,
    lines: Sequence[QuoteLine] = (samples.CHAIR, samples.TABLE),
    *,
    chat_id: str = CHAT_ID,
    **changes: Any,
) -> Quote:
    """A draft in a transaction of its own; `changes` by parameter name win over the usual ones."""
    chosen: dict[str, Any] = {
        "language": "en",
        "customer": samples.CUSTOMER,
        "vat_percent": Decimal(5),
        "valid_days": VALID_DAYS,
        "timezone": TIMEZONE,
    }
    chat = await db.chat(chat_id)
    async with db.engine.begin() as connection:
        return await draft_quote(connection, chat, lines, **chosen | changes)


async def send(db: Database, quote: Quote, pdf: bytes = PDF) -> None:
    """Keep its PDF and mark it sent."""
    async with db.engine.begin() as connection:
        await keep_pdf(connection, quote.id, pdf)
        await mark_sent(connection, quote.id)


async def sent(db: Database, **changes: Any) -> Quote:
    """A quote that the customer has."""
    quote = await draft(db, **changes)
    await send(db, quote)
    return quote
