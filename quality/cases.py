"""What a conversation test says: what the customer and the world do, and what is expected after each step.

The form of the files is Rasa's `test_cases` with keys of ours (docs/testers.md); `quality.reading` makes
these objects out of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

Relation = Literal["cheaper", "dearer", "bigger", "smaller", "other_color", "other_material"]
Owner = Literal["bot", "person"]
Need = Literal["vectors"]
Stage = Literal["greeting", "qualifying", "selecting", "quoting", "negotiating", "closing", "follow_up"]
Outcome = Literal["open", "won", "lost"]
QuoteLanguage = Literal["en", "ar", "both"]
# `placed`: there is an order, whatever the CRM knows of it; `waiting`: it has no number yet; `confirmed`: it
# has one, and the customer was told.
OrderState = Literal["none", "placed", "waiting", "confirmed"]
DealEnd = Literal["won", "lost"]
# Kinds of records as the sandbox's Zoho names them.
Kind = Literal[
    "leads", "accounts", "contacts", "deals", "notes", "tasks", "customers", "estimates", "salesorders"
]
# `sweep`: the catalog is read anew at once; `sweeps fail`: the item lists are out of order, all else works.
HouseEvent = Literal["pause", "resume"]
ZohoEvent = Literal["away", "back", "sweep", "sweeps fail"]


@dataclass(frozen=True)
class Says:
    """The customer writes; several texts are a burst that is answered once."""

    line: int
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Taps:
    """The customer taps the button of the latest replies that has this title."""

    line: int
    title: str


@dataclass(frozen=True)
class TimePasses:
    """Business time jumps ahead, for everybody: by so much, and then on to this time of the seller's day."""

    line: int
    by: timedelta
    to: time | None = None


@dataclass(frozen=True)
class ManagerActs:
    """What a manager does elsewhere than in his own chat; one of the three is given.

    He changes the customer's deal in Zoho, and Majlis reads it; or he answers in the customer's chat.
    """

    line: int
    # In per cent.
    approves_discount: Decimal | None = None
    closes_deal: DealEnd | None = None
    answers: str | None = None


@dataclass(frozen=True)
class ManagerWrites:
    """The manager writes in his own chat; {code} in a text is that of the customer's chat."""

    line: int
    texts: tuple[str, ...]


@dataclass(frozen=True)
class HouseIs:
    """The operator gives all chats to people, or back: for everybody."""

    line: int
    event: HouseEvent


@dataclass(frozen=True)
class ZohoIs:
    """Zoho goes away, comes back, or its catalog is read anew: for everybody."""

    line: int
    event: ZohoEvent


@dataclass(frozen=True)
class ItemChanges:
    """Somebody changes an item in Zoho, for everybody; Majlis learns of it when it looks next."""

    line: int
    # The product's place in the customer's basket, from 1.
    place: int
    price_percent: Decimal | None = None
    stock: int | None = None


@dataclass(frozen=True)
class HistoryGrows:
    """The chat has had so many more turns like the one before this step."""

    line: int
    turns: int


@dataclass(frozen=True)
class ModelIsScripted:
    """The language model's stand-in knows what to answer to one message of this chat."""

    line: int
    # Words of that message, a regular expression; no other case's customer may write them.
    to: str
    # As the stand-in's script takes them (`sandbox.model.script.Entry`).
    entries: tuple[Mapping[str, Any], ...]


Happening = (
    TimePasses | ManagerActs | ManagerWrites | HouseIs | ZohoIs | ItemChanges | HistoryGrows | ModelIsScripted
)
Step = Says | Taps | Happening


@dataclass(frozen=True)
class UtterExpected:
    """The names of all responses that were said, in their order; one per `utter` step."""

    line: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class BotExpected:
    """One reply's text: equal to `text`, or containing a match of `pattern`."""

    line: int
    text: str
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Silence:
    """Nothing is said."""

    line: int


@dataclass(frozen=True)
class SlotExpected:
    """A slot's value after the turn; None: it is not filled."""

    line: int
    name: str
    value: Any


@dataclass(frozen=True)
class OwnerExpected:
    """Who answers the chat after the turn."""

    line: int
    owner: Owner


@dataclass(frozen=True)
class ManagerReads:
    """One message in the manager's own chat since the step before: equal to `text`, or with a match of
    `pattern`; {code} is that of the customer's chat. `text` is None: he reads nothing."""

    line: int
    text: str | None
    pattern: str | None = None


@dataclass(frozen=True)
class ModelCallsExpected:
    """How often a language model was asked in this turn, notes for its memory aside."""

    line: int
    count: int


@dataclass(frozen=True)
class Constraints:
    """What every mentioned product satisfies; an empty constraint asks for nothing.

    Of `category`, `brand`, `material` and `color` one of the given values is enough; of the `not_…` none
    may hold. Prices are AED without VAT, both inclusive. `size` is in centimetres, as a customer says it:
    one number fits any side, two fit width and depth either way, within 5 cm.
    """

    category: tuple[str, ...] = ()
    not_category: tuple[str, ...] = ()
    color: tuple[str, ...] = ()
    not_color: tuple[str, ...] = ()
    material: tuple[str, ...] = ()
    not_material: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    not_brand: tuple[str, ...] = ()
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    # Pieces that are in stock, at least.
    quantity: int | None = None
    # At least.
    seats: int | None = None
    size: tuple[int, ...] = ()
    # Centimetres, inclusive; a side is any of the three.
    max_side: int | None = None
    max_width: int | None = None
    min_width: int | None = None
    max_height: int | None = None
    # Words that the product's English name or description holds.
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProductsExpected:
    """Which products the replies of the turn mention; what is None or empty asks for nothing."""

    line: int
    # Exactly these, in any order.
    skus: tuple[str, ...] | None = None
    # Exactly those that stood at these places (from 1; -1 is the last) of the last list before this turn.
    places: tuple[int, ...] | None = None
    count: int | None = None
    all: Constraints = field(default_factory=Constraints)
    # At least one of them satisfies these.
    some: Constraints | None = None
    # None of them was mentioned earlier in the chat.
    new: bool = False
    # Each compared with all of the last list.
    than_before: tuple[Relation, ...] = ()


@dataclass(frozen=True)
class StageExpected:
    """How far the sale is after the turn, by the database; with an outcome, once its jobs are done."""

    line: int
    stage: Stage | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True)
class PdfExpected:
    """A quote's PDF reached the customer in this turn, and says this; what is None asks for nothing.

    Always: it is the only one, a message of the turn tells its number, and its total is the one told.
    """

    line: int
    # False: no PDF came, and all else is None.
    sent: bool = True
    # None: any. True: the number of the PDF before it in this chat; False: another one.
    same_number: bool | None = None
    revision: int | None = None
    language: QuoteLanguage | None = None
    # AED with VAT.
    total: Decimal | None = None
    # In per cent; 0: none stands in it.
    discount: Decimal | None = None
    # Different products.
    lines: int | None = None
    # Each stands in it, capitals aside.
    text: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrderExpected:
    """What there is of an order after the turn; the revision is that of the quote it is for."""

    line: int
    state: OrderState
    revision: int | None = None
    # Orders of this chat in all.
    count: int | None = None


@dataclass(frozen=True)
class RecordsExpected:
    """So many records of a kind in Zoho, of which one holds these values (None: any number)."""

    count: int | None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CrmExpected:
    """What Zoho holds of this customer once the chat's jobs are done."""

    line: int
    records: Mapping[Kind, RecordsExpected]


SaleExpected = StageExpected | PdfExpected | OrderExpected | CrmExpected
Expectation = (
    UtterExpected
    | BotExpected
    | Silence
    | SlotExpected
    | OwnerExpected
    | ManagerReads
    | ModelCallsExpected
    | ProductsExpected
    | SaleExpected
)


@dataclass(frozen=True)
class Exchange:
    """One step and what is expected after it."""

    step: Step
    expectations: tuple[Expectation, ...]

    @property
    def waits_for_jobs(self) -> bool:
        """Whether what is expected is there only when the chat's jobs are done."""
        return any(
            isinstance(item, CrmExpected)
            or (isinstance(item, OrderExpected) and item.state == "confirmed")
            or (isinstance(item, StageExpected) and item.outcome is not None)
            for item in self.expectations
        )

    @property
    def reads_managers_chat(self) -> bool:
        """Whether what is expected is there only when the manager was told of the chat."""
        return any(isinstance(item, ManagerReads) for item in self.expectations)


@dataclass(frozen=True)
class Case:
    """One conversation, played with a fresh customer."""

    name: str
    file: Path
    line: int
    exchanges: tuple[Exchange, ...]
    # What has to be there before it can pass.
    needs: frozenset[Need] = frozenset()

    @property
    def is_played_alone(self) -> bool:
        """Whether it changes or reads what all customers share: the time, Zoho, the catalog, the manager's
        chat."""
        shared = TimePasses | ZohoIs | ItemChanges | HouseIs | ManagerWrites
        return any(
            isinstance(each.step, shared) or any(isinstance(item, ManagerReads) for item in each.expectations)
            for each in self.exchanges
        )
