"""Moving a sale along its stages; the database decides, Rasa's slot follows (design §5)."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.turn import Events, Turn
from catalog.filters import SearchFilters
from sales.fact_storage import remember_need
from sales.stage_storage import Advanced, Refused, advance
from sales.stages import Stage

# Before these nothing was asked for yet; a search at a later stage changes no stage.
_FIRST = frozenset({Stage.GREETING.value, Stage.QUALIFYING.value})


class StageRefused(Exception):
    """A stage that what happened before makes certain was refused: the turn must not take effect."""


async def move(turn: Turn, to: Stage, *, reason: str) -> tuple[Advanced | Refused, Events]:
    """Try to bring the sale to a stage; what came of it, and the slot event that mirrors it.

    `reason` is read by people: none of the customer's words.
    """
    done = await advance(turn.connection, turn.conversation_id, to, turn_id=turn.turn_id, reason=reason)
    changed = done.stage.value != turn.slot("stage")
    return done, [SlotSet("stage", done.stage.value)] if changed else []


async def need_is_known(turn: Turn, search: SearchFilters) -> Events:
    """A product was asked for: that is the need, and the sale goes on to selecting."""
    if turn.slot("stage") not in _FIRST:
        return []
    description = search.text or " ".join(search.brands) or None
    known = await remember_need(
        turn.connection,
        turn.conversation_id,
        category=search.category,
        description=description,
        quantity=search.quantity,
    )
    staged = (await move(turn, Stage.SELECTING, reason="a product was asked for"))[1]
    return [*staged, SlotSet("need", known.need_category or known.need_description)]


async def business_began(turn: Turn) -> Events:
    """The first message about business, without a need yet."""
    if turn.slot("stage") != Stage.GREETING.value:
        return []
    return (await move(turn, Stage.QUALIFYING, reason="the first message about business"))[1]


def is_before_the_need(turn: Turn) -> bool:
    """Whether the sale is at a stage where it is not known yet what the customer looks for."""
    return turn.slot("stage") in _FIRST


async def need_is_wanted(turn: Turn) -> Events:
    """Business without a need: `qualifying_form` opens and asks for it. Later the need is known."""
    if not is_before_the_need(turn):
        return []
    return [*await business_began(turn), SlotSet("need_step", "ask")]
