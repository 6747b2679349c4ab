"""What a quote's PDF says, read as a machine reads it. Needs pypdfium2, which comes with the checks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pypdfium2  # type: ignore[import-untyped]

from quality.cases import QuoteLanguage
from sales.quote_words import WORDS

_SAME_LINE_POINTS = 4.0
_BLANK_POINTS = 1.6
_NUMBER = re.compile(r"\bQ-\d{4}-\d{5,}(?: R\d+)?\b")
_AMOUNT = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})*\.\d{2}(?![\d.,])")
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:\.\d+)?) ?%")


@dataclass(frozen=True)
class QuoteText:
    """The words of a quote's PDF on all its pages, one blank between them, in both ways of reading."""

    words: str

    @property
    def number(self) -> str:
        """As it is printed ("Q-2026-00042 R2"); empty where there is none."""
        found = _NUMBER.search(self.words)
        return found.group() if found else ""

    @property
    def revision(self) -> int:
        """1 where none is printed."""
        return revision_of(self.number)

    @property
    def language(self) -> QuoteLanguage | None:
        """By the fixed words on it; None where there are none."""
        english, arabic = (word in self.words for word in WORDS["quantity"])
        if english and arabic:
            return "both"
        return "en" if english else "ar" if arabic else None

    def says(self, text: str) -> bool:
        """Whether a text stands in it; capitals and blanks aside, which kerning makes hard to tell."""
        return _without_blanks(text) in _without_blanks(self.words)

    @property
    def amounts(self) -> frozenset[Decimal]:
        """Every amount with two decimals."""
        return frozenset(amounts_in(self.words))

    @property
    def percents(self) -> frozenset[Decimal]:
        """Every percentage."""
        return frozenset(Decimal(found) for found in _PERCENT.findall(self.words))


def read_quote(pdf: bytes) -> QuoteText | None:
    """The text of a PDF; None for bytes that are none.

    Twice: as the file says it, in which Arabic words can be found, and as the eye sees it from left to right,
    because a reader of the file turns Latin words around that stand in Arabic lines ("2R -2026-00042Q").
    """
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return None
    try:
        pages = [page.get_textpage() for page in document]
        texts = [page.get_text_bounded() for page in pages] + [line for page in pages for line in _seen(page)]
    finally:
        document.close()
    return QuoteText(" ".join(_folded(text) for text in texts))


def _without_blanks(text: str) -> str:
    return "".join(text.split()).casefold()


def _folded(text: str) -> str:
    """NFKC, without invisible characters: how letters are drawn and guarded is not what they say."""
    signs = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return " ".join("".join(signs).split())


def _seen(page: Any) -> list[str]:
    """The lines of a page of a document in pypdfium2, each from left to right."""
    letters = []
    for index in range(page.count_chars()):
        letter = page.get_text_range(index, 1)
        if letter.strip():
            left, bottom, right, top = page.get_charbox(index, loose=True)
            letters.append(((bottom + top) / 2, left, right, letter))
    lines: list[list[tuple[float, float, str]]] = []
    height = None
    for middle, left, right, letter in sorted(letters, key=lambda one: -one[0]):
        if height is None or height - middle > _SAME_LINE_POINTS:
            lines.append([])
            height = middle
        lines[-1].append((left, right, letter))
    return [_joined(sorted(line)) for line in lines]


def _joined(letters: Sequence[tuple[float, float, str]]) -> str:
    text, end = "", None
    for left, right, letter in letters:
        text += f" {letter}" if end is not None and left - end > _BLANK_POINTS else letter
        end = right
    return text


def revision_of(number: str) -> int:
    """The revision in a quote's number: 2 in "Q-2026-00042 R2", 1 where there is none."""
    return int(number.partition(" R")[2] or 1)


def numbers_in(text: str) -> list[str]:
    """The numbers of quotes in a text, in order."""
    return [found.group() for found in _NUMBER.finditer(text)]


def amounts_in(text: str) -> list[Decimal]:
    """The amounts with two decimals in a text, in order."""
    return [Decimal(found.replace(",", "")) for found in _AMOUNT.findall(text)]
