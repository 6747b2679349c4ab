"""What customers tell of themselves outside of forms: kept whatever else is said, thanked for, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rasa_sdk.events import SlotSet

from actions.memory import at_hand, said_in
from actions.stage import is_before_the_need
from actions.turn import Events, Turn
from actions.wording import comma
from catalog.listing import set_in
from sales.basket_storage import read_basket
from sales.fact_storage import remember_facts
from sales.fact_values import Fact, Kind, Problem, Value
from sales.facts import city_name, read_facts
from sales.lead_job import ask_for_lead
from sales.quote_storage import newest_quote
from sales.stages import Stage

_LABELS = {
    Fact.COMPANY: "utter_part_detail_company",
    Fact.CONTACT_NAME: "utter_part_detail_contact_name",
    Fact.EMAIL: "utter_part_detail_email",
    Fact.CITY: "utter_part_detail_city",
    Fact.TRN: "utter_part_detail_trn",
}
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
    Fact.TRN: "utter_explain_trn",
}
_AFTER_A_QUOTE = frozenset({Stage.QUOTING.value, Stage.NEGOTIATING.value})


async def keep_details(turn: Turn) -> Events:
    """Keep what the message says of its writer, whatever it is about besides."""
    return await keep_facts(turn, read_facts(turn.typed, None).values)


async def keep_facts(turn: Turn, values: Mapping[Fact, Value]) -> Events:
    """Keep facts of the customer, and have the lead know them; slot events for those that forms ask for."""
    if not values:
        return []
    await remember_facts(turn.connection, turn.conversation_id, values)
    await ask_for_lead(turn.connection, turn.conversation_id)
    return [
        SlotSet(fact.value, value)
        for fact, value in values.items()
        if fact.value in turn.slots and turn.slot(fact.value) != value
    ]


def tells_details(turn: Turn) -> bool:
    """Whether a message that NLU found nothing in says something of its writer, or tries to."""
    read = read_facts(turn.typed, None)
    return bool(read.values or read.problems)


def corrects_details(turn: Turn) -> bool:
    """Whether a correction is one of the customer's details and of nothing in the catalog."""
    # The names themselves are words that could describe a product.
    said = replace(said_in(turn), words=(), number=None, quantity=None)
    return tells_details(turn) and not (said.narrows or said.skus or said.options)


async def note_details(turn: Turn) -> Events:
    """Thank for what a message says of its writer, or explain what is wrong with it, and ask what is next.

    What was known otherwise before is said to be changed; a quote that was sent does not change by itself.
    """
    read = read_facts(turn.typed, None)
    say_what_was_noted(turn, read.values)
    for problem in read.problems:
        turn.say(explanation(problem))
    if not read.problems:
        await _say_next(turn)
    return await keep_facts(turn, read.values)


def say_what_was_noted(turn: Turn, values: Mapping[Fact, Value]) -> None:
    """Say what is known now, and that it is changed if it was known otherwise before."""
    changed = {fact: value for fact, value in values.items() if turn.slot(fact.value) not in (None, value)}
    if changed:
        turn.say("utter_details_changed", details=_told(turn, changed))
    elif Fact.CONTACT_NAME in values:
        turn.say("utter_details_thanks", name=_set_in(turn, values[Fact.CONTACT_NAME]))
    elif values:
        turn.say("utter_details_noted", details=_told(turn, values))


def explanation(problem: Problem) -> str:
    """The response that says how a fact would be right."""
    return _EXPLANATIONS_BY_KIND.get(problem.kind) or _EXPLANATIONS[problem.fact]


async def _say_next(turn: Turn) -> None:
    """One next question, by how far the sale is."""
    stage = turn.slot("stage")
    quote = await newest_quote(turn.connection, turn.conversation_id) if stage in _AFTER_A_QUOTE else None
    if is_before_the_need(turn):
        turn.say("utter_next_need")
    elif quote is not None:
        turn.say("utter_next_version", number=quote.number)
    elif stage == Stage.FOLLOW_UP.value:
        turn.say("utter_next_anything")
    elif await read_basket(turn.connection, turn.conversation_id):
        turn.say("utter_next_quote")
    else:
        turn.say("utter_next_choice" if at_hand(turn).shown else "utter_next_need")


def _told(turn: Turn, values: Mapping[Fact, Value]) -> str:
    return comma(turn).join(
        turn.phrase(_LABELS[fact], value=_set_in(turn, _shown(turn, fact, value)))
        for fact, value in values.items()
    )


def _shown(turn: Turn, fact: Fact, value: Value) -> Value:
    return city_name(str(value), turn.language) if fact is Fact.CITY else value


def _set_in(turn: Turn, value: Value) -> str:
    return set_in(str(value), turn.language)
