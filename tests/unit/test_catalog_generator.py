from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from catalog.generator import generate_catalog
from catalog.sample_lines import COLORS, MATERIALS


def test_is_the_same_every_time() -> None:
    assert generate_catalog() == generate_catalog()


def test_has_1500_products_that_can_be_told_apart() -> None:
    catalog = generate_catalog()
    assert len(catalog) == 1_500
    assert len({product.sku for product in catalog}) == 1_500
    assert len({product.name_en for product in catalog}) == 1_500
    assert len({product.name_ar for product in catalog}) == 1_500


def test_is_plausible() -> None:
    catalog = generate_catalog()
    for product in catalog:
        assert re.search("[\u0600-\u06ff]", product.name_ar), product
        assert re.search("[\u0600-\u06ff]", product.description_ar), product
        assert product.name_en.isascii(), product
        assert set(product.colors) <= set(COLORS), product
        assert product.material in MATERIALS, product
        assert Decimal(80) <= product.rate <= Decimal(20_000), product
        assert product.rate == product.rate.quantize(Decimal("0.01")), product
    shares = Counter(product.status for product in catalog)
    assert 0.02 <= shares["inactive"] / 1_500 <= 0.06
    assert 0.05 <= sum(product.stock == 0 for product in catalog) / 1_500 <= 0.11
    assert sum(product.rate % 1 != 0 for product in catalog) > 500


def test_holds_black_chairs_on_both_sides_of_500() -> None:
    prices = [
        product.rate
        for product in generate_catalog()
        if product.category == "chair"
        and "black" in product.colors
        and product.status == "active"
        and product.stock > 0
    ]
    assert sum(price < 500 for price in prices) >= 10
    assert sum(price > 500 for price in prices) >= 10
