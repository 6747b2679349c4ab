"""Is a measure a limit ("not taller than 2 m", "160 cm max", "عرضه ما يزيد عن ١٦٠"), and of which side?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from text import amount_words
from text import size_words as words
from text import unit_words as units
from text.roles import Role, Side

# Between the words of a limit and its number: "maximum height of 2 m", "wider than a metre".
_LINK = (
    r"(?:[ :=]*(?:of (?:the|a|my|our) (?!width|height|depth|length)[^\W\d]+|لل(?!عرض|ارتفاع|عمق|طول)[^\W\d]+"
    r"|in|a|an|the|of|is|are|be|to|around|about|say|only|just|يكون|تكون|هو|هي|من|عن|في|ب|حوالي|el|al"
    rf"|{units.LENGTH_WORDS})(?!\w)){{0,4}}[ :=]*"
)
# "its width should be at most", "عرضه يكون اقل من"
_NAMED = (
    rf"(?:(?<!\w)(?:{units.LENGTH_WORDS})(?:[ :=]+(?:is|of|must|should|can|shall|to|be|it|يكون|تكون|هو|هي"
    r"|y?koon)(?!\w))*[ :=]+)?"
)
_AT_MOST = "|".join(
    (
        amount_words.MAXIMUM_CUES,
        words.AT_MOST,
        words.LESS,
        words.LESS_OF_ANYTHING,
        f"{words.NOT} ?{words.MORE}",
        f"{words.NOT} ?{words.MORE_OF_ANYTHING}",
    )
)
_AT_LEAST = "|".join(
    (
        amount_words.MINIMUM_CUES,
        words.AT_LEAST,
        words.MORE,
        words.MORE_OF_ANYTHING,
        f"{words.NOT} ?{words.LESS}",
        f"{words.NOT} ?{words.LESS_OF_ANYTHING}",
    )
)


def _before(cues: str) -> re.Pattern[str]:
    return re.compile(rf"{_NAMED}(?<![\w'])[وفب]?(?P<cue>{cues})(?!\w){_LINK}$")


_LIMITS_BEFORE: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("max_size", _before(_AT_MOST)),
    ("min_size", _before(_AT_LEAST)),
)
_COMPARED = re.compile(
    rf"(?<![\w'])[وفب]?(?:{words.NOT} ?)?(?:{words.MORE}|{words.LESS})"
    r"(?: (?:a|the|about|around|حوالي))*[ :]*$"
)
_TAIL = rf" ?(?:{units.LENGTH_TAILS})(?!\w)"
_LIMITS_BEHIND: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("max_size", re.compile(rf"(?:{_TAIL})?[ ,]*(?:{words.AT_MOST_BEHIND})(?!\w)(?:{_TAIL})?(?! ?[\d:=])")),
    ("min_size", re.compile(rf"(?:{_TAIL})?[ ,]*(?:{words.AT_LEAST_BEHIND})(?!\w)(?:{_TAIL})?(?! ?[\d:=])")),
)
_TAIL_ALONE = re.compile(_TAIL)
_RANGE_BEFORE = re.compile(rf"{_NAMED}(?<!\w)[وفب]?(?:{amount_words.RANGE_CUES})(?!\w){_LINK}$")
_NAME = re.compile(rf"(?<!\w)(?:{units.LENGTH_WORDS})(?!\w)")
_NAME_BEFORE = re.compile(rf"(?<!\w)(?:{units.LENGTH_WORDS})[ :=]*$")
_PEOPLE_BEFORE = re.compile(rf"(?<!\w){words.PEOPLE_BEFORE}(?: (?:who|that|is|are))* ?$")


def _sides(names: dict[Side, str]) -> tuple[tuple[Side, re.Pattern[str]], ...]:
    return tuple((side, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")) for side, pattern in names.items())


_NAMES, _COMPARISONS = _sides(words.SIDES), _sides(words.COMPARED_SIDES)
# How far back a limit is looked for; also keeps the cost of a hostile text low.
_REACH = 60


@dataclass(frozen=True)
class SizeLimit:
    """That a measure is a limit: the side it holds for, None for the longest, and the span of its phrase."""

    role: Role
    side: Side | None
    start: int
    end: int
    # Whether the phrase names a length, so that its number is one without a unit too.
    is_length: bool


def limit_of(text: str, start: int, end: int, floor: int) -> SizeLimit | None:
    """The limit that the measure at `start` to `end` is; None when it is a measure of the thing itself.

    What stands before `floor` belongs to another measure.
    """
    before = _line_before(text, start, floor)
    found = [(role, match) for role, pattern in _LIMITS_BEFORE if (match := pattern.search(before))]
    if found:
        # The earlier cue wins, because a negated one holds the opposite plain one ("not taller than").
        role, match = min(found, key=lambda one: one[1].start("cue"))
        stop = tail_end(text, end)
        phrase, behind = before[match.start() :], text[end:stop]
        is_length = bool(behind or _NAME.search(phrase) or _COMPARED.search(phrase))
        return SizeLimit(role, _side(phrase, behind), start - len(before) + match.start(), stop, is_length)
    for role, pattern in _LIMITS_BEHIND:
        tail = pattern.match(text, end)
        if tail:
            name = _NAME_BEFORE.search(before)
            begin = start - len(before) + name.start() if name else start
            is_length = bool(name or _NAME.search(tail.group()))
            return SizeLimit(role, _side(text[begin:start], tail.group()), begin, tail.end(), is_length)
    return None


def is_of_people(text: str, start: int) -> bool:
    """Whether the limit whose phrase begins at `start` is one of people: "for staff taller than 190 cm"."""
    return _PEOPLE_BEFORE.search(_line_before(text, start)) is not None


def range_of(text: str, start: int, end: int, floor: int) -> tuple[Side | None, int, int]:
    """The side that a range of measures from `start` to `end` is about, and the span of its whole phrase."""
    before = _line_before(text, start, floor)
    found = _RANGE_BEFORE.search(before) or _NAME_BEFORE.search(before)
    begin = start - len(before) + found.start() if found else start
    stop = tail_end(text, end)
    return _side(text[begin:start], text[end:stop]), begin, stop


def names_a_length(text: str, start: int, end: int, floor: int) -> bool:
    """Whether words around the stretch say that its bare numbers are lengths: "width between 120 and 160"."""
    _, begin, stop = range_of(text, start, end, floor)
    return stop > end or _NAME.search(text[begin:start]) is not None


def tail_end(text: str, end: int) -> int:
    """Where the words behind a measure end that name its side: "160 cm wide"."""
    tail = _TAIL_ALONE.match(text, end)
    return tail.end() if tail else end


def _line_before(text: str, position: int, floor: int = 0) -> str:
    return text[max(0, floor, position - _REACH) : position].rpartition("\n")[2]


def _side(before: str, behind: str) -> Side | None:
    for part in (before, behind):
        for side, pattern in _NAMES:
            if pattern.search(part):
                return side
    for side, pattern in _COMPARISONS:
        if pattern.search(before) or pattern.search(behind):
            return side
    return None
