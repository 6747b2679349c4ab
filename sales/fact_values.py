"""What may be known of a customer, and what can be wrong with an answer to a question for it (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fact(StrEnum):
    """A fact that customers are asked for; the values are the columns of customer_facts."""

    COMPANY = "company"
    CONTACT_NAME = "contact_name"
    EMAIL = "email"
    CITY = "city"
    TRN = "trn"
    QUANTITY = "need_quantity"


Value = str | int


class Kind(StrEnum):
    """What is wrong with an answer, for the dialogue to explain in the customer's language."""

    # Nothing in the message answers what was asked.
    NOT_AN_ANSWER = "not_an_answer"
    # "ok", "yes", "hello": kind words, and no answer.
    SMALL_TALK = "small_talk"
    # The customer asks something instead.
    QUESTION = "question"
    # The customer wishes for a product or an action instead.
    WISH = "wish"
    # The customer has no such thing: "I have no company".
    HAS_NONE = "has_none"
    # A number where a name is asked for.
    NUMBER = "number"
    # An e-mail or web address where a name is asked for.
    ADDRESS = "address"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    # E-mail: "ahmed@", "@alnoor.ae", "ahmed@alnoor", letters that are not Latin, a domain mistyped, the rest.
    EMAIL_WITHOUT_DOMAIN = "email_without_domain"
    EMAIL_WITHOUT_NAME = "email_without_name"
    EMAIL_WITHOUT_ENDING = "email_without_ending"
    EMAIL_NOT_LATIN = "email_not_latin"
    EMAIL_TYPO = "email_typo"
    EMAIL_MALFORMED = "email_malformed"
    # A TRN has 15 digits, and the first of them is a 1.
    TRN_LENGTH = "trn_length"
    TRN_BEGINNING = "trn_beginning"
    NOT_WHOLE = "not_whole"
    OUT_OF_RANGE = "out_of_range"


@dataclass(frozen=True)
class Problem:
    """Why something is not taken for `fact`."""

    fact: Fact
    kind: Kind
    # What it was about, as the customer wrote it: to be said back, never to be stored.
    given: str
    # What was probably meant, to be offered.
    suggestion: str | None = None


@dataclass(frozen=True)
class ReadFacts:
    """What a message says of the customer, and what it tries to say and fails."""

    values: Mapping[Fact, Value] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class CustomerFacts:
    """All that is known of a chat's customer; None is not known."""

    company: str | None = None
    contact_name: str | None = None
    email: str | None = None
    city: str | None = None
    trn: str | None = None
    # What is wanted: a category of the catalog, or the words that were searched for.
    need_category: str | None = None
    need_description: str | None = None
    need_quantity: int | None = None

    @property
    def has_need(self) -> bool:
        """Whether it is known what the customer looks for."""
        return bool(self.need_category or self.need_description)


NOTHING_KNOWN = CustomerFacts()
