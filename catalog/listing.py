"""How a list of products reads in a chat bubble."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from catalog.product import Product
from text.bidi import isolate

# More than three products in one message are not read on a phone (design §4).
MAXIMUM_LINES = 3


def format_price(amount: Decimal) -> str:
    """Write AED with two decimals and Latin digits, in every language: "AED 1,299.50"."""
    return f"AED {amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def format_products(products: Sequence[Product], language: Literal["en", "ar"]) -> str:
    """Write the first three products as numbered lines of name and price, without a last line end."""
    lines = []
    for number, product in enumerate(products[:MAXIMUM_LINES], start=1):
        name = product.name_ar if language == "ar" else product.name_en
        lines.append(f"{number}. {name} – {format_price(product.rate)}")
    return isolate("\n".join(lines))
