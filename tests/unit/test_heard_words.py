"""What may be acted on without asking (app.voice.is_clear)."""

from __future__ import annotations

import pytest

from app.voice import is_clear
from turns.ports import Transcript


def test_words_that_were_heard_well_are_clear() -> None:
    assert is_clear(Transcript("I need a black chair", -0.2, 0.01, 1.2))
    assert is_clear(Transcript("ابغى كرسي اسود", -0.69, 0.6, 2.4))


@pytest.mark.parametrize(
    "transcript",
    [
        Transcript("I need a black chair"),
        Transcript("I need a black chair", -0.71, 0.01, 1.2),
        Transcript("I need a black chair", -0.2, 0.61, 1.2),
        Transcript("I need a black chair", -0.2, 0.01, 2.41),
        Transcript("I need 20 chairs", -0.2, 0.01, 1.2),
        Transcript("I need twenty chairs", -0.2, 0.01, 1.2),
        Transcript("ابغى عشرين كرسي", -0.2, 0.01, 1.2),
        Transcript("٢٠ كرسي", -0.2, 0.01, 1.2),
        Transcript("under five hundred dirhams", -0.2, 0.01, 1.2),
        Transcript("call me on 0501234567", -0.2, 0.01, 1.2),
        Transcript("120 by 60", -0.2, 0.01, 1.2),
    ],
)
def test_a_doubt_or_a_number_is_asked_about(transcript: Transcript) -> None:
    assert not is_clear(transcript)
