"""A product as its row in the database: whoever writes products writes them through here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from catalog.product import Product
from catalog.words import index_words


def product_row(product: Product) -> dict[str, Any]:
    """The values of every column that a product decides, its searchable words included."""
    attributes = [product.category, *product.colors, product.material or "", product.brand or ""]
    words = index_words(
        names=[product.name_en, product.name_ar, *attributes],
        descriptions=[product.description_en, product.description_ar],
        codes=[product.sku],
    )
    return {**asdict(product), "colors": list(product.colors), "words": words}
