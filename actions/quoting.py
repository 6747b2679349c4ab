"""The quote: asked for, checked, made from what is chosen, sent as a PDF, and sent again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from rasa_sdk.events import SlotSet

from actions.memory import at_hand, changes, said_in
from actions.request_list import answer_list
from actions.searching import search_with
from actions.selecting import choose_products, chosen
from actions.stage import move
from actions.turn import Events, Turn, majlis_action
from actions.wording import count, price
from catalog.listing import format_name
from catalog.mentions import split_requests
from catalog.product import Product
from catalog.search import read_item_ids, read_products
from sales.basket import Basket
from sales.basket_storage import write_basket
from sales.fact_storage import read_customer_facts, remember_facts
from sales.fact_values import Fact, Value
from sales.facts import read_facts
from sales.lead_job import ask_for_lead
from sales.quote import QuoteCustomer, QuoteLine, QuoteState
from sales.quote_pdf import document_of, render_in_thread
from sales.quote_sent_job import ask_for_quote_records
from sales.quote_storage import Quote, draft_quote, keep_pdf, mark_sent, newest_quote
from sales.stage_storage import Refused
from sales.stages import Missing, Stage

# The value of slot `quote_step` with which the story goes on into `quote_form`.
DETAILS = "details"


@majlis_action("action_request_quote")
async def action_request_quote(turn: Turn) -> Events:
    """Whoever asks for a quote and has chosen is asked for what it still needs; others choose first.

    A list of products or a kind that comes with the request is answered first.
    """
    requests = split_requests(turn.entities)
    if requests:
        return [*await answer_list(turn, requests), *_no_step(turn)]
    said = said_in(turn)
    basket = await chosen(turn)
    if said.names_a_kind and not (basket or at_hand(turn).shown):
        return [*await search_with(turn, said), *_no_step(turn)]
    if not basket and at_hand(turn).discussed:
        return [*await choose_products(turn, adding=False), *_no_step(turn)]
    if not basket:
        turn.say("utter_quote_needs_choice")
        return [*changes(turn, {}), *_no_step(turn)]
    if await _left_the_catalog(turn, basket):
        return _no_step(turn)
    uncounted = next((line.sku for line in basket if line.quantity is None), None)
    if uncounted is not None:
        products = await read_products(turn.connection, [uncounted])
        turn.say("utter_ask_quantity", product=format_name(products[0], turn.language))
        return [*changes(turn, {"discussed_product": uncounted}), *_no_step(turn)]
    read = read_facts(turn.typed, None)
    await remember_facts(turn.connection, turn.conversation_id, read.values)
    await ask_for_lead(turn.connection, turn.conversation_id)
    return [*known_facts(turn, read.values), SlotSet("quote_step", DETAILS)]


@majlis_action("action_send_quote")
async def action_send_quote(turn: Turn) -> Events:
    """Make the quote, or its next revision, and send it; the stages' guards are asked, not the slots."""
    basket = await chosen(turn)
    if await _left_the_catalog(turn, basket):
        return []
    products = {
        product.sku: product
        for product in await read_products(turn.connection, [line.sku for line in basket])
    }
    short = [line for line in basket if line.quantity and products[line.sku].stock < line.quantity]
    if short:
        told = [shortage(turn, products[line.sku], line.quantity or 0) for line in short]
        turn.say("utter_quote_short", shortages="\n".join(told))
        return []
    done, staged = await move(turn, Stage.QUOTING, reason="a quote was asked for")
    if isinstance(done, Refused):
        turn.say(_ASKS.get(done.refusal.missing[0], "utter_quote_needs_choice"))
        return staged
    quote = await _made(turn, basket, products)
    _tell(turn, quote, "utter_quote_sent" if quote.revision == 1 else "utter_quote_revised")
    return staged


@majlis_action("action_resend_quote")
async def action_resend_quote(turn: Turn) -> Events:
    """The newest quote again, if it still stands; how it stands otherwise."""
    quote = await newest_quote(turn.connection, turn.conversation_id)
    if quote is None or quote.sent_at is None:
        turn.say("utter_no_quote_yet")
    elif quote.state is QuoteState.EXPIRED:
        turn.say("utter_quote_expired", number=quote.number)
    else:
        _tell(turn, quote, "utter_quote_again")
    return []


def known_facts(turn: Turn, values: Mapping[Fact, Value]) -> Events:
    """Slot events for facts of the customer that forms ask for."""
    return [
        SlotSet(fact.value, value)
        for fact, value in values.items()
        if fact.value in turn.slots and turn.slot(fact.value) != value
    ]


async def _left_the_catalog(turn: Turn, basket: Basket) -> bool:
    """Whether something that was chosen is not sold any more; it is taken off the list, and that is said."""
    skus = [line.sku for line in basket]
    known = {product.sku for product in await read_products(turn.connection, skus)}
    if known == set(skus):
        return False
    kept = tuple(line for line in basket if line.sku in known)
    await write_basket(turn.connection, turn.conversation_id, kept)
    turn.say("utter_quote_without", skus=", ".join(sku for sku in skus if sku not in known))
    return True


async def _made(turn: Turn, basket: Basket, products: Mapping[str, Product]) -> Quote:
    """The quote in the database, with its PDF, counted as sent by this turn."""
    facts = await read_customer_facts(turn.connection, turn.conversation_id)
    seller = turn.house.seller
    item_ids = await read_item_ids(turn.connection, [line.sku for line in basket])
    lines = [
        QuoteLine(
            sku=line.sku,
            zoho_item_id=item_ids.get(line.sku),
            name_en=products[line.sku].name_en,
            name_ar=products[line.sku].name_ar,
            quantity=line.quantity or 0,
            rate=products[line.sku].rate,
        )
        for line in basket
    ]
    quote = await draft_quote(
        turn.connection,
        turn.conversation_id,
        lines,
        language=turn.language,
        customer=QuoteCustomer(
            company=facts.company or "",
            contact=facts.contact_name or "",
            email=facts.email or "",
            city=facts.city,
            trn=facts.trn,
        ),
        vat_percent=seller.vat_percent,
        valid_days=seller.quote.valid_days,
        timezone=seller.timezone,
        # A manager's approval in the CRM, mirrored by the database; nothing a customer writes gets here.
        discount_percent=Decimal(str(turn.slot("approved_discount") or 0)),
    )
    pdf = await render_in_thread(document_of(quote, seller), quote.language)
    await keep_pdf(turn.connection, quote.id, pdf)
    await mark_sent(turn.connection, quote.id)
    await ask_for_quote_records(turn.connection, turn.conversation_id, quote.id)
    return quote


def _tell(turn: Turn, quote: Quote, response: str) -> None:
    turn.say(
        response,
        number=quote.number,
        total=price(turn, quote.totals.total),
        vat_percent=f"{quote.vat_percent:g}",
        valid_until=last_day(turn, quote),
        attachment=turn.house.quote_link(quote.id, quote.valid_until),
    )


def last_day(turn: Turn, quote: Quote) -> str:
    """The last day on which the quote is good, in the seller's time zone."""
    last_moment = quote.valid_until.astimezone(ZoneInfo(turn.house.seller.timezone)) - timedelta(seconds=1)
    return last_moment.strftime("%d/%m/%Y")


def shortage(turn: Turn, product: Product, quantity: int) -> str:
    """One line: so many are wanted of the product, so many are there."""
    return turn.phrase(
        "utter_part_shortage",
        product=format_name(product, turn.language),
        quantity=count(turn, quantity),
        stock=count(turn, product.stock),
    )


def _no_step(turn: Turn) -> Events:
    return [SlotSet("quote_step", None)] if turn.slot("quote_step") is not None else []


_ASKS = {
    Missing.COMPANY: "utter_ask_quote_form_company",
    Missing.CONTACT_NAME: "utter_ask_quote_form_contact_name",
    Missing.EMAIL: "utter_ask_quote_form_email",
}
