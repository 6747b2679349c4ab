"""Which language a customer wants the quote in, read from the message that asks for it (pure)."""

from __future__ import annotations

import re

from sales.quote import QuoteLanguage
from text.fold import fold

# On folded text. "العربي" alone is as often a part of a company's name, so Arabic wants its preposition or
# stands without the article; the same holds for "الانجليزي".
_ENGLISH_WORD = r"\benglish\b|\bو?(?:ب(?:ال|ل)?)?ان[جكقغ]ليزي(?:ه)?\b|\b(?:bil?\s*)?ing(?:i)?li[sz]i\b"
_ARABIC_WORD = r"\barabic\b|\bو?(?:ب(?:ال|ل)?)?عربي(?:ه)?\b|\b(?:bil?\s*)?[3a]?arabi\b"
_NO = r"(?:\bnot\b|\bno\b|\bwithout\b|\bمب\b|\bمو\b|\bبدون\b|\bmub\b|\bmob\b|\bmo\b)\s+(?:in\s+)?"

_BOTH = re.compile(
    r"\bbi-?\s?lingual\b|\b(?:both|two|2)\s+languages?\b|\bب?ال?لغتين\b|\bثنائي(?:ه)?\s+اللغه\b"
)
_ENGLISH = re.compile(_ENGLISH_WORD)
_ARABIC = re.compile(_ARABIC_WORD)
_UNWANTED = re.compile(rf"{_NO}(?:{_ENGLISH_WORD}|{_ARABIC_WORD})")


def read_quote_language(words: str) -> QuoteLanguage | None:
    """The language that is named, both if both are; None when the message says nothing of it."""
    wanted = _UNWANTED.sub(" ", fold(words).casefold())
    english, arabic = _ENGLISH.search(wanted), _ARABIC.search(wanted)
    if _BOTH.search(wanted) or (english and arabic):
        return "both"
    if english:
        return "en"
    return "ar" if arabic else None
