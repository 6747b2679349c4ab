"""How products read in a chat bubble: names, codes, prices, sizes (pure).

Only what comes from the catalog is written here. The words around it stand in `domain.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from catalog.product import Product
from text.bidi import LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE, isolate

Language = Literal["en", "ar"]

_ARABIC_LETTER = re.compile("[\u0621-\u064a]")

# More than three products in one message are not read on a phone (design §4).
MAXIMUM_LINES = 3


def format_price(amount: Decimal) -> str:
    """Write AED with two decimals and Latin digits, in every language: "AED 1,299.50"."""
    return f"AED {amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def with_vat(amount: Decimal, vat_percent: Decimal) -> Decimal:
    """AED without VAT as AED with it, to the fils; a half fils is rounded up."""
    return (amount * (100 + vat_percent) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def set_in(value: str, language: Language) -> str:
    """A value ("AED 120.00", "120×60", a customer's words) as it stands in a sentence of the language.

    A plain whole number keeps its order by itself.
    """
    if language == "en" or value.isdigit() or value.startswith(LEFT_TO_RIGHT_ISOLATE):
        return value
    if _ARABIC_LETTER.search(value):
        return isolate(value)
    return f"{LEFT_TO_RIGHT_ISOLATE}{value}{POP_ISOLATE}"


def format_name(product: Product, language: Language) -> str:
    """The product's name in the language and its SKU: "Nova task chair, black mesh (CH-1005)"."""
    return format_named(product.name_en, product.name_ar, product.sku, language)


def format_named(name_en: str, name_ar: str, sku: str, language: Language) -> str:
    """Like `format_name`, of the names and the SKU; without an Arabic name the English one stands in."""
    name = name_ar if language == "ar" else name_en
    # Isolated by itself first: together with a name that ends in "L" or "2" it would take the bracket along.
    return isolate(f"{name or name_en} ({set_in(sku, language)})")


def format_line(product: Product, language: Language, note: str = "") -> str:
    """Name, SKU and price on one line; `note` follows them."""
    line = f"{format_name(product, language)} – {format_price(product.rate)}"
    return isolate(f"{line} – {note}" if note else line)


def format_products(products: Sequence[Product], language: Language, notes: Sequence[str] = ()) -> str:
    """Write products as numbered lines, without a last line end; `notes` by place, empty ones left out."""
    noted = zip(products, notes or [""] * len(products), strict=True)
    lines = [
        f"{number}. {format_line(product, language, note)}"
        for number, (product, note) in enumerate(noted, start=1)
    ]
    return isolate("\n".join(lines))


def format_size(product: Product) -> str | None:
    """Width × depth × height, as far as the catalog knows them: "120×60×75"; None when it knows none."""
    known = [side for side in (product.width_cm, product.depth_cm, product.height_cm) if side]
    return "×".join(map(str, known)) or None


def format_count(number: int) -> str:
    """A number of pieces: "5,000"."""
    return f"{number:,}"
