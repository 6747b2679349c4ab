"""Picking one product out of several, and what a record or a word says of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from actions.places import names_place
from catalog.generator import generate_catalog
from catalog.listing import with_vat
from catalog.reference import extreme_of, holds_words

DESK = next(product for product in generate_catalog() if product.category == "desk")
SMALL = replace(DESK, sku="A", rate=Decimal(900), width_cm=100, depth_cm=50)
LARGE = replace(DESK, sku="B", rate=Decimal(300), width_cm=200, depth_cm=80)
UNSIZED = replace(DESK, sku="C", rate=Decimal(500), width_cm=None, depth_cm=None)


def test_the_extreme_is_by_price_or_by_floor() -> None:
    products = (SMALL, LARGE, UNSIZED)
    assert extreme_of(products, "cheapest") == LARGE
    assert extreme_of(products, "dearest") == SMALL
    assert extreme_of(products, "biggest") == LARGE
    assert extreme_of(products, "smallest") == SMALL
    assert extreme_of(products, "relevance") is None
    assert extreme_of((UNSIZED,), "smallest") is None
    assert extreme_of((), "cheapest") is None


def test_a_record_holds_the_words_it_says_and_no_others() -> None:
    assert holds_words(DESK, DESK.name_en)
    assert holds_words(DESK, DESK.name_ar)
    assert holds_words(DESK, "")
    assert not holds_words(DESK, f"{DESK.name_en} zeppelin")


@pytest.mark.parametrize("words", ["Qatar", "to doha", "السعودية", "للكويت", "ف دبي", "بعمان", "للإمارات"])
def test_a_place_is_heard_with_its_prefix(words: str) -> None:
    assert names_place(words)


@pytest.mark.parametrize("words", ["", "electric", "mesh back", "كهربائي", "بجلد"])
def test_other_words_are_no_place(words: str) -> None:
    assert not names_place(words)


@pytest.mark.parametrize(
    ("amount", "percent", "expected"),
    [("99.90", "5", "104.90"), ("100", "5", "105.00"), ("10.10", "5", "10.61"), ("80", "0", "80.00")],
)
def test_vat_is_added_to_the_fils_and_half_a_fils_goes_up(amount: str, percent: str, expected: str) -> None:
    assert str(with_vat(Decimal(amount), Decimal(percent))) == expected
