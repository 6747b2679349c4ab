"""Phone numbers as libphonenumber knows them: valid ones in a text, and one spelling for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import phonenumbers
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher

from text import personal_data_shapes as shapes
from text.personal_data import Found, PersonalKind

# Numbers without a country are the seller's country's.
HOME = "AE"
# Shorter ones without a plus or a zero are lists of sizes and prices more often than phones.
_SURELY_LONG = 9
_SHORTEST_BARE = 8


def region_of(phone: str) -> str | None:
    """The region of a number in E.164 ("+9665…" is "SA"); None for what is no number."""
    number = _parsed(phone, HOME)
    return phonenumbers.region_code_for_number(number) if number else None


def canonical_phone(phone: str, regions: Iterable[str] = (HOME,)) -> str:
    """E.164 if the number is valid in one of `regions`, else its digits as `text.personal_data` has them."""
    for region in regions:
        number = _parsed(phone, region)
        if number and phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return shapes.plain_phone(phone)


def country_digits(phone: str) -> str:
    """The country's digits of a number in E.164 ("971"), "" where no country is told."""
    number = _parsed(phone, HOME) if phone.startswith("+") else None
    return str(number.country_code) if number else ""


def find_phones(folded: str, regions: Iterable[str]) -> Iterator[Found]:
    """The valid numbers of a folded text, abroad ones with their country code, others of `regions`."""
    if sum(character.isdigit() for character in folded) < _SHORTEST_BARE:
        return
    for region in regions:
        for match in PhoneNumberMatcher(folded, region, leniency=Leniency.VALID):
            written = match.raw_string
            if _is_phone(written, folded, match.start, match.end, region):
                # The library leaves out an extension it does not know, and a bracket before the number.
                yield Found(
                    match.start, match.end, PersonalKind.PHONE, canonical_phone(written, (region, HOME))
                )


def _is_phone(written: str, folded: str, start: int, end: int, region: str) -> bool:
    if written[0] in "+0(":
        return True
    digits = re.sub(r"\D", "", written)
    if shapes.follows_phone_word(folded, start, end):
        return True
    if shapes.is_followed_by_unit(folded, end):
        return False
    if len(digits) >= _SURELY_LONG:
        return True
    return region != HOME and len(digits) == _SHORTEST_BARE and digits == written


def _parsed(phone: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None
