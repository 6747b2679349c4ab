"""Greetings, introductions and corrections: what is said of its writer comes first, the rest as always."""

from __future__ import annotations

from actions.details import corrects_details, note_details, tells_details
from actions.search_products import action_search_products
from actions.second_look import second_look
from actions.stage import is_before_the_need
from actions.turn import Events, Turn, majlis_action
from actions.way_on import offer_way_on
from catalog.listing import set_in
from sales.fact_values import Fact
from sales.facts import read_facts


@majlis_action("action_greet")
async def action_greet(turn: Turn) -> Events:
    """Greet, by name if it comes with the greeting; who says more of himself later is thanked for it."""
    name = read_facts(turn.typed, None).values.get(Fact.CONTACT_NAME)
    if name is not None and is_before_the_need(turn):
        turn.say("utter_greet_name", name=set_in(str(name), turn.language))
        return []
    if tells_details(turn):
        return await note_details(turn)
    turn.say("utter_greet")
    return []


@majlis_action("action_note_details")
async def action_note_details(turn: Turn) -> Events:
    """Thank for "this is Ahmed from Gulf Star" and keep it; without a detail it was not understood."""
    looked = await note_details(turn) if tells_details(turn) else await second_look(turn)
    return await offer_way_on(turn) if looked is None else looked


@majlis_action("action_correct")
async def action_correct(turn: Turn) -> Events:
    """A correction of the customer's details, or of what was looked for."""
    if corrects_details(turn):
        return await note_details(turn)
    return await action_search_products(turn)
