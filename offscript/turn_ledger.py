"""What one turn's tools returned: the only source of amounts, and of licences for other numbers (G2, G7, G9).

A ledger belongs to one turn of one conversation and starts empty, so nothing said earlier can be repeated
from memory. All arithmetic about money happens here, in Decimal; a model only names what it wants shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from catalog.listing import Language, format_named, format_price
from offscript.fence_units import Unit
from offscript.final_trace import shown_amounts
from offscript.placeholders import Placeholder
from sales.quote import QuoteError, QuoteLine, QuoteTotals, price_quote
from text.fold import fold

# Prices are swept every hour; one that is older than two of them is checked before it is told (G9).
FRESHNESS = timedelta(minutes=120)
# Shorter strings would let numbers through wherever they stand.
_SHORTEST_PHRASE = 4


class Unresolved(Exception):
    """A placeholder has no amount in this turn; `rule` is G3 (unknown) or G9 (too old)."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(why)
        self.rule = rule


@dataclass(frozen=True)
class LedgerProduct:
    """A product a tool returned; `rate` is AED for one piece without VAT."""

    sku: str
    name_en: str
    name_ar: str
    rate: Decimal
    synced_at: datetime
    # Id of the row the rate was read from.
    record_id: str
    # AED for one piece before a reduction that the seller's records hold.
    was: Decimal | None = None


@dataclass(frozen=True)
class TracedAmount:
    """One amount (AED) or percentage as it was shown: what, from which record, and how old that was."""

    value: Decimal
    record_id: str
    synced_at: datetime
    is_percent: bool = False


@dataclass(frozen=True)
class Resolved:
    """What stands in for a placeholder in the text, and every amount in it."""

    text: str
    amounts: tuple[TracedAmount, ...]


@dataclass(frozen=True)
class _FixedPhrase:
    english: str
    arabic: str


@dataclass(frozen=True)
class _Discount:
    id: str
    percent: Decimal
    record_id: str
    synced_at: datetime


@dataclass
class TurnLedger:
    """Filled by tools, read by the fence and the renderer; `vat_percent` is the seller's.

    `kinds` names the category of each word for goods, folded (`catalog.kinds.Kinds.phrases`): it tells which
    product "the desk" is, and that 10 chairs are pieces.
    """

    conversation_id: int
    turn_id: int
    now: datetime
    vat_percent: Decimal
    kinds: Mapping[str, str] = field(default_factory=dict)
    products: dict[str, LedgerProduct] = field(default_factory=dict)
    # Numbers that are no money, each with the unit that has to stand beside it.
    licences: set[tuple[Decimal, Unit]] = field(default_factory=set)
    # Strings that may hold numbers: phones, opening hours, dates, addresses, names; folded.
    phrases: set[str] = field(default_factory=set)
    # Mask tokens that stand for something in this conversation: "<PHONE_1>".
    tokens: set[str] = field(default_factory=set)
    _quantities: set[tuple[str | None, int]] = field(default_factory=set)
    _lines: list[tuple[str, int]] = field(default_factory=list)
    _facts: dict[str, _FixedPhrase] = field(default_factory=dict)
    _discount: _Discount | None = None

    def add_product(self, product: LedgerProduct) -> None:
        """A tool returned this product in this turn."""
        self.products[product.sku] = product

    def add_quantity(self, sku: str | None, quantity: int) -> None:
        """A quantity that is confirmed or was said in this turn; without a SKU it is good for any product."""
        self._quantities.add((sku, quantity))
        self.add_licence(Decimal(quantity), "pieces")

    def add_line(self, sku: str, quantity: int) -> None:
        """A line of the basket, which `{grand_total}` and `{vat}` are about; its product has to be here."""
        self._lines.append((sku, quantity))
        self.add_quantity(sku, quantity)

    def add_discount(self, id: str, percent: Decimal, record_id: str, synced_at: datetime) -> None:
        """The discount a manager approved; it comes off the grand total.

        Raises:
            ValueError: when the turn has one already: a chat has at most one in force.
        """
        if self._discount is not None and self._discount.id != id:
            raise ValueError(f"discount {id}: the turn already has discount {self._discount.id}")
        self._discount = _Discount(id, percent, record_id, synced_at)

    def add_fact(self, id: str, text_en: str, text_ar: str) -> None:
        """A fixed phrase of the seller ("delivery is free in Dubai"), shown word for word by `{fact:id}`."""
        self._facts[id] = _FixedPhrase(text_en, text_ar)

    def add_licence(self, value: Decimal, unit: Unit) -> None:
        """A number that is no money and may be written with this unit beside it."""
        self.licences.add((value.normalize(), unit))

    def add_phrase(self, phrase: str) -> None:
        """A string that may stand in a draft exactly so, numbers included: "+971 4 000 0142", "09:00".

        Raises:
            ValueError: for a bare number, or a string so short that it would license numbers everywhere.
        """
        folded = fold(phrase)
        digits = sum(character.isdigit() for character in folded)
        is_bare = all(character.isdigit() or character in " .,'" for character in folded)
        if len(folded) < _SHORTEST_PHRASE or (is_bare and not (digits >= 9 and folded.startswith("0"))):
            raise ValueError(
                f"a phrase of {len(folded)} characters, {digits} of them digits, would license a number: "
                "use add_licence with its unit"
            )
        self.phrases.add(folded)

    def add_token(self, token: str) -> None:
        """A mask token ("<PHONE_1>") that stands for something this conversation knows."""
        self.tokens.add(token)

    def has_quantity(self, sku: str, quantity: int) -> bool:
        """Whether so many pieces of the product are confirmed, or were said in this turn."""
        return bool(self._quantities & {(sku, quantity), (None, quantity)})

    def resolve(self, placeholder: Placeholder, language: Language) -> Resolved:
        """The text and the amounts behind a placeholder.

        Raises:
            Unresolved: when no tool returned what it names in this turn, or it is too old to be told.
        """
        match placeholder.kind:
            case "offer":
                product = self._fresh(placeholder.key)
                name = format_named(product.name_en, product.name_ar, product.sku, language)
                return self._money(product.rate, product.record_id, product.synced_at, f"{name} – ")
            case "price":
                product = self._fresh(placeholder.key)
                return self._money(product.rate, product.record_id, product.synced_at)
            case "was":
                product = self._fresh(placeholder.key)
                if product.was is None:
                    raise Unresolved("G3", f"{product.sku} has no earlier price")
                return self._money(product.was, product.record_id, product.synced_at)
            case "total":
                return self._total(placeholder)
            case "grand_total":
                return self._money(self._totals().total, *self._of_all_lines())
            case "vat":
                return self._money(self._totals().vat, *self._of_all_lines())
            case "discount":
                return self._percent(placeholder.key)
            case "fact":
                return self._phrase(placeholder.key, language)

    def _fresh(self, sku: str) -> LedgerProduct:
        product = self.products.get(sku)
        if product is None:
            raise Unresolved("G3", f"no tool returned {sku} in this turn")
        self._check_age(product.synced_at, sku)
        return product

    def _check_age(self, synced_at: datetime, name: str) -> None:
        if self.now - synced_at > FRESHNESS:
            raise Unresolved("G9", f"{name} was last read more than {FRESHNESS} ago")

    def _money(self, value: Decimal, record_id: str, synced_at: datetime, before: str = "") -> Resolved:
        return Resolved(before + format_price(value), (TracedAmount(value, record_id, synced_at),))

    def _total(self, placeholder: Placeholder) -> Resolved:
        product, quantity = self._fresh(placeholder.key), placeholder.quantity or 0
        if not self.has_quantity(product.sku, quantity):
            raise Unresolved("G3", f"nobody said that quantity of {product.sku} in this turn")
        total = self._quote_line(product.sku, quantity).line_total
        return self._money(total, product.record_id, product.synced_at)

    def _quote_line(self, sku: str, quantity: int) -> QuoteLine:
        product = self._fresh(sku)
        try:
            return QuoteLine(sku, None, product.name_en, product.name_ar, quantity, product.rate)
        except QuoteError as error:
            raise Unresolved("G3", f"{sku} cannot be quoted: {error}") from error

    def _totals(self) -> QuoteTotals:
        lines = [self._quote_line(sku, quantity) for sku, quantity in self._lines]
        if self._discount:
            self._check_age(self._discount.synced_at, f"discount {self._discount.id}")
        try:
            return price_quote(
                lines, self.vat_percent, self._discount.percent if self._discount else Decimal(0)
            )
        except QuoteError as error:
            raise Unresolved("G3", f"there is no grand total: {error}") from error

    def _of_all_lines(self) -> tuple[str, datetime]:
        """The records behind a grand total, and when the oldest of them was read."""
        products = [self.products[sku] for sku, _ in self._lines]
        records = [product.record_id for product in products]
        ages = [product.synced_at for product in products]
        if self._discount:
            records.append(self._discount.record_id)
            ages.append(self._discount.synced_at)
        return " ".join(records), min(ages)

    def _percent(self, id: str) -> Resolved:
        if self._discount is None or self._discount.id != id:
            raise Unresolved("G3", f"no tool returned discount {id} in this turn")
        self._check_age(self._discount.synced_at, f"discount {id}")
        percent = self._discount.percent.normalize()
        traced = TracedAmount(percent, self._discount.record_id, self._discount.synced_at, is_percent=True)
        return Resolved(f"{percent:f}%", (traced,))

    def _phrase(self, id: str, language: Language) -> Resolved:
        fact = self._facts.get(id)
        if fact is None:
            raise Unresolved("G3", f"no tool returned fact {id} in this turn")
        shown = fact.arabic if language == "ar" else fact.english
        traced = (
            TracedAmount(value, f"fact:{id}", self.now, is_percent=is_percent)
            for value, is_percent in shown_amounts(shown)
        )
        return Resolved(shown, tuple(traced))
