"""A product as a model may see it: handles where amounts would stand (G1).

What a model has never seen it cannot repeat. Catalog text is data of others and may hold amounts as well, so
a sentence that claims a price is left out before the model reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalog.listing import format_size
from catalog.product import Product
from offscript.fence_units import Unit
from offscript.price_fence import holds_price_claim

_SENTENCE = re.compile(r"[^.!?؟\n]+[.!?؟\n]*")


def blind(product: Product) -> Mapping[str, Any]:
    """The product for a tool's result, JSON-ready and without any amount.

    `offer` and `price` are what the model writes where the customer is to read them. A name that claims a
    price is left out: the SKU names the product.
    """
    described = {
        "sku": product.sku,
        "name_en": blind_text(product.name_en),
        "name_ar": blind_text(product.name_ar),
        "description_en": blind_text(product.description_en),
        "description_ar": blind_text(product.description_ar),
        "category": product.category,
        "colors": list(product.colors),
        "material": product.material,
        "brand": product.brand,
        "size_cm": format_size(product),
        "seats": product.seats,
        "in_stock": product.stock,
        "offer": f"{{offer:{product.sku}}}",
        "price": f"{{price:{product.sku}}}",
    }
    return {name: value for name, value in described.items() if value not in (None, "", [])}


def blind_text(text: str) -> str:
    """The text without the sentences that claim a price: for descriptions, notes and other people's words."""
    kept = [sentence for sentence in _SENTENCE.findall(text) if not holds_price_claim(sentence)]
    return "".join(kept).strip()


def licences_of(product: Product) -> tuple[tuple[Decimal, Unit], ...]:
    """What a draft may count and measure of the product: sides in cm, seats, pieces in stock."""
    sides = (product.width_cm, product.depth_cm, product.height_cm)
    licences: list[tuple[Decimal, Unit]] = [(Decimal(side), "length") for side in sides if side]
    if product.seats:
        licences.append((Decimal(product.seats), "people"))
    licences.append((Decimal(product.stock), "pieces"))
    return tuple(licences)
