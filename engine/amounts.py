"""Which facts the amounts of a message are: prices, a quantity, a size, the number of an option.

`text.amounts` says what an amount is by the words around it. What only the catalog knows is decided here:
"20 chairs" is a quantity because there are chairs to sell, and 1005 in "CH-1005" is none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from engine.entities import Entity
from engine.lines import Line
from engine.matching import Match
from engine.negation import correction_ends, is_turned_down
from engine.spans import first_from, last_before
from text.amounts import Amount, find_amounts

# A bare amount of money is what the customer would spend.
_PRICES = {"minimum": "min_price", "maximum": "max_price", "about": "about_price", "price": "max_price"}
_AED = "AED"
# Limits of sizes; their values name the side: "height 200", or "200" for the longest.
SIZE_LIMITS = frozenset({"min_size", "max_size"})
# Nobody sells furniture or lamps for less; "more than 20 black chairs" is about chairs.
_SMALLEST_LIKELY_PRICE = 100
_LARGEST_QUANTITY = 100_000
# "desk 160": the width in centimetres of things that have one.
_LIKELY_SIZES = range(60, 401, 5)
_QUALITIES = ("color", "material", "brand")
# "increase the chairs to 25": a number of pieces, unless money is talked about.
_CHANGE = re.compile(
    r"(?:\b(?:make|change|reduce|increase|raise|lower|cut|update|adjust|set|modify|become|qty|quantity|amount|want|take"
    r"|5al\w*|khal\w*|ghay+er|naz+el\w*|zeed\w*|zood\w*|saww?\w*|3adad|kamiya)\b"
    r"|(?<!\w)و?(?:خل\w*|سو\w*|غير|نزل\w*|زيد\w*|زود\w*|قلل\w*|نقص\w*|عدل\w*|ارفع\w*|حط\w*|نخلي\w*|تصير|يصير|(?:ال)?عدد"
    r"|(?:ال)?كميه)(?!\w))[^\n,.]{0,40}$"
)
_MONEY = re.compile(r"\b(?:bud?ge?t|bujet|price|m[ei]+za+n\w*)|ميزاني|سعر|بجت|بدجت|بادجت")
_TAKEN_BACK = re.compile(r"\bno $")
_COUNT_MARK = re.compile(r"(?<=[\w)])(?: [-x×*:=]|[:=]) ?$")
_COUNTING = re.compile(r"(?:[:=x×*\-]|\bqty|عدد) ?$")
# "cabinet 90 grey x 4": what comes later is how many.
_COUNTED_LATER = re.compile(
    r"[^\d;,+&]*(?:(?<!\w)(?:[x×]|qty|عدد) ?\d{1,4}(?!\w)"
    r"|\d ?(?:pcs?|pieces?|nos?|units?|حبه|حبات|قطع)(?!\w))"
)
_AFTER_OPTION = re.compile(r" ?[,:;x×*\-]? ?")
_FIRST = frozenset({"first", "1st", "last"})
_AFTER_NAME = re.compile(r" ?(?:[:=x×*\-]|\bqty\b|عدد)? ?[:x]? ?")


def read_amounts(folded: str, lines: Sequence[Line]) -> list[Amount]:
    """The amounts of a folded text; the numbers that number a list's entries are none."""
    if not any(line.is_entry for line in lines):
        return find_amounts(folded)
    return [
        replace(amount, start=amount.start + line.start, end=amount.end + line.start)
        for line in lines
        for amount in find_amounts(folded[line.start : line.end])
    ]


def without_overlaps(amounts: Sequence[Amount], matches: Sequence[Match]) -> list[Amount]:
    """The amounts that are no part of a catalog word, an SKU or a phrase such as "another one"."""
    kept = []
    position = 0
    for amount in sorted(amounts, key=lambda found: found.start):
        while position < len(matches) and matches[position].end <= amount.start:
            position += 1
        match = matches[position] if position < len(matches) else None
        if match is None or amount.end <= match.start or _reaches_into(amount, match):
            kept.append(amount)
    return kept


def _reaches_into(amount: Amount, match: Match) -> bool:
    """Whether an amount only shares words with a match ("4-seater sofa"); an SKU shares none."""
    return not match.means("sku") and not (match.start <= amount.start and amount.end <= match.end)


class AmountReader:
    """Turns the amounts of one message into its entities."""

    def __init__(self, folded: str, lines: Sequence[Line], matches: Sequence[Match]) -> None:
        self._folded = folded
        self._lines = lines
        self._facts = [match for match in matches if match.meanings]
        self._is_list = sum(line.is_entry for line in lines) > 1
        self._corrections = correction_ends(folded)
        self._lines_with_products = {
            self._line(match.start).start
            for match in self._facts
            if match.means("category") or match.means("sku")
        }

    def read(self, amounts: Sequence[Amount]) -> list[Entity]:
        """The entities of `amounts`, which stand in the order of the text."""
        entities: list[Entity] = []
        for amount in amounts:
            name = self._name(amount, entities)
            if name is not None:
                value = _value(name, amount)
                if name in SIZE_LIMITS and amount.role == "number":
                    # "max width 120, no sorry 140": the number that corrects a limit is of the same side.
                    value = f"{str(entities[-1].value).rpartition(' ')[0]} {value}".strip()
                entities.append(Entity(name, value, amount.start, amount.end))
        return entities

    def _name(self, amount: Amount, before: Sequence[Entity]) -> str | None:
        if amount.role in _PRICES:
            if amount.currency not in (None, _AED):
                return "other_currency"
            counts = amount.currency is None and (self._counts_products(amount) or self._is_change(amount))
            return "quantity" if counts else _PRICES[amount.role]
        if amount.role == "percent" or self._is_turned_down(amount):
            return None
        if amount.role == "currency":
            return "other_currency"
        if amount.role == "quantity" and self._measures(amount, before):
            return "size"
        if amount.role == "number":
            return self._meaning_of_number(amount, before)
        return amount.role

    def _is_turned_down(self, amount: Amount) -> bool:
        """Whether the amount is the wrong one: "20 not 12". A bare "no" before it answers something else."""
        before = self._before(amount)
        return is_turned_down(self._folded, amount.start) and not _TAKEN_BACK.search(before)

    def _is_change(self, amount: Amount) -> bool:
        """Whether a small number is what a quantity is changed to: "reduce the chairs to 8"."""
        before = self._before(amount) + self._folded[amount.start : amount.end]
        line = before.rpartition("\n")[2]
        return (
            amount.values[0] < _SMALLEST_LIKELY_PRICE
            and bool(_CHANGE.search(line))
            and not _MONEY.search(line)
        )

    def _meaning_of_number(self, amount: Amount, before: Sequence[Entity]) -> str:
        """What a number is about which its own words say nothing."""
        value = amount.values[0]
        if before and self._is_correction_between(before[-1].end, amount.start):
            return before[-1].name if before[-1].name != "other_currency" else "number"
        if value != value.to_integral_value() or not 0 < value <= _LARGEST_QUANTITY:
            return "number"
        if self._followed_by_category(amount) or self._is_change(amount):
            return "quantity"
        if self._followed_by_quality(amount) and not self._measures(amount, before):
            return "quantity"
        if value < _SMALLEST_LIKELY_PRICE and self._is_behind_option(amount, before):
            return "quantity"
        meaning = self._meaning_behind_name(amount, before)
        return meaning or ("quantity" if self._counts_entry(amount, before) else "number")

    def _is_behind_option(self, amount: Amount, before: Sequence[Entity]) -> bool:
        """Whether so many are taken of a place in the list: "the second one, 4", "الثاني ٤"; of it alone."""
        options = [entity for entity in before if entity.name == "option"]
        if not options or options[-1] is not before[-1] or len(options) > 1:
            return False
        gap = _AFTER_OPTION.fullmatch(self._folded, options[-1].end, amount.start)
        # "The first 4" are four of the list.
        said = self._folded[options[-1].start : options[-1].end]
        return gap is not None and not (gap.group() == " " and said.split()[-1] in _FIRST)

    def _measures(self, amount: Amount, before: Sequence[Entity]) -> bool:
        """Whether a bare number between a thing's name and its qualities measures it: "desk 160 oak"."""
        return (
            self._folded[amount.start : amount.end].isdigit()
            and not _COUNTING.search(self._before(amount))
            and self._followed_by_quality(amount)
            and not self._followed_by_category(amount)
            and self._meaning_behind_name(amount, before) == "size"
        )

    def _is_correction_between(self, start: int, end: int) -> bool:
        index = bisect_left(self._corrections, start)
        return index < len(self._corrections) and self._corrections[index] <= end

    def _counts_entry(self, amount: Amount, before: Sequence[Entity]) -> bool:
        """Whether a number begins or ends an entry of a list, whatever the entry is about: "hammocks 3"."""
        line = self._line(amount.start)
        if self._quantities(before, line):
            return False
        is_last = not self._folded[amount.end : line.end].strip(" .,;)")
        if line.is_entry:
            return is_last or amount.start == line.start
        if not is_last:
            return False
        # "whiteboard 120x90 - 2", and the lines of a table: "desk 140cm 10"
        is_marked = _COUNT_MARK.search(self._folded, line.start, amount.start) is not None
        is_row = len(self._lines_with_products) > 1 and line.start in self._lines_with_products
        return is_marked or (is_row and amount.values[0] < _SMALLEST_LIKELY_PRICE)

    def _quantities(self, before: Sequence[Entity], line: Line) -> list[Entity]:
        """The quantities of a line that were read so far."""
        return [entity for entity in before[first_from(before, line.start) :] if entity.name == "quantity"]

    def _line(self, position: int) -> Line:
        return self._lines[first_from(self._lines, position + 1) - 1]

    def _meaning_behind_name(self, amount: Amount, before: Sequence[Entity]) -> str | None:
        """What a number is that stands right behind a product's name: "chairs 20", "desk 160"."""
        product = self._product_before(amount.start)
        if product is None:
            return None
        line = self._line(amount.start)
        counted = any(
            self._product_before(quantity.start) in (None, product)
            for quantity in self._quantities(before, line)
        )
        likely_size = amount.values[0] in _LIKELY_SIZES and product.means("category")
        if counted or (likely_size and _COUNTED_LATER.match(self._folded, amount.end, line.end)):
            return "size" if likely_size else None
        if self._is_list or amount.values[0] < _SMALLEST_LIKELY_PRICE or product.means("sku"):
            return "quantity"
        return "size" if likely_size and not self._folded[: product.end].endswith("s") else None

    def _product_before(self, end: int) -> Match | None:
        """The product whose name and qualities end right before a position."""
        for index in range(last_before(self._facts, end), -1, -1):
            match = self._facts[index]
            if not _AFTER_NAME.fullmatch(self._folded, match.end, end):
                break
            if match.means("category") or match.means("sku"):
                return match
            end = match.start
        return None

    def _followed_by_category(self, amount: Amount) -> bool:
        """Whether a category follows, with nothing but its qualities between."""
        end = amount.end
        for match in islice(self._facts, first_from(self._facts, end), None):
            if self._folded[end : match.start] not in (" ", "", " x ", " of ", " pcs "):
                return False
            if match.means("category") or match.means("sku"):
                return True
            if not any(match.means(quality) for quality in _QUALITIES):
                return False
            end = match.end
        return False

    def _followed_by_quality(self, amount: Amount) -> bool:
        """Whether a colour or a material follows at once: "10 black and 5 white"."""
        following = self._following(amount)
        return (
            following is not None
            and self._folded[amount.end : following.start] == " "
            and any(following.means(quality) for quality in _QUALITIES)
        )

    def _counts_products(self, amount: Amount) -> bool:
        """Whether a limit without a currency limits pieces: "more than 20 chairs"."""
        value = amount.values[0]
        following = self._following(amount)
        if _MONEY.search(self._folded[amount.start : amount.end]):
            return False  # "budget 800 للكرسي"
        if following is not None and self._folded[amount.end : following.start] == " ":
            if following.means("category"):
                return True
            return value < _SMALLEST_LIKELY_PRICE and self._followed_by_category(amount)
        return False

    def _following(self, amount: Amount) -> Match | None:
        index = first_from(self._facts, amount.end)
        return self._facts[index] if index < len(self._facts) else None

    def _before(self, amount: Amount) -> str:
        return self._folded[max(0, amount.start - 48) : amount.start]


def _value(name: str, amount: Amount) -> str | int | float:
    if name == "other_currency":
        return str(amount.currency)
    if name in SIZE_LIMITS:
        return f"{amount.side or ''} {round(amount.values[0])}".strip()
    if name == "size":
        return "x".join(str(round(value)) for value in amount.values)
    return _json_number(amount.values[0])


def _json_number(value: Decimal) -> int | float:
    """A number as JSON carries it; two decimals survive a float unchanged at this size."""
    return int(value) if value == value.to_integral_value() else float(value)
