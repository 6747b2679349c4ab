"""A customer's line in two spellings of one length: as it is shown, and as it is matched (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from text.alternatives import either
from text.fold import fold

_DROPPED = frozenset({"Mn", "Me", "Cf", "Cs"})
_BLANKS = re.compile(r"[^\S\n]+")
_AROUND_LINE_END = re.compile(r" ?\n[ \n]*")
_TOKEN = re.compile(r"[^\W_]+(?:(?:['.\-’]|(?<=[^\W\d_])_)[^\W_]+)*\.?|[&+\n]|[^\w\s]")
_QUESTION_WORDS = either(
    r"""
    how ; what'?s? ; when ; where ; why ; who ; whose ; which ; is ; are ; do ; does ; did ; can ; could
    would ; will ; may ; shall ; should ; any ; have you
    كم ; بكم ; شو ; شنو ; شنهو ; وش ; ايش ; اش ; متي ; وين ; كيف ; شلون ; هل ; ليش ; عندكم ; عندك ; تقدر
    تقدرون ; ممكن ; في عندكم ; فيه ; منو ; مين ; لو
    kam ; bkam ; shu ; sho ; shno ; shinu ; wesh ; aish ; mita ; wain ; wayn ; wein ; kaif ; keef ; shlon
    laish ; leish ; 3ndkum ; 3indkum ; 3ndkm ; hal ; mumkin ; momkin ; minu
    """
)
_QUESTION = re.compile(rf"(?:(?:so|and|but|ok(?:ay)?|hi|hello|sorry|hey) )*(?:{_QUESTION_WORDS})(?![^\W_])")


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign, and where it stands."""

    shown: str
    folded: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it holds letters and no sign but those inside of names."""
        return any(character.isalpha() for character in self.folded)

    @property
    def is_plain_word(self) -> bool:
        """A word without digits, as people's names are."""
        return self.is_word and not any(character.isdigit() for character in self.folded)

    @property
    def is_capitalised(self) -> bool:
        """Whether its writer began it with a capital letter."""
        return self.shown[0].isupper()


@dataclass(frozen=True)
class Line:
    """A message, or a part of it; `shown[i]` and `folded[i]` are the same character."""

    shown: str
    folded: str

    @property
    def is_question(self) -> bool:
        """Whether it asks something, by its sign or its first word."""
        return "?" in self.folded or _QUESTION.match(self.folded) is not None

    def part(self, start: int, end: int | None = None) -> Line:
        """A stretch of it, without blanks around."""
        shown, folded = self.shown[start:end], self.folded[start:end]
        left = len(shown) - len(shown.lstrip())
        right = len(shown.rstrip())
        return Line(shown[left:right], folded[left:right])

    def tokens(self, start: int = 0) -> Iterator[Token]:
        """Its words and signs from `start` on."""
        for match in _TOKEN.finditer(self.folded, start):
            yield Token(self.shown[match.start() : match.end()], match.group(), *match.span())


@lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    if character.isspace():
        return character
    folded = fold(character)
    return folded if len(folded) == 1 else character


def read_line(text: str) -> Line:
    """Clean a text of marks nobody sees; names are kept as they are written otherwise."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFC", text))
    kept = (
        " " if unicodedata.category(character) == "Cc" and character != "\n" else character
        for character in text
        if character != "ـ" and unicodedata.category(character) not in _DROPPED
    )
    shown = _AROUND_LINE_END.sub("\n", _BLANKS.sub(" ", "".join(kept))).strip()
    return Line(shown, "".join(map(_folded_character, shown)))


# A full stop ends a part only behind a word: not inside "L.L.C. Dubai" or "Mr. Ali".
_PART_END = re.compile(r"[\n,;|!]| [-/–] |(?<=[^\W\d_]{4})\.(?=\s|$)|(?<=\w)[ .]*\?")


def parts(line: Line) -> list[Line]:
    """The line cut at commas, line ends and the like; a question keeps its sign."""
    found, start = [], 0
    for match in _PART_END.finditer(line.folded):
        end = match.end() if "?" in match.group() else match.start()
        found.append(line.part(start, end))
        start = match.end()
    found.append(line.part(start))
    return [part for part in found if part.folded.strip(" ?.-")]


@lru_cache(maxsize=1)
def _ordinary_words() -> frozenset[str]:
    listing = (files("sales") / "ordinary_words.txt").read_text(encoding="utf-8")
    lines = (line for line in listing.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


def is_ordinary(words: Sequence[Token]) -> bool:
    """Whether words are those of any message rather than a name's: "send it again", "غالي وايد".

    Names are made of ordinary words too ("House of Light"): several words that all begin with a capital are
    one.
    """
    if len(words) > 1 and all(word.is_capitalised for word in words):
        return False
    ordinary = sum(word.folded.rstrip(".") in _ordinary_words() for word in words)
    return ordinary * 2 > len(words)
