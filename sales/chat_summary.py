"""What a sales manager should know of a chat, in a few lines under its deal (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sales.fact_values import CustomerFacts
from sales.quote import format_amount, format_percent
from sales.quote_storage import Quote
from sales.stages import Stage

# A customer's own words may name somebody else's number.
_PHONE = re.compile(r"\+?\d(?:[\s().\-/]?\d){6,}")
_LANGUAGES = {"en": "English", "ar": "Arabic", "both": "English and Arabic"}


def summarise(quote: Quote, facts: CustomerFacts, stage: Stage, received: Sequence[str] = ()) -> str:
    """The facts of the chat at a sent quote, one a line; without phone numbers.

    `received`: lines that name what the customer sent besides words (`sales.received_files.lines`).
    """
    customer, totals = quote.customer, quote.totals
    wanted = facts.need_category or without_phones(facts.need_description or "")
    pieces = f", {facts.need_quantity} pieces" if wanted and facts.need_quantity else ""
    discount = ""
    if quote.discount_percent:
        discount = f" after a discount of {format_percent(quote.discount_percent)} %"
    lines = [
        f"Quote {quote.number}: AED {format_amount(totals.total)} with VAT{discount},"
        f" in {_LANGUAGES[quote.language]}",
        *(f"- {line.quantity} x {line.sku} at AED {format_amount(line.rate)}" for line in quote.lines),
        f"Company: {customer.company}",
        f"Contact: {customer.contact}, {customer.email}",
        f"City: {customer.city}" if customer.city else "",
        f"TRN: {customer.trn}" if customer.trn else "",
        f"Looked for: {wanted}{pieces}" if wanted else "",
        f"Stage of the chat: {stage.value}",
        *(["The customer also sent:", *received] if received else []),
    ]
    return "\n".join(line for line in lines if line)


def without_phones(words: str) -> str:
    """The words with everything that may be a phone number taken out."""
    return _PHONE.sub("[number]", words)
