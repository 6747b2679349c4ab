"""The language a customer wants the quote in."""

from __future__ import annotations

import pytest

from sales.quote_language import read_quote_language


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("quotation in arabic please", "ar"),
        ("send me the quote in Arabic", "ar"),
        ("طرش لي عرض السعر بالعربي", "ar"),
        ("أبا عرض سعر عربي", "ar"),
        ("abgha 3ard se3r bil 3arabi", "ar"),
        ("عرض السعر بالانجليزي", "en"),
        ("عرض السعر بالإنجليزية لو سمحت", "en"),
        ("quote in English pls", "en"),
        ("in english, not arabic", "en"),
        ("بالعربي مب انجليزي", "ar"),
        ("quotation in both languages", "both"),
        ("a bilingual quote please", "both"),
        ("bi-lingual offer", "both"),
        ("عرض سعر باللغتين", "both"),
        ("عرض سعر عربي وانجليزي", "both"),
        ("Arabic and English quotation", "both"),
        ("send me a quote", None),
        ("أبا عرض سعر", None),
        ("quote for شركة العربي للتجارة", None),
        ("20 chairs for our showroom", None),
    ],
)
def test_the_language_of_a_quote(words: str, language: str | None) -> None:
    assert read_quote_language(words) == language
