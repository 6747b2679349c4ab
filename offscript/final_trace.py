"""The amounts a reader of a finished text sees, read again from the text alone (G8).

It knows nothing of what a renderer put in, so it notices what comes to be only by putting texts together.
"""

from __future__ import annotations

import re
from decimal import Decimal

from offscript.fence_words import without_idioms
from text.currencies import currency_marks
from text.fold import fold

# The one way in which amounts are written here; everything else at a currency is not ours.
_OURS = re.compile(
    r"(?<![a-z\d_.,+/=])aed (\d{1,3}(?:,\d{3})*\.\d\d)(?![\d%]|[.,]\d| ?[x/=]| ?\* ?\d|k|m)(?! (?:aed|k|m)\b)"
)
_PER_CENT = re.compile(r"%|‰|(?<!\w)(?:per ?cents?|pct)(?!\w)|(?<!\w)(?:ب|في )?ال(?:ميه|مايه)(?!\w)")
_PERCENTAGE = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:\.\d+)?) ?(?:%|per ?cent(?!\w)|(?:ب|في )ال(?:ميه|مايه)(?!\w))"
)


def shown_amounts(text: str) -> list[tuple[Decimal, bool]]:
    """The amounts (AED) and percentages of a text, each with whether it is a percentage."""
    return [(value, sign == "%") for sign, value in money_signs(text) if value is not None]


def money_signs(text: str) -> list[tuple[str, Decimal | None]]:
    """Every currency and per cent sign of a text, with its amount or percentage if it is ours."""
    folded = without_idioms(fold(text))
    money = list(_OURS.finditer(folded))
    percentages = list(_PERCENTAGE.finditer(folded))
    found: list[tuple[str, Decimal | None]] = [
        *(("AED", Decimal(match[1].replace(",", ""))) for match in money),
        *(("%", Decimal(match[1]).normalize()) for match in percentages),
    ]
    for code, start, end in currency_marks(folded):
        if not any(match.start() <= start and end <= match.end() for match in money):
            found.append((code, None))
    for sign in _PER_CENT.finditer(folded):
        if not any(match.start() <= sign.start() and sign.end() <= match.end() for match in percentages):
            found.append(("%", None))
    return found
