"""Numbers and addresses that say who somebody is, found by their shape (pure).

E-mail addresses, IBANs, Emirates IDs, tax numbers, cards, passports, phone numbers, and any long number
besides: what is not known to be harmless is somebody's. Prices, sizes, quantities, dates, order numbers and
product codes are not. Names have no shape: who may know names, looks for them on top of this.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from text import personal_data_shapes as shapes
from text.personal_data_reading import Reading, read_characters


class PersonalKind(str, Enum):
    """What a piece of personal data is; the values are the names of its tokens."""

    EMAIL = "EMAIL"
    IBAN = "IBAN"
    EMIRATES_ID = "EMIRATES_ID"
    TRN = "TRN"
    CARD = "CARD"
    PASSPORT = "PASSPORT"
    PHONE = "PHONE"
    PERSON = "PERSON"
    COMPANY = "COMPANY"
    ADDRESS = "ADDRESS"
    # A long number nobody explained.
    NUMBER = "NUMBER"


@dataclass(frozen=True)
class Found:
    """Personal data at [start, end) of a text.

    `canonical` is one for all spellings of the same thing: digits of a number, lower case of an address.
    """

    start: int
    end: int
    kind: PersonalKind
    # Not shown in logs, where a careless line may print a find.
    canonical: str = field(repr=False)


def find_personal_data(text: str) -> tuple[Found, ...]:
    """What a text holds by shape alone, in its order and without overlaps; positions are of `text`."""
    reading = read_characters(text)
    return tuple(
        Found(*reading.original(found.start, found.end), found.kind, found.canonical)
        for found in settled(find_in_reading(reading))
    )


def find_in_reading(reading: Reading, codes: Collection[str] = ()) -> list[Found]:
    """All that may be personal data by its shape, most telling first; positions are of `reading.folded`.

    `codes` are folded product codes and barcodes: a number that is one of them, or is called a barcode and
    has a barcode's check digit, is nobody's.
    """
    folded = reading.folded
    found = [_found(span, folded, PersonalKind.EMAIL) for span in shapes.emails(folded)]
    if sum(character.isdigit() for character in folded) < shapes.FEWEST_DIGITS:
        return found
    plain = without_harmless(folded, codes)
    for kind, find in (
        (PersonalKind.IBAN, shapes.ibans),
        (PersonalKind.EMIRATES_ID, shapes.emirates_ids),
        (PersonalKind.TRN, shapes.trns),
        (PersonalKind.CARD, shapes.cards),
        (PersonalKind.PASSPORT, shapes.passports),
        (PersonalKind.NUMBER, shapes.account_numbers),
        (PersonalKind.PHONE, shapes.phones),
        (PersonalKind.NUMBER, shapes.long_numbers),
    ):
        found += [_found(span, folded, kind) for span in find(plain)]
    return found


def settled(found: Sequence[Found]) -> list[Found]:
    """The pieces to replace, in the order of the text: of two that overlap, the longer or the first given.

    What stays covers both: of what was found, no character is left.
    """
    ranked = sorted(enumerate(found), key=lambda item: (item[1].start - item[1].end, item[0]))
    kept: list[Found] = []
    for _, candidate in ranked:
        start, end = candidate.start, candidate.end
        touched = [other for other in kept if other.start < end and start < other.end]
        if any(other.start <= start and end <= other.end for other in touched):
            continue
        joined = sorted([candidate, *touched], key=lambda piece: piece.start)
        kept = [other for other in kept if other not in touched]
        kept.append(
            Found(
                joined[0].start,
                max(piece.end for piece in joined),
                (touched or joined)[0].kind,
                " ".join(piece.canonical for piece in joined),
            )
        )
    return sorted(kept, key=lambda piece: piece.start)


def _found(span: tuple[int, int], folded: str, kind: PersonalKind) -> Found:
    return Found(*span, kind, canonical(kind, folded[span[0] : span[1]]))


def canonical(kind: PersonalKind, folded: str) -> str:
    """One spelling for all spellings of an address or a number; `folded` as `Reading` has it."""
    if kind is PersonalKind.EMAIL:
        return shapes.plain_email(folded)
    if kind is PersonalKind.PHONE:
        return shapes.plain_phone(folded)
    return re.sub(r"[\W_]", "", folded)


def without_harmless(folded: str, codes: Collection[str] = ()) -> str:
    """The text with dates, barcodes and `codes` blanked by a sign that no pattern goes across."""
    for start, end in [*shapes.dates(folded), *shapes.barcodes(folded), *_codes(folded, codes)]:
        folded = f"{folded[:start]}{'|' * (end - start)}{folded[end:]}"
    return folded


_CHUNK = re.compile(r"[^\W_](?:[\w\-./]*[^\W_])?")


def _codes(folded: str, codes: Collection[str]) -> Iterator[tuple[int, int]]:
    if codes:
        yield from (match.span() for match in _CHUNK.finditer(folded) if match.group() in codes)
