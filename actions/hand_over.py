"""Give the chat to a person and tell the customer what happens next."""

from __future__ import annotations

from actions.turn import Events, Turn, majlis_action
from sales.hand_over_reason import Reason
from sales.ownership_storage import hand_over


@majlis_action("action_hand_over")
async def action_hand_over(turn: Turn) -> Events:
    """The customer asked for a person: the bot says who takes over, and is silent from then on."""
    reason = Reason.ASKED
    await hand_over(turn.connection, turn.conversation_id, reason=reason, turn_id=turn.turn_id)
    turn.say("utter_hand_over")
    return []
