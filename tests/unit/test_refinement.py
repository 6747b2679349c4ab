"""How one message changes the search before it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from catalog.filters import SearchFilters
from catalog.generator import generate_catalog
from catalog.mentions import Mentions
from catalog.refinement import NOTHING, Manner, is_empty, like, next_page, refine
from catalog.sides import read_side_limit

CHAIRS = SearchFilters(category="chair", colors=("black",), max_price=Decimal(500))
DESKS = [product for product in generate_catalog() if product.category == "desk" and product.seats == 1][:3]
TABLES = [product for product in generate_catalog() if product.category == "meeting table"][:3]


@pytest.mark.parametrize(
    ("manner", "said", "expected"),
    [
        # Another kind, a brand, a description: a new search.
        ("search", Mentions(categories=("desk",)), SearchFilters(category="desk")),
        ("refine", Mentions(categories=("desk",)), SearchFilters(category="desk")),
        ("search", Mentions(words=("pendant lamp",)), SearchFilters(text="pendant lamp")),
        ("search", Mentions(brands=("Norvane",)), SearchFilters(brands=("Norvane",))),
        # The same kind, or only wishes: the search goes on.
        ("search", Mentions(categories=("chair",), seats=2), replace(CHAIRS, seats=2)),
        ("search", Mentions(categories=("chair",), words=("swivel",)), replace(CHAIRS, text="swivel")),
        ("search", Mentions(colors=("white",)), replace(CHAIRS, colors=("white",))),
        ("refine", Mentions(brands=("Norvane",)), replace(CHAIRS, brands=("Norvane",))),
        ("refine", Mentions(words=("with armrests",)), replace(CHAIRS, text="with armrests")),
        ("refine", Mentions(size=(60, 60)), replace(CHAIRS, size=(60, 60))),
        # A correction replaces the fact and nothing else, even the kind.
        ("correct", Mentions(colors=("white",)), replace(CHAIRS, colors=("white",))),
        (
            "correct",
            Mentions(categories=("desk",), not_categories=("chair",)),
            replace(CHAIRS, category="desk", not_categories=("chair",)),
        ),
        # What is turned down is no longer wanted, and stays away.
        ("refine", Mentions(not_colors=("black",)), replace(CHAIRS, colors=(), not_colors=("black",))),
        ("refine", Mentions(not_materials=("leather",)), replace(CHAIRS, not_materials=("leather",))),
        (
            "refine",
            Mentions(not_categories=("chair",)),
            replace(CHAIRS, category=None, not_categories=("chair",)),
        ),
    ],
)
def test_a_message_changes_the_search(manner: Manner, said: Mentions, expected: SearchFilters) -> None:
    assert refine(CHAIRS, said, manner=manner) == expected


def test_a_wish_before_any_kind_belongs_to_the_first_kind() -> None:
    search = refine(NOTHING, Mentions(colors=("black",), max_price=Decimal(500)), manner="refine")
    assert refine(search, Mentions(categories=("chair",)), manner="search") == CHAIRS


def test_what_was_turned_down_may_be_wanted_again() -> None:
    search = replace(CHAIRS, colors=(), not_colors=("black", "red"))
    wanted = refine(search, Mentions(colors=("black",)), manner="refine")
    assert (wanted.colors, wanted.not_colors) == (("black",), ("red",))


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ((None, 500), Mentions(min_price=Decimal(600)), (600, None)),
        ((None, 500), Mentions(min_price=Decimal(300)), (300, 500)),
        ((600, None), Mentions(max_price=Decimal(500)), (None, 500)),
        ((200, 400), Mentions(max_price=Decimal(900)), (200, 900)),
        ((200, 400), Mentions(min_price=Decimal(50), max_price=Decimal(90)), (50, 90)),
        ((200, 400), Mentions(about_price=Decimal(1000)), (800, 1200)),
        ((200, 400), Mentions(about_price=Decimal("99.99")), (Decimal("79.99"), Decimal("119.99"))),
        ((200, 400), Mentions(other_currency="USD"), (200, 400)),
    ],
)
def test_the_newer_limit_wins(
    before: tuple[int | None, int | None], said: Mentions, after: tuple[object, object]
) -> None:
    minimum, maximum = (None if limit is None else Decimal(limit) for limit in before)
    search = refine(SearchFilters(min_price=minimum, max_price=maximum), said, manner="refine")
    assert (search.min_price, search.max_price) == after


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        # A later limit of the same side replaces the former; other sides keep theirs.
        ({"max_size": ["width 120"]}, {"max_size": ["width 160"]}, {"max_size": ["width 160"]}),
        (
            {"max_size": ["width 120"]},
            {"max_size": ["height 80"]},
            {"max_size": ["width 120", "height 80"]},
        ),
        ({"min_size": ["width 160"]}, {"max_size": ["width 140"]}, {"max_size": ["width 140"]}),
        (
            {"min_size": ["width 120"]},
            {"max_size": ["width 140"]},
            {"min_size": ["width 120"], "max_size": ["width 140"]},
        ),
        # Sizes and limits end each other where both cannot hold.
        ({"size": (160, 80)}, {"max_size": ["width 140"]}, {"max_size": ["width 140"]}),
        (
            {"size": (160, 80)},
            {"max_size": ["height 80"]},
            {"size": (160, 80), "max_size": ["height 80"]},
        ),
        ({"max_size": ["width 140"]}, {"size": (160, 80)}, {"size": (160, 80)}),
        (
            {"max_size": ["height 80"]},
            {"size": (160, 80)},
            {"size": (160, 80), "max_size": ["height 80"]},
        ),
    ],
)
def test_limits_of_sizes_go_on_until_a_newer_fact_ends_them(
    before: dict[str, Any], said: dict[str, Any], after: dict[str, Any]
) -> None:
    search = refine(
        SearchFilters(category="desk", **_sizes(before)), Mentions(**_sizes(said)), manner="refine"
    )
    assert search == SearchFilters(category="desk", **_sizes(after))


def test_another_kind_drops_the_limits_of_sizes() -> None:
    search = SearchFilters(category="desk", **_sizes({"max_size": ["width 120"], "min_size": ["width 80"]}))
    assert refine(search, Mentions(categories=("shelf",)), manner="search") == SearchFilters(category="shelf")


def test_a_limit_of_a_size_is_something_to_search_for() -> None:
    assert not is_empty(SearchFilters(**_sizes({"max_size": ["120"]})))
    assert not is_empty(SearchFilters(**_sizes({"min_size": ["height 120"]})))


def _sizes(written: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if name == "size" else tuple(filter(None, map(read_side_limit, value)))
        for name, value in written.items()
    }


def test_cheaper_and_dearer_look_past_the_shown_list() -> None:
    prices = [product.rate for product in DESKS]
    search = SearchFilters(category="desk", min_price=Decimal(300))
    cheaper = refine(search, Mentions(relations=("cheaper",)), manner="refine", shown=DESKS)
    assert (cheaper.min_price, cheaper.max_price) == (None, min(prices) - Decimal("0.01"))
    dearer = refine(search, Mentions(relations=("dearer",)), manner="refine", shown=DESKS)
    assert (dearer.min_price, dearer.max_price) == (max(prices) + Decimal("0.01"), None)


def test_bigger_and_smaller_go_by_the_floor_or_by_the_people() -> None:
    areas = [(product.width_cm or 0) * (product.depth_cm or 0) for product in DESKS]
    search = SearchFilters(category="desk", size=(120, 60))
    bigger = refine(search, Mentions(relations=("bigger",)), manner="refine", shown=DESKS)
    assert (bigger.min_footprint, bigger.size) == (max(areas) + 1, ())
    smaller = refine(bigger, Mentions(relations=("smaller",)), manner="refine", shown=DESKS)
    assert (smaller.min_footprint, smaller.max_footprint) == (None, min(areas) - 1)
    tables = SearchFilters(category="meeting table", seats=6)
    bigger = refine(tables, Mentions(relations=("bigger",)), manner="refine", shown=TABLES)
    assert bigger.seats == max(product.seats or 0 for product in TABLES) + 1


def test_bigger_of_products_without_sizes_shows_others_by_size() -> None:
    unknown = [replace(product, width_cm=None, depth_cm=None, seats=None) for product in DESKS]
    search = refine(
        SearchFilters(category="desk"), Mentions(relations=("bigger",)), manner="refine", shown=unknown
    )
    assert (search.order, search.not_skus) == ("biggest", tuple(product.sku for product in unknown))


def test_another_colour_is_none_that_was_seen_or_asked_for() -> None:
    search = SearchFilters(category="desk", colors=("red",))
    other = refine(search, Mentions(relations=("other_color",)), manner="refine", shown=DESKS)
    assert other.colors == ()
    assert set(other.not_colors) == {"red", *(color for product in DESKS for color in product.colors)}


def test_another_colour_that_is_named_is_asked_for_although_it_was_seen() -> None:
    seen = DESKS[0].colors[0]
    search = SearchFilters(category="desk", colors=("red",))
    said = Mentions(relations=("other_color",), colors=(seen,))
    other = refine(search, said, manner="refine", shown=DESKS)
    assert (other.colors, other.not_colors) == ((seen,), ())


def test_another_material_likewise() -> None:
    other = refine(
        SearchFilters(category="desk"), Mentions(relations=("other_material",)), manner="refine", shown=DESKS
    )
    assert set(other.not_materials) == {product.material for product in DESKS}


def test_something_else_turns_the_page_or_leaves_the_shown_ones_out() -> None:
    search = SearchFilters(category="desk", offset=3)
    assert refine(search, Mentions(relations=("other",)), manner="refine", shown=DESKS) == next_page(search)
    other = refine(search, Mentions(relations=("other",), colors=("oak",)), manner="refine", shown=DESKS)
    assert (other.offset, other.colors) == (0, ("oak",))
    assert other.not_skus == tuple(product.sku for product in DESKS)


def test_cheaper_than_nothing_shown_is_the_cheapest_first() -> None:
    said = Mentions(categories=("desk",), relations=("cheaper",))
    assert refine(CHAIRS, said, manner="search", shown=DESKS) == SearchFilters(
        category="desk", order="cheapest"
    )


def test_a_refinement_begins_at_the_first_page() -> None:
    search = refine(replace(CHAIRS, offset=6), Mentions(quantity=20), manner="refine")
    assert (search.offset, search.quantity) == (0, 20)


def test_pieces_or_a_refusal_alone_are_nothing_to_search_for() -> None:
    assert is_empty(SearchFilters(quantity=20, not_colors=("black",), not_categories=("chair",)))
    assert not is_empty(SearchFilters(order="cheapest"))
    assert not is_empty(SearchFilters(max_price=Decimal(500)))


def test_what_stands_in_for_a_product_is_of_its_kind_and_near_its_price() -> None:
    product = replace(DESKS[0], rate=Decimal(1000))
    search = like(product)
    assert (search.category, search.colors, search.max_price) == ("desk", product.colors, Decimal(1200))
    assert search.not_skus == (product.sku,)
