"""Price limits a customer names: "under 500", "لين ٥٠٠ درهم", "between 300 and 1,200 AED".

Only an amount with a role is read, and only as dirhams. An amount in another currency, a size, a
phone number, a quantity with its unit, a model code or an Arabizi digit is never a price: nothing read
is better than a wrong limit, because the search shows nothing outside the limits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from text.fold import fold

BoundRole = Literal["minimum", "maximum"]


@dataclass(frozen=True)
class PriceBound:
    """One limit in AED, and where its number stands in the folded text (cue and currency not included)."""

    role: BoundRole
    value: Decimal
    start: int
    end: int


# More than any single piece of furniture costs; longer numbers are phones, order and TRN numbers.
_LARGEST_PRICE = Decimal(10_000_000)

_AED = r"(?:aed|dhs?|dirhams?|darahim|درهم(?: اماراتي)?|دراهم|د\.ا\.?)"
_OTHER_CURRENCY = (
    r"(?:[$€£¥₹]|us ?\$|(?:usd|eur|gbp|sar|sr|kwd|kd|bhd|bd|omr|qar|qr|inr|pkr|egp|rs|riyals?|rials?|dinars?"
    r"|dollars?|euros?|pounds?|rupees?|bucks|cents?"
    r"|ريال(?:ات)?|دولار(?:ات)?|دينار|دنانير|يورو|جنيه|روبيه|ر\.س)(?!\w))"
)
# A number with one of these behind it counts or measures something.
_UNIT = (
    r"(?:x ?\d|[×*%]|cms?|mms?|m|meters?|metres?|inch(?:es)?|ft|feet|kgs?|kilos?|percent"
    r"|pcs?|pieces?|units?|sets?|seats?|seaters?|people|persons?|pax|staff|employees|users?"
    r"|drawers?|doors?|shelves|tiers?|days?|weeks?|months?|years?|yrs?|hours?|hrs?|minutes?|mins?|am|pm|o'clock"
    r"|سم|سنتي(?:متر)?|ملم|مم|متر|امتار|انش|بوصه|كيلو|كجم|كغ|بالميه|بالمايه|حبه|حبات|حبايب|قطعه|قطع|وحده|وحدات"
    r"|طقم|اطقم|شخص|اشخاص|نفر|انفار|موظفين|موظف|مقعد|مقاعد|درج|ادراج|باب|ابواب|رف|رفوف|طابق|طوابق"
    r"|يوم|ايام|اسبوع|اسابيع|شهر|اشهر|شهور|سنه|سنين|سنوات|ساعه|ساعات|دقيقه|دقايق|صباحا|مساء)"
)
# A word before the cue that says the number is a measure or a count, not money.
_MEASURE_BEFORE = re.compile(
    r"(?:^|[\s,])(?:ال)?(?:width|wide|height|high|tall|depth|deep|length|long|size|weight|diameter|qty|quantity"
    r"|age|عرض|عرضه|عرضها|طول|طوله|طولها|ارتفاع|ارتفاعه|عمق|عمقه|مقاس|مقاسه|حجم|وزن|وزنه|قطر|عدد|عددهم|كميه)"
    r"(?: (?:is|of|must be|should be|يكون|تكون))?[ :]*$"
)

_MULTIPLIERS = {
    "k": 1_000,
    "thousand": 1_000,
    "grand": 1_000,
    "الف": 1_000,
    "الاف": 1_000,
    "hundred": 100,
    "ميه": 100,
    "مايه": 100,
    "million": 1_000_000,
    "مليون": 1_000_000,
}
_MULTIPLIER = "(?:" + "|".join(_MULTIPLIERS) + r")(?![^\W\d_])"
_DIGITS = r"\d{1,3}(?: \d{3}){1,3}(?:\.\d{1,2})?(?![\d.,]*\d)|\d(?:[\d.,']*\d)?"
# "2 الف ونص", "2 الف و500": a half-read amount is worse than an unread one.
_NO_FRACTION = r"(?! و ?(?:نص|نصف|ربع)(?!\w))"


def _amount(name: str) -> str:
    """A pattern for one amount; groups carry `name` because a pattern may hold two amounts."""
    before = rf"(?P<{name}_before>{_AED} ?|{_OTHER_CURRENCY} ?)?(?:ال ?)?"
    times = rf"(?: ?(?P<{name}_times>{_MULTIPLIER}))?(?! ?{_MULTIPLIER})"
    after = rf"(?: ?(?:(?P<{name}_after>{_AED}(?!\w))|(?P<{name}_other>{_OTHER_CURRENCY})))?"
    return rf"{before}(?P<{name}_digits>{_DIGITS})(?!\d){times}{_NO_FRACTION}{after}"


_LEAD = r"(?<!\w)[وفب]?"
_BETWEEN_CUE_AND_AMOUNT = r"[ :]*(?:(?:around|about|roughly|حوالي|تقريبا|سعر|price|budget|of|is) )?"

_MAXIMUM_CUES = (
    r"not (?:more|higher|greater) than|no more than|not (?:over|above|exceeding)"
    r"|(?:don't|doesn't|does not|do not) exceed|less(?:er)? than|lower than|cheaper than|under(?: than)?"
    r"|below|beneath|up ?to|at most|max(?:imum)?|within|budget(?: is| of)?|<=?"
    r"|(?:مو|مب|مش|ما|لا|مهوب) ?(?:فوق|اكثر من|اغلي من)"
    r"|(?:ما|لا) ?(?:يزيد|تزيد|يتعدي|تتعدي|يتجاوز|تتجاوز|يعدي|تعدي|يطوف|تطوف)(?: (?:عن|علي))?"
    r"|تحت|اقل من|اقل عن|ارخص من|ادني من|دون|لين|لحد|لغايه|حتي|بحد اقصي|كحد اقصي|حدي"
    r"|(?:ال)?ميزاني(?:تي|تنا|ه)|(?:ال)?بجت"
    r"|ta7t|taht|tahat|a?qal+ (?:min|men|mn)|ar5as (?:min|men|mn)|arkhas (?:min|men|mn)|la7ad|lain|lein"
)
_MINIMUM_CUES = (
    r"not (?:less|lower) than|no less than|not (?:under|below)|more than|greater than|higher than|over|above"
    r"|at least|min(?:imum)?|starting (?:from|at)|>=?"
    r"|(?:مو|مب|مش|مهوب) ?(?:تحت|اقل من)|(?:ما|لا) ?(?:يقل|تقل) عن"
    r"|فوق|اكثر من|اغلي من|ازيد من|علي الاقل|ابتداء من|(?:يبدا|تبدا|يبدي) من"
    r"|fo[2qg]|foug|fog|fouq|akthar (?:min|men|mn)|aktar (?:min|men|mn)|agh?la (?:min|men|mn)"
)
_MAXIMUM_TAILS = (
    r"max(?:imum)?|or (?:less|below|under|cheaper)|and (?:below|under|less)"
    r"|و ?(?:تحت|اقل|ارخص)|كحد اقصي|بالكثير|حد اقصي"
)
_MINIMUM_TAILS = (
    r"or (?:more|above|over)|and (?:above|over|up|more)|min(?:imum)?|و ?(?:فوق|اكثر|اعلي)|كحد ادني|فما فوق|\+"
)
_RANGE_CUES = r"between|from|(?:ما )?بين|مابين|من|bein|been|price|budget|السعر|سعر|ميزانيتي|الميزانيه"
_RANGE_LINKS = r" ?[-~] ?| (?:and|to|till|until|upto|ila|w|wa|الي|لين|لحد|ل|حتي|و) ?"

_RANGE = re.compile(
    rf"{_LEAD}(?P<cue>{_RANGE_CUES})?{_BETWEEN_CUE_AND_AMOUNT}(?<![\w.,\-]){_amount('low')}"
    rf"(?:{_RANGE_LINKS}){_amount('high')}(?!\w)"
)
_AFTER_CUE = rf"{_BETWEEN_CUE_AND_AMOUNT}{_amount('only')}"
_BEFORE_CUE = rf"(?<![\w.,\-]){_amount('only')} ?"
# "from 500" and "من 500" also begin dates, places and counts, so they need the currency.
_FROM = re.compile(rf"{_LEAD}(?:from|من) {_amount('only')}")
_SINGLE: tuple[tuple[BoundRole, re.Pattern[str]], ...] = (
    ("maximum", re.compile(rf"{_LEAD}(?:{_MAXIMUM_CUES}){_AFTER_CUE}")),
    ("minimum", re.compile(rf"{_LEAD}(?:{_MINIMUM_CUES}){_AFTER_CUE}")),
    ("maximum", re.compile(rf"{_BEFORE_CUE}(?:{_MAXIMUM_TAILS})(?!\w)")),
    ("minimum", re.compile(rf"{_BEFORE_CUE}(?:{_MINIMUM_TAILS})(?!\w)")),
    ("minimum", _FROM),
)
_FOLLOWED_BY_UNIT = re.compile(rf"[ \-]?{_UNIT}(?!\w)|[ ]?[×*%]")
_GLUED = re.compile(r"[\w\-]|[.,/]\d")


def _number(digits: str) -> Decimal | None:
    """The value of one written number, or None when its separators fit no way of writing prices."""
    digits = digits.replace(" ", "").replace("'", ",")
    # "1.500" and "1,500": three digits after the mark are thousands, nobody writes three fils digits.
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?", digits):
        digits = digits.replace(",", "")
    if not re.fullmatch(r"\d+(?:\.\d{1,2})?", digits):
        return None
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        return None  # "050 123 4567": a number that begins with 0 is a phone
    return Decimal(digits)


def _value(match: re.Match[str], name: str) -> Decimal | None:
    """The AED value of the amount called `name`, or None when it is no price in AED."""
    before = match[f"{name}_before"] or ""
    if match[f"{name}_other"] or (before and not re.match(_AED, before)):
        return None
    value = _number(match[f"{name}_digits"])
    if value is None:
        return None
    value *= _MULTIPLIERS.get(match[f"{name}_times"] or "", 1)
    return value if 0 < value <= _LARGEST_PRICE else None


def _has_currency(match: re.Match[str], name: str) -> bool:
    return bool(match[f"{name}_before"] or match[f"{name}_after"])


def _span(match: re.Match[str], name: str) -> tuple[int, int]:
    last = f"{name}_times" if match[f"{name}_times"] else f"{name}_digits"
    return match.start(f"{name}_digits"), match.end(last)


def _is_measure(folded: str, match: re.Match[str], with_currency: bool) -> bool:
    """Whether the words around a match say that it is a size, a count, a time or part of a code."""
    rest = folded[match.end() :]
    if _GLUED.match(rest):
        return True
    if with_currency:
        return False
    return bool(_FOLLOWED_BY_UNIT.match(rest) or _MEASURE_BEFORE.search(folded[: match.start()]))


def _range_bounds(folded: str, match: re.Match[str]) -> list[PriceBound]:
    with_currency = _has_currency(match, "low") or _has_currency(match, "high")
    if not (match["cue"] or with_currency) or _is_measure(folded, match, with_currency):
        return []
    if match["low_other"] or match["high_other"]:
        return []  # "100 to 200 dollars": the currency of one end is the currency of both
    low, high = _value(match, "low"), _value(match, "high")
    if low is None or high is None:
        return []
    # "2 to 3 thousand" means thousands at both ends.
    if match["high_times"] and not match["low_times"] and low < 100:
        low *= _MULTIPLIERS[match["high_times"]]
    swapped = low > high
    low, high = min(low, high), max(low, high)
    return [
        PriceBound("minimum", low, *_span(match, "high" if swapped else "low")),
        PriceBound("maximum", high, *_span(match, "low" if swapped else "high")),
    ]


def _single_bound(folded: str, match: re.Match[str], role: BoundRole) -> list[PriceBound]:
    with_currency = _has_currency(match, "only")
    value = _value(match, "only")
    if (
        value is None
        or (match.re is _FROM and not with_currency)
        or _is_measure(folded, match, with_currency)
    ):
        return []
    return [PriceBound(role, value, *_span(match, "only"))]


def find_price_bounds(folded: str) -> list[PriceBound]:
    """Find the price limits in `folded`, a text that went through `text.fold.fold`.

    Limits are meant inclusively: who says "under 500" has 500. At most one minimum and one maximum
    come back, in the order of the text; a later limit of the same role corrects an earlier one.
    """
    found: list[PriceBound] = []
    # Whatever was looked at, read or not, is not read again: "500" of "300-500 USD" is no limit.
    looked_at: list[tuple[int, int]] = []
    for match in _RANGE.finditer(folded):
        bounds = _range_bounds(folded, match)
        if bounds or match["cue"] or match["low_other"] or match["high_other"]:
            found.extend(bounds)
            looked_at.append(match.span())
    singles = [(match, role) for role, pattern in _SINGLE for match in pattern.finditer(folded)]
    # The earlier start wins, because a negated cue holds the opposite plain one ("not over 500").
    for match, role in sorted(singles, key=lambda single: single[0].start()):
        if any(match.start() < end and start < match.end() for start, end in looked_at):
            continue
        looked_at.append(match.span())
        found.extend(_single_bound(folded, match, role))
    latest = {bound.role: bound for bound in sorted(found, key=lambda bound: bound.start)}
    return sorted(latest.values(), key=lambda bound: bound.start)


@dataclass(frozen=True)
class PriceBounds:
    """The price limits of a text in AED, inclusive; None where the customer set no limit."""

    minimum: Decimal | None
    maximum: Decimal | None


def price_bounds(text: str) -> PriceBounds:
    """Read the price limits of a customer's text as it was typed."""
    values = {bound.role: bound.value for bound in find_price_bounds(fold(text))}
    return PriceBounds(values.get("minimum"), values.get("maximum"))
