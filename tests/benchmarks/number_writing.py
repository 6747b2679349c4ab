"""Whole numbers in the scripts and words in which people write amounts, for generated drafts."""

from __future__ import annotations

import sys
import unicodedata

_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen""".split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_ARABIC_UNITS = "- واحد اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة".split()
_ARABIC_TENS = "- عشرة عشرين ثلاثين أربعين خمسين ستين سبعين ثمانين تسعين".split()
GULF_HUNDREDS = "- مية ميتين ثلاثمية أربعمية خمسمية ستمية سبعمية ثمانمية تسعمية".split()
FORMAL_HUNDREDS = "- مائة مئتان ثلاثمائة أربعمائة خمسمائة ستمائة سبعمائة ثمانمائة تسعمائة".split()
_LATIN_HUNDREDS = (
    "- miya miyatain thalathmiya arba3miya 5amsmiya sittmiya sab3miya thamanmiya tis3miya".split()
)
_LATIN_TENS = "- 3ashra 3eshreen thalatheen arb3een 5amseen sitteen sab3een thamaneen tis3een".split()


def every_script() -> list[str]:
    """The ten digits of every script that has them, mathematical ones included."""
    zeros = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) == "Nd" and unicodedata.decimal(character) == 0
    ]
    return ["".join(chr(ord(zero) + digit) for digit in range(10)) for zero in zeros]


def english(number: int) -> str:
    """A whole number below a million in English words."""
    if number >= 1000:
        rest = number % 1000
        return f"{english(number // 1000)} thousand" + (f" {english(rest)}" if rest else "")
    if number >= 100:
        rest = number % 100
        return f"{_UNITS[number // 100]} hundred" + (f" and {english(rest)}" if rest else "")
    if number >= 20:
        rest = number % 10
        return _TENS[number // 10] + (f"-{_UNITS[rest]}" if rest else "")
    return _UNITS[number]


def arabic(number: int, hundreds: list[str]) -> str:
    """A whole number from 20 to 9999 in Arabic words, tens and hundreds only; the rest is left out."""
    thousands, below = divmod(number, 1000)
    words = []
    if thousands:
        words.append({1: "ألف", 2: "ألفين"}.get(thousands, f"{_ARABIC_UNITS[min(thousands, 10)]} آلاف"))
    if below >= 100:
        words.append(hundreds[below // 100])
    if below % 100 >= 10:
        words.append(_ARABIC_TENS[below % 100 // 10])
    return " و".join(words) or "خمسين"


def arabizi(number: int) -> str:
    """A whole number from 20 to 9999 in Latin letters as the Gulf writes it; units are left out."""
    thousands, below = divmod(number, 1000)
    words = []
    if thousands:
        words.append({1: "alf", 2: "alfain"}.get(thousands, f"{thousands} alaf"))
    if below >= 100:
        words.append(_LATIN_HUNDREDS[below // 100])
    if below % 100 >= 10:
        words.append(_LATIN_TENS[below % 100 // 10])
    return " w ".join(words) or "5amseen"
