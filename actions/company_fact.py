"""Answer a frequent question from the seller's own facts."""

from __future__ import annotations

from actions.turn import Events, Turn, majlis_action

TOPIC_PREFIX = "faq_"


@majlis_action("action_company_fact")
async def action_company_fact(turn: Turn) -> Events:
    """Say the fact that `data/seller.yml` holds on the topic of the intent; without one, offer a person."""
    fact = turn.house.seller.fact(turn.intent.removeprefix(TOPIC_PREFIX), turn.language)
    if fact is None:
        turn.say("utter_unknown_fact")
    else:
        turn.say("utter_company_fact", fact=fact)
    return []
