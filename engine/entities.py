"""The facts of one message, as Rasa's NLU output carries them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entity:
    """One fact: its name in domain.yml, its value, and where it stands in the folded text."""

    name: str
    value: str | int | float
    start: int
    end: int
    # Which of several products it belongs to, "1", "2", …; None in a message about one product, and for
    # what is said about all of them.
    group: str | None = None
    # Of a query: "aside" for words that neither name a kind of thing nor stand at its name.
    role: str | None = None
