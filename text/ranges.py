"""Two numbers that are the ends of one range: "between 300 and 800", "2 to 3 thousand", "من ٣٠٠ لين ٥٠٠"."""

from __future__ import annotations

import re
from decimal import Decimal

from text import amount_words as words
from text.contexts import counts_noun, follows_code_word, has_price_word, is_price_by_tail, is_whole
from text.figures import Figure
from text.roles import SMALLEST_BARE_PRICE, Amount, Role, is_price

_CUE = re.compile(rf"(?<!\w)[وفب]?(?:{words.RANGE_CUES}){words.BETWEEN}$")
_BETWEEN = re.compile(rf"(?<!\w)[وفب]?(?:{words.BETWEEN_CUES}){words.BETWEEN}$")
_LINK = re.compile(words.RANGE_LINKS)
_AND = re.compile(words.AND_LINKS)
_DASH = re.compile(r" ?- ?")
# "from 9 to 5" is no price.
_SMALLEST_MAXIMUM = 20


def read_range(text: str, low: Figure, high: Figure) -> list[Amount] | None:
    """The amounts of the range from `low` to the next figure `high`; None when they are no range.

    An empty list says that they are one, but of something that is none of ours ("7 to 10 days").
    """
    if not is_linked(text, low, high) or follows_code_word(low) or low.number.prefix == "ال":
        return None
    if low.currency and high.currency and low.currency != high.currency:
        return None
    if is_parted(text, low, high):
        return None
    currency = high.currency or low.currency
    unit = high.unit or low.unit
    if unit or (not currency and counts_noun(high)):
        return _range_of_things(low, high, unit or "pieces")
    values = [low.value, high.value]
    # "2 to 3 thousand" means thousands at both ends.
    if high.number.scale > 1 and low.number.scale == 1 and low.value < 100:
        values[0] *= high.number.scale
    cue = _CUE.search(low.before)
    if not (currency or cue or has_price_word(low) or is_price_by_tail(high) or _is_bare_range(values)):
        return None
    if not currency and high.number.scale == 1 and max(values) < _SMALLEST_MAXIMUM:
        return None
    if not all(map(is_price, values)):
        return None
    start = low.start - (len(low.before) - cue.start()) if cue else low.start
    roles: tuple[Role, Role] = ("minimum", "maximum") if values[0] <= values[1] else ("maximum", "minimum")
    return [
        Amount(roles[0], (values[0],), currency, start, low.end),
        Amount(roles[1], (values[1],), currency, high.start, high.end),
    ]


def is_parted(text: str, low: Figure, high: Figure) -> bool:
    """Whether a dash parts a thing from how many: "cabinet 4 drawer - 8"."""
    return bool(low.unit and high.unit != low.unit and _DASH.fullmatch(text[low.end : high.start]))


def is_linked(text: str, low: Figure, high: Figure) -> bool:
    """Whether the words between two figures make them the ends of a range."""
    link = text[low.end : high.start]
    if high.start == high.number.start - len(high.number.prefix):
        link += high.number.prefix
    return bool(_LINK.fullmatch(link) or (_AND.fullmatch(link) and _BETWEEN.search(low.before)))


def _is_bare_range(values: list[Decimal]) -> bool:
    """Whether "500 to 1000" is a price though nobody says so: large enough, rising, and no years."""
    is_years = all(1900 <= value <= 2100 for value in values)
    return SMALLEST_BARE_PRICE <= values[0] < values[1] and not is_years


def _range_of_things(low: Figure, high: Figure, unit: str) -> list[Amount]:
    """ "6 to 8 people" has to seat eight, "10-20 chairs" may need twenty; other measures say nothing."""
    if unit == "percent":
        return [Amount("percent", (figure.value,), None, figure.start, figure.end) for figure in (low, high)]
    role: Role | None = "seats" if unit == "people" else "quantity" if unit == "pieces" else None
    if role is None or not is_whole(high):
        return []
    return [Amount(role, (max(low.value, high.value),), None, low.start, high.end)]
