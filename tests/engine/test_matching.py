"""Words of the catalog and of the designers' file in a message: which phrase stands where."""

from __future__ import annotations

import time

import pytest

from engine.matching import Vocabulary
from engine.typos import Corrections, distance
from engine.vocabulary import build_vocabulary, read_snapshot
from text.fold import fold

FURNITURE = build_vocabulary(read_snapshot())


def _found(vocabulary: Vocabulary, text: str) -> list[tuple[str, str]]:
    matches = vocabulary.find(fold(text))
    return [(meaning.entity, meaning.value) for match in matches for meaning in match.meanings]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi\nI need chairs\nblack, under 500 AED", [("category", "chair"), ("color", "black")]),
        ("السلام عليكم\nابغى كراسي\nلونها اسود تحت ٥٠٠ درهم", [("category", "chair"), ("color", "black")]),
        # English plurals
        ("shelves and bookshelves", [("category", "shelf"), ("category", "shelf")]),
        ("Accessories", [("category", "accessory")]),
        ("glass", [("material", "glass")]),
        # Arabic: words written onto others
        ("والطاولات البيضاء", [("category", "table"), ("color", "white")]),
        ("بالجلد البني", [("material", "leather"), ("color", "brown")]),
        ("سعر للكراسي", [("category", "chair")]),
        ("بكم هالكنب", [("category", "sofa")]),
        ("كراسيكم", [("category", "chair")]),
        ("طاولتكم الكبيرة", [("category", "table"), ("order", "biggest")]),
        ("لون بني", [("color", "brown")]),
        # Arabic: plurals, feminines and broken plurals of colours
        ("كنبات رمادية", [("category", "sofa"), ("color", "grey")]),
        ("وقواطع زرقا", [("category", "partition"), ("color", "blue")]),
        ("كبتات سود وبيض", [("category", "cabinet"), ("color", "black"), ("color", "white")]),
        ("قنفات", [("category", "sofa")]),
        # the longest phrase wins
        ("meeting tables", [("category", "meeting table")]),
        ("white board", [("category", "whiteboard")]),
        ("كرسي مكتب جلد", [("category", "chair"), ("material", "leather")]),
        ("طاولة الاجتماعات", [("category", "meeting table")]),
        # phrases end with the message, the line and the comma
        ("كرسي ومكتب", [("category", "chair"), ("category", "desk")]),
        ("meeting\ntable", [("category", "table")]),
        ("meeting, table", [("category", "table")]),
        # what only looks like a catalog word
        ("office furniture", []),
        ("اثاث مكتب", []),
        ("شو ميزات هالشبكة", []),
        ("blackboard deskless", []),
        # Arabizi and mixed
        ("abi karasi maktab aswad", [("category", "chair"), ("color", "black")]),
        ("bikam alkarasi wel kanabat", [("category", "chair"), ("category", "sofa")]),
        ("ابي office chairs لون black", [("category", "chair"), ("color", "black")]),
        ("ال sofa والdesks", [("category", "sofa"), ("category", "desk")]),
        # brands
        ("Milvano or نورفان", [("brand", "Milvano"), ("brand", "Norvane")]),
        # relations and orders
        ("something cheaper in another colour", [("relation", "cheaper"), ("relation", "other_color")]),
        ("ابي لون ثاني", [("relation", "other_color")]),
        ("كرسي ارخص", [("category", "chair"), ("relation", "cheaper")]),
        ("ارخص كرسي", [("order", "cheapest"), ("category", "chair")]),
        ("ar5as maktab", [("order", "cheapest"), ("category", "desk")]),
    ],
)  # fmt: skip
def test_furniture(text: str, found: list[tuple[str, str]]) -> None:
    assert _found(FURNITURE, text) == found


@pytest.mark.parametrize("text", ["كرسيين", "طاولتين", "مكتبين", "ابي كنبتين", "tawlatain", "maktabain"])
def test_duals_are_two(text: str) -> None:
    assert [match.is_pair for match in FURNITURE.find(fold(text))] == [True]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("chiar", [("category", "chair")]),
        ("chairr", [("category", "chair")]),
        ("offise chair", [("category", "chair")]),
        ("tabel", [("category", "table")]),
        ("cabnit", [("category", "cabinet")]),
        ("meetng tabl", [("category", "meeting table")]),
        ("blak leathr", [("color", "black"), ("material", "leather")]),
        ("كرسسي", [("category", "chair")]),
        ("الكراصي", [("category", "chair")]),
        ("korssi", [("category", "chair")]),
        ("desck", [("category", "desk")]),
        # right as they are, however near
        ("hair", []),
        ("disk", []),
        ("fable", []),
        ("cable", []),
        ("soft", []),
        ("shabab", []),
        ("el awal", []),
        ("baji", []),
        # another first letter, digits, and mistakes that four letters do not bear
        ("thair", []),
        ("tabl3", []),
        ("dezk", []),
    ],
)
def test_typing_mistakes(text: str, found: list[tuple[str, str]]) -> None:
    assert _found(FURNITURE, text) == found


@pytest.mark.parametrize(
    ("left", "right", "mistakes"),
    [("chair", "chair", 0), ("chiar", "chair", 1), ("chai", "chair", 1), ("chhair", "chair", 1),
     ("chaor", "chair", 1), ("cair", "chiar", 2), ("sofa", "chair", 3)],
)  # fmt: skip
def test_distance(left: str, right: str, mistakes: int) -> None:
    assert distance(left, right, 2) == mistakes


def test_nearest_word_is_meant_and_equally_near_ones_all() -> None:
    corrections = Corrections(["partition", "petition", "karasi", "karase"], never=[])
    assert corrections.correct("partitoin") == ["partition"]
    assert sorted(corrections.correct("karasu")) == ["karase", "karasi"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CH-1005", ["CH-1005"]),
        ("ch1005 please", ["CH-1005"]),
        ("is ch 1005 in stock", ["CH-1005"]),
        ("ch_1005/CH.1006", ["CH-1005", "CH-1006"]),
        ("كم سعر الch1005", ["CH-1005"]),
        ("بكم ال CH-١٠٠٥؟", ["CH-1005"]),
        ("compare CH-1001 and 1002", ["CH-1001", "CH-1002"]),
        ("CH-1001 و1002", ["CH-1001", "CH-1002"]),
        ("CH-99999", []),
        ("ch, 1005", []),
        ("1005", []),
        ("ch-10055", []),
    ],
)
def test_skus(text: str, found: list[str]) -> None:
    assert [value for entity, value in _found(FURNITURE, text) if entity == "sku"] == found


def test_skus_of_other_forms() -> None:
    document = {
        "skus": ["LMP-200-BK", "100234", "77", "IN-300", "CHAIR-BLACK"],
        "categories": ["chair"],
        "colors": ["black"],
    }
    vocabulary = build_vocabulary(document)
    assert _found(vocabulary, "lmp200bk, LMP 200 BK") == [("sku", "LMP-200-BK")] * 2
    assert _found(vocabulary, "item 100234") == [("sku", "100234")]
    # too short for a number, a word of the language, two words of the catalog
    assert _found(vocabulary, "77 of them in 300 days") == []
    assert _found(vocabulary, "chair black") == [("category", "chair"), ("color", "black")]


def test_a_hundred_thousand_skus_cost_a_message_nothing() -> None:
    few, many = (
        build_vocabulary(
            read_snapshot() | {"skus": [f"{'ABCDEFGHIJ'[number % 10]}X-{number}" for number in range(count)]}
        )
        for count in (6_000, 100_000)
    )
    text = fold("Hi, I need 20 black office chairs like AX-5000 under 500 AED, not leather please")
    assert _found(many, text).count(("sku", "AX-5000")) == 1

    def seconds(vocabulary: Vocabulary) -> float:
        started = time.process_time()
        for _ in range(20):
            vocabulary.find(text)
        return time.process_time() - started

    # The least of some rounds side by side; whoever looks at each SKU needs more than ten times as long.
    rounds = [(seconds(few), seconds(many)) for _ in range(5)]
    assert min(second for _, second in rounds) < 3 * min(first for first, _ in rounds)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pendant lamps in Brass", [("category", "Pendant Lamps"), ("material", "brass")]),
        ("one pendant lamp", [("category", "Pendant Lamps")]),
        ("3 laptops, black", [("category", "Laptop"), ("color", "Black")]),
        ("لابتوبات سوداء", [("category", "Laptop"), ("color", "Black")]),
        ("chairs", []),  # this catalog has none
    ],
)
def test_another_catalog(text: str, found: list[tuple[str, str]]) -> None:
    document = {
        "categories": ["Pendant Lamps", "Laptop"],
        "colors": ["Black"],
        "materials": ["brass"],
        "skus": [],
    }
    assert _found(build_vocabulary(document), text) == found


def test_positions_are_of_the_folded_text() -> None:
    folded = fold("ابغى كَرَاسي سودا")
    assert [folded[match.start : match.end] for match in FURNITURE.find(folded)] == ["كراسي", "سودا"]


def test_a_word_of_two_lists_means_both() -> None:
    vocabulary = Vocabulary({"color": ["oak"], "material": ["oak"]}, {})
    assert _found(vocabulary, "oak") == [("color", "oak"), ("material", "oak")]


def test_filler_is_known_behind_particles_and_misspelt() -> None:
    for word in ("please", "pleese", "somthing", "والله", "للموديل", "عندكم", "3indakum", "3ndkm", "ابي"):
        assert FURNITURE.is_filler(word)
    for word in ("ergonomic", "chairs", "للمكتب", "hammock", "wardrobe", "معدنية", "6ebbi"):
        assert not FURNITURE.is_filler(word)
