"""Where a message goes on with another question: "where are you? open on Friday?", "وين مكانكم ومتى"."""

from __future__ import annotations

import re

# Behind a stop or a line end, at an "and", before an Arabic "and" that is written onto its word.
_BETWEEN = re.compile(r"[?.!,+\n]+\s*|\s(?:and|also|w|&)\s+|\s(?=و\w)")


def questions(folded: str) -> list[tuple[int, int]]:
    """Start and end of each part of a folded text that may be a question; none when it has only one part."""
    starts = [0, *(match.end() for match in _BETWEEN.finditer(folded))]
    ends = [*(match.start() for match in _BETWEEN.finditer(folded)), len(folded)]
    parts = [(start, end) for start, end in zip(starts, ends, strict=True) if folded[start:end].strip()]
    return parts if len(parts) > 1 else []
