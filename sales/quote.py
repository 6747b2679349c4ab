"""What a quote comes to: line totals, subtotal, discount, VAT and total in AED, to the fils (pure).

Everything printed adds up when the customer checks it with a calculator: each figure is rounded once, half
up, and the next one is made from the rounded ones. VAT is taken once per document, as UAE invoices do it,
and not per line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Literal

# What a quote is written in; "both" has English and Arabic side by side.
QuoteLanguage = Literal["en", "ar", "both"]

# The channel takes no larger file than this (design §9).
LARGEST_PDF_BYTES = 10 * 1024 * 1024

FILS = Decimal("0.01")
_HUNDRED = Decimal(100)
# What the columns of the database hold.
_LARGEST = Decimal("999999999999.99")


class QuoteError(ValueError):
    """These lines or percentages make no quote; the message names the field and the mend."""


class QuoteState(StrEnum):
    """Where a quote stands; only a `sent` one can be accepted."""

    DRAFT = "draft"
    SENT = "sent"
    # A newer revision exists.
    SUPERSEDED = "superseded"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class QuoteLine:
    """One product of a quote; `rate` is AED for one piece without VAT.

    Raises:
        QuoteError: for no piece, a negative rate, or a rate that has parts of a fils.
    """

    sku: str
    zoho_item_id: str | None
    name_en: str
    name_ar: str
    quantity: int
    rate: Decimal

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise QuoteError(f"{self.sku}: a quantity of {self.quantity} cannot be quoted: at least 1")
        _check_amount(f"{self.sku}: the rate", self.rate)
        _check_amount(f"{self.sku}: quantity times rate", self.line_total)

    @property
    def line_total(self) -> Decimal:
        """AED without VAT and before any discount."""
        return (self.quantity * self.rate).quantize(FILS)


@dataclass(frozen=True)
class QuoteCustomer:
    """Whom a quote is for, as it is printed."""

    company: str
    contact: str
    email: str
    city: str | None = None
    trn: str | None = None


@dataclass(frozen=True)
class QuoteTotals:
    """AED; `subtotal` - `discount` + `vat` is `total`, exactly."""

    subtotal: Decimal
    discount: Decimal
    vat: Decimal
    total: Decimal


def price_quote(lines: Sequence[QuoteLine], vat_percent: Decimal, discount_percent: Decimal) -> QuoteTotals:
    """The totals of these lines; the discount comes off the subtotal, VAT is on what is left.

    Raises:
        QuoteError: without a line, or with a percentage outside of 0 to 100 (a discount of 100 included:
            a quote over nothing is nobody's approval).
    """
    if not lines:
        raise QuoteError("a quote needs at least one line: the basket is empty")
    _check_percent("vat_percent", vat_percent)
    _check_percent("discount_percent", discount_percent)
    subtotal = sum((line.line_total for line in lines), Decimal("0.00"))
    discount = _share(subtotal, discount_percent)
    vat = _share(subtotal - discount, vat_percent)
    total = subtotal - discount + vat
    _check_amount("the total", total)
    return QuoteTotals(subtotal, discount, vat, total)


def render_number(year: int, number: int, revision: int) -> str:
    """A quote's number as people write it: "Q-2026-00042", and from its second revision "Q-2026-00042 R2"."""
    rendered = f"Q-{year}-{number:05}"
    return rendered if revision == 1 else f"{rendered} R{revision}"


def format_amount(amount: Decimal) -> str:
    """Two decimals, Latin digits, thousands set apart: "12,345.50"."""
    return f"{amount.quantize(FILS, ROUND_HALF_UP):,}"


def format_percent(percent: Decimal) -> str:
    """A percentage without idle zeros: "5", "7.5"."""
    return f"{percent.normalize():f}"


def _share(amount: Decimal, percent: Decimal) -> Decimal:
    return (amount * percent / _HUNDRED).quantize(FILS, ROUND_HALF_UP)


def _check_percent(name: str, percent: Decimal) -> None:
    if not percent.is_finite() or not 0 <= percent < _HUNDRED:
        raise QuoteError(f"{name} is {percent}: give per cent, from 0 to below 100")


def _check_amount(name: str, amount: Decimal) -> None:
    if not amount.is_finite() or not 0 <= amount <= _LARGEST:
        raise QuoteError(f"{name} is {amount}: give AED, from 0 to {_LARGEST:,}")
    if amount != amount.quantize(FILS):
        raise QuoteError(f"{name} is {amount}: a fils is the smallest coin, round it to two decimals first")
