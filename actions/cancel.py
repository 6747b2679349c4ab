"""Start over: what was looked for and chosen is forgotten."""

from __future__ import annotations

from actions.memory import changes, forgotten, search_slots, shown_slots
from actions.turn import Events, Turn, majlis_action
from catalog.refinement import NOTHING
from sales.basket import EMPTY
from sales.basket_storage import write_basket

# What a half-done form leaves behind.
FORM_SLOTS = ("quote_step", "order_answer", "failed_answers")


@majlis_action("action_cancel")
async def action_cancel(turn: Turn) -> Events:
    """Forget search, list and choice, and say so."""
    turn.say("utter_cancelled")
    await write_basket(turn.connection, turn.conversation_id, EMPTY)
    return changes(
        turn, search_slots(NOTHING) | shown_slots(()) | forgotten(("selected_product", *FORM_SLOTS))
    )
