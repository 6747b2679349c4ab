"""Entities of a message, gathered into one record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.mentions import Mentions, read_mentions, split_requests
from catalog.sides import SideLimit


def entity(name: str, value: Any, group: str | None = None) -> dict[str, Any]:
    found = {"entity": name, "value": value}
    return found if group is None else {**found, "group": group}


def test_every_kind_of_entity_is_read() -> None:
    assert read_mentions(
        [
            entity("category", "chair"),
            entity("color", "black"),
            entity("color", "grey"),
            entity("color", "black"),
            entity("not_material", "leather"),
            entity("sku", "CH-1005"),
            entity("max_price", 99.95),
            entity("other_currency", "USD"),
            entity("quantity", 20),
            entity("seats", 8),
            entity("size", "120x60"),
            entity("max_size", "width 160"),
            entity("max_size", "height 200"),
            entity("max_size", "width 140"),
            entity("min_size", "80"),
            entity("option", -1),
            entity("relation", "cheaper"),
            entity("order", "biggest"),
            entity("query", "with armrests"),
            entity("number", 3),
        ]
    ) == Mentions(
        categories=("chair",),
        colors=("black", "grey"),
        not_materials=("leather",),
        skus=("CH-1005",),
        max_price=Decimal("99.95"),
        other_currency="USD",
        quantity=20,
        seats=8,
        size=(120, 60),
        max_size=(SideLimit("width", 140), SideLimit("height", 200)),
        min_size=(SideLimit("longest", 80),),
        options=(-1,),
        relations=("cheaper",),
        order="biggest",
        words=("with armrests",),
        number=3,
    )


@pytest.mark.parametrize(
    "found",
    [
        entity("quantity", 0),
        entity("quantity", 2.5),
        entity("quantity", "many"),
        entity("max_price", "inf"),
        entity("max_price", -5),
        entity("option", 1.5),
        entity("size", "wide"),
        entity("max_size", "wide"),
        entity("min_size", "depth 0"),
        entity("order", "newest"),
        entity("category", None),
        entity("phone", "0501234567"),
        {},
    ],
)
def test_what_makes_no_sense_is_left_out(found: dict[str, Any]) -> None:
    assert read_mentions([found]) == Mentions()


def test_the_last_of_two_limits_counts() -> None:
    assert read_mentions([entity("max_price", 500), entity("max_price", 700)]).max_price == 700


def test_one_product_is_no_list() -> None:
    assert split_requests([entity("category", "chair"), entity("color", "black")]) == ()
    assert split_requests([entity("category", "chair", "1"), entity("color", "black", "1")]) == ()


def test_lines_keep_their_order_and_what_holds_for_all() -> None:
    requests = split_requests(
        [
            entity("max_price", 500),
            entity("category", "chair", "1"),
            entity("query", "hello there"),
            entity("category", "desk", "2"),
            entity("max_price", 900, "2"),
            entity("query", "espresso machine", "3"),
        ]
    )
    assert [(one.categories, one.max_price, one.text) for one in requests] == [
        (("chair",), Decimal(500), ""),
        (("desk",), Decimal(900), ""),
        ((), Decimal(500), "espresso machine"),
    ]


def test_a_message_narrows_when_it_says_what_to_fit() -> None:
    assert Mentions(not_colors=("black",)).narrows
    assert Mentions(order="cheapest").narrows
    assert Mentions(max_size=(SideLimit("width", 140),)).narrows
    assert not Mentions(quantity=20, options=(2,), skus=("CH-1005",), other_currency="USD", number=4).narrows
    assert Mentions(words=("ergonomic",)).names_a_kind
    assert not Mentions(colors=("black",)).names_a_kind
