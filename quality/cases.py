"""What a conversation test says: the customer's steps, and what is expected after each of them.

The form of the files is Rasa's `test_cases` with keys of ours (docs/testers.md); `quality.reading` makes
these objects out of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

Relation = Literal["cheaper", "dearer", "bigger", "smaller", "other_color", "other_material"]
Owner = Literal["bot", "person"]
Need = Literal["vectors"]


@dataclass(frozen=True)
class Says:
    """The customer writes; several texts are a burst that is answered once."""

    line: int
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Taps:
    """The customer taps the button of the latest replies that has this title."""

    line: int
    title: str


@dataclass(frozen=True)
class UtterExpected:
    """The names of all responses that were said, in their order; one per `utter` step."""

    line: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class BotExpected:
    """One reply's text: equal to `text`, or containing a match of `pattern`."""

    line: int
    text: str
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Silence:
    """Nothing is said."""

    line: int


@dataclass(frozen=True)
class SlotExpected:
    """A slot's value after the turn; None: it is not filled."""

    line: int
    name: str
    value: Any


@dataclass(frozen=True)
class OwnerExpected:
    """Who answers the chat after the turn."""

    line: int
    owner: Owner


@dataclass(frozen=True)
class Constraints:
    """What every mentioned product satisfies; an empty constraint asks for nothing.

    Of `category`, `brand`, `material` and `color` one of the given values is enough; of the `not_…` none
    may hold. Prices are AED without VAT, both inclusive. `size` is in centimetres, as a customer says it:
    one number fits any side, two fit width and depth either way, within 5 cm.
    """

    category: tuple[str, ...] = ()
    not_category: tuple[str, ...] = ()
    color: tuple[str, ...] = ()
    not_color: tuple[str, ...] = ()
    material: tuple[str, ...] = ()
    not_material: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    not_brand: tuple[str, ...] = ()
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    # Pieces that are in stock, at least.
    quantity: int | None = None
    # At least.
    seats: int | None = None
    size: tuple[int, ...] = ()
    # Centimetres, inclusive; a side is any of the three.
    max_side: int | None = None
    max_width: int | None = None
    min_width: int | None = None
    max_height: int | None = None
    # Words that the product's English name or description holds.
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProductsExpected:
    """Which products the replies of the turn mention; what is None or empty asks for nothing."""

    line: int
    # Exactly these, in any order.
    skus: tuple[str, ...] | None = None
    # Exactly those that stood at these places (from 1; -1 is the last) of the last list before this turn.
    places: tuple[int, ...] | None = None
    count: int | None = None
    all: Constraints = field(default_factory=Constraints)
    # At least one of them satisfies these.
    some: Constraints | None = None
    # None of them was mentioned earlier in the chat.
    new: bool = False
    # Each compared with all of the last list.
    than_before: tuple[Relation, ...] = ()


Expectation = UtterExpected | BotExpected | Silence | SlotExpected | OwnerExpected | ProductsExpected


@dataclass(frozen=True)
class Exchange:
    """One step of the customer and what is expected of its turn."""

    customer: Says | Taps
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True)
class Case:
    """One conversation, played with a fresh customer."""

    name: str
    file: Path
    line: int
    exchanges: tuple[Exchange, ...]
    # What has to be there before it can pass.
    needs: frozenset[Need] = frozenset()
