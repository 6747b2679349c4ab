"""Is a short answer a yes or a no? (text.assent)"""

from __future__ import annotations

import pytest

from text.assent import assent


@pytest.mark.parametrize(
    "words",
    ["yes", "Yes!", "YES please", "yeah that's right", "correct", "ok thanks", "نعم", "أيوه", "ايوا صح",
     "هيه", "صح", "صحيح مشكور", "تمام", "مضبوط", "aywa", "sa7", "na3am", "yes 👍"],
)  # fmt: skip
def test_yes(words: str) -> None:
    assert assent(words) is True


@pytest.mark.parametrize(
    "words",
    ["no", "No.", "nope", "that's not right", "wrong", "لا", "لا مب صح", "مو صحيح", "غلط", "la", "la mb sa7"],
)
def test_no(words: str) -> None:
    assert assent(words) is False


@pytest.mark.parametrize(
    "words",
    [
        "",
        "👍",
        "please",
        "yes 20 chairs",
        "no, 12",
        "I need a chair",
        "why not black",
        "لا ابغى طاولة",
        "yesterday",
    ],
)
def test_anything_else(words: str) -> None:
    assert assent(words) is None
