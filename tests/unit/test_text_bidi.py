from __future__ import annotations

import pytest

from text.bidi import isolate

LRI, PDI = "\u2066", "\u2069"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("السعر AED 1,299.50", "السعر [AED 1,299.50]"),
        ("1. كرسي مدير – AED 189.00", "1. كرسي مدير – [AED 189.00]"),
        ("1. كرسي EX-210 – AED 189.00", "1. كرسي [EX-210] – [AED 189.00]"),
        ("بين AED 300 - 500 بس", "بين [AED 300 - 500] بس"),
        ("مقاس 120×60 سم", "مقاس [120×60] سم"),
        ("مقاس 120×60×75 سم", "مقاس [120×60×75] سم"),
        ("اتصل +971 4 123 4567", "اتصل [+971 4 123 4567]"),
        ("رقم EX-210, DSK-1260", "رقم [EX-210], [DSK-1260]"),
        ("شوف https://example.com/a?b=1 وخبرنا", "شوف [https://example.com/a?b=1] وخبرنا"),
        ("خصم 5% وبس", "خصم [5%] وبس"),
        ("ابغى 20 كرسي", "ابغى 20 كرسي"),  # a whole number keeps its order by itself
        ("AED 1,299.50 for 120×60", "AED 1,299.50 for 120×60"),  # no right-to-left letter
        ("AED 5.00\nالسعر AED 5.00", "AED 5.00\nالسعر [AED 5.00]"),  # each line by itself
    ],
)
def test_runs_are_isolated(text: str, shown: str) -> None:
    assert isolate(text) == shown.replace("[", LRI).replace("]", PDI)


def test_isolating_twice_changes_nothing() -> None:
    once = isolate("كرسي EX-210 بسعر AED 1,299.50 مقاس 120×60")
    assert once.count(LRI) == once.count(PDI) == 3
    assert isolate(once) == once
