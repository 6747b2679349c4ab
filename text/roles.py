"""The roles a number can have in a customer's message."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

# minimum, maximum, about: limits of a price. price: money without a limit ("500 AED"). quantity: pieces.
# size: centimetres; min_size and max_size: limits of them. seats: people it has to hold. option: a position
# in the list that was shown. currency: one that is named without an amount ("in dollars?"). number: a bare
# number nobody said anything about.
Role = Literal[
    "minimum", "maximum", "about", "price", "quantity", "size", "min_size", "max_size", "seats", "option",
    "percent", "currency", "number",
]  # fmt: skip

# What a limit of a size holds for. length: the longer of width and depth.
Side = Literal["width", "depth", "height", "length"]


@dataclass(frozen=True)
class Amount:
    """One amount of a text; `start` and `end` cover its phrase: cue, number, unit or currency.

    `values` holds one value; a size holds one to three, in cm, and a currency none. `currency` is the ISO
    code that was said, None when none was. An option counts from 1, and -1 is the last. `side` is what a
    min_size or max_size limits, None for the longest side.
    """

    role: Role
    values: tuple[Decimal, ...]
    currency: str | None
    start: int
    end: int
    side: Side | None = None


# More than any single thing costs; longer numbers are phones, order and TRN numbers.
LARGEST = Decimal(10_000_000)
# Without a currency or a cue, smaller numbers count something rather than cost something.
SMALLEST_BARE_PRICE = 50


def is_price(value: Decimal) -> bool:
    """Whether a number of this size can be money."""
    return 0 < value <= LARGEST
