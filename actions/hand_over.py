"""Give the chat to a person and tell the customer what happens next."""

from __future__ import annotations

from actions.turn import Events, Turn, majlis_action
from sales.ownership_storage import hand_over

# Why a person takes over, as the operator reads it, and what the customer is told; by intent.
_REASONS = {
    "accept": ("the customer confirmed what was chosen", "utter_hand_over_order"),
}
_ASKED = ("the customer asked", "utter_hand_over")


@majlis_action("action_hand_over")
async def action_hand_over(turn: Turn) -> Events:
    """The customer asked for a person, or for what only a person can do today."""
    return await give_to_person(turn)


async def give_to_person(turn: Turn) -> Events:
    """The bot says who takes over, and is silent from then on."""
    reason, response = _REASONS.get(turn.intent, _ASKED)
    await hand_over(turn.connection, turn.conversation_id, reason=reason, turn_id=turn.turn_id)
    turn.say(response)
    return []
