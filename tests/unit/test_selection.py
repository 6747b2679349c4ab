"""What a customer has chosen so far."""

from __future__ import annotations

from sales.selection import Item, add, choose, quantity_of, read_items, remove, store_items

CHOSEN = (Item("CH-1", 10), Item("DK-1"))


def test_items_survive_being_stored() -> None:
    assert read_items(store_items(CHOSEN)) == CHOSEN
    assert store_items(()) is None
    assert read_items(None) == ()


def test_choosing_again_keeps_the_place_and_the_pieces() -> None:
    assert choose(CHOSEN, "CH-1", None) == CHOSEN
    assert choose(CHOSEN, "CH-1", 4) == (Item("CH-1", 4), Item("DK-1"))
    assert choose(CHOSEN, "SF-1", 2) == (*CHOSEN, Item("SF-1", 2))


def test_adding_counts_on_top() -> None:
    assert quantity_of(add(CHOSEN, "CH-1", 5), "CH-1") == 15
    assert quantity_of(add(CHOSEN, "DK-1", 5), "DK-1") == 5
    assert add(CHOSEN, "CH-1", None) == CHOSEN
    assert add((), "CH-1", None) == (Item("CH-1"),)


def test_leaving_out_what_is_not_chosen_changes_nothing() -> None:
    assert remove(CHOSEN, "DK-1") == (Item("CH-1", 10),)
    assert remove(CHOSEN, "SF-1") == CHOSEN
    assert quantity_of(CHOSEN, "SF-1") is None
