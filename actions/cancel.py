"""Start over: what was looked for and chosen is forgotten."""

from __future__ import annotations

from actions.memory import changes, forgotten, search_slots, shown_slots
from actions.turn import Events, Turn, majlis_action
from catalog.refinement import NOTHING


@majlis_action("action_cancel")
async def action_cancel(turn: Turn) -> Events:
    """Forget search, list and choice, and say so."""
    turn.say("utter_cancelled")
    return changes(
        turn,
        search_slots(NOTHING) | shown_slots(()) | forgotten(("selected_product", "selected_items")),
    )
