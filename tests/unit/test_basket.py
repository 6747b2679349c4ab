"""What a customer has chosen: changing it, and reading it back against the catalog (sales.basket)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales.basket import (
    EMPTY,
    LARGEST_QUANTITY,
    Basket,
    Enough,
    Gone,
    ImpossibleQuantity,
    Line,
    Offered,
    Short,
    Unknown,
    add,
    availability,
    change,
    choose,
    holds,
    quantity_of,
    remove,
    replace,
    show,
)

CHOSEN: Basket = (Line("CH-1", 10), Line("DK-1"))


def test_choosing_again_keeps_the_place_and_the_pieces() -> None:
    assert choose(CHOSEN, "CH-1", None) == CHOSEN
    assert choose(CHOSEN, "CH-1", 4) == (Line("CH-1", 4), Line("DK-1"))
    assert choose(CHOSEN, "SF-1", 2) == (*CHOSEN, Line("SF-1", 2))


def test_adding_counts_on_top() -> None:
    assert quantity_of(add(CHOSEN, "CH-1", 5), "CH-1") == 15
    assert quantity_of(add(CHOSEN, "DK-1", 5), "DK-1") == 5
    assert add(CHOSEN, "CH-1", None) == CHOSEN
    assert add(EMPTY, "CH-1", None) == (Line("CH-1"),)


def test_fifteen_of_the_first_and_five_tables() -> None:
    assert choose(choose(EMPTY, "CH-1", 15), "TB-1", 5) == (Line("CH-1", 15), Line("TB-1", 5))


def test_only_what_is_chosen_is_changed() -> None:
    assert change(CHOSEN, "DK-1", 3) == (Line("CH-1", 10), Line("DK-1", 3))
    assert change(CHOSEN, "SF-1", 3) == CHOSEN


def test_leaving_out_what_is_not_chosen_changes_nothing() -> None:
    assert remove(CHOSEN, "DK-1") == (Line("CH-1", 10),)
    assert remove(CHOSEN, "SF-1") == CHOSEN
    assert quantity_of(CHOSEN, "SF-1") is None


def test_another_product_takes_the_place_and_the_pieces() -> None:
    assert replace(CHOSEN, "CH-1", "CH-2") == (Line("CH-2", 10), Line("DK-1"))
    assert replace(CHOSEN, "CH-1", "CH-2", 7) == (Line("CH-2", 7), Line("DK-1"))
    assert replace(CHOSEN, "CH-1", "CH-1", 7) == (Line("CH-1", 7), Line("DK-1"))
    assert replace(CHOSEN, "SF-1", "SF-2", 1) == (*CHOSEN, Line("SF-2", 1))
    # The other one was chosen as well: it is there once.
    assert replace(CHOSEN, "CH-1", "DK-1") == (Line("DK-1", 10),)
    assert replace((Line("CH-1", 10), Line("DK-1", 2)), "CH-1", "DK-1") == (Line("DK-1", 2),)


@pytest.mark.parametrize("quantity", [0, -1, LARGEST_QUANTITY + 1, 10**20])
def test_what_nobody_can_order_is_refused_and_never_taken_for_nothing(quantity: int) -> None:
    for changing in (choose, add, change):
        with pytest.raises(ImpossibleQuantity):
            changing(CHOSEN, "CH-1", quantity)
    with pytest.raises(ImpossibleQuantity):
        replace(CHOSEN, "CH-1", "CH-2", quantity)


def test_a_sum_of_additions_is_bounded_too() -> None:
    with pytest.raises(ImpossibleQuantity, match="1 to 100000"):
        add((Line("CH-1", LARGEST_QUANTITY),), "CH-1", 1)


def test_pieces_against_stock() -> None:
    offered = Offered("CH-1", Decimal(100), 10)
    assert availability(10, offered) == Enough()
    assert availability(11, offered) == Short(wanted=11, stock=10)
    assert availability(None, offered) == Unknown(stock=10)
    assert availability(1, None) == Gone()


def test_the_basket_is_read_back_with_totals() -> None:
    offered = {
        "CH-1": Offered("CH-1", Decimal("199.95"), 10),
        "DK-1": Offered("DK-1", Decimal("500.00"), 1),
    }
    shown = show((Line("CH-1", 3), Line("DK-1", 2)), offered)
    assert [line.number for line in shown.lines] == [1, 2]
    assert [line.total for line in shown.lines] == [Decimal("599.85"), Decimal("1000.00")]
    assert shown.total == Decimal("1599.85")
    assert [type(line.availability) for line in shown.lines] == [Enough, Short]


def test_there_is_no_total_while_a_line_has_none() -> None:
    offered = {"CH-1": Offered("CH-1", Decimal(100), 10)}
    assert show((Line("CH-1", 3), Line("CH-2", 1)), offered).total is None
    assert show((Line("CH-1"),), offered).total is None
    assert show(EMPTY, offered).total is None


skus = st.sampled_from(["A", "B", "C"])
quantities = st.one_of(st.none(), st.integers(-2, 50))
steps = st.lists(
    st.tuples(st.sampled_from(["choose", "add", "change", "remove", "replace"]), skus, skus, quantities)
)


@given(steps)
def test_whatever_is_said_each_product_is_there_once_with_possible_pieces(
    said: list[tuple[str, str, str, int | None]],
) -> None:
    basket = EMPTY
    for step, sku, other, quantity in said:
        before = basket
        try:
            if step == "choose":
                basket = choose(basket, sku, quantity)
            elif step == "add":
                basket = add(basket, sku, quantity)
            elif step == "change":
                basket = change(basket, sku, quantity or 1)
            elif step == "remove":
                basket = remove(basket, sku)
            else:
                basket = replace(basket, sku, other, quantity)
        except ImpossibleQuantity:
            assert quantity is not None
            assert quantity < 1
            assert basket == before
        assert len({line.sku for line in basket}) == len(basket)
        assert all(line.quantity is None or line.quantity >= 1 for line in basket)
        assert holds(basket, sku) is (sku in {line.sku for line in basket})
