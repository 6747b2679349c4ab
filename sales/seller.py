"""Who sells: `data/seller.yml` read into one typed record, refused with every mistake in one message.

Customers' answers, quotes and CRM records all draw on these facts, so a wrong one must stop the start and
not turn up in a chat.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sales.seller_words import (
    HandOver,
    InBothLanguages,
    Language,
    Messages,
    Part,
    VoiceWords,
    Words,
    placeholders,
)
from sales.templates import TemplatePurpose, check_value_names
from text.bidi import isolate

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_SWIFT = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_PHONE = re.compile(r"\+\d[\d ]{7,18}\d")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TEMPLATE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CUSTOM_FIELD = re.compile(r"cf_[a-z0-9_]+")
_CRM_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class SellerError(ValueError):
    """`data/seller.yml` cannot be used; the message names each wrong field, its shape and the mend."""


def _matching(pattern: re.Pattern[str], mend: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(mend)
        return value

    return check


def _check_iban(value: str) -> str:
    compact = value.replace(" ", "").upper()
    if not _IBAN.fullmatch(compact):
        raise ValueError("an IBAN begins with two letters and two digits, for example AE07 0331 ...")
    # ISO 13616: moved to the end and read as a number, it leaves 1 when divided by 97.
    digits = "".join(str(int(character, 36)) for character in compact[4:] + compact[:4])
    if int(digits) % 97 != 1:
        raise ValueError("its check digits do not fit: compare it with the bank's letter")
    return compact


def _check_timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError("give a name of the IANA database, for example Asia/Dubai") from error
    return value


def _as_time(value: Any) -> Any:
    # YAML reads 9:00 without quotes as a number of minutes.
    if isinstance(value, int):
        raise ValueError('write the time in quotes, for example "09:00"')
    return value


ClockTime = Annotated[time, BeforeValidator(_as_time)]
TemplateId = Annotated[
    str, AfterValidator(_matching(_TEMPLATE, "give the template's guid, from Wazzup's list of templates"))
]
CustomField = Annotated[
    str, AfterValidator(_matching(_CUSTOM_FIELD, "give Zoho's API name of the field, for example cf_name_ar"))
]
CrmField = Annotated[
    str, AfterValidator(_matching(_CRM_FIELD, "give CRM's API name, for example Majlis_Discount"))
]


class Bank(Part):
    """Where customers pay to; printed on quotes."""

    name: InBothLanguages
    account_name: Words
    iban: Annotated[str, AfterValidator(_check_iban)]
    swift: Annotated[str, AfterValidator(_matching(_SWIFT, "a SWIFT code has 8 or 11 letters and digits"))]


class QuoteTerms(Part):
    """What stands under a quote."""

    valid_days: int = Field(ge=1, le=365)
    terms: tuple[InBothLanguages, ...] = Field(min_length=1)


class OpeningTimes(Part):
    """One day's hours, in the seller's time zone."""

    opens: ClockTime
    closes: ClockTime

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("it closes before it opens: swap the two, or correct one")
        return self


class TemplatePair(Part):
    """The approved WhatsApp template of one purpose, in each language."""

    en: TemplateId
    ar: TemplateId
    # What it is filled with, in the order of its places; both languages take the same.
    values: tuple[Words, ...]

    def in_language(self, language: Language) -> str:
        """The guid of one language's template."""
        return self.ar if language == "ar" else self.en


class Templates(Part):
    """What may be sent outside the 24-hour window, by purpose."""

    follow_up_day_3: TemplatePair
    follow_up_day_7: TemplatePair
    quote_ready: TemplatePair
    order_confirmed: TemplatePair
    # For the manager's own chat.
    hand_over: TemplatePair

    def of(self, purpose: TemplatePurpose) -> TemplatePair:
        """The templates of one purpose."""
        pair: TemplatePair = getattr(self, purpose.value)
        return pair

    @model_validator(mode="after")
    def _check_values(self) -> Self:
        for purpose in TemplatePurpose:
            check_value_names(purpose, self.of(purpose).values)
        return self


class ZohoFields(Part):
    """How the seller's Zoho names the custom fields of an item."""

    name_ar: CustomField
    description_ar: CustomField
    colors: CustomField
    material: CustomField
    width_cm: CustomField
    depth_cm: CustomField
    height_cm: CustomField
    seats: CustomField


class ZohoDealFields(Part):
    """How the seller's Zoho names the custom fields of a deal."""

    # A number: per cent, by which a manager approves a discount.
    discount: CrmField = "Majlis_Discount"


class Seller(Part):
    """Everything that is true of the seller and of no product."""

    name: InBothLanguages
    legal_name: InBothLanguages
    # UAE tax registration number.
    trn: Annotated[str, AfterValidator(_matching(re.compile(r"\d{15}"), "a TRN has 15 digits, in quotes"))]
    address: InBothLanguages
    phone: Annotated[str, AfterValidator(_matching(_PHONE, "write it like +971 4 000 0000"))]
    email: Annotated[str, AfterValidator(_matching(_EMAIL, "write it like sales@seller.example"))]
    # A picture beside the file, for quotes; None prints the name instead.
    logo: Path | None
    country: Literal["AE"]
    currency: Literal["AED"]
    # Per cent; catalog prices exclude it.
    vat_percent: Decimal = Field(ge=0, lt=100)
    timezone: Annotated[str, AfterValidator(_check_timezone)]
    bank: Bank
    quote: QuoteTerms
    hours: Mapping[Weekday, OpeningTimes]
    weekend: tuple[Weekday, ...]
    # By topic: what an intent faq_<topic> is answered with.
    facts: Mapping[str, InBothLanguages]
    templates: Templates
    zoho_fields: ZohoFields
    zoho_deal_fields: ZohoDealFields = ZohoDealFields()
    messages: Messages
    # What a customer reads when a message could not be answered; a person takes the chat over.
    apology: InBothLanguages
    voice: VoiceWords
    hand_over: HandOver = HandOver()

    @field_validator("logo")
    @classmethod
    def _check_logo(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is None:
            return None
        path = Path((info.context or {}).get("folder", ".")) / value
        if not path.is_file():
            raise ValueError(f"there is no file {value} beside seller.yml: put it there or empty this")
        return path

    @model_validator(mode="after")
    def _check_week(self) -> Self:
        both = [day for day in self.weekend if day in self.hours]
        if both:
            raise ValueError(f"hours and weekend both name {', '.join(both)}: a day is either open or off")
        if not self.hours:
            raise ValueError("hours name no day: give at least one day's opening times")
        return self

    @model_validator(mode="after")
    def _check_facts(self) -> Self:
        for topic, fact in self.facts.items():
            for words in (fact.en, fact.ar):
                unknown = placeholders(words) - set(self._fillings("en"))
                if unknown:
                    raise ValueError(
                        f"facts.{topic} uses {{{sorted(unknown)[0]}}}; "
                        f"use one of {', '.join(sorted(self._fillings('en')))}"
                    )
        return self

    def fact(self, topic: str, language: Language) -> str | None:
        """What is known on a topic, ready to be sent; None when nothing is."""
        fact = self.facts.get(topic)
        if fact is None:
            return None
        return isolate(fact.in_language(language).format(**self._fillings(language)))

    def _fillings(self, language: Language) -> dict[str, str]:
        return {
            "name": self.name.in_language(language),
            "address": self.address.in_language(language),
            "phone": self.phone,
            "email": self.email,
            "trn": self.trn,
            "vat_percent": f"{self.vat_percent.normalize():f}",
            "valid_days": str(self.quote.valid_days),
        }


def read_seller(path: Path) -> Seller:
    """Read and check the file.

    Raises:
        SellerError: with every wrong field in one message.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SellerError(f"{path.name} cannot be read ({error.strerror}): it belongs into data/") from None
    except yaml.YAMLError as error:
        raise SellerError(f"{path.name} is no YAML: {' '.join(str(error).split())}") from None
    try:
        return Seller.model_validate(document, context={"folder": path.parent})
    except ValidationError as error:
        raise SellerError(_describe(path.name, error)) from None


_MENDS = {
    "missing": "add it",
    "extra_forbidden": "there is no such field: correct its name or delete it",
}


def _describe(name: str, error: ValidationError) -> str:
    lines = [f"{name} cannot be used:"]
    for problem in error.errors(include_url=False, include_context=False):
        field = ".".join(str(part) for part in problem["loc"] if part != "[key]")
        message = problem["msg"].removeprefix("Value error, ")
        mend = _MENDS.get(problem["type"])
        told = mend or f"{message} (given: {_shape(problem.get('input'))})"
        lines.append(f"  - {field}: {told}" if field else f"  - {message}")
    return "\n".join(lines)


def _shape(value: object) -> str:
    if isinstance(value, str):
        kind = "digits" if value.isdigit() else "text"
        return f"{len(value)} characters of {kind}"
    return {type(None): "nothing", dict: "a group of fields", list: "a list", int: "a number"}.get(
        type(value), f"a value of type {type(value).__name__}"
    )
