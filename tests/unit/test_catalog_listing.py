from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from catalog.generator import generate_catalog
from catalog.listing import format_price, format_products

PRODUCTS = [
    replace(product, name_en=f"Chair {number}", name_ar=f"كرسي {number}", rate=Decimal("1299.50") * number)
    for number, product in enumerate(generate_catalog()[:4], start=1)
]


def test_price_has_latin_digits_and_two_decimals() -> None:
    assert format_price(Decimal("1299.5")) == "AED 1,299.50"
    assert format_price(Decimal("0.005")) == "AED 0.01"
    assert format_price(Decimal(12_345)) == "AED 12,345.00"


def test_english_list_has_three_lines_at_most() -> None:
    assert format_products(PRODUCTS, "en") == (
        "1. Chair 1 – AED 1,299.50\n2. Chair 2 – AED 2,599.00\n3. Chair 3 – AED 3,898.50"
    )


def test_arabic_list_isolates_prices() -> None:
    assert format_products(PRODUCTS[:1], "ar") == "1. كرسي 1 – \u2066AED 1,299.50\u2069"
