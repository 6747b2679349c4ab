"""A quote as a PDF, in English, Arabic (right to left) or both; the same quote gives the same bytes.

`quote.typ` beside this file is the layout. Everything that varies reaches it as JSON, and is set as text and
never read as markup, so nothing that a customer or a catalog writes can change the document. Only the fonts
in `fonts/` are used: they are what makes it look, and extract, the same everywhere.
"""

from __future__ import annotations

import asyncio
import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import typst

from sales.quote import (
    LARGEST_PDF_BYTES,
    QuoteCustomer,
    QuoteLanguage,
    QuoteLine,
    QuoteTotals,
    format_amount,
    format_percent,
    price_quote,
)
from sales.quote_storage import Quote
from sales.quote_words import Language, format_date, words_in
from sales.seller import Seller
from sales.seller_words import InBothLanguages
from text.bidi import LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE, isolate

_FOLDER = Path(__file__).resolve().parent
_FIRST_STRONG_ISOLATE = "\u2068"
_ZERO_WIDTH_SPACE = "\u200b"
# What quote.typ sets in.
_FAMILIES = frozenset({"Amiri", "Source Sans 3"})
# Persian and emoji-free Indic names need the two joiners; every other invisible character can only mislead.
_JOINERS = frozenset("\u200c\u200d")
# Symbols beyond the arrows (emoji, mostly): no font here has them, and an empty box says nothing.
_FIRST_PICTURE = 0x2190
_ARABIC_LETTER = re.compile("[\u0600-\u06ff]")


class QuoteUnprintable(Exception):
    """The document cannot be made into a PDF that can be sent; the message says what is wrong with it."""


@dataclass(frozen=True)
class QuoteDocument:
    """Everything that stands on a quote."""

    seller: Seller
    # As people write it: "Q-2026-00042 R2".
    number: str
    issued_on: date
    # The last day on which it is good.
    last_day: date
    customer: QuoteCustomer
    lines: Sequence[QuoteLine]
    totals: QuoteTotals
    vat_percent: Decimal
    discount_percent: Decimal


def document_of(quote: Quote, seller: Seller) -> QuoteDocument:
    """A stored quote as it is printed; its days are those of the seller's time zone."""
    timezone = ZoneInfo(seller.timezone)
    return QuoteDocument(
        seller=seller,
        number=quote.number,
        issued_on=quote.created_at.astimezone(timezone).date(),
        # `valid_until` is the midnight after the last day.
        last_day=(quote.valid_until - timedelta(microseconds=1)).astimezone(timezone).date(),
        customer=quote.customer,
        lines=quote.lines,
        totals=quote.totals,
        vat_percent=quote.vat_percent,
        discount_percent=quote.discount_percent,
    )


def render(document: QuoteDocument, language: QuoteLanguage) -> bytes:
    """The PDF. Takes tens of milliseconds of a processor: an event loop uses `render_in_thread`.

    Raises:
        QuoteUnprintable: when the layout cannot be set, or the file is too large to be sent.
    """
    data = orjson.dumps(_data(document, language)).decode()
    try:
        pdf = typst.compile(
            (_FOLDER / "quote.typ").read_bytes(), font_paths=_fonts(), sys_inputs={"data": data}
        )
    except typst.TypstError as error:
        raise QuoteUnprintable(f"quote {document.number} cannot be set: {error.message}") from error
    if len(pdf) > LARGEST_PDF_BYTES:
        raise QuoteUnprintable(
            f"quote {document.number} has {len(pdf):,} bytes, above {LARGEST_PDF_BYTES:,}: use a smaller logo"
        )
    return pdf


async def render_in_thread(document: QuoteDocument, language: QuoteLanguage) -> bytes:
    """`render` beside the event loop, which goes on serving others.

    Raises:
        QuoteUnprintable: as `render` does.
    """
    return await asyncio.to_thread(render, document, language)


def render_sample(seller: Seller, today: date) -> None:
    """Set a made-up quote of this seller's in both languages, to see whether it can be done.

    Raises:
        QuoteUnprintable: as `render` does, and when a font is missing.
    """
    missing = _FAMILIES - set(_fonts().families())
    if missing:
        raise QuoteUnprintable(f"the fonts {', '.join(sorted(missing))} are missing in sales/fonts")
    line = QuoteLine("SAMPLE-1", None, "Sample chair", "كرسي تجريبي", 1, Decimal("100.00"))
    document = QuoteDocument(
        seller=seller,
        number="SAMPLE",
        issued_on=today,
        last_day=today + timedelta(days=seller.quote.valid_days),
        customer=QuoteCustomer("Sample Company", "Sample Contact", "sample@example.com"),
        lines=[line],
        totals=price_quote([line], seller.vat_percent, Decimal(0)),
        vat_percent=seller.vat_percent,
        discount_percent=Decimal(0),
    )
    render(document, "both")


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FOLDER / "fonts")]
    )


def _data(document: QuoteDocument, language: QuoteLanguage) -> dict[str, Any]:
    languages: tuple[Language, ...] = ("en", "ar") if language == "both" else (language,)
    return {
        "languages": languages,
        "number": document.number,
        "author": document.seller.name.en,
        "logo": _logo(document.seller.logo),
        "quantities": [f"{line.quantity:,}" for line in document.lines],
        "skus": [_value(line.sku, longest_word=11) for line in document.lines],
        "rates": [format_amount(line.rate) for line in document.lines],
        "longest": [len(line.name_en) + len(line.name_ar) for line in document.lines],
        "line_totals": [format_amount(line.line_total) for line in document.lines],
        "in": {each: _in_language(document, each) for each in languages},
    }


def _in_language(document: QuoteDocument, language: Language) -> dict[str, Any]:
    """What stands on the quote in one language, ready to be set."""
    seller, customer = document.seller, document.customer

    def told(both: InBothLanguages) -> str:
        return _value(both.in_language(language))

    return {
        "words": words_in(language),
        "seller": {
            "name": told(seller.name),
            "legal_name": told(seller.legal_name),
            "address": told(seller.address),
            "phone": _left_to_right(seller.phone),
            "email": _left_to_right(seller.email),
            "trn": _left_to_right(seller.trn),
        },
        "customer": {
            "company": _value(customer.company),
            "contact": _value(customer.contact),
            "email": _left_to_right(customer.email),
            "city": _value(customer.city or ""),
            "trn": _left_to_right(customer.trn or ""),
        },
        "number": _left_to_right(document.number),
        "date": format_date(document.issued_on, language),
        "valid_until": format_date(document.last_day, language),
        "names": [_value(_name(line, language)) for line in document.lines],
        "totals": _totals(document),
        "vat_percent": _left_to_right(f"{format_percent(document.vat_percent)}%"),
        "discount_percent": _left_to_right(f"{format_percent(document.discount_percent)}%"),
        "terms": [told(term) for term in seller.quote.terms],
        "bank": {
            "bank_name": told(seller.bank.name),
            "account_name": _value(seller.bank.account_name),
            "iban": _left_to_right(_in_fours(seller.bank.iban)),
            "swift": _left_to_right(seller.bank.swift),
        },
    }


def _totals(document: QuoteDocument) -> Mapping[str, str | None]:
    totals = document.totals
    return {
        "subtotal": format_amount(totals.subtotal),
        "discount": f"−{format_amount(totals.discount)}" if document.discount_percent else None,
        "vat": format_amount(totals.vat),
        "total": f"AED {format_amount(totals.total)}",
    }


def _name(line: QuoteLine, language: Language) -> str:
    # A product without an Arabic name keeps its English one, as everywhere else.
    return (line.name_ar if language == "ar" else line.name_en) or line.name_en


def _value(value: str, *, longest_word: int = 24) -> str:
    """A value as it is set: harmless, breakable, and with its own direction wherever it stands."""
    cleaned = _clean(value)
    if not cleaned:
        return ""
    # Isolated first: the pattern that finds runs does not look through invisible break points.
    isolated = isolate(cleaned)
    return f"{_FIRST_STRONG_ISOLATE}{_breakable(isolated, longest_word)}{POP_ISOLATE}"


def _left_to_right(value: str) -> str:
    """A number, code or address that reads from left to right in every language."""
    cleaned = _clean(value)
    if not cleaned:
        return ""
    return f"{LEFT_TO_RIGHT_ISOLATE}{_breakable(cleaned, 24)}{POP_ISOLATE}"


def _clean(value: str) -> str:
    """The text without what could reorder, hide or break it: controls, bidi marks, private characters.

    Line ends become blanks: a value is one paragraph.
    """
    kept = [" " if character.isspace() else character for character in value if _is_printable(character)]
    return " ".join("".join(kept).split())


def _is_printable(character: str) -> bool:
    if character.isspace() or character in _JOINERS:
        return True
    category = unicodedata.category(character)
    if category in {"Cc", "Cf", "Cs", "Co", "Cn"} or "\ufe00" <= character <= "\ufe0f":
        return False
    return not (category in {"So", "Sk"} and ord(character) >= _FIRST_PICTURE)


def _breakable(value: str, longest_word: int) -> str:
    """The text with invisible break points in words that may not fit on a line, after hyphens if possible."""

    def broken(word: re.Match[str]) -> str:
        parts = [part for part in re.split("(?<=-)", word.group()) if part]
        return _ZERO_WIDTH_SPACE.join(piece for part in parts for piece in _pieces(part, longest_word))

    return re.sub(rf"\S{{{longest_word + 1},}}", broken, value)


def _pieces(part: str, longest_word: int) -> Sequence[str]:
    if len(part) <= longest_word:
        return [part]
    # Arabic letters join, so they part as rarely as possible.
    size = 16 if _ARABIC_LETTER.search(part) else 1
    return [part[start : start + size] for start in range(0, len(part), size)]


def _in_fours(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _logo(path: Path | None) -> dict[str, Any] | None:
    """The logo as data: the layout may read no files."""
    if path is None:
        return None
    content = path.read_bytes()
    if path.suffix.lower() == ".svg":
        return {"svg": content.decode()}
    return {"bytes": list(content)}
