"""What the script does not cover: the rules look twice, then a model advises, and there is always a way on.

The model is asked between two transactions (`actions.turn.Consultation`). What it advises was judged there
already; here it is carried out under the fence, like the result of any other action.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from actions.details import keep_facts, say_what_was_noted
from actions.memory import at_hand, changes, said_in, shown_slots
from actions.second_look import second_look
from actions.selecting import chosen
from actions.turn import Events, House, Turn, majlis_action
from actions.way_on import give_to_person, offer_way_on
from catalog.listing import set_in
from catalog.product import Product
from catalog.search import read_products, read_sync_times
from catalog.vocabulary import read_document
from offscript.consultation import Advice, Question
from offscript.memory import KIND as MEMORY
from offscript.memory import read_note
from offscript.replay import replayed
from offscript.token_storage import read_tokens
from offscript.tools import Proposed
from offscript.trace_storage import keep_trace
from offscript.turn_records import begin_turn, end_turn
from offscript.vault import vault_of
from sales.chat_phone import find_phone
from sales.fact_storage import read_customer_facts
from sales.fact_values import Fact, Problem
from sales.facts import check_answer
from sales.hand_over_reason import Reason
from sales.manager_task import ask_manager
from storage.jobs import enqueue

# The model reads so many messages; what was said before them is in its note.
_NEWEST = 5
# The rule of the price fence that holds prices nobody confirmed lately.
_TOO_OLD = "G9"
_SUGGESTIONS = {
    "show_products": "utter_suggest_products",
    "make_quote": "utter_suggest_quote",
    "confirm_order": "utter_suggest_order",
    "talk_to_person": "utter_suggest_person",
}

_CONFIRMATIONS = {
    Fact.COMPANY: "utter_confirm_company",
    Fact.CONTACT_NAME: "utter_confirm_contact_name",
    Fact.EMAIL: "utter_confirm_email",
}


class _AskModel:
    """Reads what a model has to know, and asks it (`actions.turn.Consultation`)."""

    async def prepare(self, turn: Turn) -> Question | None:
        """The question; None without a model, or when the rules have an answer after all."""
        off_script = turn.house.off_script
        if off_script is None or await _rules_know(turn):
            return None
        connection, chat = turn.connection, turn.conversation_id
        begun = await begin_turn(connection, chat, turn.turn_id)
        basket = await chosen(turn)
        # A line of a request that has no product keeps its place.
        places = [(place, sku) for place, sku in enumerate(at_hand(turn).shown, start=1) if sku]
        named = [*(sku for _, sku in places), *(line.sku for line in basket)]
        products = await read_products(connection, named)
        seen = await read_sync_times(connection, [product.sku for product in products])
        known: dict[str, Product] = {product.sku: product for product in products}
        said = said_in(turn)
        return Question(
            conversation_id=chat,
            turn_id=turn.turn_id,
            message=turn.typed,
            history=turn.history[-_NEWEST:],
            earlier=turn.history[:-_NEWEST],
            note=await read_note(connection, chat),
            stage=str(turn.slot("stage")),
            language=turn.language,
            requested_slot=turn.slot("requested_slot"),
            vault=vault_of(await read_customer_facts(connection, chat), await find_phone(connection, chat)),
            tokens=await read_tokens(connection, chat, off_script.seal),
            vocabulary=await read_document(connection),
            shown=[(place, known[sku], seen[sku]) for place, sku in places if sku in known],
            chosen=[(known[line.sku], seen[line.sku], line.quantity) for line in basket if line.sku in known],
            quantity=said.quantity,
            seats=said.seats,
            now=begun.now,
            waited_seconds=begun.waited_seconds,
            asked_to_wait=begun.asked_to_wait,
            was_reminded=turn.slot("followed_up") is not None,
        )

    async def ask(self, house: House, question: Any) -> Advice:
        """What the model advises."""
        assert house.off_script is not None
        return await house.off_script.consult(question)


@majlis_action("action_off_script", consultation=_AskModel())
async def action_off_script(turn: Turn) -> Events:
    """Answer what no rule answers: by a second look, by a model's advice, or with a way on."""
    looked = await second_look(turn)
    if looked is not None:
        return looked
    advice: Advice | None = turn.advice
    if advice is None:
        return await offer_way_on(turn)
    if advice.memory:
        key = f"{turn.conversation_id}:{turn.turn_id}"
        await enqueue(turn.connection, MEMORY, key, advice.memory, conversation_id=turn.conversation_id)
    if _TOO_OLD in advice.held_by and advice.ending == "held":
        return await _promise_a_price(turn, advice)
    if advice.ending in ("unavailable", "held"):
        return await offer_way_on(turn, advice)
    await _end(turn, advice)
    if advice.ending == "person":
        return await give_to_person(turn, Reason.MODEL)
    if advice.intent is not None:
        return replayed(turn.typed, turn.words, advice.intent, advice.entities, turn.entities)
    if advice.reply is None:
        turn.say("utter_fallback")
        return changes(turn, {})
    await keep_trace(
        turn.connection,
        conversation_id=turn.conversation_id,
        turn_id=turn.turn_id,
        rendered=advice.reply.rendered,
    )
    turn.say("utter_off_script", reply=advice.reply.rendered.text)
    proposed = _propose(turn, advice.proposed, advice.reply.rendered.text)
    # "I'll take it" means what the reply named.
    named = await read_products(turn.connection, advice.reply.skus)
    return [*proposed, *changes(turn, shown_slots(named) if named else {})]


async def _end(turn: Turn, advice: Advice) -> None:
    await end_turn(
        turn.connection,
        turn.turn_id,
        advice.ending,
        intent=advice.intent,
        model=advice.model,
        prompt_version=advice.prompt_version,
        held_by=advice.held_by,
    )


async def _promise_a_price(turn: Turn, advice: Advice) -> Events:
    """The catalog's prices are too old to be told: somebody checks them, and writes to the customer."""
    await _end(turn, advice)
    await ask_manager(
        turn.connection,
        turn.conversation_id,
        f"stale:{turn.turn_id}",
        subject="a price has to be checked for a customer",
        description="The customer asked for a price, and the catalog was last read from Zoho more than two"
        " hours ago. Tell the price in the chat, and see why the sync fails (`majlis sync`).",
        waits_for=Reason.PRICE,
    )
    turn.say("utter_price_is_checked")
    return changes(turn, {})


def _propose(turn: Turn, proposed: Proposed, reply: str) -> Events:
    """Offer what the model proposed, if the reply asks nothing yet: one question at a time."""
    if "?" in reply or "؟" in reply:
        return []
    if proposed.fact is not None and turn.slot(proposed.fact.fact.value) != proposed.fact.value:
        turn.say(_CONFIRMATIONS[proposed.fact.fact], value=set_in(proposed.fact.value, turn.language))
        return [SlotSet("proposed_detail", {proposed.fact.fact.value: proposed.fact.value})]
    if proposed.step is not None:
        turn.say(_SUGGESTIONS[proposed.step])
    return []


@majlis_action("action_keep_proposed")
async def action_keep_proposed(turn: Turn) -> Events:
    """The customer says that a detail was understood right: now it is known, by the forms' own checks."""
    proposed = turn.slot("proposed_detail") or {}
    values = {Fact(name): check_answer(Fact(name), str(value)) for name, value in proposed.items()}
    known = {fact: value for fact, value in values.items() if not isinstance(value, Problem)}
    if not known:
        # An older button: what it was about has been answered since.
        return await offer_way_on(turn)
    say_what_was_noted(turn, known)
    return [SlotSet("proposed_detail", None), *await keep_facts(turn, known)]


@majlis_action("action_drop_proposed")
async def action_drop_proposed(turn: Turn) -> Events:
    """The customer says that a detail was understood wrong."""
    turn.say("utter_detail_dropped")
    return [SlotSet("proposed_detail", None)]


async def _rules_know(turn: Turn) -> bool:
    """Whether the second look has an answer; whatever it wrote is taken back, for it looks again later."""
    async with turn.connection.begin_nested() as attempt:
        known = await second_look(turn) is not None
        await attempt.rollback()
    return known
