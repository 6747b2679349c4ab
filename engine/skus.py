"""Find the catalog's stock-keeping units in a message, however their parts are joined.

"CH-1005", "ch1005", "CH 1005" and "الch_1005" are one product. A catalog may have a hundred thousand SKUs,
so they are looked up in a table instead of being part of the phrase tree.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_PART = re.compile(r"[^\W_]+")
_LEAD = re.compile(r"\d+|[^\W\d_]+")
_CODE = re.compile(r"(?<![^\W_])[a-z]{1,5}[-_]?\d{3,}[a-z]{0,2}(?![^\W_])")
_JOINTS = frozenset({"", " ", "-", "_", "/", "."})
_LINK = re.compile(r" ?(?:,|/|&|\+|-|and|or|vs|with|w|و|او|مع|ولا) ?")
# A number this short is more often a quantity than the SKU of a seller who numbers his goods.
_SHORTEST_NUMBER = 4


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


class Skus:
    """The SKUs of one catalog."""

    def __init__(self, skus: Iterable[str]) -> None:
        self._by_form: dict[str, str] = {}
        # Letters or digits that an SKU begins with: most words of a message are done with by one look-up.
        self._leads: set[str] = set()
        self._most_parts = 1
        for sku in skus:
            parts = _PART.findall(sku.casefold())
            form = "".join(parts)
            if not form or (form.isdigit() and len(form) < _SHORTEST_NUMBER):
                continue
            self._by_form[form] = sku
            self._leads.update(lead.group() for lead in map(_LEAD.match, (parts[0], form)) if lead)
            # One more than written: "CH1005" may be typed "CH 1005".
            self._most_parts = max(self._most_parts, len(parts) + 1)

    def at(
        self, folded: str, tokens: list[re.Match[str]], position: int, words: Collection[str]
    ) -> tuple[str, int] | None:
        """The SKU that begins at the token `position`, and how many tokens it takes.

        `words` are words of the language: "in 1005" is not the SKU IN-1005.
        """
        lead = _LEAD.match(tokens[position].group())
        if lead is None or lead.group() not in self._leads:
            return None
        found = None
        joined = ""
        for length, token in enumerate(tokens[position : position + self._most_parts], 1):
            if length > 1 and not self._joins(folded, tokens[position + length - 2], token, words):
                break
            joined += token.group()
            sku = self._by_form.get(joined)
            # Without a digit it could be any word, so it has to be written as one.
            if sku is not None and (_has_digit(joined) or length == 1):
                found = sku, length
        return found

    def _joins(self, folded: str, left: re.Match[str], right: re.Match[str], words: Collection[str]) -> bool:
        joint = folded[left.end() : right.start()]
        if joint not in _JOINTS:
            return False
        if joint != " ":
            return True
        # Blanks part words as well: over one, only what is no word grows together with a number.
        both = (left.group(), right.group())
        return not all(map(str.isdigit, both)) and not any(part in words for part in both)

    def continued(self, folded: str, sku: str, end: int, token: re.Match[str]) -> str | None:
        """The SKU that a bare number means behind another one: "CH-1001 and 1002"."""
        if not token.group().isdigit() or not _LINK.fullmatch(folded, end, token.start()):
            return None
        letters = "".join(_PART.findall(sku.casefold())).rstrip("0123456789")
        return self._by_form.get(letters + token.group()) if letters else None


def codes(folded: str) -> list[tuple[int, int]]:
    """Where words stand that are formed like SKUs, of whatever catalog."""
    return [match.span() for match in _CODE.finditer(folded)]
