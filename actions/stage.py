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
    await remember_need(
        turn.connection,
        turn.conversation_id,
        category=search.category,
        description=search.text or " ".join(search.brands) or None,
        quantity=search.quantity,
    )
    return (await move(turn, Stage.SELECTING, reason="a product was asked for"))[1]


async def business_began(turn: Turn) -> Events:
    """The first message about business, without a need yet."""
    if turn.slot("stage") != Stage.GREETING.value:
        return []
    return (await move(turn, Stage.QUALIFYING, reason="the first message about business"))[1]
