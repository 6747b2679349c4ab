"""Every numeral of a folded draft, in digits and in words, with the unit beside it (G5, G12).

A lexer that denies by default: whatever could be read as a number is one. Two things with digits in them are
words, Arabizi ones (7abibi) and what the ledger knows letter by letter (taken out before). `text.numbers`
asks the opposite question, what a customer most likely counts, and gives the values here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from offscript.fence_tokens import Token, is_joining, is_pronoun, number_tokens, tokens
from offscript.fence_units import Unit, dual_unit, ends_a_look, leading_unit, unit_of
from offscript.placeholders import PLACEHOLDER_MARK, SKU_MARK
from text.numbers import find_numbers

# How many words may stand between a number and its unit: "10 black mesh chairs", "3 working days".
_REACH: dict[Unit, int] = {
    "pieces": 4,
    "people": 2,
    "days": 2,
    "weeks": 2,
    "months": 2,
    "years": 2,
    "parts": 2,
}
_CHAIN = frozenset(
    ["x", "×", "*", "-", "to", "or", "and", "و", "او", "الي", "ل", "لين", "by", "في", "–", "&"]
)
_GROUPS = re.compile(r"[.,']")


@dataclass(frozen=True)
class Numeral:
    """One numeral: every value it can be read as (none when nobody can say), and the units beside it."""

    values: frozenset[Decimal]
    start: int
    end: int
    units: frozenset[Unit]

    @property
    def is_ambiguous(self) -> bool:
        """Whether it can be read as two numbers ("1.250")."""
        return len(self.values) > 1


def literal_values(digits: str) -> frozenset[Decimal]:
    """What a literal may say: "1.250" is 1250 and 1.25, "12.5" only 12.5."""
    parts = _GROUPS.split(digits)
    if len(digits) > 16:
        return frozenset()
    if len(parts) == 1:
        return frozenset([Decimal(digits).normalize()])
    whole = Decimal("".join(parts))
    fraction = Decimal(f"{''.join(parts[:-1])}.{parts[-1]}")
    if len(parts[-1]) != 3:
        return frozenset([fraction.normalize()])
    return frozenset([whole.normalize(), fraction.normalize()])


def find_numerals(folded: str, kinds: frozenset[str]) -> list[Numeral]:
    """The numerals of a folded draft in its order; `kinds` are words for goods, which count pieces."""
    words = tokens(folded)
    return _Lexer(folded, words, kinds).numerals()


class _Lexer:
    def __init__(self, folded: str, words: list[Token], kinds: frozenset[str]) -> None:
        self._folded = folded
        self._words = words
        self._kinds = kinds
        self._numbers = number_tokens(words)

    def numerals(self) -> list[Numeral]:
        spans = self._spans()
        found: list[Numeral] = []
        units: frozenset[Unit] = frozenset()
        # From the right, because "120×60 cm" and "3 to 5 days" share the unit of the last one.
        for index in range(len(spans) - 1, -1, -1):
            first, last = spans[index]
            own = self._units(first, last)
            shares = index + 1 < len(spans) and self._is_chained(last, spans[index + 1][0])
            units = own | (units if shares else frozenset())
            found.append(self._numeral(first, last, units))
        return self._with_leading_units(found[::-1], spans)

    def _with_leading_units(self, found: list[Numeral], spans: list[tuple[int, int]]) -> list[Numeral]:
        """ "Size: 120x60": what stands before the first of a chain is good for all of it."""
        for index in range(1, len(found)):
            if self._is_chained(spans[index - 1][1], spans[index][0]):
                found[index] = replace(found[index], units=found[index].units | found[index - 1].units)
        return found

    def _spans(self) -> list[tuple[int, int]]:
        """First and last token of each numeral; number words in a row are one ("five hundred and ten")."""
        spans: list[tuple[int, int]] = []
        for index in sorted(self._numbers):
            if is_pronoun(self._words, index, self._numbers):
                continue
            if spans and self._continues(spans[-1][1], index):
                spans[-1] = (spans[-1][0], index)
            else:
                spans.append((index, index))
        return spans

    def _continues(self, last: int, index: int) -> bool:
        before, here = self._words[last], self._words[index]
        if dual_unit(before.text) or dual_unit(here.text) or (before.is_literal and here.is_literal):
            return False
        gap = self._folded[before.end : here.start]
        if index == last + 1:
            return gap in ("", " ", "-")
        return index == last + 2 and is_joining(self._words[last + 1].text) and not gap.strip(" &wandو")

    def _numeral(self, first: int, last: int, units: frozenset[Unit]) -> Numeral:
        start, end = self._words[first].start, self._words[last].end
        if first == last:
            token = self._words[first]
            if token.is_literal:
                return Numeral(literal_values(token.text), start, end, units)
            dual = dual_unit(token.text)
            if dual is not None:
                return Numeral(frozenset([Decimal(2)]), start, end, frozenset([dual]))
        read = find_numbers(self._folded[start:end])
        values = {number.value.normalize() for number in read} if len(read) == 1 else set()
        return Numeral(frozenset(values), start, end, units)

    def _is_chained(self, last: int, following: int) -> bool:
        between = [word.text for word in self._words[last + 1 : following]]
        return len(between) == 1 and between[0] in _CHAIN

    def _units(self, first: int, last: int) -> frozenset[Unit]:
        units: set[Unit] = set()
        for distance, index in enumerate(range(last + 1, min(last + 5, len(self._words))), start=1):
            word = self._words[index]
            if index in self._numbers or word.text == PLACEHOLDER_MARK or ends_a_look(word.text):
                break
            if word.is_sign and not (distance == 1 and word.text in "-x×"):
                break
            unit = self._unit(word.text, is_one=self._words[last].text in ("1", "one"))
            if unit is not None:
                if distance <= _REACH.get(unit, 1) + (self._words[last + 1].text == "-"):
                    units.add(unit)
                break
        for index in range(first - 1, max(first - 3, -1), -1):
            leading = leading_unit(self._words[index].text)
            if leading is not None:
                units.add(leading)
                break
            if self._words[index].text not in (":", "is", "of", "=", "هو"):
                break
        return frozenset(units)

    def _unit(self, word: str, *, is_one: bool) -> Unit | None:
        if word == SKU_MARK:
            return "pieces"
        # One chair is counted by its plural in every number that needs a licence; "745 chair" is a price.
        is_singular = word.isascii() and not is_one and word in self._kinds and not word.endswith("s")
        if not is_singular and (word in self._kinds or (word.endswith("s") and word[:-1] in self._kinds)):
            return "pieces"
        return unit_of(word)
