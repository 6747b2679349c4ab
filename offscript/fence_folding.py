"""One plain spelling for a draft, whatever its letters are disguised as.

On top of `text.fold` it takes off every mark and spells out signs of numbers and money. What is in no script
of ours is not read but refused: nobody can list what numbers look like in other scripts, and a Cyrillic
letter in an English word is there to deceive.
"""

from __future__ import annotations

import re
import unicodedata

from text.currencies import currency_marks
from text.fold import YOUNG_SIGNS, fold

_YOUNG = "\u20c1\u20c3"
_OUR_LETTER = re.compile(r"[a-zA-Z\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
# Symbols that a reader takes for numbers, for money or for "free"; dice, tiles, clocks and Braille with them.
_SPEAKING_SYMBOLS = re.compile(
    "[\u2680-\u2685\u212e\u2800-\u28ff\u4dc0-\u4dff\u268a-\u268f\U0001d300-\U0001d37f\U0001f000-\U0001f0ff"
    "\U0001f193\U0001f19a-\U0001f1ac\U0001f200-\U0001f2ff\U0001f381\U0001f4af-\U0001f4b9\U0001f3f7"
    "\U0001f51f\U0001f522\U0001f550-\U0001f567\U0001fa99\U0001f911\U0001f3b2\U0001f9e7\U0001f5d3\U0001f9fe]"
)
# Letters in squares and circles that Unicode does not decompose: 🅵🆁🅴🅴, 🇦🇪🇩.
_SQUARED = str.maketrans(
    {
        chr(start + index): chr(ord("a") + index)
        for start in (0x1F150, 0x1F170, 0x1F1E6)
        for index in range(26)
    }
)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_LETTER_O = re.compile(r"(?<=\d)o+(?![^\W\d_])|(?<=\d)o+(?=[\do]*\d)")
_LETTER_L = re.compile(r"(?<=\d)[li|](?=\d)|(?<![\w])[li|](?=\d)")
_SUPERSCRIPT_OF_AREA = re.compile("(?<=m)[\u00b2\u00b3]")
# "DCCXLV"; shorter ones are sizes, series and abbreviations.
_ROMAN = re.compile(
    r"\b(?=[MDCLXVI]{3,}\b)M{0,4}(?:CM|CD|D?C{0,4})(?:XC|XL|L?X{0,4})(?:IX|IV|V?I{0,4})\b"
    r"|\b(?=[mdclxvi]{4,}\b)m{0,4}(?:cm|cd|d?c{0,4})(?:xc|xl|l?x{0,4})(?:ix|iv|v?i{0,4})\b"
)
_NO_ROMAN = frozenset(["MIX", "DIV", "CIV", "III", "VII", "XII"])
# Single letters in a row, with whatever between them: "f r e e", "s.e.v.e.n", "د ر ه م".
_SPELLED = re.compile(r"(?<![^\W_])(?:[^\W\d_](?:[^\w\ue000-\ue002]|_){1,3}){2,}[^\W\d_](?![^\W_])")
# Nobody spells a longer word out who has nothing to hide.
_LONG_SPELLED = re.compile(r"(?<![^\W_])(?:[^\W\d_](?:[^\w\ue000-\ue002]|_){1,3}){4,}[^\W\d_](?![^\W_])")
_BETWEEN_LETTERS = re.compile(r"[\W_]+")


def is_readable(draft: str) -> bool:
    """Whether every character is a letter, digit or sign of ours, or a symbol that says no number."""
    plain = unicodedata.normalize("NFKD", draft)
    if any(unicodedata.category(character) == "Nl" for character in draft):
        return False
    if _SPEAKING_SYMBOLS.search(draft) or any(
        match.group() not in _NO_ROMAN for match in _ROMAN.finditer(plain)
    ):
        return False
    return all(character.isascii() or _is_ours(character) for character in plain)


def _is_ours(character: str) -> bool:
    category = unicodedata.category(character)
    if category in ("Lu", "Ll", "Lt", "Lm", "Lo"):
        return _OUR_LETTER.match(character) is not None
    # Unassigned ones may be digits of tomorrow's Unicode; the two young currency signs speak for themselves.
    return category not in ("Co", "Cs", "Cc", "Cn", "Nl") or character in _YOUNG


def _spell_number(character: str) -> str:
    """A digit or numeral sign as ASCII digits, also where Unicode gives it no decomposition (❼)."""
    if unicodedata.category(character) in ("No", "Nl"):
        value = unicodedata.numeric(character)
        return f" {int(value) if value == int(value) else value} "
    return character


def fold_draft(draft: str) -> str:
    """The draft as the fence reads it; private-use marks that stand in it are kept."""
    # Before NFKD, which would leave signs younger than its table; fold() spells them for everybody else.
    text = _SUPERSCRIPT_OF_AREA.sub("", draft).translate(_SQUARED).translate(YOUNG_SIGNS)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(
        _spell_number(character)
        for character in text
        if unicodedata.category(character) not in ("Mn", "Me", "Cf")
    )
    folded = _LETTER_O.sub(lambda match: "0" * len(match.group()), fold(text))
    return _LETTER_L.sub("1", folded)


def _join_spelled(match: re.Match[str]) -> str:
    return _BETWEEN_LETTERS.sub("", match.group())


def readings(draft: str) -> list[str]:
    """Every way a reader may read the draft: folded; with stretched letters as two; with spelled words
    joined.

    The first is the plain one. A draft is good only if each of them is.
    """
    found = [fold_draft(draft)]
    plain = unicodedata.normalize("NFKC", draft)
    if _STRETCHED.search(plain):
        found.append(fold_draft(_STRETCHED.sub(r"\1\1", plain)))
    spelled = _SPELLED.sub(_join_spelled, found[0])
    if spelled != found[0]:
        found.append(spelled)
    return found


def is_spelled_out(folded: str) -> bool:
    """Whether a word of five letters or more is written letter by letter."""
    return _LONG_SPELLED.search(folded) is not None


def has_currency(folded: str) -> bool:
    """Whether the folded text names a currency or shows its sign."""
    return bool(currency_marks(folded)) or any(unicodedata.category(one) == "Sc" for one in folded)
