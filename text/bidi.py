"""Keep prices, sizes and phone numbers readable inside Arabic lines.

A chat client that follows the Unicode bidirectional algorithm shows `120×60` as `60×120` and
`+971 4 123 4567` backwards when the line runs from right to left. An isolate around the run stops it.
"""

from __future__ import annotations

import re
import unicodedata

LEFT_TO_RIGHT_ISOLATE = "\u2066"
POP_ISOLATE = "\u2069"

# An isolate that is already there is matched first and left alone; that makes isolate() idempotent.
# A run begins with a Latin letter, a digit or a sign that belongs to one, may hold single blanks and
# the punctuation of numbers, codes, sizes and links, and ends with a letter, a digit or a per cent
# sign. A comma followed by a blank and a dash between blanks end
# a run: they separate items, and items follow the direction of the line.
_ISOLATED = "[\u2066\u2067\u2068][^\u2069]*\u2069"
_LATIN = r"A-Za-z0-9À-ÖØ-öø-ɏ"
_JOINER = r"(?:[.,:/×*+\-–_@#&'’()?=~%]*|[.:/×*+\-&]? | [×*+\-&/@(] ?)"
_RUN = re.compile(rf"({_ISOLATED})|[+#]?[{_LATIN}]+(?:{_JOINER}[{_LATIN}]+)*%?")


def _has_right_to_left(line: str) -> bool:
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in line)


def _wrap(match: re.Match[str]) -> str:
    run = match.group()
    # A plain whole number keeps its order by itself, and list numbers stay without marks.
    if match.group(1) is not None or run.isdigit():
        return run
    return f"{LEFT_TO_RIGHT_ISOLATE}{run}{POP_ISOLATE}"


def isolate(text: str) -> str:
    """Wrap left-to-right runs ("AED 1,299.50", 120×60, phones, SKUs) in U+2066 … U+2069.

    Only lines that hold right-to-left letters are changed; each line of `text` is judged by itself.
    Applying it twice gives the same text.
    """
    return "\n".join(_RUN.sub(_wrap, line) if _has_right_to_left(line) else line for line in text.split("\n"))


def isolate_runs(value: str) -> str:
    """The same for a value that somebody else puts into an Arabic line: every run of it is wrapped."""
    return _RUN.sub(_wrap, value)
