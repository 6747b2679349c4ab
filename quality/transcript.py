"""A whole chat as the fifteen rules look at it: what was said, and what became of the sale meanwhile.

Whoever has a chat makes one of these: the golden set after it was played, a test out of YAML, a report out of
the database. The checks are pure functions over it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal

from quality.cases import Constraints, Owner, Stage
from quality.observed import Product, Products, Reply, plain
from sales.quote import QuoteLine, QuoteTotals
from text.fold import fold
from text.language import LanguageTag, ReplyLanguage, is_only_a_name, language_tag, reply_language

ConsentState = Literal["asked", "opted_in", "opted_out"]


@dataclass(frozen=True)
class SpokenTurn:
    """What a customer wrote at once, and everything that reached him because of it."""

    # Nothing: something else happened, and a message came of it.
    customer: tuple[str, ...]
    replies: tuple[Reply, ...]
    # Who has the chat after the turn.
    owner: Owner = "bot"
    # What every product of the replies has to satisfy; None where nobody said.
    constraints: Constraints | None = None
    # AED that the turn's replies may name beside catalog and quotes: the records of `price_traces`.
    traced: Collection[Decimal] = ()
    # When the customer's last message came, or ours left; None where nobody wrote it down.
    at: datetime | None = None

    @property
    def text(self) -> str:
        """All replies as one text, without the invisible marks of Arabic lines."""
        return "\n".join(plain(reply.text) for reply in self.replies)


@dataclass(frozen=True)
class StageMove:
    """The sale went from one stage to another."""

    origin: Stage
    target: Stage
    at: datetime | None = None


@dataclass(frozen=True)
class SentQuote:
    """A revision of a quote that reached the customer, as its rows have it; percentages in per cent."""

    number: str
    company: str
    contact: str
    email: str
    lines: tuple[QuoteLine, ...]
    totals: QuoteTotals
    vat_percent: Decimal
    discount_percent: Decimal
    made_at: datetime
    sent_at: datetime


@dataclass(frozen=True)
class Approval:
    """A discount that a manager approved, and from when until when it counted."""

    percent: Decimal
    at: datetime
    # None: it was never taken back.
    until: datetime | None = None


@dataclass(frozen=True)
class Sent:
    """A message that left for the customer, and when."""

    text: str
    at: datetime
    # What it would be said for in an approved template (`follow_up_day_3`); None: there is none for it.
    template: str | None = None
    # It left as its own words, and not as the template.
    is_free: bool = True


@dataclass(frozen=True)
class Consent:
    """What the customer said to being reminded."""

    state: ConsentState
    at: datetime


@dataclass(frozen=True)
class SellerNames:
    """What is the seller's own, and may stand in any reply."""

    # Each way of naming the seller.
    names: tuple[str, ...]
    # Numbers and addresses: phone, e-mail, tax number, account.
    own_data: tuple[str, ...] = ()
    # What he says of delivery, payment and the like, as replies tell it: his to give away.
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """One chat from its first message to its last; all times are timezone-aware business times."""

    name: str
    seller: SellerNames
    turns: tuple[SpokenTurn, ...]
    products: Products
    vat_percent: Decimal
    moves: tuple[StageMove, ...] = ()
    quotes: tuple[SentQuote, ...] = ()
    approvals: tuple[Approval, ...] = ()
    sent: tuple[Sent, ...] = ()
    # When the customer wrote, each message.
    wrote_at: tuple[datetime, ...] = ()
    transport: str = "wapi"
    consents: tuple[Consent, ...] = ()
    # What is known of the customer at the end: company, contact_name, email, ...
    facts: Mapping[str, str] = field(default_factory=dict)
    # The number the customer writes from; empty where the chat has none.
    phone: str = ""

    @cached_property
    def languages(self) -> tuple[tuple[LanguageTag | None, ReplyLanguage], ...]:
        """Of each turn: how the customer wrote, and in what an answer is due."""
        found: list[tuple[LanguageTag | None, ReplyLanguage]] = []
        previous: ReplyLanguage | None = None
        for turn in self.turns:
            words = "\n".join(turn.customer)
            # Names and addresses are written in Latin letters in every language.
            tag = language_tag(words) if words and not is_only_a_name(words) else None
            previous = reply_language(tag, previous)
            found.append((tag, previous))
        return tuple(found)

    @cached_property
    def said(self) -> tuple[str, ...]:
        """Of each turn: what the customer wrote in it, folded; whoever needs what was said before adds it up.

        Chats go on for years: the words before each turn, joined and read for each, cost their square.
        """
        return tuple(fold("\n".join(turn.customer)) for turn in self.turns)

    @cached_property
    def shown(self) -> tuple[tuple[Product, ...], ...]:
        """Of each turn: the products that its replies name."""
        return tuple(
            tuple(self.products[sku] for sku in self.products.mentioned(turn.text)) for turn in self.turns
        )


def masked(transcript: Transcript, mask: Callable[[str], str]) -> Transcript:
    """The chat with `mask` put over all that was said in it; what stands in rows only is left out.

    For whoever may not read what the customer's name is: a judge's model.
    """
    turns = tuple(
        replace(
            turn,
            customer=tuple(map(mask, turn.customer)),
            replies=tuple(Reply(mask(reply.text), reply.buttons) for reply in turn.replies),
        )
        for turn in transcript.turns
    )
    return replace(transcript, turns=turns, quotes=(), sent=(), facts={}, phone="")


@dataclass(frozen=True)
class Violation:
    """A rule that a chat breaks: where (the turn from 0; None: the sale as a whole), and what is wrong."""

    rule: int
    turn: int | None
    problem: str
    # The words it is about, if it is about words.
    line: str = ""
    # When it was, where that is no turn's.
    at: datetime | None = None
