"""The seven stages of a sale: which follows which, and what has to be true to enter one (design §5).

Pure: `sales.stage_storage` applies it to a chat inside one transaction. Product questions, prices and
questions about the company work at every stage and change none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sales.basket import EMPTY, Basket
from sales.fact_values import NOTHING_KNOWN, CustomerFacts
from sales.quote import QuoteState


class Stage(StrEnum):
    """How far a sale is, in the order of a sale that goes straight on."""

    GREETING = "greeting"
    QUALIFYING = "qualifying"
    SELECTING = "selecting"
    QUOTING = "quoting"
    NEGOTIATING = "negotiating"
    CLOSING = "closing"
    FOLLOW_UP = "follow_up"


class Outcome(StrEnum):
    """What became of a sale; separate from its stage, because a manager may end one at any."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


# Design §5, column "next". The database holds the same edges and refuses any other move.
EDGES: Mapping[Stage, frozenset[Stage]] = {
    Stage.GREETING: frozenset({Stage.QUALIFYING}),
    Stage.QUALIFYING: frozenset({Stage.SELECTING}),
    Stage.SELECTING: frozenset({Stage.QUOTING, Stage.QUALIFYING}),
    Stage.QUOTING: frozenset({Stage.NEGOTIATING, Stage.CLOSING, Stage.SELECTING}),
    Stage.NEGOTIATING: frozenset({Stage.QUOTING, Stage.CLOSING, Stage.SELECTING}),
    Stage.CLOSING: frozenset({Stage.FOLLOW_UP, Stage.NEGOTIATING}),
    Stage.FOLLOW_UP: frozenset({Stage.SELECTING, Stage.QUOTING, Stage.QUALIFYING}),
}


@dataclass(frozen=True)
class QuoteStanding:
    """The newest quote of a chat, at its newest revision."""

    state: QuoteState
    # The first moment at which it is not good any more.
    valid_until: datetime
    # This revision reached the customer.
    was_sent: bool
    # This revision or an earlier one of the same number reached the customer.
    was_ever_sent: bool
    # An order was placed for a revision of it: the quote belongs to a sale that is over.
    is_ordered: bool = False


@dataclass(frozen=True)
class Situation:
    """What guards look at; `now` is timezone-aware business time."""

    now: datetime
    # Whether the customer wrote at all: that it was about business is known to the rule that asks.
    customer_wrote: bool = False
    facts: CustomerFacts = NOTHING_KNOWN
    basket: Basket = EMPTY
    quote: QuoteStanding | None = None


class Missing(StrEnum):
    """What keeps a sale from a stage, for the dialogue to ask for or to explain."""

    # The graph has no way there.
    WAY = "way"
    MESSAGE = "message"
    NEED = "need"
    BASKET = "basket"
    QUANTITY = "quantity"
    COMPANY = "company"
    CONTACT_NAME = "contact_name"
    EMAIL = "email"
    QUOTE = "quote"
    ACCEPTANCE = "acceptance"
    # There is an accepted quote, but ...
    UNEXPIRED = "unexpired"
    ORDER = "order"


@dataclass(frozen=True)
class Refusal:
    """The stage that may not be entered, and everything that is missing for it, the first to mend first."""

    stage: Stage
    missing: tuple[Missing, ...]


def may_enter(stage: Stage, situation: Situation) -> Refusal | None:
    """What keeps a sale in this situation out of `stage`; None: nothing does."""
    missing = tuple(_GUARDS[stage](situation))
    return Refusal(stage, missing) if missing else None


def path(
    current: Stage, wanted: Stage, allowed: Callable[[Stage], bool] = lambda stage: True
) -> tuple[Stage, ...] | None:
    """The stages to enter one after the other, `wanted` last: the fewest, and only such as are `allowed`.

    Empty when the sale is there already; None when no way leads there.
    """
    reached: dict[Stage, tuple[Stage, ...]] = {current: ()}
    queue = deque([current])
    while queue:
        stage = queue.popleft()
        if stage is wanted:
            return reached[stage]
        # In the order of the stages, so that of two ways of one length it is always the same.
        for following in sorted(EDGES[stage], key=list(Stage).index):
            if following not in reached and allowed(following):
                reached[following] = (*reached[stage], following)
                queue.append(following)
    return None


def way(current: Stage, wanted: Stage, situation: Situation) -> tuple[Stage, ...] | Refusal:
    """The stages a sale may go through now to get to `wanted`, each with its guard passed, or why it may not.

    What is missing for `wanted` itself is named before what is missing on the way.
    """
    if current is wanted:
        return ()
    found = path(current, wanted, lambda stage: may_enter(stage, situation) is None)
    if found is not None:
        return found
    unguarded = path(current, wanted)
    if unguarded is None:
        return Refusal(wanted, (Missing.WAY,))
    refusals = (may_enter(stage, situation) for stage in (wanted, *unguarded))
    return next(refusal for refusal in refusals if refusal is not None)


def _nothing(situation: Situation) -> list[Missing]:
    return []


def _qualifying(situation: Situation) -> list[Missing]:
    return [] if situation.customer_wrote else [Missing.MESSAGE]


def _selecting(situation: Situation) -> list[Missing]:
    return [] if situation.facts.has_need else [Missing.NEED]


def _quoting(situation: Situation) -> list[Missing]:
    missing = []
    if not situation.basket:
        missing.append(Missing.BASKET)
    elif any(line.quantity is None for line in situation.basket):
        missing.append(Missing.QUANTITY)
    facts = situation.facts
    wanted = {
        Missing.COMPANY: facts.company,
        Missing.CONTACT_NAME: facts.contact_name,
        Missing.EMAIL: facts.email,
    }
    return missing + [name for name, value in wanted.items() if not value]


def _negotiating(situation: Situation) -> list[Missing]:
    quote = situation.quote
    # The quote of an order is not what a customer who orders again negotiates.
    is_sent = quote is not None and quote.was_ever_sent and not quote.is_ordered
    return [] if is_sent else [Missing.QUOTE]


def _closing(situation: Situation) -> list[Missing]:
    quote = situation.quote
    # A revision under way is the newest one and was not sent, so an earlier acceptance does not count.
    if quote is None or not quote.was_sent or quote.is_ordered:
        return [Missing.QUOTE]
    if quote.state is QuoteState.EXPIRED or situation.now >= quote.valid_until:
        return [Missing.UNEXPIRED]
    return [] if quote.state is QuoteState.ACCEPTED else [Missing.ACCEPTANCE]


def _follow_up(situation: Situation) -> list[Missing]:
    return [] if situation.quote is not None and situation.quote.is_ordered else [Missing.ORDER]


_GUARDS: Mapping[Stage, Callable[[Situation], list[Missing]]] = {
    Stage.GREETING: _nothing,
    Stage.QUALIFYING: _qualifying,
    Stage.SELECTING: _selecting,
    Stage.QUOTING: _quoting,
    Stage.NEGOTIATING: _negotiating,
    Stage.CLOSING: _closing,
    Stage.FOLLOW_UP: _follow_up,
}
