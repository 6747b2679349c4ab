"""The golden set is what it claims to be: thirty chats in three ways of writing, all stages, hostile ones."""

from __future__ import annotations

from collections import Counter
from typing import get_args

from app.evaluate import GOLDEN
from quality.cases import Case, Says, Stage, StageExpected
from quality.reading import find_files, read_file
from text.language import language_tag

CASES = [case for file in find_files(GOLDEN) for case in read_file(file)]


def first_words(case: Case) -> str:
    """What the customer writes first of all."""
    [first, *_] = [each.step for each in case.exchanges if isinstance(each.step, Says)]
    return "\n".join(first.texts)


def test_there_are_twelve_twelve_and_six() -> None:
    tags = Counter(language_tag(first_words(case)) for case in CASES)

    assert tags["en"] == 12
    assert tags["ar"] == 12
    assert tags["mixed"] + tags["arabizi"] == 6


def test_sales_go_through_all_stages() -> None:
    """To get to the end a sale was at every stage before; negotiating is no stage on the straight way."""
    seen = {
        item.stage
        for case in CASES
        for each in case.exchanges
        for item in each.expectations
        if isinstance(item, StageExpected)
    }

    # Qualifying and closing are passed within a turn: who says what he needs, sees products.
    assert seen >= set(get_args(Stage)) - {"qualifying", "closing"}


def test_some_are_hostile() -> None:
    assert sum("hostile" in case.name for case in CASES) >= 5


def test_each_names_its_customer_once() -> None:
    """Books knows a company only once, so two chats of one would get in each other's way."""
    mails = [
        word
        for case in CASES
        for each in case.exchanges
        if isinstance(each.step, Says)
        for text in each.step.texts
        for word in text.split()
        if "@" in word
    ]

    assert len(mails) == len(set(mails))
