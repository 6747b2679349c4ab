"""From replies to rows: split texts, buttons under the question, a file for itself (turns.outbox)."""

from __future__ import annotations

import pytest

from turns.outbox import LONGEST_TEXT, parts_of, split
from turns.ports import Button, Reply


def test_a_text_of_1024_characters_stays_whole_and_one_more_makes_two() -> None:
    assert LONGEST_TEXT == 1_024
    assert list(split("ا" * 1_024)) == ["ا" * 1_024]
    assert list(split("ا" * 1_025)) == ["ا" * 1_024, "ا"]


def test_a_cut_falls_on_the_last_line_end_that_fits() -> None:
    assert list(split("one two\nthree four\nfive", longest=19)) == ["one two\nthree four", "five"]


def test_without_a_line_end_a_cut_falls_between_words() -> None:
    assert list(split("one two three four", longest=10)) == ["one two", "three four"]


def test_a_line_end_right_after_the_limit_still_counts() -> None:
    assert list(split("12345\n678", longest=5)) == ["12345", "678"]


@pytest.mark.parametrize("words", ["", "   ", "\n \n"])
def test_blank_words_are_nothing(words: str) -> None:
    assert list(split(words)) == []


@pytest.mark.parametrize("length", [1, 3, 7, 50])
def test_no_word_is_lost_and_no_part_is_too_long(length: int) -> None:
    words = "كرسي مكتب\nAED 1,299.50 each\n\n" * 40
    parts = list(split(words, longest=length))
    assert all(0 < len(part) <= length for part in parts)
    assert "".join("".join(parts).split()) == "".join(words.split())


def test_rows_are_numbered_through_all_replies() -> None:
    parts = parts_of([Reply("first"), Reply("x" * 1_500), Reply("last")])
    assert [part["ordinal"] for part in parts] == [0, 1, 2, 3]
    assert [part["text"] for part in parts] == ["first", "x" * 1_024, "x" * 476, "last"]


def test_a_file_is_a_message_of_its_own_after_its_text() -> None:
    parts = parts_of(
        [Reply("Your quote", content_uri="https://seller.example/q.pdf"), Reply("Anything else?")]
    )
    assert [(part["text"], part["content_uri"]) for part in parts] == [
        ("Your quote", None),
        (None, "https://seller.example/q.pdf"),
        ("Anything else?", None),
    ]


def test_a_file_without_words_is_one_row() -> None:
    [part] = parts_of([Reply(content_uri="https://seller.example/chair.jpg")])
    assert (part["text"], part["content_uri"]) == (None, "https://seller.example/chair.jpg")


def test_buttons_stand_under_the_last_piece() -> None:
    parts = parts_of([Reply("x" * 1_030, [Button("Yes", "/affirm")])])
    assert [part["buttons"] for part in parts] == [[], [{"title": "Yes", "payload": "majlis:/affirm"}]]


def test_choices_that_are_numbered_lines_keep_their_payloads_for_a_typed_number() -> None:
    buttons = [Button(f"Choice {number}", f"/choice_{number}") for number in range(1, 5)]
    [part] = parts_of([Reply("Which one?", buttons)])
    assert str(part["text"]).endswith("4. Choice 4")
    assert len(list(part["buttons"])) == 4  # type: ignore[call-overload]


def test_a_reply_that_says_nothing_makes_no_row() -> None:
    assert parts_of([Reply(), Reply("  ")]) == []
