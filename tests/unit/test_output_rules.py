"""What no written reply may hold, whatever its amounts (offscript.output_rules)."""

from __future__ import annotations

import pytest

from catalog.listing import Language
from offscript.output_rules import LONGEST_REPLY, Fault, fault_of
from offscript.prompt_files import PromptName, read_prompt

GOOD: list[tuple[str, Language]] = [
    ("Our team can check that for you. Which emirate is it for?", "en"),
    ("{offer:EX-210} would suit you.", "en"),
    ("Hello <PERSON_1>, a colleague will check.", "en"),
    ("We are Desert Rose Furniture L.L.C. and work from 9 a.m. to 6 p.m., e.g. on Fridays.", "en"),
    ("عندنا كراسي مريحة للظهر. تبي أراويك إياها؟", "ar"),
    ("الكرسي EX-210 زين للظهر.", "ar"),
    ("{offer:EX-210}", "ar"),
    ("{fact:delivery}", "ar"),
    ("<PERSON_1> 👍", "ar"),
    ("{fact:delivery}", "en"),
    ("x" * LONGEST_REPLY, "en"),
]


@pytest.mark.parametrize(("draft", "language"), GOOD)
def test_a_good_reply_breaks_none(draft: str, language: Language) -> None:
    assert fault_of(draft, language) is None


@pytest.mark.parametrize("draft", ["", "  \n "])
def test_a_reply_says_something(draft: str) -> None:
    assert fault_of(draft, "en") is Fault.EMPTY


def test_a_reply_is_short() -> None:
    assert fault_of("x" * (LONGEST_REPLY + 1), "en") is Fault.TOO_LONG


@pytest.mark.parametrize(
    "draft",
    [
        "See https://example.com/offer for more.",
        "See HTTP://10.0.0.1/pay for more.",
        "Pay at www.pay-here.shop today.",
        "Pay at pay-here.shop/now today.",
        "Write to sales@elsewhere.co please.",
        "Look at Evil.XYZ please.",
        "Chat on wa.me/971500000000 with me.",
        "Open tg://resolve please.",
        "Pay at ｐａｙ．ｓｈｏｐ today.",
    ],
)
def test_there_are_no_links(draft: str) -> None:
    assert fault_of(draft, "en") is Fault.LINK


def test_an_arabic_reply_has_no_links_either() -> None:
    assert fault_of("ادفع هني pay-here.shop الحين", "ar") is Fault.LINK


@pytest.mark.parametrize("name", ["triage", "answer", "summary"])
def test_the_instructions_are_not_told(name: PromptName) -> None:
    words = read_prompt(name).text.split()
    told = " ".join(words[30:45]).replace("{", "").replace("}", "")
    assert fault_of(f"My rules say: {told}", "en") is Fault.INSTRUCTIONS


def test_nor_in_capitals_or_with_other_marks() -> None:
    told = "YOU NEVER SEE AN AMOUNT, AND YOU NEVER WRITE ONE!"
    assert fault_of(told, "en") is Fault.INSTRUCTIONS


def test_a_few_words_that_also_stand_in_them_are_no_secret() -> None:
    assert fault_of("A colleague will check, thank you for asking.", "en") is None


@pytest.mark.parametrize(
    ("draft", "language"),
    [
        ("We have many chairs.", "ar"),
        ("{offer:EX-210} suits you.", "ar"),
        ("عندنا كراسي وايد.", "en"),
        ("We have كراسي too.", "en"),
    ],
)
def test_a_reply_is_in_the_language_that_is_due(draft: str, language: Language) -> None:
    assert fault_of(draft, language) is Fault.LANGUAGE


@pytest.mark.parametrize("draft", ["هل تبي كرسي؟", "سوف نشيك لك.", "ماذا تبي؟", "لدينا كراسي."])
def test_modern_standard_arabic_is_held(draft: str) -> None:
    assert fault_of(draft, "ar") is Fault.MODERN_STANDARD
