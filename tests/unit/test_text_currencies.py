"""Currencies that are named without an amount: "price in USD?", "كم بالدولار"."""

from __future__ import annotations

import pytest

from text.amounts import find_amounts
from text.fold import fold


def _named(text: str) -> list[str | None]:
    return [amount.currency for amount in find_amounts(fold(text)) if amount.role == "currency"]


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("price in USD?", "USD"),
        ("usd price?", "USD"),
        ("how much is it in saudi riyals", "SAR"),
        ("do you take dollars", "USD"),
        ("can I pay in euros", "EUR"),
        ("the price in KWD please", "KWD"),
        ("in $?", "USD"),
        ("dollars?", "USD"),
        ("كم بالدولار؟", "USD"),
        ("بكم الثاني بالريال السعودي", "SAR"),
        ("كم السعر بالريال القطري", "QAR"),
        ("كم دينار كويتي", "KWD"),
        ("تاخذون دولار؟", "USD"),
        ("سعره ب usd", "USD"),
        ("كم price بالدولار", "USD"),
        ("bel riyal kam?", "SAR"),
        ("kam se3ro bel dinar el kuwaiti", "KWD"),
        ("riyal qatari kam?", "QAR"),
        ("ta5thoon dollar?", "USD"),
    ],
)
def test_a_currency_that_is_asked_for(text: str, currency: str) -> None:
    assert _named(text) == [currency]


@pytest.mark.parametrize(
    "text",
    [
        # ours
        "price in aed",
        "do you take dirhams",
        "كم بالدرهم",
        "bel dirham kam",
        # an amount has its currency already
        "under 500 usd",
        "تحت ٥٠٠ ريال",
        "500 dollars in total",
        # other meanings of the words, and a currency that is only mentioned
        "do you take qr",
        "in qr code",
        "weight in pounds?",
        "how many pounds can it hold",
        "كم سعر الدولار اليوم",
        "dollar price today",
        "exchange rate euro to dollar",
        "كم الريال بالروبية",
        "I am from Saudi, riyal",
    ],
)
def test_what_asks_for_no_currency(text: str) -> None:
    assert _named(text) == []


def test_the_phrase_holds_what_makes_it_a_question_of_money() -> None:
    folded = fold("ok do you take US dollars or not")
    assert [folded[amount.start : amount.end] for amount in find_amounts(folded)] == ["take us dollars"]
