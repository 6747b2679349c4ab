"""The words of a message that may describe a product: what no list, amount or filler accounts for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.matching import Vocabulary
from engine.negation import is_turned_down
from engine.words import TOKEN

# Addresses and numbers of people describe no product. A code stays one word, it may be an SKU of before.
_ELSEWHERE = re.compile(r"(?<!\S)\S{1,64}@\S+|https?://\S+|www\.\S+|\+?\d[\d \-]{6,}\d")
_CODE = re.compile(r"[a-z]{1,6}[-_]?\d{2,}[a-z\d]*(?:-[a-z\d]+)*")
_JOINED = re.compile(r" ?(?:or|nor|and|/|,|او|ولا|و|aw|wala)? ?")
_SHORTEST_WORD = 2


@dataclass(frozen=True)
class Word:
    """A word left over and where it stands."""

    text: str
    start: int
    end: int


def left_over(folded: str, taken: Sequence[tuple[int, int]], vocabulary: Vocabulary) -> list[Word]:
    """The words of `folded` outside of `taken` that are no filler and that no negation turns down."""
    spans = sorted([*taken, *(match.span() for match in _ELSEWHERE.finditer(folded))])
    words: list[Word] = []
    turned_down_end = -1
    position = 0
    end = 0
    for token in TOKEN.finditer(folded):
        if token.start() < end:
            continue
        while position < len(spans) and spans[position][1] <= token.start():
            position += 1
        if position < len(spans) and spans[position][0] < token.end():
            continue
        code = _CODE.match(folded, token.start())
        start, end = code.span() if code else token.span()
        text = folded[start:end]
        if code is None and (text.isdigit() or len(text) < _SHORTEST_WORD or vocabulary.is_filler(text)):
            continue
        follows = turned_down_end >= 0 and _JOINED.fullmatch(folded, turned_down_end, start) is not None
        if follows or is_turned_down(folded, start):
            turned_down_end = end
            continue
        words.append(Word(text, start, end))
    return words
