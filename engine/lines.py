"""The lines of a message, and whether they are the entries of a list that was pasted in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BULLET = re.compile(r"[\-*•·▪▫◦●○■□‣–>+✓✔✅➢►▶→~] ?(?=[^\W_])")
_NUMBERED = re.compile(r"\(?(\d{1,3})(?: ?[.):\-/]+|(?= \d))(?!\d)\s*(?=\w)")
# "8. Meeting table for 10 persons - 1 no": one entry out of a longer list.
_LONE_ENTRY = re.compile(
    r"(?:\d{1,3} ?[.)]|[\-*•·▪●]) ?(?=[^\W\d_]{2}[^\n]*[\-x×*:=] ?\d{1,5}"
    r" ?(?:nos?|pcs?|pieces?|units?|sets?|ea|حبه|حبات|قطع)?\.?$)"
)
_LETTERED = re.compile(r"\(?[a-z]\) ?(?=\w)")
_INLINE_NUMBER = re.compile(r"(?:^|(?<=[\s,;]))\(?(\d{1,2})\) ?(?=\w)")


@dataclass(frozen=True)
class Line:
    """One line; `start` stands behind the number or the bullet of an entry."""

    start: int
    end: int
    is_entry: bool = False


def read_lines(folded: str) -> list[Line]:
    """The lines of `folded` that are not empty; numbering and bullets count from two entries on."""
    spans = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", folded)]
    if len(spans) == 1:
        lone = _LONE_ENTRY.match(folded)
        entry = [Line(lone.end(), len(folded), is_entry=True)] if lone else [Line(0, len(folded))]
        return _inline_entries(folded) or entry
    numbered = _numbered(folded, spans)
    lines = []
    for index, (start, end) in enumerate(spans):
        content = numbered.get(index)
        if content is None:
            mark = _BULLET.match(folded, start, end) or _LETTERED.match(folded, start, end)
            content = mark.end() if mark else None
        lines.append(Line(start, end) if content is None else Line(content, end, is_entry=True))
    if sum(line.is_entry for line in lines) < 2:
        return [Line(start, end) for start, end in spans]
    return lines


def _numbered(folded: str, spans: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Where the content begins of lines that count up from one: "10 chairs" above "5 desks" does not.

    Behind a dot or a bracket the numbers only have to rise: customers paste a part of a list.
    """
    last = 0
    content: dict[int, int] = {}
    for index, (start, end) in enumerate(spans):
        number = _NUMBERED.match(folded, start, end)
        if number is None:
            continue
        is_marked = folded[number.end(1) : number.end()].lstrip()[:1] in (".", ")")
        if int(number[1]) == last + 1 or (is_marked and int(number[1]) > last):
            content[index] = number.end()
            last = int(number[1])
    return content if len(content) > 1 else {}


def _inline_entries(folded: str) -> list[Line]:
    """The entries of "1) ten chairs 2) five desks", or nothing."""
    marks = list(_INLINE_NUMBER.finditer(folded))
    if len(marks) < 2 or [int(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(folded)]
    before = [Line(0, marks[0].start())] if folded[: marks[0].start()].strip() else []
    return before + [Line(mark.end(), end, is_entry=True) for mark, end in zip(marks, ends, strict=True)]
