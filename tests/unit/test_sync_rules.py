"""What an item of the seller becomes in the catalog: pure rules, no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.sample_items import VOCABULARY, sample_items
from app.seller import load_seller
from catalog.ports import SourceItem, UnreadableSourceItem
from catalog.sync_plan import KnownRow, Plan, plan_swap
from catalog.sync_rules import ItemFields, Mirrored, mirror_item, mirror_items
from catalog.sync_words import read_words

WORDS = read_words(VOCABULARY)
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE = BEGAN - timedelta(hours=1)

PLAIN = SourceItem(
    item_id="1",
    sku="CH-1",
    name="Nova task chair, black mesh",
    description="Mesh back.",
    category="Chairs",
    brand="Norvane",
    rate=Decimal("400.00"),
    stock=10,
    is_active=True,
    last_modified=datetime(2026, 1, 1, tzinfo=UTC),
    custom_fields={
        "cf_name_ar": "كرسي مكتب نوفا",
        "cf_colors": "Black",
        "cf_material": "Mesh",
        "cf_width_cm": "60",
    },
)


def item(item_id: str = "1", **changes: Any) -> SourceItem:
    own = {**PLAIN.custom_fields, **changes.pop("own", {})}
    return replace(PLAIN, **{"item_id": item_id, "sku": f"CH-{item_id}", "custom_fields": own, **changes})


def mirror(*items: SourceItem) -> Mirrored:
    return mirror_items(items, [], WORDS, ItemFields())


def problem(one: SourceItem) -> str:
    mirrored = mirror(one)
    assert not mirrored.items
    (skipped,) = mirrored.skipped
    assert skipped.item_id == one.item_id
    return skipped.problem


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("chair", "chair"),
        ("Chairs", "chair"),
        ("  OFFICE   CHAIRS ", "chair"),
        ("كراسي", "chair"),
        ("Shelves", "shelf"),
        ("Accessories", "accessory"),
        ("Meeting Tables", "meeting table"),
        ("LED Strips", "led strip"),
        ("Gaming Thrones", "gaming thrones"),
        ("خيام", "خيام"),
    ],
)
def test_a_category_is_the_word_of_the_vocabulary_else_the_sellers_own(given: str, key: str) -> None:
    assert WORDS.category(given, "") == key


def test_an_item_without_category_has_the_one_its_name_says() -> None:
    assert WORDS.category("", "Marina executive desk, walnut") == "desk"
    assert WORDS.category("", "Marina meeting tables") == "meeting table"
    assert WORDS.category("", "Zorgblat 3000") is None
    assert "category" in problem(item(category="", name="Zorgblat 3000"))


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ("Black", ("black",)),
        ("Black, Grey", ("black", "grey")),
        ("black / gray", ("black", "grey")),
        ("black and White", ("black", "white")),
        ("أسود ورمادي", ("black", "grey")),
        ("Warm White", ("warm white",)),
        ("Fuchsia;black;Black", ("fuchsia", "black")),
        ("", ()),
    ],
)
def test_colours_are_keys_each_once(given: str, keys: tuple[str, ...]) -> None:
    assert WORDS.colors(given) == keys


def test_the_first_of_several_materials_counts() -> None:
    assert WORDS.material("Wood, Metal") == "wood"
    assert WORDS.material("steel") == "steel"
    assert WORDS.material("Bakelite") == "bakelite"
    assert WORDS.material("") is None


def test_an_arabic_name_is_made_only_where_there_is_none() -> None:
    assert mirror_item(item(), WORDS, ItemFields()).name_ar_is_made is False
    made = mirror_item(item(own={"cf_name_ar": ""}), WORDS, ItemFields())
    assert (made.product.name_ar, made.name_ar_is_made) == ("كرسي Norvane Nova، شبك، أسود", True)
    arabic = mirror_item(item(name="كرسي زوار", own={"cf_name_ar": ""}), WORDS, ItemFields())
    assert (arabic.product.name_ar, arabic.name_ar_is_made) == ("كرسي زوار", False)


def test_a_brand_in_the_name_is_not_said_twice() -> None:
    name = WORDS.made_name("Norvane Orion X-200 ergonomic chair", "chair", "Norvane", None, ())
    assert name == "كرسي Norvane Orion X-200"


def test_the_samples_items_make_the_sellers_fields() -> None:
    assert ItemFields(**load_seller().zoho_fields.model_dump()) == ItemFields()
    assert len({row["item_id"] for row in sample_items()}) == 1_500


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sku": ""}, "no SKU"),
        ({"name": ""}, "no name"),
        ({"rate": Decimal("-0.01")}, "rate is -0.01"),
        ({"rate": Decimal(0)}, "rate is 0"),
        ({"rate": Decimal("12.345")}, "parts of a fil"),
        ({"rate": Decimal("1e15")}, "rate is 1E+15"),
        ({"own": {"cf_width_cm": "-5"}}, "cf_width_cm is '-5'"),
        ({"own": {"cf_depth_cm": "wide"}}, "cf_depth_cm is 'wide'"),
        ({"own": {"cf_height_cm": "0"}}, "from 1 to 2000"),
        ({"own": {"cf_seats": "1000"}}, "from 1 to 100"),
    ],
)
def test_nonsense_is_named_with_its_mend(changes: dict[str, Any], said: str) -> None:
    assert said in problem(item(**changes))


def test_numbers_may_carry_a_unit_and_a_fraction() -> None:
    own = {"cf_width_cm": "120.5 cm", "cf_depth_cm": "60سم", "cf_height_cm": "", "cf_seats": "2"}
    product = mirror_item(item(own=own, rate=Decimal("12.500")), WORDS, ItemFields()).product
    assert (product.width_cm, product.depth_cm, product.height_cm, product.seats) == (121, 60, None, 2)
    assert product.rate == Decimal("12.50")


def test_unknown_stock_promises_nothing_and_is_marked() -> None:
    unknown = mirror_item(item(stock=None), WORDS, ItemFields())
    assert (unknown.product.stock, unknown.stock_is_unknown) == (0, True)
    none_left = mirror_item(item(stock=0), WORDS, ItemFields())
    assert (none_left.product.stock, none_left.stock_is_unknown) == (0, False)


def test_a_doubled_sku_is_skipped_whatever_its_case() -> None:
    mirrored = mirror(item("1", sku="CH-9"), item("2", sku="ch-9"), item("3"))
    assert [one.item_id for one in mirrored.items] == ["3"]
    assert {one.item_id: "same SKU" in one.problem for one in mirrored.skipped} == {"1": True, "2": True}


def test_an_inactive_double_takes_nothing_from_the_one_that_is_sold() -> None:
    mirrored = mirror(item("1", sku="CH-9", is_active=False), item("2", sku="CH-9"))
    assert [one.item_id for one in mirrored.items] == ["2"]
    assert not mirrored.skipped


def test_nobody_is_told_what_is_wrong_with_an_inactive_item() -> None:
    mirrored = mirror(item("1", rate=Decimal(-1), is_active=False))
    assert (mirrored.items, mirrored.skipped) == ([], [])
    assert plan([row("CH-1", "1")], mirrored).taken_off == ["CH-1"]


def row(sku: str, item_id: str | None = None, **changes: Any) -> KnownRow:
    known = KnownRow(sku, item_id, "active", Decimal("400.00"), 10, BEFORE)
    return replace(known, **changes)


def plan(rows: Iterable[KnownRow], mirrored: Mirrored) -> Plan:
    return plan_swap(rows, mirrored, BEGAN)


def test_rows_without_an_item_leave_the_sale() -> None:
    planned = plan([row("CH-1", "1"), row("CH-2", "2"), row("SAMPLE")], mirror(item("1")))
    assert sorted(planned.taken_off) == ["CH-2", "SAMPLE"]
    assert (planned.on_sale, planned.leaving_sale) == (3, 2)


def test_a_row_of_the_sample_is_its_items_by_sku() -> None:
    planned = plan([row("ch-1")], mirror(item("1")))
    assert (planned.renamed, planned.taken_off, planned.displaced) == ({"ch-1": "CH-1"}, [], [])


def test_skipped_and_unreadable_items_keep_their_rows() -> None:
    mirrored = mirror_items(
        [item("1", rate=Decimal(-1)), item("3")],
        [UnreadableSourceItem("2", "rate is missing")],
        WORDS,
        ItemFields(),
    )
    planned = plan([row("CH-1", "1"), row("CH-2", "2"), row("CH-3", "3")], mirrored)
    assert (planned.taken_off, planned.leaving_sale) == ([], 0)
    assert mirrored.skipped[0].problem == "rate is missing; open the item in Zoho"


def test_a_row_that_holds_anothers_sku_makes_way() -> None:
    planned = plan([row("CH-2", "1"), row("CH-1", "8")], mirror(item("1")))
    assert (planned.displaced, planned.renamed, planned.leaving_sale) == (["CH-1"], {"CH-2": "CH-1"}, 1)


def test_what_a_live_check_saw_meanwhile_is_newer() -> None:
    later = BEGAN + timedelta(seconds=1)
    seen = row("CH-1", "1", rate=Decimal("500.00"), stock=3, synced_at=later)
    planned = plan([seen, row("CH-2", "2", synced_at=later)], mirror(item("1", name="Renamed chair")))
    product = planned.items[0].product
    assert (product.rate, product.stock, product.name_en) == (Decimal("500.00"), 3, "Renamed chair")
    assert planned.taken_off == []


@pytest.mark.parametrize(
    ("kept", "gone", "is_implausible"),
    [(7, 3, False), (6, 4, True), (0, 1, True), (1, 0, False), (0, 0, False)],
)
def test_more_than_three_in_ten_at_once_is_implausible(kept: int, gone: int, is_implausible: bool) -> None:
    rows = [row(f"CH-{number}", str(number)) for number in range(kept + gone)]
    planned = plan(rows, mirror(*(item(str(number)) for number in range(kept))))
    assert (planned.leaving_sale, planned.is_implausible) == (gone, is_implausible)


def test_inactive_items_count_as_leaving_the_sale() -> None:
    rows = [row(f"CH-{number}", str(number)) for number in range(4)]
    mirrored = mirror(*(item(str(number), is_active=number < 2) for number in range(4)))
    assert plan(rows, mirrored).is_implausible
