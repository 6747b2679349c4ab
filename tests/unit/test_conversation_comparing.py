"""A turn that is not as expected is noticed, and one that is passes: each key of a conversation file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from quality.cases import (
    BotExpected,
    Constraints,
    Expectation,
    OwnerExpected,
    ProductsExpected,
    Silence,
    SlotExpected,
    UtterExpected,
)
from quality.comparing import differences
from quality.observed import Product, Products, Reply, Turn
from text.bidi import isolate

CHAIR = Product(
    sku="CH-1001",
    name_en="Basic task chair, black mesh",
    name_ar="كرسي مكتب بيسك، شبك، أسود",
    description_en="For daily work at a desk.",
    category="chair",
    colors=("black",),
    material="mesh",
    brand="Basic",
    price=Decimal("199.50"),
    stock=12,
    seats=1,
    sides=(60, 58, 98),
)
ARMCHAIR = replace(
    CHAIR,
    sku="CH-1002",
    name_en="Emir executive chair, brown leather",
    name_ar="كرسي مدير أمير، جلد، بني",
    colors=("brown", "beige"),
    material="leather",
    brand="Emir",
    price=Decimal(1200),
    stock=3,
    sides=(70, 72, 124),
)
TABLE = replace(
    CHAIR,
    sku="MT-1001",
    name_en="Nova meeting table, oak wood",
    name_ar="طاولة اجتماعات نوفا، خشب، لون بلوط",
    description_en="With a power box in the middle.",
    category="meeting table",
    colors=("oak",),
    material="wood",
    brand=None,
    price=Decimal(4000),
    stock=0,
    seats=10,
    sides=(240, 120, 75),
)
CATALOG = Products([CHAIR, ARMCHAIR, TABLE])

TWO = "Here is what fits:\n1. Basic task chair, black mesh – AED 199.50\n2. CH-1002 executive – AED 1,200.00"
CHAIRS = Turn(
    ("chairs",), (Reply(TWO),), utters=("utter_products",), slots={"category": "chair", "seats": 4.0}
)
ONE = Turn(("the first",), (Reply("Basic task chair, black mesh costs AED 199.50"),), utters=("utter_price",))
LEATHER = Turn(("leather?",), (Reply("1. Emir executive chair, brown leather – AED 1,200.00"),))
TABLES = Turn(("tables",), (Reply(isolate("١. شي\n1. طاولة اجتماعات نوفا، خشب، لون بلوط – AED 4,000.00")),))
QUIET = Turn(("hello?",), (), owner="person")


def found(expected: Expectation, turn: Turn, earlier: Sequence[Turn] = ()) -> list[str]:
    return [f"{item.expected} | {item.found}" for item in differences([expected], turn, earlier, CATALOG)]


def products(**expected: object) -> ProductsExpected:
    return ProductsExpected(7, **expected)  # type: ignore[arg-type]


def every(**constraints: object) -> ProductsExpected:
    return products(all=Constraints(**constraints))  # type: ignore[arg-type]


MET: list[tuple[Expectation, Turn, Sequence[Turn]]] = [
    (UtterExpected(7, ("utter_products",)), CHAIRS, ()),
    (BotExpected(7, TWO), CHAIRS, ()),
    (BotExpected(7, "/aed 1,200/", re.compile("aed 1,200", re.IGNORECASE)), CHAIRS, ()),
    (BotExpected(7, "/بلوط – AED 4,000/", re.compile("بلوط – AED 4,000")), TABLES, ()),
    (Silence(7), QUIET, ()),
    (OwnerExpected(7, "person"), QUIET, ()),
    (SlotExpected(7, "category", "chair"), CHAIRS, ()),
    (SlotExpected(7, "seats", 4), CHAIRS, ()),
    (SlotExpected(7, "color", None), CHAIRS, ()),
    (products(skus=("CH-1002", "CH-1001")), CHAIRS, ()),
    (products(skus=("MT-1001",)), TABLES, ()),
    (products(count=2), CHAIRS, ()),
    (products(count=0), QUIET, ()),
    (products(places=(1,)), ONE, [CHAIRS]),
    (products(places=(2,)), LEATHER, [CHAIRS, ONE]),
    (products(places=(-1,)), LEATHER, [CHAIRS]),
    (products(new=True), TABLES, [CHAIRS]),
    (products(some=Constraints(material=("leather",))), CHAIRS, ()),
    (every(category=("chair",), color=("black", "beige"), not_color=("white",)), CHAIRS, ()),
    (every(material=("mesh", "leather"), not_material=("plastic",), brand=("Basic", "Emir")), CHAIRS, ()),
    (every(not_category=("desk",), not_brand=("Nova",), words=("TASK",)), ONE, ()),
    (every(min_price=Decimal("199.50"), max_price=Decimal(1200), quantity=3, seats=1), CHAIRS, ()),
    (every(size=(60,)), ONE, ()),
    (every(size=(120, 237)), TABLES, ()),
    (every(max_side=98, max_width=60, min_width=60, max_height=98), ONE, ()),
    (products(than_before=("dearer", "bigger", "other_color", "other_material")), TABLES, [CHAIRS]),
    (products(than_before=("cheaper", "smaller")), ONE, [TABLES]),
]


@pytest.mark.parametrize(("expected", "turn", "earlier"), MET)
def test_what_is_as_expected_passes(expected: Expectation, turn: Turn, earlier: Sequence[Turn]) -> None:
    assert found(expected, turn, earlier) == []


NOT_MET: list[tuple[Expectation, Turn, Sequence[Turn], str]] = [
    (UtterExpected(7, ("utter_greet",)), CHAIRS, (), "utter: utter_greet | utter: utter_products"),
    (
        UtterExpected(7, ("utter_products", "utter_ask")),
        CHAIRS,
        (),
        "utter: utter_products, utter_ask | utter: utter_p",
    ),
    (UtterExpected(7, ("utter_greet",)), QUIET, (), "utter: utter_greet | utter: nothing"),
    (
        BotExpected(7, "Here is what fits:"),
        CHAIRS,
        (),
        "bot: Here is what fits: | Here is what fits:\n1. Basic",
    ),
    (BotExpected(7, "/AED 1,299/", re.compile("AED 1,299")), CHAIRS, (), "bot: /AED 1,299/ | Here is"),
    (BotExpected(7, "Hello"), QUIET, (), "bot: Hello | nothing was said"),
    (Silence(7), CHAIRS, (), "silence | Here is what fits"),
    (OwnerExpected(7, "person"), CHAIRS, (), "owner: person | owner: bot"),
    (SlotExpected(7, "category", "desk"), CHAIRS, (), "category: 'desk' | category: 'chair'"),
    (SlotExpected(7, "color", "black"), CHAIRS, (), "color: 'black' | color: not filled"),
    (SlotExpected(7, "category", None), CHAIRS, (), "category: not filled | category: 'chair'"),
    (products(skus=("CH-1001",)), CHAIRS, (), "products: exactly CH-1001 | CH-1001 Basic task chair"),
    (products(count=3), CHAIRS, (), "products: 3 of them | 2: CH-1001"),
    (products(count=0), CHAIRS, (), "products: 0 of them | 2: CH-1001"),
    (products(places=(2,)), ONE, [CHAIRS], "products: those at place 2 (CH-1002) | CH-1001"),
    (
        products(places=(3,)),
        ONE,
        [CHAIRS],
        "products: the ones at place 3 of the last list | the last list was: CH-1001",
    ),
    (
        products(places=(1,)),
        ONE,
        (),
        "products: the ones at place 1 of the last list | the last list was: no product",
    ),
    (products(new=True), ONE, [CHAIRS], "products: none that was mentioned before | again: CH-1001"),
    (products(new=True), QUIET, [CHAIRS], "products: some | no product was mentioned"),
    (products(some=Constraints(material=("glass",))), CHAIRS, (), "products: at least one with material"),
    (
        every(category=("desk",)),
        ONE,
        (),
        "products: category desk | CH-1001 Basic task chair, black mesh (chair,",
    ),
    (every(color=("black",)), CHAIRS, (), "products: color black | CH-1002"),
    (every(not_color=("beige",)), CHAIRS, (), "products: color not beige | CH-1002"),
    (every(not_category=("chair",)), ONE, (), "products: category not chair | CH-1001"),
    (every(material=("leather",)), CHAIRS, (), "products: material leather | CH-1001"),
    (every(not_material=("mesh",)), CHAIRS, (), "products: material not mesh | CH-1001"),
    (every(brand=("Emir",)), ONE, (), "products: brand Emir | CH-1001"),
    (every(not_brand=("Basic",)), ONE, (), "products: brand not Basic | CH-1001"),
    (every(min_price=Decimal(200)), CHAIRS, (), "products: at least AED 200 | CH-1001"),
    (every(max_price=Decimal(500)), CHAIRS, (), "products: at most AED 500 | CH-1002"),
    (every(quantity=5), CHAIRS, (), "products: at least 5 pieces in stock | CH-1002"),
    (every(seats=2), ONE, (), "products: at least 2 seats | CH-1001"),
    (every(size=(120,)), ONE, (), "products: size 120 cm | CH-1001"),
    (every(max_side=97), ONE, (), "products: every side at most 97 cm | CH-1001"),
    (every(max_width=59), ONE, (), "products: width at most 59 cm | CH-1001"),
    (every(min_width=61), ONE, (), "products: width at least 61 cm | CH-1001"),
    (every(max_height=97), ONE, (), "products: height at most 97 cm | CH-1001"),
    (every(size=(240, 75)), TABLES, (), "products: size 240x75 cm | MT-1001"),
    (every(words=("sofa",)), ONE, (), "products: the word 'sofa' | CH-1001"),
    (every(category=("chair",)), QUIET, (), "products: some | no product was mentioned"),
    (products(count=3, skus=("CH-1001",)), QUIET, (), "products: some | no product was mentioned"),
    (products(places=(1,)), QUIET, [CHAIRS], "products: some | no product was mentioned"),
    (products(than_before=("cheaper",)), LEATHER, [CHAIRS], "products: each cheaper than CH-1001"),
    (products(than_before=("dearer",)), ONE, [CHAIRS], "products: each dearer than CH-1001"),
    (products(than_before=("bigger",)), ONE, [CHAIRS], "products: each bigger than CH-1001"),
    (products(than_before=("smaller",)), ONE, [CHAIRS], "products: each smaller than CH-1001"),
    (products(than_before=("other_color",)), LEATHER, [CHAIRS], "products: each other color than CH-1002"),
    (products(than_before=("other_material",)), ONE, [CHAIRS], "products: each other material than CH-1001"),
    (
        products(than_before=("cheaper",)),
        QUIET,
        [CHAIRS],
        "products: some | no product was mentioned",
    ),
    (
        products(than_before=("cheaper",)),
        ONE,
        [],
        "products: some that are cheaper | there was no list before",
    ),
]


@pytest.mark.parametrize(("expected", "turn", "earlier", "told"), NOT_MET)
def test_what_is_not_as_expected_is_told(
    expected: Expectation, turn: Turn, earlier: Sequence[Turn], told: str
) -> None:
    (difference,) = found(expected, turn, earlier)
    assert difference.startswith(told)


def test_texts_are_met_by_the_same_reply_or_by_later_ones() -> None:
    both = Turn(("hi",), (Reply("Hello"), Reply("What do you need? Chairs?")))
    hello = BotExpected(1, "Hello")
    need, chairs = (BotExpected(2, f"/{word}/", re.compile(word)) for word in ("need", "Chairs"))
    assert differences([hello, chairs, need], both, (), CATALOG) == []
    assert [item.line for item in differences([need, hello], both, (), CATALOG)] == [1]


def test_a_longer_name_is_not_taken_for_the_shorter_one_in_it() -> None:
    short = replace(CHAIR, sku="A-1", name_en="Desk", name_ar="مكتب")
    long = replace(CHAIR, sku="A-2", name_en="Corner Desk", name_ar="مكتب زاوية")
    catalog = Products([short, long])
    assert catalog.mentioned("1. Corner Desk\n2. Desk") == ["A-2", "A-1"]
    assert catalog.mentioned("a-1 or A-2.") == ["A-1", "A-2"]
