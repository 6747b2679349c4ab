"""The probe of `make bench-search` says what is true of the sample catalog."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import yaml

from catalog.generator import generate_catalog

PROBE = Path(__file__).parents[1] / "benchmarks" / "data" / "search_probe.yml"
LINES = yaml.safe_load(PROBE.read_text(encoding="utf-8"))
CATALOG = {product.sku: product for product in generate_catalog()}


def test_right_products_can_be_shown_and_are_few() -> None:
    for line in LINES["find"]:
        assert 1 <= len(line["right"]) <= 5, line
        for sku in line["right"]:
            assert CATALOG[sku].status == "active", line
            assert CATALOG[sku].stock > 0, line


def test_every_way_of_writing_has_its_lines() -> None:
    counts = Counter(line["writing"] for line in LINES["find"])
    assert counts["en"] >= 25
    assert counts["ar"] >= 25
    assert counts["arabizi"] >= 15
    assert counts["mixed"] >= 15


def test_needs_name_categories_of_the_catalog() -> None:
    known = {product.category for product in CATALOG.values()}
    for line in LINES["needs"]:
        assert set(line["categories"]) <= known, line


def test_no_text_stands_twice() -> None:
    texts = [line["query"] for lines in LINES.values() for line in lines]
    assert [text for text, count in Counter(texts).items() if count > 1] == []
