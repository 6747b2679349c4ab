"""Conversation files are read as docs/testers.md describes them, and a mistake is told with its mend."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.conversations import CONVERSATIONS, ConversationsError, read_cases
from quality.cases import (
    BotExpected,
    Constraints,
    CrmExpected,
    Exchange,
    HistoryGrows,
    ItemChanges,
    Kind,
    ManagerActs,
    OrderExpected,
    OwnerExpected,
    PdfExpected,
    ProductsExpected,
    RecordsExpected,
    Says,
    Silence,
    SlotExpected,
    StageExpected,
    Taps,
    TimePasses,
    UtterExpected,
    ZohoIs,
)
from quality.nodes import CaseError
from quality.reading import read_file

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
    assert burst.step == Says(6, ("Hi", "I need chairs", "yes"))
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


SALE = """
test_cases:
  - test_case: everything of a sale
    steps:
      - user: quote please
      - stage: quoting
      - pdf: {number: new, revision: 2, language: both, total: 1312.5, discount: 7.5, lines: 2, text: VAT}
      - clock: +15d
      - pdf: none
      - manager: {approves_discount: 10}
      - manager: {closes_deal: won}
      - stage: {outcome: won}
      - zoho: sweeps fail
      - zoho: {item: 2, price: -5%, stock: 0}
      - order: waiting
      - history: 400
      - user: confirm
      - order: {state: confirmed, revision: 2, count: 1}
      - user: thanks
      - crm: {leads: 0, deals: {count: 1, Stage: Closed Won}, tasks: {Status: Open}}
"""


def test_everything_of_a_sale(tmp_path: Path) -> None:
    (case,) = read_file(written(tmp_path, SALE))
    quote, clock, discount, closed, fails, item, history, confirmed, thanks = case.exchanges
    assert quote.expectations == (
        StageExpected(6, "quoting"),
        PdfExpected(
            7,
            same_number=False,
            revision=2,
            language="both",
            total=Decimal("1312.50"),
            discount=Decimal("7.5"),
            lines=2,
            text=("VAT",),
        ),
    )
    assert clock == Exchange(TimePasses(8, timedelta(days=15)), (PdfExpected(9, sent=False),))
    assert discount == Exchange(ManagerActs(10, approves_discount=Decimal(10)), ())
    assert closed == Exchange(ManagerActs(11, closes_deal="won"), (StageExpected(12, outcome="won"),))
    assert fails == Exchange(ZohoIs(13, "sweeps fail"), ())
    assert item == Exchange(ItemChanges(14, 2, Decimal(-5), 0), (OrderExpected(15, "waiting"),))
    assert history == Exchange(HistoryGrows(16, 400), ())
    assert confirmed.expectations == (OrderExpected(18, "confirmed", revision=2, count=1),)
    records: dict[Kind, RecordsExpected] = {
        "leads": RecordsExpected(0),
        "deals": RecordsExpected(1, {"Stage": "Closed Won"}),
        "tasks": RecordsExpected(None, {"Status": "Open"}),
    }
    assert thanks.expectations == (CrmExpected(20, records),)
    waiting = [exchange for exchange in case.exchanges if exchange.waits_for_jobs]
    assert waiting == [closed, confirmed, thanks]


@pytest.mark.parametrize(
    ("step", "is_alone"),
    [
        ("clock: +1h", True),
        ("zoho: away", True),
        ("zoho: {item: 1, stock: 0}", True),
        ("manager: {approves_discount: 5}", False),
        ("history: 400", False),
    ],
)
def test_what_touches_other_customers_is_played_alone(tmp_path: Path, step: str, is_alone: bool) -> None:
    (case,) = read_file(written(tmp_path, f"{STEP}{step}\n      - silence: true"))
    assert case.is_played_alone is is_alone


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
    STEP + "says: Hello": (5, "says is not known in a step; use user, clock, manager,"),
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
    CASE + "      - clock: +1d": (4, "clock comes before the first user step"),
    STEP + "clock: +15d": (5, "nothing is expected after the last clock step"),
    STEP + "clock: 15 days": (5, "clock is '15 days'; give a jump ahead such as +15d, +3h or +20m"),
    STEP + "clock: -1d": (5, "clock is '-1d'; give a jump ahead"),
    STEP + "manager: approves": (
        5,
        "manager is the text 'approves'; give a mapping with the keys approves_discount,",
    ),
    STEP + "history: long": (5, "history is 'long'; give a whole number, 1 or more"),
    STEP + "manager: {}": (5, "give manager one of approves_discount, closes_deal"),
    STEP + "manager: {approves_discount: ten}": (
        5,
        "approves_discount is 'ten'; give per cent such as 10 or 7.5",
    ),
    STEP + "manager: {closes_deal: soon}": (5, "closes_deal is 'soon'; use won, lost"),
    STEP + "zoho: gone": (5, "zoho is 'gone'; use away, back, sweep, sweeps fail"),
    STEP + "zoho: {price: +5%}": (5, "zoho lacks item; add it"),
    STEP + "zoho: {item: 1}": (5, "zoho changes nothing of the item; give price or stock"),
    STEP + "zoho: {item: 1, price: 500}": (5, "price is '500'; give a change such as +10% or -5%"),
    STEP + "stage: selection": (5, "stage is 'selection'; use greeting, qualifying, selecting,"),
    STEP + "stage: {name: closing}": (5, "stage lacks outcome; add it"),
    STEP + "stage: {outcome: sold}": (5, "outcome is 'sold'; use open, won, lost"),
    STEP + "pdf: yes": (5, "pdf is 'yes'; use sent, none"),
    STEP + "pdf: {}": (5, "pdf is empty; give one of number, revision, language,"),
    STEP + "pdf: {totals: 5}": (5, "totals is not known in pdf; use number, revision,"),
    STEP + "pdf: {number: Q-1}": (5, "number is 'Q-1'; use same, new"),
    STEP + "order: done": (5, "order is 'done'; use none, placed, waiting, confirmed"),
    STEP + "order: {count: 1}": (5, "order lacks state; add it"),
    STEP + "order: {state: none, count: 1}": (5, "write `order: none`"),
    STEP + "crm: {lead: 1}": (5, "lead is not known in crm; use leads, accounts,"),
    STEP + "crm: {}": (5, "crm is empty; give one of leads,"),
    STEP + "crm: {leads: {}}": (5, "leads is empty; give a count, or fields and their values"),
    STEP + "crm: {leads: some}": (5, "leads is 'some'; give a whole number, 0 or more"),
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
