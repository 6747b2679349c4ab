"""Forms: an answer is read, checked and explained; whatever is no answer is left to the rules."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.quoting import known_facts
from actions.turn import Events, Turn, majlis_action
from sales.fact_storage import remember_facts
from sales.fact_values import Fact, Kind, Problem
from sales.facts import read_facts
from sales.lead_job import ask_for_lead

# These leave the form, whatever the words could be besides.
_LEAVE = frozenset({"cancel", "ask_person", "opt_out"})
# No answer at all: the rules answer, then the form asks again.
_SOMETHING_ELSE = frozenset({Kind.QUESTION, Kind.WISH, Kind.SMALL_TALK})
# After so many answers that cannot be taken, a person is offered (design §5).
_MOST_FAILURES = 3
# What is wrong and can be mended has a response of its own; else the fact says what is needed.
_EXPLANATIONS_BY_KIND = {
    Kind.EMAIL_NOT_LATIN: "utter_explain_email_not_latin",
    Kind.EMAIL_TYPO: "utter_explain_email_typo",
    Kind.HAS_NONE: "utter_explain_has_none",
}
_EXPLANATIONS = {
    Fact.COMPANY: "utter_explain_company",
    Fact.CONTACT_NAME: "utter_explain_contact_name",
    Fact.EMAIL: "utter_explain_email",
}


@majlis_action("validate_quote_form")
async def validate_quote_form(turn: Turn) -> Events:
    """Read what the message says of the customer; an answer that cannot be taken is explained.

    No event for a slot means: this was no answer. Rasa then lets the rules answer and asks again.
    """
    if turn.intent in _LEAVE:
        return []
    asked = turn.slot("requested_slot")
    fact = Fact(asked) if asked else None
    # The form was opened just now: what led to it is over, however the form ends.
    opened: Events = [SlotSet("quote_step", None)] if asked is None else []
    read = read_facts(turn.typed, fact)
    if read.values:
        await remember_facts(turn.connection, turn.conversation_id, read.values)
        await ask_for_lead(turn.connection, turn.conversation_id)
        return [*opened, *known_facts(turn, read.values), *_failures(turn, 0)]
    problem = next((one for one in read.problems if one.fact is fact), None)
    if fact is None or problem is None or problem.kind in _SOMETHING_ELSE:
        return opened
    failed = int(turn.slot("failed_answers") or 0) + 1
    if failed >= _MOST_FAILURES:
        turn.say("utter_offer_person")
    else:
        turn.say(_explanation(problem))
    return _failures(turn, failed)


@majlis_action("validate_closing_form")
async def validate_closing_form(turn: Turn) -> Events:
    """A yes or a no to the summary; anything else is for the rules."""
    if turn.slot("requested_slot") is None:
        return []
    answers = {"accept": "yes", "confirm_order": "yes", "reject": "no"}
    answer = answers.get(turn.intent)
    return [] if answer is None else [SlotSet("order_answer", answer)]


def _explanation(problem: Problem) -> str:
    return _EXPLANATIONS_BY_KIND.get(problem.kind) or _EXPLANATIONS[problem.fact]


def _failures(turn: Turn, failed: int) -> Events:
    # An event in any case: it tells Rasa that the message was dealt with.
    return [SlotSet("failed_answers", failed or None)]
