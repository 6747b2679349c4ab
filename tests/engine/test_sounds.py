from __future__ import annotations

import pytest

from engine.sounds import consonants, in_arabic


@pytest.mark.parametrize(
    ("arabic", "arabizi"),
    [
        ("توصيل", ["tawseel", "tawsil", "twseel", "tau9eel"]),
        ("كراسي", ["karasi", "krasy", "karaasee"]),
        ("خصم", ["5asem", "khasm", "5a9m"]),
        ("غالي", ["ghali", "3'aly", "8ali"]),
        ("شكرا", ["shokra", "4okra"]),
        ("رقم", ["raqam", "ragam", "r8m"]),
    ],
)
def test_an_arabizi_word_has_the_consonants_of_the_arabic_one(arabic: str, arabizi: list[str]) -> None:
    assert {consonants(word) for word in arabizi} == {consonants(arabic)}


def test_words_that_sound_different_stay_apart() -> None:
    words = ["كرسي", "مكتب", "سعر", "توصيل", "ضمان", "price", "stock", "delivery", "vat", "size"]
    assert len({consonants(word) for word in words}) == len(words)


@pytest.mark.parametrize("word", ["ا", "و", "او", "a", "e3", "2", "x", "7", "ee"])
def test_no_word_is_lost(word: str) -> None:
    assert consonants(word)


@pytest.mark.parametrize(
    ("folded", "read"),
    [
        ("kam el se3er law sama7t", "كم السعر لو سمحت"),
        ("abi delivery lel maktab", "ابي delivery لل مكتب"),
        ("how much is the second one", "how much is the second one"),
        ("وين مكانكم", "وين مكانكم"),
        ("ch-1005 120x60", "ch-1005 120x60"),
        ("", ""),
    ],
)
def test_arabizi_is_read_as_arabic_and_english_as_english(folded: str, read: str) -> None:
    assert in_arabic(folded) == read
