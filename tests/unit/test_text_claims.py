"""Price claims in any text: the aims on our own lines, disguises, and what claims nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.benchmarks.text_quality import OWN_LINES, read_lines, score_claims
from tests.growth import assert_grows_with_length
from text.claims import price_claims, reveal


def test_our_own_lines_are_judged_as_the_aims_ask() -> None:
    lines = read_lines(OWN_LINES / "price_claims.jsonl")
    score = score_claims(lines)
    assert sum(line["claim"] for line in lines) >= 100
    assert sum(not line["claim"] for line in lines) >= 100
    assert score.line_recall >= 0.98, score.wrong
    assert score.line_precision >= 0.97, score.wrong
    assert score.value_recall >= 0.95, score.wrong


@pytest.mark.parametrize(
    "disguised",
    [
        "AED 5\u200b00",
        "AED 5️⃣0️⃣0️⃣",
        "AED 𝟓𝟎𝟎",
        "AED ５００",
        "⑤⓪⓪ AED",
        "AED 5 0 0",
        "AED 5.0.0",
        "AED 5OO",
        "\u0410ED 500",
        "A.E.D 500",
        "AED fiiive hundred",
        "fivehundred dirhams",
        "بـخـمـسـمـيـة درهم",
        "خَمْسُمِائَةِ دِرْهَمٍ",
        "۵٠0 درهم",
        "500/-",
        "500 د ا",
    ],
)
def test_a_disguised_price_is_found(disguised: str) -> None:
    claims = price_claims(disguised)
    assert claims.is_claim
    assert claims.amounts == (Decimal(500),)


def test_amounts_keep_the_order_of_the_text_and_whatever_has_a_currency_is_one() -> None:
    claims = price_claims("AED 700 instead of AED 900, SAR 680 in Riyadh, not AED 650")
    assert list(map(int, claims.amounts)) == [700, 900, 680, 650]


@pytest.mark.parametrize(
    "text",
    [
        "Delivery is free",
        "we install it free of charge",
        "التركيب علينا",
        "el tawseel b balash",
        "the second at half price",
        "بنص السعر",
        "buy one get one",
        "at no extra cost",
    ],
)
def test_a_claim_without_a_number(text: str) -> None:
    claims = price_claims(text)
    assert (claims.amounts, claims.percents, claims.is_claim) == ((), (), True)


def test_a_price_of_nothing_is_an_amount() -> None:
    assert price_claims("only 0 AED").amounts == (Decimal(0),)


@pytest.mark.parametrize(
    "text",
    [
        "feel free to ask",
        "are you free on sunday",
        "hands free",
        "at half past four",
        "100% agreed",
        "100% leather",
        "we are 100% with you",
        "جودة ١٠٠٪",
        "cotton 60% polyester 40%",
        "ألف شكر",
        "مية بالمية",
        "one moment please",
        "غالي علينا",
        "the 2026 catalogue",
        "floor 12, office 1502",
        "OFC 7745",
    ],
)
def test_no_claim(text: str) -> None:
    assert not price_claims(text).is_claim


def test_revealing_twice_changes_nothing() -> None:
    for line in read_lines(OWN_LINES / "price_claims.jsonl"):
        revealed = reveal(line["text"])
        assert reveal(revealed) == revealed


@pytest.mark.parametrize(
    "piece", ["free ", "is ", "5 0 ", "aed 5 ", "بدون ", "half ", "a@", "1o", "no extra "]
)
def test_hostile_text_costs_little(piece: str) -> None:
    assert_grows_with_length(price_claims, (piece * 8_000)[:8_000])
