"""What all forms share: what leaves them, and how often an answer may fail."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.turn import Events, Turn

# These leave a form, whatever the words could be besides.
LEAVE = frozenset({"cancel", "ask_person", "opt_out"})
# After so many answers that cannot be taken, a person is offered (design §5).
_MOST_FAILURES = 3


def answered() -> Events:
    """The message was dealt with, and those that failed before it count no more."""
    # An event in any case: without one Rasa takes the message for no answer, and lets the rules have it.
    return [SlotSet("failed_answers", None)]


def failed(turn: Turn, explanation: str) -> Events:
    """An answer that cannot be taken: it is explained, and in the end a person is offered."""
    count = int(turn.slot("failed_answers") or 0) + 1
    turn.say("utter_offer_person" if count >= _MOST_FAILURES else explanation)
    return [SlotSet("failed_answers", count)]
