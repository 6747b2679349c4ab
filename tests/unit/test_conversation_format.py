"""Conversation files are read as docs/testers.md describes them, and a mistake is told with its mend."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from app.conversations import CONVERSATIONS, ConversationsError, read_cases
from quality.cases import (
    BotExpected,
    Constraints,
    Exchange,
    OwnerExpected,
    ProductsExpected,
    Says,
    Silence,
    SlotExpected,
    Taps,
    UtterExpected,
)
from quality.reading import CaseError, read_file

WHOLE = """
test_cases:
  - test_case: everything a file can say
    needs: vectors
    steps:
      - user: [Hi, "I need chairs", yes]
      - utter: utter_products
      - utter: utter_ask_quantity
      - bot: "Which one suits you?"
      - bot: /AED \\d+/
      - products:
          skus: [CH-1001, CH-1002]
          places: [2, -1]
          count: 2
          all: {category: chair, color: [black, grey], not_material: leather, max_price: 499.50, size: 60x58}
          some: {seats: 8, quantity: 5000, max_height: 180, words: [mesh]}
          new: true
          than_before: [cheaper, other_color]
      - user: {tap: Talk to a person}
      - slot_was_set: [{color: [black]}]
      - slot_was_set:
          - max_price: null
      - owner: person
      - user: |
          10 chairs
          5 desks
      - silence: true
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "a_customer_asks.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_everything_a_file_can_say(tmp_path: Path) -> None:
    (case,) = read_file(written(tmp_path, WHOLE))
    assert (case.name, case.line) == ("everything a file can say", 3)
    assert case.needs == frozenset({"vectors"})
    burst, tap, lines = case.exchanges
    assert burst.customer == Says(6, ("Hi", "I need chairs", "yes"))
    utter, exact, pattern, products = burst.expectations
    assert utter == UtterExpected(7, ("utter_products", "utter_ask_quantity"))
    assert exact == BotExpected(9, "Which one suits you?")
    assert isinstance(pattern, BotExpected)
    assert pattern.pattern is not None
    assert pattern.pattern.search("AED 500")
    assert products == ProductsExpected(
        12,
        skus=("CH-1001", "CH-1002"),
        places=(2, -1),
        count=2,
        all=Constraints(
            category=("chair",),
            color=("black", "grey"),
            not_material=("leather",),
            max_price=Decimal("499.50"),
            size=(60, 58),
        ),
        some=Constraints(seats=8, quantity=5000, max_height=180, words=("mesh",)),
        new=True,
        than_before=("cheaper", "other_color"),
    )
    assert tap == Exchange(
        Taps(19, "Talk to a person"),
        (
            SlotExpected(20, "color", ["black"]),
            SlotExpected(22, "max_price", None),
            OwnerExpected(23, "person"),
        ),
    )
    assert lines == Exchange(Says(24, ("10 chairs\n5 desks",)), (Silence(27),))


CASE = "test_cases:\n  - test_case: a name\n    steps:\n"
STEP = CASE + "      - user: Hi\n      - "
MISTAKES = {
    "": (1, "the file is empty; begin it with test_cases:"),
    "stories: []": (1, "stories is not known in the file; use test_cases"),
    "- test_cases": (1, "the file is a list; give a mapping with the keys test_cases"),
    "test_cases: []": (1, "test_cases is an empty list; give at least one item"),
    "test_cases:\n  - steps: [{user: Hi}]": (2, "a test case lacks test_case; add it"),
    "test_cases:\n  - test_case: a\n    fixtures: [b]": (3, "fixtures is not known in a test case"),
    "test_cases:\n  - test_case: a\n    needs: luck": (2, "a test case lacks steps; add it"),
    "test_cases:\n  - test_case: a\n    needs: luck\n    steps: []": (3, "needs is 'luck'; use vectors"),
    "a: [": (1, "this is not YAML"),
    CASE + "      - user: [Hi": (4, "this is not YAML"),
    CASE + "      - user: Hi": (4, "nothing is expected after the last user step"),
    CASE + "      - utter: utter_greet": (4, "utter comes before the first user step"),
    CASE + "      - user: {button: Yes}": (4, "button is not known in user; use tap"),
    STEP.removesuffix("      - ") + "        utter: utter_greet": (
        4,
        "a step holds user, utter; give each its own",
    ),
    STEP + "user:": (5, "user is empty; give a text"),
    STEP + "says: Hello": (5, "says is not known in a step; use user, utter, bot,"),
    STEP + "owner: manager": (5, "owner is 'manager'; use bot, person"),
    STEP + "silence: no": (5, "silence can only be true"),
    STEP + "bot: /a(/": (5, "bot is no regular expression"),
    STEP + "bot: [Hello]": (5, "bot is a list; give a text"),
    STEP + "slot_was_set: [color]": (5, "slot_was_set is the text 'color'; give a mapping"),
    STEP + "slot_was_set: [{a: 1}, {b: 2}]": (5, "write a slot_was_set step for each"),
    STEP + "products: {}": (5, "products is empty; give one of skus, places, count,"),
    STEP + "products: {count: few}": (5, "count is 'few'; give a whole number, 0 or more"),
    STEP + "products:\n          count: 1\n          count: 2": (7, "count is given twice"),
    STEP + "products: {all: {colour: red}}": (5, "colour is not known in all; use category,"),
    STEP + "products: {all: {max_price: much}}": (5, "max_price is 'much'; give dirhams"),
    STEP + "products: {all: {size: big}}": (5, "size is 'big'; give centimetres"),
    STEP + "products: {than_before: nicer}": (5, "than_before is 'nicer'; use cheaper,"),
    STEP + "stage: selecting": (5, "stage cannot be checked yet; remove this step"),
    STEP + "pdf: {total: 5}": (5, "pdf cannot be checked yet; remove this step"),
    STEP + "order: {total: 5}": (5, "order cannot be checked yet; remove this step"),
    STEP + "crm: {lead: 1}": (5, "crm cannot be checked yet; remove this step"),
}


@pytest.mark.parametrize(("text", "line", "problem"), [(text, *told) for text, told in MISTAKES.items()])
def test_a_mistake_is_told_with_its_place_and_mend(
    tmp_path: Path, text: str, line: int, problem: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(CaseError) as told:
        read_file(file)
    assert str(told.value).startswith(f"{file}:{line}: ")
    assert problem in str(told.value)


def test_two_cases_of_a_file_have_different_names(tmp_path: Path) -> None:
    step = "      - user: Hi\n      - silence: true\n"
    twice = f"{CASE}{step}{CASE.removeprefix('test_cases:')[1:]}{step}"
    with pytest.raises(CaseError, match="two test cases are named 'a name'; rename one"):
        read_file(written(tmp_path, twice))


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "latin.yml"
    file.write_bytes("test_cases: é".encode("latin-1"))
    with pytest.raises(CaseError, match="not UTF-8; save it as UTF-8"):
        read_file(file)


def test_every_malformed_file_of_a_folder_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "one.yml").write_text("stories: []")
    (tmp_path / "b" / "two.yml").write_text("test_cases: 5")
    with pytest.raises(ConversationsError) as told:
        read_cases(tmp_path)
    assert str(told.value).splitlines()[1:] == [
        f"{tmp_path}/b/two.yml:1: test_cases is the text '5'; give a list",
        f"{tmp_path}/one.yml:1: stories is not known in the file; use test_cases",
    ]


def test_a_folder_without_conversations_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConversationsError, match="There is no conversation at"):
        read_cases(tmp_path)


def test_our_own_conversations_can_all_be_read() -> None:
    assert len(read_cases(CONVERSATIONS)) >= 40
