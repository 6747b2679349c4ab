"""What a customer has chosen so far: products and pieces, what they come to, and whether they are in stock.

Pure. What is known of a product comes in as plain values (`Offered`), because the catalog is another room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

# More pieces than this is a mistake of typing or reading, whatever is sold.
LARGEST_QUANTITY = 100_000


class ImpossibleQuantity(ValueError):
    """A number of pieces that nobody can order: the customer should be asked how many are meant."""


@dataclass(frozen=True)
class Line:
    """One chosen product; `quantity` is None until the customer says how many."""

    sku: str
    quantity: int | None = None


Basket = tuple[Line, ...]
EMPTY: Basket = ()


def choose(basket: Basket, sku: str, quantity: int | None) -> Basket:
    """Take a product; one that is chosen already keeps its place, and its pieces unless they are named anew.

    Raises:
        ImpossibleQuantity: below 1 or above LARGEST_QUANTITY; so do the other changes.
    """
    return _placed(basket, Line(sku, quantity if quantity is not None else quantity_of(basket, sku)))


def add(basket: Basket, sku: str, quantity: int | None) -> Basket:
    """Take so many more of a product."""
    known = quantity_of(basket, sku)
    if quantity is None:
        return _placed(basket, Line(sku, known))
    _check(quantity)
    return _placed(basket, Line(sku, (known or 0) + quantity))


def change(basket: Basket, sku: str, quantity: int) -> Basket:
    """So many pieces of a chosen product; a basket without the product stays as it is."""
    return _placed(basket, Line(sku, quantity)) if holds(basket, sku) else basket


def remove(basket: Basket, sku: str) -> Basket:
    """Leave a product out."""
    return tuple(line for line in basket if line.sku != sku)


def replace(basket: Basket, sku: str, by: str, quantity: int | None = None) -> Basket:
    """Another product in the place of a chosen one, with its pieces unless they are named anew.

    One that is chosen too joins there and keeps its own pieces. Without `sku` in the basket, `by` is chosen.
    """
    if sku == by or not holds(basket, sku):
        return choose(basket, by, quantity)
    known = quantity_of(basket, by) or quantity_of(basket, sku)
    new = Line(by, quantity if quantity is not None else known)
    _check(new.quantity)
    return tuple(new if line.sku == sku else line for line in basket if line.sku != by)


def holds(basket: Basket, sku: str) -> bool:
    """Whether a product is chosen."""
    return any(line.sku == sku for line in basket)


def quantity_of(basket: Basket, sku: str) -> int | None:
    """How many pieces of a product are chosen, None when that is not known."""
    return next((line.quantity for line in basket if line.sku == sku), None)


@dataclass(frozen=True)
class Offered:
    """A product as the catalog has it now: AED without VAT, and the pieces that can be promised."""

    sku: str
    rate: Decimal
    stock: int


@dataclass(frozen=True)
class Enough:
    """All wanted pieces can be promised."""


@dataclass(frozen=True)
class Short:
    """Fewer pieces can be promised than are wanted; `stock` is 0 for a product that is out of stock."""

    wanted: int
    stock: int


@dataclass(frozen=True)
class Unknown:
    """How many pieces are wanted is not known yet; `stock` can be promised."""

    stock: int


@dataclass(frozen=True)
class Gone:
    """The catalog does not offer the product any more."""


Availability = Enough | Short | Unknown | Gone


def availability(quantity: int | None, offered: Offered | None) -> Availability:
    """So many pieces against what can be promised."""
    if offered is None:
        return Gone()
    if quantity is None:
        return Unknown(offered.stock)
    return Enough() if quantity <= offered.stock else Short(quantity, offered.stock)


@dataclass(frozen=True)
class ShownLine:
    """A line as it is read back: its place from 1, and what it comes to (AED without VAT) where known."""

    number: int
    line: Line
    availability: Availability
    total: Decimal | None


@dataclass(frozen=True)
class ShownBasket:
    """The basket as it is read back; `total` (AED without VAT) only when every line has one."""

    lines: tuple[ShownLine, ...]
    total: Decimal | None


def show(basket: Basket, offered: Mapping[str, Offered]) -> ShownBasket:
    """Read the basket back against what the catalog offers now, by SKU."""
    lines = []
    for number, line in enumerate(basket, start=1):
        product = offered.get(line.sku)
        total = None if product is None or line.quantity is None else product.rate * line.quantity
        lines.append(ShownLine(number, line, availability(line.quantity, product), total))
    totals = [shown.total for shown in lines if shown.total is not None]
    return ShownBasket(tuple(lines), sum(totals, Decimal(0)) if lines and len(totals) == len(lines) else None)


def _placed(basket: Basket, new: Line) -> Basket:
    _check(new.quantity)
    if not holds(basket, new.sku):
        return (*basket, new)
    return tuple(new if line.sku == new.sku else line for line in basket)


def _check(quantity: int | None) -> None:
    if quantity is not None and not 1 <= quantity <= LARGEST_QUANTITY:
        raise ImpossibleQuantity(f"a line has 1 to {LARGEST_QUANTITY} pieces, not {quantity}")
