"""'I heard: … Right?': the question after a recording that nobody should act on yet, and its answer (pure).

The worker asks it, and Rasa never hears of it: a form goes on waiting for its answer, and the words that
the customer confirms come to it as if they had been written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from turns.choices import PAYLOAD_PREFIX, chosen_intent
from turns.ports import Button, Reply

_RIGHT, _WRONG = "heard_right", "heard_wrong"


@dataclass(frozen=True)
class Wording:
    """The seller's words, by reply language. {heard} in `question` is what was heard."""

    question: Mapping[str, str]
    right: Mapping[str, str]
    wrong: Mapping[str, str]
    again: Mapping[str, str]
    # Heard wrong twice in a row: a person has the chat.
    person: Mapping[str, str]


@dataclass(frozen=True)
class Confirmation:
    """What the customer said to the question about the unclear turn `turn_id`, and what else they wrote."""

    turn_id: int
    right: bool
    rest: str


def question(wording: Wording, turn_id: int, heard: str, language: str) -> Reply:
    """The question about what was heard in `turn_id`, with a button for each answer."""
    # Not format(): what was heard may hold braces.
    words = wording.question[language].replace("{heard}", heard)
    buttons = (
        Button(wording.right[language], f"/{_RIGHT}.{turn_id}"),
        Button(wording.wrong[language], f"/{_WRONG}.{turn_id}"),
    )
    return Reply(text=words, buttons=buttons)


def confirmation(
    words: str, offered: Sequence[Button], assent: Callable[[str], bool | None]
) -> Confirmation | None:
    """The answer in what the customer tapped or wrote, if the question was asked.

    A tap, or a yes or no in words of their own; only the first line of a burst can be it. Anything else is
    no answer: the customer has moved on.
    """
    asked = _asked(offered)
    if asked is None:
        return None
    first, _, rest = words.strip().partition("\n")
    intent = chosen_intent(first, offered)
    if intent is not None:
        return Confirmation(asked, intent.startswith(f"{_RIGHT}."), rest.strip())
    said = assent(first)
    return None if said is None else Confirmation(asked, said, rest.strip())


def _asked(offered: Sequence[Button]) -> int | None:
    """The turn that these buttons ask about; None when they are another question's."""
    for button in offered:
        name, _, number = button.payload.removeprefix(PAYLOAD_PREFIX).removeprefix("/").partition(".")
        if name in {_RIGHT, _WRONG} and number.isdecimal():
            return int(number)
    return None
