"""What became of the sale against what should have: stage, PDF, order and CRM, each difference a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from quality.cases import (
    CrmExpected,
    OrderExpected,
    PdfExpected,
    RecordsExpected,
    SaleExpected,
    StageExpected,
)
from quality.observed import Products, QuoteFile, Turn, plain
from quality.pdf_text import QuoteText, amounts_in, numbers_in, read_quote, revision_of

_SHOWN_WORDS = 700
# A difference as it is yielded: what was expected, what was found.
Halves = tuple[str, str]


def sale_differences(
    item: SaleExpected, turn: Turn, earlier: Sequence[Turn], products: Products
) -> Iterator[Halves]:
    """In what a turn differs from one of these expectations; `earlier` are the turns before it."""
    match item:
        case StageExpected():
            yield from _stage(item, turn)
        case PdfExpected():
            yield from _pdf(item, turn, earlier, products)
        case OrderExpected():
            yield from _order(item, turn, earlier)
        case CrmExpected():
            yield from _crm(item, turn)


def _stage(item: StageExpected, turn: Turn) -> Iterator[Halves]:
    if item.stage is not None and turn.stage != item.stage:
        yield f"stage: {item.stage}", f"stage: {turn.stage}"
    if item.outcome is not None and turn.outcome != item.outcome:
        yield f"outcome: {item.outcome}", f"outcome: {turn.outcome}"


def _pdf(item: PdfExpected, turn: Turn, earlier: Sequence[Turn], products: Products) -> Iterator[Halves]:
    if not item.sent:
        if turn.files:
            yield "pdf: none", f"pdf: {_names(turn.files)}"
        return
    if len(turn.files) != 1:
        yield "pdf: one", f"pdf: {_names(turn.files)}"
        return
    quote = read_quote(turn.files[0].content)
    if quote is None:
        yield "pdf: a PDF that can be read", f"{turn.files[0].name} is none"
        return
    yield from _as_told(quote, turn)
    yield from _printed(item, quote, products)
    if item.same_number is not None:
        former = next((number for each in reversed(earlier) for number in _printed_numbers(each)), "")
        if item.same_number != (_family(quote.number) == _family(former)):
            expected = (
                "the number of the one before" if item.same_number else "another number than the one before"
            )
            yield f"pdf: {expected} ({former or 'there was none'})", f"pdf: {quote.number}"


def _as_told(quote: QuoteText, turn: Turn) -> Iterator[Halves]:
    """Chat and paper say the same."""
    said = plain(turn.text)
    if quote.number not in numbers_in(said):
        yield f"a message that tells the PDF's number, {quote.number or 'which has none'}", said
    elif not quote.amounts.intersection(amounts_in(said)):
        yield "a message that tells the PDF's total", said


def _printed(item: PdfExpected, quote: QuoteText, products: Products) -> Iterator[Halves]:
    if item.revision is not None and quote.revision != item.revision:
        yield f"pdf: revision {item.revision}", f"pdf: {quote.number}"
    if item.language is not None and quote.language != item.language:
        yield f"pdf: language {item.language}", f"pdf: language {quote.language or 'unknown'}"
    if item.total is not None and item.total not in quote.amounts:
        yield f"pdf: total {item.total:,.2f}", f"pdf: {_shown(quote)}"
    if item.discount is not None and not _discounted(item.discount, quote):
        yield f"pdf: a discount of {item.discount}%", f"pdf: {_shown(quote)}"
    skus = products.coded(quote.words)
    if item.lines is not None and len(skus) != item.lines:
        yield f"pdf: {item.lines} products", f"pdf: {len(skus)}: {', '.join(skus)}"
    for text in item.text:
        if not quote.says(text):
            yield f"pdf: the text {text!r}", f"pdf: {_shown(quote)}"


def _discounted(percent: Decimal, quote: QuoteText) -> bool:
    # VAT is the one percentage that always stands there.
    return len(quote.percents) == 1 if percent == 0 else percent in quote.percents and len(quote.percents) > 1


def _printed_numbers(turn: Turn) -> Iterator[str]:
    for file in turn.files:
        if (quote := read_quote(file.content)) is not None:
            yield quote.number


def _family(number: str) -> str:
    """The number without its revision."""
    return number.partition(" ")[0]


def _shown(quote: QuoteText) -> str:
    return quote.words[:_SHOWN_WORDS]


def _names(files: Sequence[QuoteFile]) -> str:
    return ", ".join(file.name for file in files) or "none"


def _order(item: OrderExpected, turn: Turn, earlier: Sequence[Turn]) -> Iterator[Halves]:
    order = turn.order
    if item.state == "none" or order is None:
        if (item.state == "none") != (order is None):
            yield f"order: {item.state}", f"order: {_state(turn)}"
        return
    if item.state == "waiting" and order.number is not None:
        yield "order: waiting", f"order: {_state(turn)}"
    if item.state == "confirmed":
        if order.number is None:
            yield "order: confirmed", f"order: {_state(turn)}"
        elif not any(order.number in plain(each.text) for each in (*earlier, turn)):
            yield f"the customer is told the order's number, {order.number}", turn.text or "nothing was said"
    if item.revision is not None and revision_of(order.quote_number) != item.revision:
        yield f"order: for revision {item.revision}", f"order: for {order.quote_number}"
    if item.count is not None and turn.order_count != item.count:
        yield f"order: {item.count} in all", f"order: {turn.order_count} in all"


def _state(turn: Turn) -> str:
    if turn.order is None:
        return "none"
    return "waiting for its number" if turn.order.number is None else f"confirmed as {turn.order.number}"


def _crm(item: CrmExpected, turn: Turn) -> Iterator[Halves]:
    records = turn.records or {}
    for kind, expected in item.records.items():
        yield from _records(kind, expected, records.get(kind, ()))


def _records(kind: str, expected: RecordsExpected, found: Sequence[Mapping[str, Any]]) -> Iterator[Halves]:
    if expected.count is not None and len(found) != expected.count:
        yield f"crm: {expected.count} {kind}", f"crm: {len(found)} {kind}"
    if expected.fields and not any(
        all(_equal(value, record.get(name)) for name, value in expected.fields.items()) for record in found
    ):
        wanted = ", ".join(f"{name}: {value}" for name, value in expected.fields.items())
        there = "; ".join(
            ", ".join(f"{name}: {_plain_value(record.get(name))}" for name in expected.fields)
            for record in found
        )
        yield f"crm: one of {kind} with {wanted}", f"crm: {there or f'no {kind}'}"


def _equal(wanted: str, value: Any) -> bool:
    """Whether a field holds this, a pattern between slashes matches it, or a number is the same."""
    shown = _plain_value(value)
    if len(wanted) > 2 and wanted.startswith("/") and wanted.endswith("/"):
        return re.search(wanted[1:-1], shown, re.IGNORECASE) is not None
    try:
        return Decimal(wanted) == Decimal(shown)
    except InvalidOperation:
        return wanted == shown


def _plain_value(value: Any) -> str:
    """A field's value in words; a reference to another record by that record's name."""
    if isinstance(value, Mapping):
        return str(value.get("name", value))
    return "" if value is None else str(value)
