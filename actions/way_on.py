"""When nothing understood the customer: the stage's own reply, then the offer of a person, then a person."""

from __future__ import annotations

from actions.memory import changes
from actions.turn import Events, Turn
from offscript.consultation import Advice, Ending
from offscript.turn_records import begin_turn, end_turn, held_before, stuck_in_a_row
from sales.hand_over_reason import Reason
from sales.ownership_storage import hand_over
from sales.stages import Stage

# A person is offered the second time in a row, and takes over the third time (design §5).
_OFFERED_AFTER = 1
_GIVEN_AFTER = 2
# What can be done next depends on how far the sale is.
_BY_STAGE = {
    Stage.QUOTING.value: "utter_fallback_quote",
    Stage.NEGOTIATING.value: "utter_fallback_quote",
    Stage.FOLLOW_UP.value: "utter_fallback_order",
}


async def offer_way_on(turn: Turn, advice: Advice | None = None) -> Events:
    """Say that it was not understood and what can be done next; in the end somebody else answers.

    `advice` is what a model was asked for in vain. What no model called spam counts, whatever the classifier
    makes of it: whoever reads three times in a row that he was not understood is helped by a person only.
    """
    await begin_turn(turn.connection, turn.conversation_id, turn.turn_id)
    before = await stuck_in_a_row(turn.connection, turn.conversation_id, turn.turn_id, _GIVEN_AFTER)
    advice = advice or Advice("unavailable")
    # What was written twice in vain is not tried a third time.
    is_untrusted = advice.ending == "held" and await held_before(
        turn.connection, turn.conversation_id, turn.turn_id
    )
    is_given = before >= _GIVEN_AFTER or is_untrusted
    # Whoever had a person is not stuck any more when the chat comes back.
    ending: Ending = "person" if is_given else advice.ending
    await end_turn(
        turn.connection,
        turn.turn_id,
        ending,
        model=advice.model,
        prompt_version=advice.prompt_version,
        held_by=advice.held_by,
    )
    if is_given:
        return await give_to_person(turn, Reason.STUCK if before >= _GIVEN_AFTER else Reason.LOW_TRUST)
    if before >= _OFFERED_AFTER:
        turn.say("utter_fallback_person")
    else:
        turn.say(_BY_STAGE.get(turn.slot("stage"), "utter_fallback"))
    return changes(turn, {})


async def give_to_person(turn: Turn, reason: str) -> Events:
    """Hand the chat over; `reason` is for the operator, and none of the customer's words."""
    await hand_over(turn.connection, turn.conversation_id, reason=reason, turn_id=turn.turn_id)
    turn.say("utter_hand_over")
    return []
