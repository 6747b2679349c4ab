from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from catalog.generator import generate_catalog
from catalog.listing import format_line, format_name, format_price, format_products, format_size, set_in
from catalog.mentions import read_size

PRODUCTS = [
    replace(
        product,
        sku=f"CH-{number}",
        name_en=f"Chair {number}",
        name_ar=f"كرسي {number}",
        rate=Decimal("1299.50") * number,
    )
    for number, product in enumerate(generate_catalog()[:4], start=1)
]


def test_price_has_latin_digits_and_two_decimals() -> None:
    assert format_price(Decimal("1299.5")) == "AED 1,299.50"
    assert format_price(Decimal("0.005")) == "AED 0.01"
    assert format_price(Decimal(12_345)) == "AED 12,345.00"


def test_english_lines_show_name_code_and_price() -> None:
    assert format_products(PRODUCTS[:2], "en") == (
        "1. Chair 1 (CH-1) – AED 1,299.50\n2. Chair 2 (CH-2) – AED 2,599.00"
    )


def test_notes_follow_the_products() -> None:
    assert format_products(PRODUCTS[:2], "en", ["sold out", ""]) == (
        "1. Chair 1 (CH-1) – AED 1,299.50 – sold out\n2. Chair 2 (CH-2) – AED 2,599.00"
    )


def test_arabic_lines_isolate_codes_and_prices() -> None:
    assert format_line(PRODUCTS[0], "ar") == (
        "\u0643\u0631\u0633\u064a 1 (\u2066CH-1\u2069) – \u2066AED 1,299.50\u2069"
    )


def test_a_product_without_an_arabic_name_keeps_its_english_one() -> None:
    assert format_name(replace(PRODUCTS[0], name_ar=""), "ar") == "Chair 1 (\u2066CH-1\u2069)"


def test_a_value_in_an_arabic_sentence_is_isolated_once() -> None:
    assert set_in("AED 12.00", "en") == "AED 12.00"
    assert set_in("AED 12.00", "ar") == "\u2066AED 12.00\u2069"
    assert set_in(set_in("AED 12.00", "ar"), "ar") == "\u2066AED 12.00\u2069"
    assert set_in("12", "ar") == "12"
    assert set_in("coffee machine", "ar") == "\u2066coffee machine\u2069"
    assert set_in("\u0645\u0627\u0643\u064a\u0646\u0629 X 200", "ar").startswith("\u0645")


def test_size_tells_the_sides_that_are_known() -> None:
    product = replace(PRODUCTS[0], width_cm=120, depth_cm=60, height_cm=None)
    assert format_size(product) == "120×60"
    assert format_size(replace(product, width_cm=None, depth_cm=None)) is None


def test_a_size_is_read_from_what_the_engine_writes() -> None:
    assert read_size("120x60x75") == (120, 60, 75)
    assert read_size("120") == (120,)
    assert read_size(120) == (120,)
    for nonsense in (None, "", "x", "0x60", "1x2x3x4", "wide"):
        assert read_size(nonsense) == ()
