"""Units that license a number beside them, and words that hold their number in themselves ("يومين").

Arabic is written folded. Every unit is alternatives of regular expressions for one whole word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from text import unit_words
from text.alternatives import either

Unit = Literal[
    "pieces", "people", "length", "minutes", "hours", "days", "weeks", "months", "years", "weight", "parts"
]

_WORDS: dict[Unit, str] = {
    "pieces": unit_words.PIECES,
    "people": unit_words.PEOPLE,
    "length": "|".join(unit_words.LENGTH_UNITS.values()),
    "minutes": either("minutes? ; mins? ; دقيقه ; دقايق ; daqay[ie]q ; dagay[ie]g"),
    "hours": either("hours? ; hrs? ; ساعه ; ساعات ; sa3a ; sa3at"),
    "days": either("days? ; يوم ; ايام ; يوما ; yo[uo]?m ; ayy?am"),
    "weeks": either("weeks? ; اسبوع ; اسابيع ; isboo3 ; asabee3"),
    "months": either("months? ; شهر ; اشهر ; شهور ; shahar ; ashhur ; shhoor"),
    "years": either("years? ; yrs? ; سنه ; سنين ; سنوات ; عام ; اعوام ; sana ; snee?n ; sanawat"),
    "weight": either("kgs? ; kilos? ; kilograms? ; tons? ; كيلو ; كجم ; كغ ; كيلوغرام ; طن"),
    "parts": either(
        r"""
        drawers? ; doors? ; shelf ; shelves ; tiers? ; legs? ; wheels? ; colou?rs? ; sizes ; options
        models ; branches ; showrooms ; ادراج ; درج ; ابواب ; باب ; رف ; رفوف ; ارجل ; عجلات ; الوان ; لون
        مقاسات ; خيارات ; موديلات ; فروع
        """
    ),
}
_PATTERNS = tuple((unit, re.compile(words)) for unit, words in _WORDS.items())
# "quantity: 10", "مقاس ١٢٠": the unit stands before the number.
_LEADING: dict[str, Unit] = {
    **dict.fromkeys("qty quantity pcs العدد عدد عددهم الكميه كميه بكميه".split(), "pieces"),
    **dict.fromkeys(
        "width height depth length diameter size sizes measures measuring dimensions"
        " مقاس المقاس مقاسه مقاسها عرض العرض عرضه عرضها طول الطول طوله طولها ارتفاع ارتفاعه"
        " ارتفاعها الارتفاع عمق عمقه عمقها العمق قياس القياس ابعاد ابعاده ابعادها".split(),
        "length",
    ),
    **dict.fromkeys("seats fits accommodates يكفي تكفي".split(), "people"),
}
# Two of something in one word.
_DUALS: dict[str, Unit] = {
    "يومين": "days",
    "اسبوعين": "weeks",
    "شهرين": "months",
    "سنتين": "years",
    "عامين": "years",
    "ساعتين": "hours",
    "دقيقتين": "minutes",
    "مترين": "length",
    "حبتين": "pieces",
    "قطعتين": "pieces",
    "كرسيين": "pieces",
    "مكتبين": "pieces",
    "طاولتين": "pieces",
    "خزانتين": "pieces",
    "كنبتين": "pieces",
    "وحدتين": "pieces",
    "طقمين": "pieces",
    "شخصين": "people",
    "درجين": "parts",
    "بابين": "parts",
    "لونين": "parts",
    "مقاسين": "parts",
    "yomain": "days",
    "yomen": "days",
    "sanatain": "years",
    "shahrain": "months",
}
# Between a number and its unit: "3 working days", "10 of the chairs", "10 black chairs" too, which is why
# words that begin something else end the look instead.
_ENDS_A_LOOK = frozenset(
    """a an per each every for on to at is are was be and or in with by from than as it that this if but so
    because then when will would can could only just each apiece total sum ل لل في علي من الي عن و او مع لكل
    كل هو هي بس فقط لو اذا يعني""".split()
)


@lru_cache(maxsize=4096)
def unit_of(word: str) -> Unit | None:
    """The unit one folded word says, without letters written onto it; None when it is none."""
    return next((unit for unit, pattern in _PATTERNS if pattern.fullmatch(word)), None)


def leading_unit(word: str) -> Unit | None:
    """The unit of a word that stands before its number."""
    return _LEADING.get(word)


def dual_unit(word: str) -> Unit | None:
    """The unit of a word that says two of it; "و", "ب", "ل" and "ال" may be written onto it."""
    for prefix in ("", "و", "ب", "ل", "ال", "وال", "بال", "خلال"):
        if word.startswith(prefix) and word[len(prefix) :] in _DUALS:
            return _DUALS[word[len(prefix) :]]
    return None


def ends_a_look(word: str) -> bool:
    """Whether no unit of a number before `word` can stand behind it."""
    return word in _ENDS_A_LOOK
