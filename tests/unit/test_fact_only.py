"""Messages that only say who their writer is (sales.fact_only), and the language of the answer to them."""

from __future__ import annotations

import pytest

from app.worker import decide_language
from sales.fact_only import says_only_who
from sales.facts import Fact, read_facts
from tests.growth import assert_grows_with_length


@pytest.mark.parametrize(
    ("text", "is_only_who"),
    [
        ("ana Saif", True),
        ("ana saif", True),
        ("ana Grace", True),
        ("saif", True),
        ("John", True),
        ("gulf star llc", True),
        ("company Gulf Star", True),
        ("khalid mn gulf star", True),
        ("email: sara@x.ae", True),
        ("TRN 100234567890003", True),
        ("ana Reem\nreem@orchid.ae", True),
        ("Sara, Blue Dune Interiors LLC, sara@bluedune.ae, Dubai", True),
        ("my name is Omar", False),
        ("Ahmed from Gulf Star", False),
        ("Saif, I need chairs", False),
        ("quote for gulf star llc", False),
        ("email me the quote", False),
        ("karasi mn gulf star", False),
        ("ana tired", False),
        ("Black", False),
        ("Thank You", False),
        ("10 pieces", False),
        ("شركة النور", False),
        ("", False),
    ],
)
def test_who_says_only_who_he_is(text: str, is_only_who: bool) -> None:
    assert says_only_who(text) is is_only_who


@pytest.mark.parametrize(
    "text", ["ana Saif", "saif", "gulf star llc", "email: sara@x.ae", "khalid mn gulf star"]
)
def test_who_says_only_who_he_is_is_answered_in_the_language_of_before(text: str) -> None:
    assert decide_language(text, "ar")[1] == "ar"
    assert decide_language(text, "en")[1] == "en"


@pytest.mark.parametrize(
    ("text", "before", "answered"),
    [
        ("my name is Omar", "ar", "en"),
        ("I need chairs", "ar", "en"),
        ("sara, can you send the quote", "ar", "en"),
        ("اسمي سالم", "en", "ar"),
    ],
)
def test_a_sentence_changes_the_language(text: str, before: str, answered: str) -> None:
    assert decide_language(text, before)[1] == answered


@pytest.mark.parametrize(
    "piece", ["company ", "company is not ", "اسم الشركة غلط ", "غلط، الصح ", "وابي ", "mn ", "Ali "]
)
def test_hostile_text_costs_little(piece: str) -> None:
    text = (piece * 4_000)[:4_000]
    assert_grows_with_length(lambda part: read_facts(part, Fact.COMPANY), text)
    assert_grows_with_length(says_only_who, text)
