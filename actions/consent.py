"""The customer lets us remind him, or takes that back; said at any stage, and answered every time."""

from __future__ import annotations

from actions.turn import Events, Turn, majlis_action
from sales.consent import note_consent
from sales.follow_ups import Consent


@majlis_action("action_opt_in")
async def action_opt_in(turn: Turn) -> Events:
    """Keep the consent; after an earlier "stop" too, for it is his own word."""
    await note_consent(turn.connection, turn.turn_id, Consent.OPTED_IN)
    turn.say("utter_opt_in")
    return []


@majlis_action("action_opt_out")
async def action_opt_out(turn: Turn) -> Events:
    """Keep it; a reminder that waits to be sent is withheld when it comes to that (`why_not`)."""
    await note_consent(turn.connection, turn.turn_id, Consent.OPTED_OUT)
    turn.say("utter_opt_out")
    return []
