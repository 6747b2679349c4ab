"""Measures of things and their limits: "120x60", "متر وعشرين", "عرض ١٢٠", "max 2 m", in centimetres."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal

from text import amount_words as words
from text import unit_words as units
from text.figures import Figure
from text.ranges import is_linked, is_parted
from text.roles import Role, Side
from text.size_limits import is_of_people, limit_of, names_a_length, range_of, tail_end


@dataclass(frozen=True)
class Size:
    """One to three measures in cm, and the span of their phrase; a limit has one and may name its side."""

    centimetres: tuple[Decimal, ...]
    start: int
    end: int
    role: Role = "size"
    side: Side | None = None


_TIMES = re.compile(r" ?(?:[x×*]|by|في|fi|fee) ?(?:ال)?")
_LIMITS = "|".join((words.MAXIMUM_CUES, words.MINIMUM_CUES, words.ABOUT_CUES))
_BEFORE = re.compile(
    rf"(?:^|[\s,(])(?:{units.LENGTH_WORDS})(?: (?:is|of|must be|should be|be|to be|يكون|تكون|هو|هي))?"
    rf"[ :=]*(?:(?:{_LIMITS}) ?)?$"
)
_TAIL = re.compile(rf" ?(?:{units.LENGTH_TAILS})(?!\w)")
# How far back the name of a length is looked for.
_REACH = 60
# "10 cm shorter" is a difference, not a size.
_DIFFERENCE_TAIL = re.compile(
    r" (?:shorter|taller|wider|narrower|higher|lower|longer|bigger|smaller|deeper|more|less|extra)(?!\w)"
)
_DIFFERENCE = re.compile(
    r"(?<!\w)(?:اقصر|اطول|اعرض|اضيق|اعلي|اصغر|اكبر|[تن](?:قصر|طول|عرض|كبر|صغر|زيد|نقص)\w*|زياده) ?$"
)
# No furniture is longer: "within 500 m of the metro".
_LARGEST = Decimal(3000)
_LARGEST_BARE = 400
# "10 - 160 cm" is a count and a size.
_WIDEST_RANGE = 5
_METRE_PART = re.compile(
    r" ?(?:and |و ?|w |wa )(?:a )?(?:(?P<half>half|نصف|نص|nus+|nos+)|(?P<quarter>quarter|ربع|rob3))(?!\w)"
)
_METRE_JOIN = re.compile(r" ?(?:and |& |و ?|w |wa )?")
_METRE_WORD = re.compile(
    r"(?<!\w)[بل]?(?:(?P<two>مترين|m[ie]t[ei]?r[ae]+[iy]*n)|متر|mitir|mit[ei]r|meter|metre)(?!\w)"
)
# What parts a measure from how many; "by" never does.
_COUNTING = re.compile(r" ?[x×*] ?")
_EQUALS = re.compile(r" ?=")


def find_sizes(text: str, figures: list[Figure]) -> tuple[list[Size], set[int], set[int]]:
    """The sizes in `text`, the indexes of the figures they use up, and of those that count such sizes."""
    sizes: list[Size] = []
    used: set[int] = set()
    counts: set[int] = set()
    _metre_words(text, figures, sizes, used)
    index = 0
    while index < len(figures):
        if index in used:
            index += 1
            continue
        limits = _range(text, figures, index)
        if limits:
            used.update({index, index + 1})
            sizes.extend(limits)
            index += 2
            continue
        chain = _chain(text, figures, index)
        if len(chain) >= 2:
            counted, measures = _without_count(text, chain)
            counts.update({index} if counted else set())
            used.update(range(index, index + len(chain)))
            sizes.append(_chained(measures))
        elif chain:
            single = _single(text, figures, index, used)
            if single:
                sizes.append(single)
        index += max(len(chain), 1)
    found = [measure for size in sizes for measure in _limited(text, figures, size)]
    return sorted(found, key=lambda size: size.start), used, counts


def _floor(text: str, figures: list[Figure], start: int) -> int:
    """Where the words end that belong to the figure before a position: "160 cm wide, under 900"."""
    before = bisect_right(figures, start, key=lambda figure: figure.end)
    return tail_end(text, figures[before - 1].end) if before else 0


def _limited(text: str, figures: list[Figure], size: Size) -> list[Size]:
    """The size itself, or the limits that it is."""
    if size.role != "size":
        return [size]
    limit = limit_of(text, size.start, size.end, _floor(text, figures, size.start))
    if limit is None:
        return [size]
    if is_of_people(text, limit.start):
        return []
    span = replace(size, start=limit.start, end=limit.end, role=limit.role)
    if len(size.centimetres) == 1:
        limits = [replace(span, side=limit.side)]
    else:
        # "120x60 max": the wider side is the width, whichever was said first; a third is the height.
        sides: tuple[Side, ...] = ("width", "depth", "height")
        measures = (*sorted(size.centimetres[:2], reverse=True), *size.centimetres[2:])
        limits = [
            replace(span, centimetres=(measure,), side=side)
            for side, measure in zip(sides, measures, strict=False)
        ]
    return [one for one in limits if one.centimetres[0] <= _LARGEST]


def _range(text: str, figures: list[Figure], index: int) -> list[Size]:
    """The smallest and the largest measure of "between 120 and 160 cm wide"; empty when it is no range."""
    if index + 1 == len(figures):
        return []
    low, high = figures[index : index + 2]
    is_range = is_linked(text, low, high) and not is_parted(text, low, high)
    if not (is_range and _is_length(low) and _is_length(high)):
        return []
    floor = _floor(text, figures, low.start)
    if not (low.unit or high.unit or names_a_length(text, low.start, high.end, floor)):
        return []
    factor = high.centimetres if high.unit else low.centimetres if low.unit else _bare_factor(high.value)
    values = [figure.value * (figure.centimetres if figure.unit else factor) for figure in (low, high)]
    smallest, largest = sorted(values)
    if not 0 < smallest < largest <= min(_LARGEST, smallest * _WIDEST_RANGE):
        return []
    side, start, end = range_of(text, low.start, high.end, floor)
    roles: tuple[Role, Role] = ("min_size", "max_size") if values[0] < values[1] else ("max_size", "min_size")
    return [
        Size((values[0],), start, low.end, roles[0], side),
        Size((values[1],), high.start, end, roles[1], side),
    ]


def _is_length(figure: Figure) -> bool:
    return figure.currency is None and figure.unit in (None, "length") and figure.number.scale == 1


def _chain(text: str, figures: list[Figure], index: int) -> list[Figure]:
    """Figures from `index` on with "x" between them; one figure alone is a chain of one."""
    if not _is_length(figures[index]):
        return []
    chain = [figures[index]]
    for following in figures[index + 1 : index + 5]:
        if not (_is_length(following) and _TIMES.fullmatch(text[chain[-1].end : following.start])):
            break
        chain.append(following)
    if len(chain) > 1 and _ends_with_count(text, chain):
        chain.pop()
    # "10 x 450 = 4500" and "10 x 450 dirhams" are sums.
    rest = text[chain[-1].end : chain[-1].end + 3]
    last = figures[index + len(chain)] if index + len(chain) < len(figures) else None
    is_sum = last is not None and last.currency and _TIMES.fullmatch(text[chain[-1].end : last.start])
    return chain[:1] if _EQUALS.match(rest) or is_sum else chain[:4]


def _ends_with_count(text: str, chain: list[Figure]) -> bool:
    """Whether the last of a chain counts what the others measure: "desk 160 x 6", "160x80 x 6"."""
    *measures, last = chain
    gap = text[measures[-1].end : last.start]
    if last.unit or measures[-1].unit or last.value >= 20 or last.value % 1:
        return False
    if not all(40 <= figure.value <= _LARGEST_BARE for figure in measures) or not _COUNTING.fullmatch(gap):
        return False
    is_tight = len(measures) > 1 and len(text[measures[0].end : measures[1].start]) == 1
    return len(measures) == 1 or (is_tight and len(gap) > 1)


def _without_count(text: str, chain: list[Figure]) -> tuple[bool, list[Figure]]:
    """Whether "2 x 120x60" counts its size, and the measures without the count."""
    first, second = chain[:2]
    loose = text[first.end : second.start].strip() != text[first.end : second.start]
    tight = len(chain) > 2 and len(text[second.end : chain[2].start]) == 1
    is_count = len(chain) == 4 or (
        len(chain) == 3 and first.unit is None and first.value < 20 and loose and tight
    )
    return is_count, chain[1:] if is_count else chain


def _chained(measures: list[Figure]) -> Size:
    factors = [figure.centimetres for figure in measures if figure.unit == "length"]
    factor = factors[-1] if factors else _bare_factor(max(figure.value for figure in measures))
    values = tuple(
        figure.value * (figure.centimetres if figure.unit == "length" else factor) for figure in measures
    )
    return Size(values, measures[0].start, measures[-1].end)


def _bare_factor(largest: Decimal) -> Decimal:
    """Furniture is written in cm; "1.2x0.6" can only be metres, "1200x600" only millimetres."""
    return Decimal(100) if largest < 8 else Decimal("0.1") if largest >= 600 else Decimal(1)


def _single(text: str, figures: list[Figure], index: int, used: set[int]) -> Size | None:
    figure = figures[index]
    if figure.unit == "length":
        used.add(index)
        if _DIFFERENCE_TAIL.match(figure.after) or _DIFFERENCE.search(figure.before):
            return None
        value, end = figure.value * figure.centimetres, figure.end
        if figure.centimetres == 100:
            value, end = _with_part(text, figures, index, value, end, used)
        return Size((value,), figure.start, end)
    limit = limit_of(text, figure.start, figure.end, _floor(text, figures, figure.start))
    if limit is not None:
        # "king size under 2000" is about money.
        if not limit.is_length or (limit.side is None and not 20 <= figure.value <= _LARGEST_BARE):
            return None
        used.add(index)
        return Size((figure.value * _bare_factor(figure.value),), figure.start, figure.end)
    tail = _TAIL.match(figure.after)
    if not tail and not _BEFORE.search(figure.before):
        return None
    used.add(index)
    return Size((figure.value,), figure.start, figure.end + (tail.end() if tail else 0))


def _with_part(
    text: str, figures: list[Figure], index: int, value: Decimal, end: int, used: set[int]
) -> tuple[Decimal, int]:
    """Add what follows whole metres: "متر ونص", "2 متر و20", "metre and a half"."""
    part = _METRE_PART.match(text, end)
    if part:
        return value + (50 if part["half"] else 25), part.end()
    following = figures[index + 1] if index + 1 < len(figures) else None
    if (
        following is None
        or not _is_length(following)
        or following.value >= 100
        or following.centimetres == 100
    ):
        return value, end
    gap = text[end : following.start] + following.number.prefix
    is_joined = gap.strip() in ("و", "and", "&", "w", "wa")
    if not (is_joined and _METRE_JOIN.fullmatch(gap)):
        return value, end
    used.add(index + 1)
    return value + following.value, following.end


def _metre_words(text: str, figures: list[Figure], sizes: list[Size], used: set[int]) -> None:
    """A metre without a number before it: "متر وعشرين", "مترين ونص"; "سعر المتر" measures nothing."""
    for match in _METRE_WORD.finditer(text):
        if any(figure.start < match.end() and match.start() < figure.end for figure in figures):
            continue
        before = next(
            (i - 1 for i, figure in enumerate(figures) if figure.start >= match.end()), len(figures) - 1
        )
        whole = Decimal(200 if match["two"] else 100)
        value, end = _with_part(text, figures, before, whole, match.end(), used)
        before_it = text[max(0, match.start() - _REACH) : match.start()]
        is_measured = _BEFORE.search(before_it) or limit_of(
            text, match.start(), end, _floor(text, figures, match.start())
        )
        if value == whole and not (match["two"] or is_measured):
            continue
        sizes.append(Size((value,), match.start(), end))
