"""What stands directly around a number: its words end with its line and with its neighbours."""

from __future__ import annotations

from decimal import Decimal

from text.figures import find_figures


def test_the_words_around_a_figure_are_those_of_its_line() -> None:
    first, second = find_figures("max 500\n20 chairs")
    assert (first.before, first.after, second.before, second.after) == ("max ", "", "", " chairs")


def test_the_words_between_two_figures_belong_to_both() -> None:
    first, second = find_figures("under 500 and over 200")
    assert (first.after, second.before) == (" and over ", " and over ")


def test_a_currency_belongs_to_the_nearer_number() -> None:
    assert [(figure.value, figure.currency) for figure in find_figures("aed 500 aed 300, 20 chairs")] == [
        (Decimal(500), "AED"),
        (Decimal(300), "AED"),
        (Decimal(20), None),
    ]


def test_millions_of_a_currency_are_no_metres() -> None:
    assert [(figure.value, figure.unit) for figure in find_figures("aed 1.5m or 2m")] == [
        (Decimal(1_500_000), None),
        (Decimal(2), "length"),
    ]
