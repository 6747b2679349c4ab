"""From what a customer did to what one turn is about (turns.composition)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from turns.composition import Composition, compose
from turns.ports import CustomerMessage, ElementKind, Media

Make = Callable[..., CustomerMessage]


@pytest.fixture
def make() -> Make:
    """Makes waiting messages with growing inbox ids."""
    numbers = itertools.count(1)

    def make_one(
        external_id: str,
        text: str | None = None,
        *,
        media: Media | None = None,
        kind: ElementKind = ElementKind.MESSAGE,
        tap: bool = False,
    ) -> CustomerMessage:
        return CustomerMessage(next(numbers), external_id, kind, text, media, tap)

    return make_one


def test_a_burst_of_words_is_one_text_a_line_each_in_order(make: Make) -> None:
    burst = [make("a", "السلام عليكم"), make("b", "ابغى كراسي"), make("c", "لونها اسود")]
    assert compose(burst) == Composition(
        (1, 2, 3), "السلام عليكم\nابغى كراسي\nلونها اسود", None, left_over=False
    )


def test_the_same_words_twice_are_two_lines(make: Make) -> None:
    assert compose([make("a", "hello"), make("b", "hello")]).text == "hello\nhello"


def test_an_edit_replaces_the_words_of_its_message_in_its_place(make: Make) -> None:
    waiting = [make("a", "10 chairs"), make("b", "black"), make("a", "12 chairs", kind=ElementKind.EDIT)]
    assert compose(waiting) == Composition((1, 2, 3), "12 chairs\nblack", None, left_over=False)


def test_of_several_edits_the_last_counts(make: Make) -> None:
    waiting = [make("a", "1"), make("a", "2", kind=ElementKind.EDIT), make("a", "3", kind=ElementKind.EDIT)]
    assert compose(waiting).text == "3"


def test_an_edit_of_an_answered_message_is_what_the_turn_is_about(make: Make) -> None:
    assert compose([make("a", "12 chairs", kind=ElementKind.EDIT)]).text == "12 chairs"


def test_a_deleted_message_is_consumed_without_being_said(make: Make) -> None:
    waiting = [make("a", "my card number is"), make("b", "hello")]
    waiting.append(make("a", "as it was", kind=ElementKind.DELETION))
    assert compose(waiting) == Composition((1, 2, 3), "hello", None, left_over=False)


def test_when_everything_was_deleted_nothing_is_left_to_answer(make: Make) -> None:
    composition = compose([make("a", "oops"), make("a", "as it was", kind=ElementKind.DELETION)])
    assert composition == Composition((1, 2), "", None, left_over=False)
    assert composition.is_empty


def test_a_message_with_neither_words_nor_media_is_consumed_in_silence(make: Make) -> None:
    composition = compose([make("a")])
    assert composition.is_empty
    assert composition.inbox_ids == (1,)


@pytest.mark.parametrize("kind", list(Media))
def test_media_alone_name_their_intent(make: Make, kind: Media) -> None:
    assert compose([make("a", media=kind)]) == Composition((1,), "", f"send_{kind.value}", left_over=False)


def test_pictures_that_come_together_get_one_answer(make: Make) -> None:
    composition = compose([make("a", media=Media.IMAGE), make("b", media=Media.IMAGE)])
    assert composition == Composition((1, 2), "", "send_image", left_over=False)


def test_words_come_first_and_leave_the_media_a_turn_of_its_own(make: Make) -> None:
    burst = [make("a", media=Media.IMAGE), make("b", "do you have this?"), make("c", media=Media.VOICE)]
    first = compose(burst)
    assert first == Composition((2,), "do you have this?", None, left_over=True)
    second = compose([burst[0], burst[2]])
    assert second == Composition((1,), "", "send_image", left_over=True)
    assert compose([burst[2]]) == Composition((3,), "", "send_voice", left_over=False)


def test_words_do_not_take_a_deleted_picture_along_as_left_over(make: Make) -> None:
    waiting = [make("a", media=Media.IMAGE), make("b", "hi")]
    waiting.append(make("a", "as it was", kind=ElementKind.DELETION))
    assert compose(waiting) == Composition((1, 2, 3), "hi", None, left_over=False)


def test_a_tap_is_a_turn_of_its_own_before_the_words_around_it(make: Make) -> None:
    """Joined with other lines it would no longer be the payload that was offered."""
    burst = [make("a", "20 pieces"), make("b", "majlis:/affirm", tap=True), make("c", "thanks")]
    assert compose(burst) == Composition((2,), "majlis:/affirm", None, left_over=True)
    assert compose([burst[0], burst[2]]) == Composition((1, 3), "20 pieces\nthanks", None, left_over=False)


def test_the_same_button_tapped_twice_is_one_choice(make: Make) -> None:
    taps = [make("a", "majlis:/affirm", tap=True), make("b", "majlis:/affirm", tap=True)]
    assert compose(taps) == Composition((1, 2), "majlis:/affirm", None, left_over=False)


def test_two_different_buttons_are_two_turns_in_order(make: Make) -> None:
    taps = [make("a", "majlis:/deny", tap=True), make("b", "majlis:/affirm", tap=True)]
    assert compose(taps) == Composition((1,), "majlis:/deny", None, left_over=True)


def test_spoken_words_stand_where_they_were_said(make: Make) -> None:
    burst = [make("a", "10 chairs"), make("b", "in black", media=Media.VOICE), make("c", "thanks")]
    assert compose(burst) == Composition(
        (1, 2, 3), "10 chairs\nin black\nthanks", None, left_over=False, spoken=True
    )


def test_spoken_words_to_confirm_are_a_turn_behind_the_written_ones(make: Make) -> None:
    unclear = [replace(make(name, media=Media.VOICE), to_confirm=f"heard {name}") for name in ("a", "b")]
    written = make("c", "hello")
    first = compose([*unclear, written])
    assert (first.text, first.left_over, first.to_confirm) == ("hello", True, False)
    second = compose([*unclear, make("d", media=Media.IMAGE)])
    assert second == Composition((1, 2), "heard a\nheard b", None, True, spoken=True, to_confirm=True)
