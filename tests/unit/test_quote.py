"""What a quote comes to: figures that add up, whatever is bought and whatever was approved."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales.quote import (
    QuoteError,
    QuoteLine,
    QuoteTotals,
    format_amount,
    format_percent,
    price_quote,
    render_number,
)

FILS = Decimal("0.01")
VAT = Decimal(5)
NO_DISCOUNT = Decimal(0)

rates = st.decimals(min_value=0, max_value=100_000, places=2)
percentages = st.decimals(min_value=0, max_value=Decimal("99.99"), places=2)
baskets = st.lists(st.tuples(st.integers(1, 10_000), rates), min_size=1, max_size=60)


def line(quantity: int = 1, rate: str | Decimal = "745.00") -> QuoteLine:
    return QuoteLine("CH-1005", None, "Chair", "كرسي", quantity, Decimal(rate))


def lines(basket: list[tuple[int, Decimal]]) -> list[QuoteLine]:
    return [line(quantity, rate) for quantity, rate in basket]


def in_fils(amount: Decimal) -> int:
    assert amount == amount.quantize(FILS)
    return int(amount * 100)


def half_up(numerator: int, denominator: int) -> int:
    """An independent rounding, in whole numbers."""
    return (2 * numerator + denominator) // (2 * denominator)


# --- what adds up ---


@given(basket=baskets, vat=percentages, discount=percentages)
def test_what_is_printed_adds_up_to_the_fils(
    basket: list[tuple[int, Decimal]], vat: Decimal, discount: Decimal
) -> None:
    totals = price_quote(lines(basket), vat, discount)
    assert in_fils(totals.subtotal) == sum(quantity * in_fils(rate) for quantity, rate in basket)
    assert totals.subtotal == sum(each.line_total for each in lines(basket))
    assert totals.subtotal - totals.discount + totals.vat == totals.total


@given(basket=baskets, vat=percentages, discount=percentages)
def test_every_share_is_the_nearest_fils_and_a_half_goes_up(
    basket: list[tuple[int, Decimal]], vat: Decimal, discount: Decimal
) -> None:
    totals = price_quote(lines(basket), vat, discount)
    subtotal = in_fils(totals.subtotal)
    assert in_fils(totals.discount) == half_up(subtotal * int(discount * 100), 10_000)
    left = subtotal - in_fils(totals.discount)
    assert in_fils(totals.vat) == half_up(left * int(vat * 100), 10_000)


@given(basket=baskets, vat=percentages, discount=percentages)
def test_a_discount_never_raises_a_price_and_never_takes_all_of_it(
    basket: list[tuple[int, Decimal]], vat: Decimal, discount: Decimal
) -> None:
    with_it, without = price_quote(lines(basket), vat, discount), price_quote(lines(basket), vat, NO_DISCOUNT)
    assert 0 <= with_it.discount <= with_it.subtotal
    assert 0 <= with_it.total <= without.total


@given(basket=baskets, seed=st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(basket: list[tuple[int, Decimal]], seed: object) -> None:
    shuffled = list(basket)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert price_quote(lines(basket), VAT, NO_DISCOUNT) == price_quote(lines(shuffled), VAT, NO_DISCOUNT)


def test_vat_is_taken_once_from_the_document_and_not_line_by_line() -> None:
    # Per line it would be 3 × 0.01; once it is 0.0165, which is 0.02.
    assert price_quote([line(rate="0.11")] * 3, VAT, NO_DISCOUNT).vat == Decimal("0.02")


def test_half_a_fils_goes_up() -> None:
    # 5 % of 0.10 is 0.005; half to even would give nothing.
    assert price_quote([line(rate="0.10")], VAT, NO_DISCOUNT).vat == FILS


def test_a_discount_comes_off_before_vat() -> None:
    totals = price_quote([line(10, "745.00")], VAT, Decimal("7.5"))
    assert totals == QuoteTotals(
        subtotal=Decimal("7450.00"),
        discount=Decimal("558.75"),
        vat=Decimal("344.56"),
        total=Decimal("7235.81"),
    )


# --- what is refused ---


@pytest.mark.parametrize("quantity", [0, -1])
def test_less_than_one_piece_is_no_line(quantity: int) -> None:
    with pytest.raises(QuoteError, match=r"CH-1005.*at least 1"):
        line(quantity)


@pytest.mark.parametrize("rate", ["-0.01", "0.001", "NaN", "Infinity", "1e12"])
def test_a_rate_that_nobody_can_pay_is_no_line(rate: str) -> None:
    with pytest.raises(QuoteError, match=r"CH-1005: the rate is"):
        line(rate=rate)


def test_a_line_larger_than_the_database_holds_is_refused() -> None:
    with pytest.raises(QuoteError, match="quantity times rate"):
        line(10**9, "999999.99")


def test_a_total_larger_than_the_database_holds_is_refused() -> None:
    with pytest.raises(QuoteError, match="the total"):
        price_quote([line(10**6, "999999.99")], VAT, NO_DISCOUNT)


def test_an_empty_basket_is_no_quote() -> None:
    with pytest.raises(QuoteError, match="basket is empty"):
        price_quote([], VAT, NO_DISCOUNT)


@pytest.mark.parametrize("percent", ["-1", "100", "NaN", "Infinity"])
def test_percentages_outside_of_their_range_are_refused(percent: str) -> None:
    with pytest.raises(QuoteError, match="vat_percent"):
        price_quote([line()], Decimal(percent), NO_DISCOUNT)
    with pytest.raises(QuoteError, match="discount_percent"):
        price_quote([line()], VAT, Decimal(percent))


# --- how it is written ---


def test_a_number_names_its_year_and_from_the_second_revision_on_the_revision() -> None:
    assert render_number(2026, 42, 1) == "Q-2026-00042"
    assert render_number(2026, 42, 2) == "Q-2026-00042 R2"
    assert render_number(2026, 123_456, 1) == "Q-2026-123456"


@given(amount=st.decimals(min_value=0, max_value=10**12, places=4))
def test_an_amount_is_written_with_two_decimals_and_read_back_as_itself(amount: Decimal) -> None:
    written = format_amount(amount)
    assert Decimal(written.replace(",", "")) == amount.quantize(FILS, ROUND_HALF_UP)
    assert written[-3] == "."
    assert all(len(group) == 3 for group in written[:-3].split(",")[1:])


@pytest.mark.parametrize(("percent", "written"), [("5", "5"), ("5.00", "5"), ("7.50", "7.5"), ("10", "10")])
def test_a_percentage_has_no_idle_zeros(percent: str, written: str) -> None:
    assert format_percent(Decimal(percent)) == written
