"""The need: asked for in one question when business comes without it, then answered with products."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.details import keep_facts, say_what_was_noted
from actions.form_answers import LEAVE, answered, failed
from actions.memory import at_hand, changes, read_search, said_in
from actions.quoting import action_request_quote
from actions.search_products import action_search_products
from actions.searching import ask_need
from actions.stage import business_began, is_before_the_need
from actions.turn import Events, Turn, majlis_action
from catalog.mentions import split_requests
from sales.addresses import leaves_the_number_open
from sales.facts import read_facts

# Value of slot `awaiting`: the kind of product is asked for, and how many is left open.
KIND_ALONE = "kind_alone"
# These may bring the need along; questions about products have rules of their own, which know it then.
_BRING_A_NEED = frozenset(
    {"search_products", "refine_search", "correct", "request_quote", "select_product", "add_to_basket"}
    | {"change_quantity", "confirm_order", "accept", "greet", "give_details", "nlu_fallback"}
)
# Words beside those of the catalog describe a product only here: "something for a majlis".
_DESCRIBE = frozenset({"search_products", "refine_search"})
# No answer, and nothing that has an answer of its own.
_NO_ANSWER = frozenset({"accept", "reject", "correct", "give_details", "nlu_fallback", "out_of_scope"})
# Asking for the quote is what led here: it is asked for the need again.
_ASKS_AGAIN = frozenset({"request_quote", "ask_categories", "search_products", "refine_search"})


@majlis_action("action_qualify")
async def action_qualify(turn: Turn) -> Events:
    """A quote is asked for at the beginning: what is named is answered, else the need is asked for."""
    said, known = said_in(turn), at_hand(turn)
    if split_requests(turn.entities) or said.names_a_kind or said.skus or known.discussed or known.shown:
        return await action_request_quote(turn)
    return [*await ask_need(turn, is_counted=_is_counted(turn)), *changes(turn, {})]


@majlis_action("validate_qualifying_form", hears=False)
async def validate_qualifying_form(turn: Turn) -> Events:
    """Read the need out of an answer, and whatever it says of its writer beside it.

    No event means: this was no answer. Rasa then lets the rules answer and asks again.
    """
    if turn.slot("requested_slot") is None:
        return [*await business_began(turn), SlotSet("need_step", None)]
    if turn.intent in LEAVE:
        return []
    values = read_facts(turn.typed, None).values
    if _brings_a_need(turn):
        # What it is in the catalog's words is known when it was searched for.
        return [*await keep_facts(turn, values), SlotSet("need", turn.words), *answered()]
    said = said_in(turn)
    counted = {name: value for name in ("quantity", "seats") if (value := getattr(said, name)) is not None}
    if counted and turn.intent in _BRING_A_NEED | _NO_ANSWER:
        return [*await keep_facts(turn, values), *changes(turn, counted), *answered()]
    if turn.intent in _NO_ANSWER | {"greet"} and values:
        say_what_was_noted(turn, values)
        return [*await keep_facts(turn, values), *answered()]
    if leaves_the_number_open(turn.words) and not turn.intent.startswith("faq_"):
        turn.say("utter_number_can_wait")
        return [*changes(turn, {"awaiting": KIND_ALONE}), *answered()]
    if turn.intent in _ASKS_AGAIN:
        return answered()
    return failed(turn, "utter_explain_need") if turn.intent in _NO_ANSWER else []


@majlis_action("action_ask_qualifying_form_need")
async def action_ask_qualifying_form_need(turn: Turn) -> Events:
    """Ask for the need; behind a reply that asks something itself there is no second question."""
    if not turn.has_asked:
        await ask_need(turn, is_counted=_is_counted(turn))
    elif turn.slot("requested_slot") is not None:
        turn.say("utter_remind_need")
    return []


@majlis_action("action_show_need")
async def action_show_need(turn: Turn) -> Events:
    """The need is known: products come first. A question in between may have shown them already."""
    if not is_before_the_need(turn):
        return []
    shown = await action_search_products(turn)
    is_known = any(event["name"] == "stage" for event in shown)
    return [*shown] if is_known else [*shown, SlotSet("need", None)]


def _brings_a_need(turn: Turn) -> bool:
    if turn.intent not in _BRING_A_NEED:
        return False
    said = said_in(turn)
    named = bool(said.categories or said.brands or said.skus or split_requests(turn.entities))
    return named or (turn.intent in _DESCRIBE and bool(said.words))


def _is_counted(turn: Turn) -> bool:
    search = read_search(turn.slots)
    return bool(search.quantity or search.seats) or turn.slot("awaiting") == KIND_ALONE
