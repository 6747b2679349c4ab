"""Start over: what was looked for and chosen is forgotten."""

from __future__ import annotations

from actions.memory import ITEM_TO_REMOVE, changes, forgotten, said_in, search_slots, shown_slots
from actions.reorder import same_again
from actions.selecting import change_item, chosen
from actions.turn import Events, Turn, majlis_action
from catalog.refinement import NOTHING
from sales.basket import EMPTY
from sales.basket_storage import write_basket
from sales.hand_over_reason import Reason
from sales.ownership_storage import hand_over
from sales.stages import Stage

# What a half-done form leaves behind.
FORM_SLOTS = ("quote_step", "order_answer", "failed_answers")


@majlis_action("action_cancel")
async def action_cancel(turn: Turn) -> Events:
    """Forget search, list and choice, and say so; what is ordered only a person can take back."""
    if turn.slot("awaiting") == ITEM_TO_REMOVE:
        # "No, leave it": nothing is taken off.
        turn.say("utter_that_is_all")
        return changes(turn, {})
    if (again := await same_again(turn)) is not None:
        return again
    if turn.slot("stage") == Stage.FOLLOW_UP.value and not await chosen(turn):
        reason = Reason.CANCEL_ORDER
        await hand_over(turn.connection, turn.conversation_id, reason=reason, turn_id=turn.turn_id)
        turn.say("utter_cancel_order")
        return []
    if said_in(turn).only_counts and (turn.slot("selected_product") or turn.slot("discussed_product")):
        # "Forget it, 25": the number before it is what is forgotten.
        return await change_item(turn, said_in(turn))
    turn.say("utter_cancelled")
    await write_basket(turn.connection, turn.conversation_id, EMPTY)
    return changes(
        turn, search_slots(NOTHING) | shown_slots(()) | forgotten(("selected_product", *FORM_SLOTS))
    )
