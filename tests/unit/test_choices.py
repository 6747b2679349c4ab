"""Buttons, numbered lines, and what a tap or a typed choice means (turns.choices)."""

from __future__ import annotations

import pytest

from connectors.wazzup.payloads import TAP_PREFIX
from turns.choices import PAYLOAD_PREFIX, chosen_intent, offer
from turns.ports import Button

YES_NO = (Button("Yes, confirm", "/affirm"), Button("No", "/deny"))
FOUR = tuple(Button(f"Choice {number}", f"/choice_{number}") for number in range(1, 5))


def test_up_to_three_short_choices_are_buttons_with_our_prefix() -> None:
    words, buttons = offer("Is this right?", YES_NO)
    assert words == "Is this right?"
    assert buttons == (Button("Yes, confirm", "majlis:/affirm"), Button("No", "majlis:/deny"))


def test_a_fourth_choice_makes_numbered_lines() -> None:
    words, buttons = offer("Which one?", FOUR)
    assert words == "Which one?\n1. Choice 1\n2. Choice 2\n3. Choice 3\n4. Choice 4"
    assert [button.payload for button in buttons] == [f"majlis:/choice_{number}" for number in range(1, 5)]


@pytest.mark.parametrize(("length", "shown_as_buttons"), [(20, True), (21, False)])
def test_a_title_of_21_characters_does_not_fit_on_a_button(length: int, shown_as_buttons: bool) -> None:
    title = "ط" * length
    words, _ = offer("?", [Button(title, "/x")])
    assert (words == "?") is shown_as_buttons
    assert (f"1. {title}" in words) is not shown_as_buttons


@pytest.mark.parametrize("words", ["majlis:/deny", " majlis:/deny\n", "2", "No", "no", "NO ", "2 "])
def test_a_tap_a_number_and_the_title_choose_an_offered_button(words: str) -> None:
    _, offered = offer("?", YES_NO)
    assert chosen_intent(words, offered) == "deny"


@pytest.mark.parametrize(
    "words", ["majlis:/approve_discount", "/deny", "deny", "3", "0", "", "no thanks", "12"]
)
def test_nothing_else_a_customer_writes_names_an_intent(words: str) -> None:
    _, offered = offer("?", YES_NO)
    assert chosen_intent(words, offered) is None


def test_a_payload_counts_only_while_it_is_offered() -> None:
    assert chosen_intent("majlis:/deny", []) is None


def test_arabic_titles_are_chosen_by_their_words() -> None:
    _, offered = offer("؟", [Button("نعم، أكّد", "/affirm"), Button("لا", "/deny")])
    assert chosen_intent("لا", offered) == "deny"


def test_the_gateway_recognises_the_prefix_that_our_buttons_carry() -> None:
    assert TAP_PREFIX == PAYLOAD_PREFIX
