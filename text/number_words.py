"""Number words of customers as data: English, Modern Standard and Gulf Arabic, Arabizi.

Arabic is written as `text.fold.fold` leaves it (no hamza, ه for ة, ي for ى). Each word has a kind, which
says how it joins its neighbours, and a value. Arabizi has no spelling to list, so it is patterns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

# unit 0-19, ten 20-90, hundreds 100-900 in one word ("ميتين"), hundred the multiplier, scale a thousand or
# more, scaled a scale with its count in one word ("الفين"), fraction ("نص"), dozen (12 of them).
Kind = Literal["unit", "ten", "hundreds", "hundred", "scale", "scaled", "fraction", "dozen"]


@dataclass(frozen=True)
class NumberWord:
    """What one word says: its kind, its value, and whether it is English (which joins words differently)."""

    kind: Kind
    value: Decimal
    is_english: bool = False


_ENGLISH: dict[Kind, dict[str, str]] = {
    "unit": {
        "0": "zero",
        "1": "one",
        "2": "two couple",
        "3": "three",
        "4": "four",
        "5": "five",
        "6": "six",
        "7": "seven",
        "8": "eight",
        "9": "nine",
        "10": "ten",
        "11": "eleven",
        "12": "twelve",
        "13": "thirteen",
        "14": "fourteen",
        "15": "fifteen",
        "16": "sixteen",
        "17": "seventeen",
        "18": "eighteen",
        "19": "nineteen",
    },
    "ten": {
        "20": "twenty",
        "30": "thirty",
        "40": "forty fourty",
        "50": "fifty",
        "60": "sixty",
        "70": "seventy",
        "80": "eighty",
        "90": "ninety ninty",
    },
    "hundred": {"100": "hundred hundreds hundered hundrd"},
    "scale": {"1000": "thousand thousands thousend thosand k grand", "1000000": "million millions"},
    "fraction": {"0.5": "half", "0.25": "quarter"},
    "dozen": {"12": "dozen dozens"},
}

_ARABIC: dict[Kind, dict[str, str]] = {
    "unit": {
        "0": "صفر",
        "1": "واحد واحده وحده احد احدي",
        "2": "اثنين اثنان اثنا اثني اثنتا اثنتي اثنتين ثنتين اثنينه اتنين تنين ثنين",
        "3": "ثلاثه ثلاث تلاته تلات ثلاته",
        "4": "اربعه اربع",
        "5": "خمسه خمس",
        "6": "سته ست",
        "7": "سبعه سبع",
        "8": "ثمانيه ثماني ثمان ثمانه تمانيه تمان",
        "9": "تسعه تسع",
        "10": "عشره عشر",
        "11": "احدعش احدعشر حدعش حداعش حداشر",
        "12": "اثنعش اثنعشر اثناعشر ثنعش اطنعش اتناشر",
        "13": "ثلاثطعش ثلاثتعش ثلطعش ثلتعش تلتعش ثلاثطعشر ثلتطعش تلتاشر",
        "14": "اربعطعش اربعتعش اربعطعشر اربعتاشر",
        "15": "خمسطعش خمستعش خمسطعشر خمستاشر خمصطعش",
        "16": "ستطعش ستعش سطعش ستطعشر ستاشر",
        "17": "سبعطعش سبعتعش سبعطعشر سبعتاشر",
        "18": "ثمنطعش ثمانتعش ثمنتعش ثمانطعش ثمنطعشر تمنتاشر",
        "19": "تسعطعش تسعتعش تسعطعشر تسعتاشر",
    },
    "ten": {
        "20": "عشرين عشرون",
        "30": "ثلاثين ثلاثون تلاتين",
        "40": "اربعين اربعون",
        "50": "خمسين خمسون",
        "60": "ستين ستون",
        "70": "سبعين سبعون",
        "80": "ثمانين ثمانون تمانين",
        "90": "تسعين تسعون",
    },
    "hundred": {"100": "ميه مايه ميت ميا"},
    "hundreds": {"200": "ميتين مايتين ميتان مايتان ميتي مايتي ميتا مايتا"},
    "scale": {"1000": "الف الاف تالاف تلاف", "1000000": "مليون ملايين"},
    "scaled": {"2000": "الفين الفان الفي", "2000000": "مليونين مليونان"},
    "fraction": {"0.5": "نص نصف", "0.25": "ربع"},
    "dozen": {"12": "درزن درزينه دزينه"},
}

# Stems that "ميه" and "الاف" are written onto: خمسميه, ثلثمايه, خمستالاف.
_ARABIC_STEMS = {
    3: "ثلاث ثلث تلت تلات ثلاثه ثلت",
    4: "اربع ربع اربعه",
    5: "خمس خمسه",
    6: "ست سته",
    7: "سبع سبعه",
    8: "ثمان ثماني ثمن تمن تمان ثمنيه",
    9: "تسع تسعه",
}
_HUNDRED_ENDINGS = ("ميه", "مايه", "ميت", "ميا", "مييه", "امايه", "ماايه")
_THOUSAND_ENDINGS = ("تالاف", "تلاف", "الاف")

# Arabizi: 3 = ع, 5 or kh = خ, th or t = ث, and vowels as they come.
_STEM_3, _STEM_4, _STEM_5 = "th?a?la?th?", "(?:2|')?(?:a?rba[3']?|arb3a?)", "(?:5|kh)[aeiu]?ms"
_STEM_6, _STEM_7 = "s[ie]t{1,2}", "sab(?:a?3a?|')"
_STEM_8, _STEM_9 = "th?[aei]?m[aei]?n", "t[iea]?s(?:[iea]?3|')"
_STEMS = {3: _STEM_3, 4: _STEM_4, 5: _STEM_5, 6: _STEM_6, 7: _STEM_7, 8: _STEM_8, 9: _STEM_9}
_HUNDRED = "m[eiy]{0,3}(?:ya|a|2a)[ht]?"
_TEEN = "t?[ea]?(?:6|t)?t?[aei]?3?a?sh(?:a?r)?"
_ARABIZI: tuple[tuple[Kind, int, str], ...] = (
    ("unit", 1, "w(?:a[7h]|7)[aei]?da?h?"),
    ("unit", 2, "[ei]?th?n[ae][iey]n|[ei]?tn[ae][iey]n"),
    ("unit", 3, r"th?a?la?tha?h?|talata|tlata"),
    ("unit", 4, r"arba3(?:a|ah)?|arb3a|arbaa"),
    ("unit", 5, _STEM_5 + "(?:a|ah|eh|e)?"),
    ("unit", 6, "sitt(?:a|ah|eh|e)?"),
    ("unit", 7, "saba?3(?:a|ah|eh|e)?"),
    ("unit", 8, "th[ae]?m[ae]n(?:ya|ia|iya)h?|tm[ae]n(?:ya|ia|iya)h?|thamanya|thmanya"),
    ("unit", 9, "t[ie]s3(?:a|ah|eh|e)?"),
    ("unit", 10, "3ash(?:a?ra|a?rah|er|ar|r)|3[aie]?shra?h?|ashra|ashara"),
    ("unit", 11, "[ie]?[7h]da?3?a?sh(?:ar)?"),
    ("unit", 12, "[ie]?th?na3?a?sh(?:ar)?|[ei]?6na3?a?sh(?:ar)?"),
    ("unit", 13, f"{_STEM_3}(?:a)?{_TEEN}"),
    ("unit", 14, f"arba3{_TEEN}"),
    ("unit", 15, f"{_STEM_5}[ei]?{_TEEN}"),
    ("unit", 16, f"sit{_TEEN}"),
    ("unit", 17, f"sab[ae]?3{_TEEN}"),
    ("unit", 18, f"{_STEM_8}{_TEEN}"),
    ("unit", 19, f"t[ie]s[ae]?3{_TEEN}"),
    ("ten", 20, "(?:3|')?[iea]?shr(?:ee|ii|i|e)n"),
    ("ten", 30, "th?a?la?th?(?:ee|i|e)n"),
    ("ten", 40, "arba?3?(?:ee|i)n"),
    ("ten", 50, _STEM_5 + "(?:ee|i|e)n"),
    ("ten", 60, "s[ie]tt?(?:ee|i)n"),
    ("ten", 70, "sab[ae]?3(?:ee|i)n"),
    ("ten", 80, "th?a?man(?:ee|i)n"),
    ("ten", 90, "t[ie]s[ae]?3(?:ee|i)n"),
    ("hundred", 100, "m[ie]+y+a[ht]?|myah?|m[ie]2a"),
    ("hundreds", 200, "m[ei]+y?a?t(?:ai|ei|ee|e|ay|ey)n"),
    *(("hundreds", 100 * unit, f"{stem}[ae]?{_HUNDRED}") for unit, stem in _STEMS.items()),
    ("scale", 1_000, "2?alf|2?a+la+f|talaf|tla+f"),
    *(("scaled", 1_000 * unit, f"{stem}(?:t?a+la+f|tla+f)") for unit, stem in _STEMS.items()),
    ("scaled", 2_000, "2?alf(?:ai|ei|ee|e|ay|ey)n"),
    ("scale", 1_000_000, "mal[iy]oo?n|milyoo?n"),
    ("scaled", 2_000_000, "mal[iy]oo?n(?:ai|ei|ee|ay|ey)n"),
    ("fraction", 0, "nu[s9]{1,2}f?|no[s9]{1,2}f?"),
)
# English words and names that an Arabizi pattern would take for a number.
_NOT_ARABIZI = frozenset(["mia", "maya", "arban", "tin", "teen", "ten", "sitten", "tamen", "men", "nose"])


def _words() -> dict[str, NumberWord]:
    words: dict[str, NumberWord] = {}
    for is_english, table in ((True, _ENGLISH), (False, _ARABIC)):
        for kind, values in table.items():
            for value, spellings in values.items():
                for spelling in spellings.split():
                    words[spelling] = NumberWord(kind, Decimal(value), is_english)
    # "fivehundred"
    for word, meaning in list(words.items()):
        if meaning.is_english and meaning.kind in ("unit", "ten") and meaning.value:
            words[f"{word}thousand"] = NumberWord("scaled", meaning.value * 1_000, True)
            if meaning.value < 10:
                words[f"{word}hundred"] = NumberWord("hundreds", meaning.value * 100, True)
    for unit, stems in _ARABIC_STEMS.items():
        for stem in stems.split():
            for ending in _HUNDRED_ENDINGS:
                words[stem + ending] = NumberWord("hundreds", Decimal(100 * unit))
            for ending in _THOUSAND_ENDINGS:
                words.setdefault(stem + ending, NumberWord("scaled", Decimal(1_000 * unit)))
    return words


_WORDS = _words()
_ARABIZI_PATTERNS = tuple(
    (re.compile(pattern), NumberWord(kind, Decimal(value) if value else Decimal("0.5")))
    for kind, value, pattern in _ARABIZI
)
_ARABIZI_START = re.compile("['2-9a-z]")


@lru_cache(maxsize=4096)
def number_word(word: str) -> NumberWord | None:
    """Look up one folded word without letters written onto it; None when it is no number word."""
    known = _WORDS.get(word)
    if known is not None or word in _NOT_ARABIZI or len(word) < 3 or not _ARABIZI_START.match(word):
        return known
    return next((meaning for pattern, meaning in _ARABIZI_PATTERNS if pattern.fullmatch(word)), None)


@lru_cache(maxsize=1)
def every_number_word() -> frozenset[str]:
    """The number words that have a spelling to list: English and Arabic ones, folded."""
    return frozenset(_WORDS)
