"""Numbers with what stands directly around them: a currency or a unit, and the words on both sides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from text import unit_words as units
from text.currencies import currency_after, currency_before
from text.numbers import Number, find_numbers

Unit = Literal["length", "people", "pieces", "percent", "other"]

# How far words may stand from the number they are about; also keeps the cost of a hostile text low.
_REACH = 60
# How many figures a look for the neighbour passes over.
_NEAREST = 4
_LENGTHS = tuple(
    (Decimal(cm), re.compile(rf"[ \-]?(?:{names})(?!\w)")) for cm, names in units.LENGTH_UNITS.items()
)
_UNITS: tuple[tuple[Unit, re.Pattern[str]], ...] = (
    ("percent", re.compile(rf" ?(?:{units.PERCENT})(?!\w)")),
    ("other", re.compile(rf"(?:[ \-]?(?:{units.OTHER_UNITS})|{units.OTHER_GLUED_UNITS})(?!\w)")),
    ("people", re.compile(rf"[ \-]?(?:{units.PEOPLE})(?!\w)")),
    ("pieces", re.compile(rf"[ \-]?(?:{units.PIECES})(?!\w)")),
)
_IDIOMS = re.compile(rf"(?<!\w)(?:{units.IDIOMS})(?!\w)")
_SUBUNIT = re.compile(r" ?(?:fils|fulus|فلس|فلوس|cents?|halalas?|هلله|هلالات)(?!\w)")
_JOIN = re.compile(r" (?:and |& |w |و)?| ?و ?|")


@dataclass(frozen=True)
class Figure:
    """A number of a text. `start` and `end` include its currency and unit, `before` and `after` do not."""

    number: Number
    value: Decimal
    start: int
    end: int
    currency: str | None
    unit: Unit | None
    # For a length: how many centimetres one of its unit is; otherwise 1.
    centimetres: Decimal
    # The words of the same line up to the neighbouring figures, at most _REACH characters.
    before: str
    after: str


def blank_idioms(folded: str) -> str:
    """`folded` with every idiom that holds a number word blanked out ("ألف شكر"), at the same length."""
    return _IDIOMS.sub(lambda match: " " * len(match.group()), folded)


def _unit(after: str) -> tuple[Unit | None, Decimal, int]:
    """The unit `after` begins with, centimetres per unit, and how many characters it takes."""
    for unit, pattern in _UNITS[:2]:
        found = pattern.match(after)
        if found:
            return unit, Decimal(1), found.end()
    for centimetres, pattern in _LENGTHS:
        found = pattern.match(after)
        # "500 in black": inches stand at their number.
        if found and not (found.group() == " in" or (found.group() == '"' and after.startswith('""'))):
            return "length", centimetres, found.end()
    for unit, pattern in _UNITS[2:]:
        found = pattern.match(after)
        if found:
            return unit, Decimal(1), found.end()
    return None, Decimal(1), 0


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def is_lone_one(figure: Figure) -> bool:
    """Whether the figure is a bare "one" in words, which is a pronoun as often as a number."""
    return figure.value == 1 and not (figure.number.in_digits or figure.unit or figure.currency)


def find_figures(text: str) -> list[Figure]:
    """The figures of a folded text whose idioms are blanked, in its order."""
    numbers = find_numbers(text)
    figures: list[Figure] = []
    for index, number in enumerate(numbers):
        begin = number.start - len(number.prefix)
        if figures and begin < figures[-1].end:
            continue  # "خمسه في الميه": the hundred was read as the unit
        # "price of one 275": a lone "one" counts nothing and hides no cue.
        nearest = next((figure.end for figure in reversed(figures[-_NEAREST:]) if not is_lone_one(figure)), 0)
        floor = max(nearest, _line_start(text, begin), begin - _REACH)
        is_last = index + 1 == len(numbers)
        ceiling = min(
            len(text) if is_last else numbers[index + 1].start - len(numbers[index + 1].prefix),
            _line_end(text, number.end),
            number.end + _REACH,
        )
        before, after = text[floor:begin], text[number.end : ceiling]
        figures.append(_figure(number, begin, before, after, text))
    return _with_subunits(text, figures)


def _figure(number: Number, begin: int, before: str, after: str, text: str) -> Figure:
    leading, trailing = currency_before(before), currency_after(after)
    if leading and trailing and text[number.end + trailing[1] :][:2].strip()[:1].isdigit():
        trailing = None  # "AED 500 AED 300": the second currency belongs to the next number
    value, start, end = number.value, begin, number.end
    unit: Unit | None = None
    centimetres = Decimal(1)
    if leading or trailing:
        currency = trailing[0] if trailing else leading[0] if leading else None
        if leading:
            start = begin - (len(before) - leading[1])
            before = before[: leading[1]]
        if trailing:
            end = number.end + trailing[1]
            after = after[trailing[1] :]
        million = re.match(r"m(?!\w)", after)
        if million:  # "AED 1.5m"
            value, end, after = value * 1_000_000, end + 1, after[1:]
    else:
        currency = None
        # Some units hold a number word ("في الميه"), so the next number does not end this look.
        unit, centimetres, length = _unit(
            text[number.end : min(_line_end(text, number.end), number.end + _REACH)]
        )
        if length:
            million_currency = currency_after(after[length:]) if after[:length].strip() == "m" else None
            if million_currency:
                value, unit, currency = value * 1_000_000, None, million_currency[0]
                length += million_currency[1]
            end, after = end + length, after[length:]
    return Figure(number, value, start, end, currency, unit, centimetres, before, after)


def _with_subunits(text: str, figures: list[Figure]) -> list[Figure]:
    """ "12 dirhams and 50 fils" is one amount; "50 fils" alone is half a dirham."""
    found: list[Figure] = []
    for figure in figures:
        coins = _SUBUNIT.match(figure.after) if figure.currency is None else None
        if coins is None:
            found.append(figure)
            continue
        part = figure.value / 100
        whole = found[-1] if found else None
        gap = text[whole.end : figure.start] if whole else ""
        end, after = figure.end + coins.end(), figure.after[coins.end() :]
        if whole is not None and whole.currency and _JOIN.fullmatch(gap):
            found[-1] = Figure(
                whole.number,
                whole.value + part,
                whole.start,
                end,
                whole.currency,
                None,
                Decimal(1),
                whole.before,
                after,
            )
        else:
            currency = "AED" if "f" in coins.group() or "ف" in coins.group() else None
            found.append(
                Figure(
                    figure.number, part, figure.start, end, currency, None, Decimal(1), figure.before, after
                )
            )
    return found
