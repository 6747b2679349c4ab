"""Long lists of words as regular expressions that people can read."""

from __future__ import annotations

import re

_GOES_ON = re.compile(r"\|\s*\n\s*")


def either(listing: str) -> str:
    """A regular expression for any one entry of `listing`.

    Entries stand on lines of their own or between " ; "; one that is cut behind a "|" goes on in the next
    line.
    """
    lines = _GOES_ON.sub("|", listing).splitlines()
    entries = (entry.strip() for line in lines for entry in line.split(" ; "))
    return "|".join(entry for entry in entries if entry)
