"""Choices a customer can make by a tap or by typing the number or the words of a button (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from turns.ports import Button

# WhatsApp's reply buttons: at most 3 of at most 20 characters; more become numbered lines.
MOST_BUTTONS = 3
LONGEST_TITLE = 20
# The form of our payloads; a customer who types one by hand finds no offered button behind it.
PAYLOAD_PREFIX = "majlis:"
_INTENT_PREFIX = "/"


def offer(text: str, buttons: Sequence[Button]) -> tuple[str, tuple[Button, ...]]:
    """The text and buttons to send: real buttons where WhatsApp can show them, else numbered lines.

    Payloads get our prefix, so that a tap is recognised when it comes back.
    """
    marked = tuple(Button(button.title, PAYLOAD_PREFIX + button.payload) for button in buttons)
    if as_buttons(marked):
        return text, marked
    lines = [f"{number}. {button.title}" for number, button in enumerate(marked, start=1)]
    return "\n".join([text, *lines]), marked


def as_buttons(buttons: Sequence[Button]) -> bool:
    """Whether WhatsApp can show these as buttons."""
    return len(buttons) <= MOST_BUTTONS and all(len(button.title) <= LONGEST_TITLE for button in buttons)


def chosen_intent(text: str, offered: Sequence[Button]) -> str | None:
    """The intent behind what the customer tapped or typed, if it is one of the offered choices.

    A payload counts only if it was really offered: nothing a customer writes can name an intent.
    """
    words = text.strip()
    for number, button in enumerate(offered, start=1):
        names = {button.payload, str(number), button.title.casefold()}
        if words in names or words.casefold() in names:
            payload = button.payload.removeprefix(PAYLOAD_PREFIX)
            return payload.removeprefix(_INTENT_PREFIX)
    return None
