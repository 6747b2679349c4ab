from __future__ import annotations

import pytest

from engine.matching import Vocabulary
from engine.vocabulary import build_vocabulary, read_snapshot
from text.fold import fold

FURNITURE = build_vocabulary(read_snapshot())


def _found(vocabulary: Vocabulary, text: str) -> list[tuple[str, str]]:
    return [(match.meaning.entity, match.meaning.value) for match in vocabulary.find(fold(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi\nI need chairs\nblack, under 500 AED", [("category", "chair"), ("color", "black")]),
        ("السلام عليكم\nابغى كراسي\nلونها اسود تحت ٥٠٠ درهم", [("category", "chair"), ("color", "black")]),
        # plurals
        ("shelves and bookshelves", [("category", "shelf"), ("category", "shelf")]),
        ("Accessories", [("category", "accessory")]),
        ("glass", [("material", "glass")]),
        # Arabic prefixes
        ("والطاولات البيضاء", [("category", "table"), ("color", "white")]),
        ("بالجلد البني", [("material", "leather"), ("color", "brown")]),
        ("سعر للكراسي", [("category", "chair")]),
        ("بكم هالكنب", [("category", "sofa")]),
        ("لون بني", [("color", "brown")]),
        # the longest phrase wins
        ("meeting tables", [("category", "meeting table")]),
        ("white board", [("category", "whiteboard")]),
        ("كرسي مكتب جلد", [("category", "chair"), ("material", "leather")]),
        ("طاولة الاجتماعات", [("category", "meeting table")]),
        # phrases end with the message, the line and the comma
        ("meeting\ntable", [("category", "table")]),
        ("meeting, table", [("category", "table")]),
        # what something is for is not asked for, unless it is all there is
        ("كراسي للمكاتب", [("category", "chair")]),
        ("شي للمكاتب", [("category", "desk")]),
        # what only looks like a catalog word
        ("office furniture", []),
        ("اثاث مكتب", []),
        ("كراسي للمكتب", [("category", "chair")]),
        ("blackboard deskless", []),
        # what is turned down
        ("chairs but not black", [("category", "chair")]),
        ("chairs, no black", [("category", "chair")]),
        ("كراسي مو سود", [("category", "chair")]),
        ("اي لون غير الاسود", []),
        ("not now\nblack chairs", [("color", "black"), ("category", "chair")]),
        # Arabizi and mixed
        ("abi karasi maktab aswad", [("category", "chair"), ("color", "black")]),
        ("ابي office chairs لون black", [("category", "chair"), ("color", "black")]),
    ],
)
def test_furniture(text: str, found: list[tuple[str, str]]) -> None:
    assert _found(FURNITURE, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pendant lamps in Brass", [("category", "Pendant Lamps"), ("material", "brass")]),
        ("one pendant lamp", [("category", "Pendant Lamps")]),
        ("3 laptops, black", [("category", "Laptop"), ("color", "Black")]),
        ("لابتوبات سوداء", [("color", "Black")]),
        ("chairs", []),  # this catalog has none
    ],
)
def test_another_catalog_needs_no_synonyms_of_its_own(text: str, found: list[tuple[str, str]]) -> None:
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
