"""A text as personal data is looked for in it, and the way back to where each character stood.

Customers write a phone in three scripts of digits, with invisible marks from a contact card, or full-width;
what is found in the folded text has to be replaced in the text as it was written, every character of it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from text.fold import fold

_DROPPED = frozenset({"Mn", "Me", "Cf", "Cs"})


@dataclass(frozen=True)
class Reading:
    """`shown[i]` and `folded[i]` are one character of the text, which stood at `origins[i]` in `text`.

    Folded as `text.fold` folds single letters; a run of blanks is one, and what nobody sees is left out.
    """

    text: str
    shown: str
    folded: str
    origins: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where `folded[start:end]`, which is not empty, stands in the text as it was written.

        Marks behind the last character belong to it: a vowel sign on it, the blanks inside of a number.
        """
        last = self.origins[end - 1]
        following = last + 1
        while following < len(self.text) and unicodedata.category(self.text[following]) in _DROPPED:
            following += 1
        return self.origins[start], following

    def part(self, start: int, end: int) -> str:
        """The text as it was written at `folded[start:end]`."""
        first, last = self.original(start, end)
        return self.text[first:last]


@lru_cache(maxsize=4096)
def _pieces(character: str) -> str:
    """What one character is read as: nothing for a mark, "ll" for a ligature."""
    if character == "\n":
        return character
    if character.isspace() or unicodedata.category(character) == "Cc":
        return " "
    # Taken apart first: letters that differ in a mark only are one, whoever composed them.
    apart = unicodedata.normalize("NFKD", character)
    kept = (" " if piece.isspace() else fold(piece) for piece in apart)
    return "".join(kept)


def read_characters(text: str) -> Reading:
    """The reading of a text of any length, in one pass."""
    shown: list[str] = []
    folded: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        for piece in _pieces(character):
            if piece == "\n" and folded and folded[-1] == " ":
                shown.pop(), folded.pop(), origins.pop()
            if piece.isspace() and (not folded or folded[-1].isspace()):
                continue
            shown.append(character if len(character) == 1 and not character.isspace() else piece)
            folded.append(piece)
            origins.append(position)
    return Reading(text, "".join(shown), "".join(folded), tuple(origins))
