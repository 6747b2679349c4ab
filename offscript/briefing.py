"""What a model is told of the chat: masked, without amounts, and marked as data (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from catalog.listing import Language
from offscript.ports import ModelMessage
from text.fold import fold

_TOKENS = re.compile(r"(?:<[A-Z_]+_\d+>\s*)+")


@dataclass(frozen=True)
class Said:
    """One message of the chat, already masked and without amounts."""

    who: Literal["customer", "seller"]
    text: str


@dataclass(frozen=True)
class Briefing:
    """Everything a model hears of this turn; no field holds personal data or an amount."""

    # The customer's message, masked.
    message: str
    # The last ones before it, the oldest first.
    history: Sequence[Said]
    # The rolling note on what was said before them; empty at the beginning.
    summary: str
    stage: str
    # The language the answer is due in.
    language: Language
    # What the script asked last and still waits for; None when nothing is open.
    open_question: str | None = None
    # The catalog's own keys.
    categories: Sequence[str] = ()
    colors: Sequence[str] = ()
    materials: Sequence[str] = ()
    brands: Sequence[str] = ()
    # What stands on the customer's screen, each with its place there as `option`, and what was chosen.
    shown: Sequence[Mapping[str, Any]] = ()
    chosen: Sequence[Mapping[str, Any]] = ()
    # Topics the seller has facts on.
    topics: Sequence[str] = field(default=())
    # Whether the last thing the customer read was a reminder of his quote, sent to end a silence.
    was_reminded: bool = False

    def talk(self) -> list[ModelMessage]:
        """History and message as the model reads them; a customer's words are JSON, and no order."""
        lines = [
            ModelMessage(
                "user" if said.who == "customer" else "assistant",
                _data(customer_wrote=said.text) if said.who == "customer" else said.text,
            )
            for said in self.history
        ]
        return [*lines, ModelMessage("user", _data(customer_wrote=self.message))]

    def customer_wrote(self, value: str) -> bool:
        """Whether the customer wrote this, now or in the history; a token always stands for his own words."""
        wrote = [self.message, *(said.text for said in self.history if said.who == "customer")]
        return bool(_TOKENS.fullmatch(value)) or any(fold(value) in fold(text) for text in wrote)

    def context(self) -> ModelMessage:
        """What is known beside the talk."""
        return ModelMessage(
            "user",
            _data(
                context={
                    "stage": self.stage,
                    "language": self.language,
                    "open_question": self.open_question,
                    "just_reminded_of_open_quote": self.was_reminded,
                    "note": self.summary,
                    "categories": list(self.categories),
                    "colors": list(self.colors),
                    "materials": list(self.materials),
                    "brands": list(self.brands),
                    "shown_list": list(self.shown),
                    "chosen": list(self.chosen),
                    "topics": list(self.topics),
                }
            ),
        )


def _data(**content: Any) -> str:
    return orjson.dumps(content).decode()
