"""The forms of the quote and the order: an answer is read, checked and explained; what is none is left to
the rules."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.details import explanation, keep_facts, say_what_was_noted
from actions.form_answers import LEAVE, answered, failed
from actions.turn import Events, Turn, majlis_action
from sales.fact_values import Fact, Kind
from sales.facts import read_facts
from sales.reasons_asked import reason_asked_for

# No answer at all: the rules answer, then the form asks again.
_SOMETHING_ELSE = frozenset({Kind.QUESTION, Kind.WISH, Kind.SMALL_TALK})
# What a bare name is taken for by the NLU. Behind any other intent only what says itself that it is a name.
_BARE_NAMES = frozenset({"give_details", "correct", "nlu_fallback", "out_of_scope"})
# Entities that any word may be: a name is made of words.
_ANY_WORD = frozenset({"query"})
# What these say is no answer, but they have none of their own inside the form.
_EXPLAINED = frozenset({"accept", "give_details"})
_NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})
# So many words are more than a name or an address.
_SENTENCE = 5
_QUESTIONS = {
    Fact.COMPANY: "utter_ask_quote_form_company",
    Fact.CONTACT_NAME: "utter_ask_quote_form_contact_name",
    Fact.EMAIL: "utter_ask_quote_form_email",
}
_REASONS = {
    Fact.COMPANY: "utter_why_company",
    Fact.CONTACT_NAME: "utter_why_contact_name",
    Fact.EMAIL: "utter_why_email",
}
_REMINDERS = {
    Fact.COMPANY: "utter_remind_company",
    Fact.CONTACT_NAME: "utter_remind_contact_name",
    Fact.EMAIL: "utter_remind_email",
}


@majlis_action("validate_quote_form", hears=False)
async def validate_quote_form(turn: Turn) -> Events:
    """Read what the message says of the customer; an answer that cannot be taken is explained.

    No event for a slot means: this was no answer. Rasa then lets the rules answer and asks again.
    """
    asked = turn.slot("requested_slot")
    if asked is None:
        # The form opened just now: what led to it is over, however the form ends.
        return [SlotSet("quote_step", None), *await keep_facts(turn, read_facts(turn.typed, None).values)]
    fact = Fact(asked)
    doubted = reason_asked_for(turn.words, fact)
    if doubted is not None:
        turn.say(_REASONS[doubted])
        return answered()
    read = read_facts(turn.typed, fact, may_be_bare=_may_be_bare(turn))
    # "sales@alnoor.ae" has the sound of somebody who wants to talk to sales, and is an address.
    if turn.intent in LEAVE and Fact.EMAIL not in read.values:
        return []
    if read.values:
        if any(turn.slot(one.value) not in (None, value) for one, value in read.values.items()):
            say_what_was_noted(turn, read.values)
        return [*await keep_facts(turn, read.values), *answered()]
    if turn.intent == "request_quote":
        # It is what the form is for: it asks again.
        return answered()
    wrong = next((one for one in read.problems if one.fact is not fact), None)
    if wrong is not None:
        return failed(turn, explanation(wrong))
    if turn.house.off_script is not None and turn.intent in _NOT_UNDERSTOOD and _is_a_sentence(turn):
        # No answer to this question, and perhaps one of the customer's own: the form asks again behind it.
        return []
    problem = next((one for one in read.problems if one.fact is fact), None)
    if problem is None or (problem.kind in _SOMETHING_ELSE and turn.intent not in _EXPLAINED):
        return []
    return failed(turn, explanation(problem))


@majlis_action("action_ask_quote_form_company")
async def action_ask_quote_form_company(turn: Turn) -> Events:
    """Ask for the company."""
    return _ask(turn, Fact.COMPANY)


@majlis_action("action_ask_quote_form_contact_name")
async def action_ask_quote_form_contact_name(turn: Turn) -> Events:
    """Ask for the name of the person."""
    return _ask(turn, Fact.CONTACT_NAME)


@majlis_action("action_ask_quote_form_email")
async def action_ask_quote_form_email(turn: Turn) -> Events:
    """Ask for the e-mail address."""
    return _ask(turn, Fact.EMAIL)


@majlis_action("validate_closing_form", hears=False)
async def validate_closing_form(turn: Turn) -> Events:
    """A yes or a no to the summary; anything else is for the rules."""
    if turn.slot("requested_slot") is None:
        return []
    answers = {"accept": "yes", "confirm_order": "yes", "reject": "no"}
    answer = answers.get(turn.intent)
    return [] if answer is None else [SlotSet("order_answer", answer)]


def _ask(turn: Turn, fact: Fact) -> Events:
    # Behind a reply that asks something itself there is no second question.
    turn.say((_REMINDERS if turn.has_asked else _QUESTIONS)[fact])
    return []


def _is_a_sentence(turn: Turn) -> bool:
    return len(turn.words.split()) >= _SENTENCE and "@" not in turn.typed


def _may_be_bare(turn: Turn) -> bool:
    if turn.intent not in _BARE_NAMES:
        return False
    return all(entity.get("entity") in _ANY_WORD for entity in turn.entities)
