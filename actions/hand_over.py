"""Give the chat to a person and tell the customer."""

from __future__ import annotations

from actions.turn import Events, Turn, majlis_action
from sales.ownership_storage import hand_over


@majlis_action("action_hand_over")
async def action_hand_over(turn: Turn) -> Events:
    """The customer asked for a person: the bot says so and is silent from then on."""
    await hand_over(turn.connection, turn.conversation_id, reason="the customer asked", turn_id=turn.turn_id)
    turn.say("utter_hand_over")
    return []
