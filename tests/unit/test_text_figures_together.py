"""Figures that are read by what stands around them: positions of a list, pieces in stock, coins, ranges."""

from __future__ import annotations

import pytest

from text.amounts import find_amounts
from text.fold import fold


def roles(text: str) -> list[tuple[str, str]]:
    return [(one.role, "x".join(f"{value:f}" for value in one.values)) for one in find_amounts(fold(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # After a plural a list goes on, with commas too.
        ("lines 1, 3 and 7", ["1", "3", "7"]),
        ("رقم ١ و ٥", ["1", "5"]),
        ("compare 1 and 3", ["1", "3"]),
    ],
)
def test_several_positions_are_read(text: str, expected: list[str]) -> None:
    assert roles(text) == [("option", value) for value in expected]


def test_behind_a_single_position_a_comma_parts() -> None:
    assert roles("number 2, 10") == [("option", "2"), ("number", "10")]


def test_pieces_of_a_position_are_no_position() -> None:
    assert roles("وحده من الاولى") == [("quantity", "1"), ("option", "1")]
    assert roles("the one") == []


@pytest.mark.parametrize("text", ["at least 10 in stock", "10 at least in stock", "10 in stock at least"])
def test_what_has_to_be_in_stock_is_a_quantity(text: str) -> None:
    assert roles(text) == [("quantity", "10")]


def test_a_number_in_stock_without_at_least_may_be_a_size() -> None:
    assert roles("desk 160 in stock") == [("number", "160")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 dirhams and 50 fils", [("price", "12.5")]),
        ("50 fils", [("price", "0.5")]),
        # Of which currency nobody says.
        ("50 cents", [("number", "0.5")]),
    ],
)
def test_coins_are_parts_of_their_currency(text: str, expected: list[tuple[str, str]]) -> None:
    assert roles(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 to 15 percent", [("percent", "10"), ("percent", "15")]),
        ("3 to 5 people", [("seats", "5")]),
        ("7 to 10 days", []),
        # Two currencies are two prices, and nothing costs nothing.
        ("100 USD to 200 AED", [("price", "100"), ("price", "200")]),
        ("0 to 5 AED", [("price", "5")]),
    ],
)
def test_a_range_is_of_what_it_names(text: str, expected: list[tuple[str, str]]) -> None:
    assert roles(text) == expected


def test_a_sum_is_no_size() -> None:
    assert roles("10 x 450 = 4500") == [("quantity", "10"), ("price", "450"), ("price", "4500")]


def test_what_is_taken_off_a_number_in_words_is_taken_off_once() -> None:
    assert roles("الفين الا خمسين") == [("number", "1950")]
    # Nothing would be left: the second is a number of its own.
    assert [value for _, value in roles("الف الا الف")] == ["1000", "1000"]


def test_million_is_written_as_m_before_or_behind_the_currency() -> None:
    assert roles("aed 1.5m") == roles("1.5m dirhams") == [("price", "1500000.0")]
