"""What `data/seller.yml` says in both languages, and the wordings that no rule of the dialogue says."""

from __future__ import annotations

import re
import string
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Language = Literal["en", "ar"]
Words = Annotated[str, Field(min_length=1)]

_ARABIC_LETTER = re.compile("[\u0621-\u064a]")
# WhatsApp's buttons (`wazzup-v3.md` §5.4).
_LONGEST_BUTTON = 20


class Part(BaseModel):
    """A group of fields of `data/seller.yml`: unknown ones are refused, and nothing given is repeated."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True
    )


class InBothLanguages(Part):
    """The same thing said in English and in Gulf Arabic."""

    en: Words
    ar: Words

    @model_validator(mode="after")
    def _check_languages(self) -> Self:
        if not _ARABIC_LETTER.search(self.ar):
            raise ValueError("the wording under ar has no Arabic letter: write it in Arabic")
        if _ARABIC_LETTER.search(self.en):
            raise ValueError("the wording under en has Arabic letters: write it in English")
        return self

    def in_language(self, language: Language) -> str:
        """The wording in one language."""
        return self.ar if language == "ar" else self.en


class Messages(Part):
    """What customers are told without having asked just now."""

    # {number} is the sales order's.
    order_confirmed: InBothLanguages
    # {discount_percent} off the quote {number}, which the customer has.
    discount_approved: InBothLanguages
    # When an answer takes long.
    patience: InBothLanguages
    # While Majlis is paused, once in each pause.
    paused: InBothLanguages

    @model_validator(mode="after")
    def _check_number(self) -> Self:
        for language, words in self.order_confirmed.model_dump().items():
            if placeholders(words) != {"number"}:
                raise ValueError(f"order_confirmed.{language} needs {{number}} and no other placeholder")
        for language, words in self.discount_approved.model_dump().items():
            if placeholders(words) != {"discount_percent", "number"}:
                raise ValueError(
                    f"discount_approved.{language} needs {{discount_percent}} and {{number}} and no other"
                    " placeholder"
                )
        for name, plain in (("patience", self.patience), ("paused", self.paused)):
            if any(placeholders(words) for words in plain.model_dump().values()):
                raise ValueError(f"{name} takes no placeholder")
        return self


class HandOver(Part):
    """When a person is wanted though nobody asked for one."""

    # AED with VAT, from which on a person looks after a sale; None: whatever it is.
    big_order_aed: Decimal | None = Field(default=None, gt=0)


class VoiceWords(Part):
    """What is said about voice messages that were not heard well."""

    # {heard} is what was heard.
    question: InBothLanguages
    right: InBothLanguages
    wrong: InBothLanguages
    # The customer said that it is not what they said.
    again: InBothLanguages
    # The second time in a row a person takes over.
    person: InBothLanguages

    @model_validator(mode="after")
    def _check_words(self) -> Self:
        for language, words in self.question.model_dump().items():
            if placeholders(words) != {"heard"}:
                raise ValueError(f"question.{language} needs {{heard}} and no other placeholder")
        for name, titles in (("right", self.right), ("wrong", self.wrong)):
            for language, title in titles.model_dump().items():
                if len(title) > _LONGEST_BUTTON:
                    raise ValueError(
                        f"{name}.{language} has {len(title)} characters; a button holds {_LONGEST_BUTTON}"
                    )
        return self


def placeholders(words: str) -> set[str]:
    """The names in braces; raises ValueError where braces stand around something else."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}
    except ValueError as error:
        raise ValueError(f"braces only stand around a placeholder, as in {{address}}: {error}") from error
