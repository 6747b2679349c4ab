"""A quote that comes too late to be sent as a file: the template that says that it is ready."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from sales.links import quote_in
from sales.quote_storage import find_quote
from sales.templates import TemplatePurpose, TemplateUse


async def quote_template(connection: AsyncConnection, address: object) -> TemplateUse | None:
    """What is said in place of the file at `address` outside the 24-hour window; None if it is no quote."""
    quote_id = quote_in(address) if isinstance(address, str) else None
    quote = None if quote_id is None else await find_quote(connection, quote_id)
    if quote is None:
        return None
    values = {"contact": quote.customer.contact, "quote": quote.number}
    return TemplateUse(TemplatePurpose.QUOTE_READY, values)
