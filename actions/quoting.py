"""The quote: asked for, checked, made from what is chosen, sent as a PDF, and sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from rasa_sdk.events import SlotSet

from actions.live_checks import (
    QUOTED_AFTER_MINUTES,
    check_live,
    promise_a_quote,
    tell_changes,
    unconfirmed,
)
from actions.memory import at_hand, changes, said_in
from actions.request_list import answer_list
from actions.searching import search_with
from actions.selecting import basket_lines, choose_products, chosen, takes_from_list
from actions.stage import move
from actions.turn import Events, Turn, majlis_action
from actions.wording import count, price
from catalog.listing import format_name
from catalog.mentions import split_requests
from catalog.product import Product
from catalog.search import read_item_ids, read_products
from sales.basket import EMPTY, Basket, Line
from sales.basket_storage import write_basket
from sales.consent import note_consent, read_consent
from sales.discount_storage import approved_discount
from sales.fact_storage import read_customer_facts
from sales.follow_ups import Consent
from sales.hand_over_reason import Reason
from sales.lead_job import ask_for_lead
from sales.ownership_storage import hand_over
from sales.quote import QuoteCustomer, QuoteLanguage, QuoteLine, QuoteState, format_percent
from sales.quote_language import read_quote_language
from sales.quote_pdf import document_of, render_in_thread
from sales.quote_sent_job import ask_for_quote_records
from sales.quote_storage import Quote, draft_quote, keep_pdf, mark_sent, standing_quote, was_sent_for
from sales.sale_storage import set_outcome
from sales.stage_storage import read_situation, read_stage
from sales.stages import Missing, Outcome, Refusal, Stage, may_enter, way

# The value of slot `quote_step` with which the story goes on into `quote_form`.
DETAILS = "details"


@majlis_action("action_request_quote")
async def action_request_quote(turn: Turn) -> Events:
    """Whoever asks for a quote and has chosen is asked for what it still needs; others choose first.

    A list of products or a kind that comes with the request is answered first. The language that is named
    is that of the quotes from now on.
    """
    requests = split_requests(turn.entities)
    if takes_from_list(turn, requests):
        return [*await choose_products(turn, adding=False), *_no_step(turn), *_language_asked(turn)]
    if requests:
        return [*await answer_list(turn, requests), *_no_step(turn), *_language_asked(turn)]
    said = said_in(turn)
    basket = await _chosen_or_expired(turn)
    if said.names_a_kind and not (basket or at_hand(turn).shown):
        return [*await search_with(turn, said), *_no_step(turn), *_language_asked(turn)]
    if not basket and at_hand(turn).discussed:
        return [*await choose_products(turn, adding=False), *_no_step(turn), *_language_asked(turn)]
    if not basket:
        turn.say("utter_quote_needs_choice")
        return [*changes(turn, {}), *_no_step(turn), *_language_asked(turn)]
    if await _left_the_catalog(turn, basket):
        return [*_no_step(turn), *_language_asked(turn)]
    uncounted = next((line.sku for line in basket if line.quantity is None), None)
    if uncounted is not None:
        products = await read_products(turn.connection, [uncounted])
        turn.say("utter_ask_quantity", product=format_name(products[0], turn.language))
        asked = changes(turn, {"discussed_product": uncounted})
        return [*asked, *_no_step(turn), *_language_asked(turn)]
    await ask_for_lead(turn.connection, turn.conversation_id)
    return [*_language_asked(turn), SlotSet("quote_step", DETAILS)]


@majlis_action("action_send_quote")
async def action_send_quote(turn: Turn) -> Events:
    """Make the quote, or its next revision, and send it; the stages' guards are asked, not the slots."""
    if not await send_quote(turn):
        return []
    _, staged = await move(turn, Stage.QUOTING, reason="a quote was asked for")
    return staged


@majlis_action("action_resend_quote")
async def action_resend_quote(turn: Turn) -> Events:
    """The newest quote again, if it still stands; how it stands otherwise.

    Where a manager approved a discount since, or another language is asked for, it is the next revision.
    """
    asked = _language_asked(turn)
    quote = await standing_quote(turn.connection, turn.conversation_id)
    if quote is None:
        turn.say("utter_no_quote_yet")
    elif quote.state is QuoteState.EXPIRED:
        await offer_fresh(turn, quote)
    elif quote.state is QuoteState.SENT and (
        await discount_is_due(turn, quote) or (asked and quote_language(turn) != quote.language)
    ):
        await send_quote(turn)
    else:
        _tell(turn, quote, "utter_quote_again")
    return asked


async def send_quote(turn: Turn) -> bool:
    """Make the quote of what is chosen and send it, or say what keeps it; the stage stays as it is.

    Where the quote that stands holds exactly that, it is shown again: a revision says that something changed.
    """
    basket = await chosen(turn)
    checks = await check_live(turn, [line.sku for line in basket], QUOTED_AFTER_MINUTES)
    if await _left_the_catalog(turn, basket):
        return False
    if unsure := unconfirmed(checks):
        await promise_a_quote(turn, unsure)
        return False
    refusal = await _refusal(turn)
    if refusal is not None:
        turn.say(_ASKS.get(refusal.missing[0], "utter_quote_needs_choice"))
        return False
    products = {
        product.sku: product
        for product in await read_products(turn.connection, [line.sku for line in basket])
    }
    short = [line for line in basket if line.quantity and products[line.sku].stock < line.quantity]
    if short:
        told = [shortage(turn, products[line.sku], line.quantity or 0) for line in short]
        turn.say("utter_quote_short", shortages="\n".join(told))
        return False
    former = await standing_quote(turn.connection, turn.conversation_id)
    offer = await _offer(turn, basket, products)
    if former is not None and former.state is QuoteState.SENT and offer.is_in(former):
        _tell(turn, former, "utter_quote_again")
        return True
    quote = await _made(turn, offer)
    if quote.revision == 1:
        former = None
    tell_changes(turn, [products[line.sku] for line in basket], former, checks)
    is_big = await _is_big_order(turn, quote)
    if former is not None and quote.discount_percent not in (0, former.discount_percent):
        _tell(turn, quote, "utter_quote_discounted", discount_percent=format_percent(quote.discount_percent))
    else:
        await _tell_new(turn, quote, may_ask=not is_big)
    if is_big:
        reason = Reason.BIG_ORDER
        await hand_over(turn.connection, turn.conversation_id, reason=reason, turn_id=turn.turn_id)
        turn.say("utter_big_order")
    return True


async def _is_big_order(turn: Turn, quote: Quote) -> bool:
    """Whether a person looks after this sale from now on; once for a quote's number, revisions or not."""
    least = turn.house.seller.hand_over.big_order_aed
    if least is None or quote.totals.total < least:
        return False
    return not await was_sent_for(turn.connection, quote, least)


async def _tell_new(turn: Turn, quote: Quote, *, may_ask: bool) -> None:
    """The quote; with a chat's first one the customer is asked, once, whether he may be reminded.

    Unless `may_ask`: a person has the chat from now on, and nobody of ours would hear the answer.
    """
    if quote.revision > 1:
        _tell(turn, quote, "utter_quote_revised")
    elif not may_ask or await read_consent(turn.connection, turn.conversation_id) is not None:
        _tell(turn, quote, "utter_next_quote_sent")
    else:
        _tell(turn, quote, "utter_quote_sent", seller=turn.house.seller.name.in_language(turn.language))
        await note_consent(turn.connection, turn.turn_id, Consent.ASKED)


async def _refusal(turn: Turn) -> Refusal | None:
    """What keeps this sale from a quote: the guard itself, or one on the way from where the sale is."""
    situation = await read_situation(turn.connection, turn.conversation_id)
    stages = way(await read_stage(turn.connection, turn.conversation_id), Stage.QUOTING, situation)
    # A sale at `quoting` already has no way to go, and its list may have been emptied since.
    return stages if isinstance(stages, Refusal) else may_enter(Stage.QUOTING, situation)


async def discount_is_due(turn: Turn, quote: Quote) -> bool:
    """Whether a manager approved another discount than this quote carries."""
    return await approved_discount(turn.connection, turn.conversation_id) not in (0, quote.discount_percent)


async def offer_fresh(turn: Turn, quote: Quote) -> None:
    """Say that the quote has expired; what was on it is chosen still, or again, for a fresh one."""
    basket = await _chosen_or_expired(turn)
    products = await read_products(turn.connection, [line.sku for line in basket])
    if not products:
        turn.say("utter_quote_expired", number=quote.number)
        return
    told = basket_lines(turn, basket, products)
    turn.say("utter_quote_expired_restored", number=quote.number, basket_lines=told)


def quote_language(turn: Turn) -> QuoteLanguage:
    """The language that was asked for, now or earlier; else that of the turn."""
    asked = read_quote_language(turn.typed)
    if asked is not None:
        return asked
    kept: QuoteLanguage | None = turn.slot("quote_language")
    return kept or turn.language


async def _chosen_or_expired(turn: Turn) -> Basket:
    """What is chosen; with nothing chosen, what an expired quote held is chosen again."""
    basket = await chosen(turn)
    if basket:
        return basket
    quote = await standing_quote(turn.connection, turn.conversation_id)
    if quote is None or quote.state is not QuoteState.EXPIRED:
        return EMPTY
    restored = tuple(Line(line.sku, line.quantity) for line in quote.lines)
    await write_basket(turn.connection, turn.conversation_id, restored)
    return restored


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


@dataclass(frozen=True)
class _Offer:
    """What a quote made now would hold."""

    lines: tuple[QuoteLine, ...]
    language: QuoteLanguage
    customer: QuoteCustomer
    discount_percent: Decimal

    def is_in(self, quote: Quote) -> bool:
        """Whether this quote says the same, but for names that were polished in the catalog since."""
        return (
            _wanted(self.lines) == _wanted(quote.lines)
            and (self.language, self.customer) == (quote.language, quote.customer)
            and self.discount_percent == quote.discount_percent
        )


def _wanted(lines: Sequence[QuoteLine]) -> list[tuple[str, int, Decimal]]:
    return [(line.sku, line.quantity, line.rate) for line in lines]


async def _offer(turn: Turn, basket: Basket, products: Mapping[str, Product]) -> _Offer:
    facts = await read_customer_facts(turn.connection, turn.conversation_id)
    item_ids = await read_item_ids(turn.connection, [line.sku for line in basket])
    return _Offer(
        lines=tuple(
            QuoteLine(
                sku=line.sku,
                zoho_item_id=item_ids.get(line.sku),
                name_en=products[line.sku].name_en,
                name_ar=products[line.sku].name_ar,
                quantity=line.quantity or 0,
                rate=products[line.sku].rate,
            )
            for line in basket
        ),
        language=quote_language(turn),
        customer=QuoteCustomer(
            company=facts.company or "",
            contact=facts.contact_name or "",
            email=facts.email or "",
            city=facts.city,
            trn=facts.trn,
        ),
        discount_percent=await approved_discount(turn.connection, turn.conversation_id),
    )


async def _made(turn: Turn, offer: _Offer) -> Quote:
    """The quote in the database, with its PDF, counted as sent by this turn; its sale is open (again)."""
    seller = turn.house.seller
    quote = await draft_quote(
        turn.connection,
        turn.conversation_id,
        offer.lines,
        language=offer.language,
        customer=offer.customer,
        vat_percent=seller.vat_percent,
        valid_days=seller.quote.valid_days,
        timezone=seller.timezone,
        discount_percent=offer.discount_percent,
    )
    pdf = await render_in_thread(document_of(quote, seller), quote.language)
    await keep_pdf(turn.connection, quote.id, pdf)
    await mark_sent(turn.connection, quote.id)
    await ask_for_quote_records(turn.connection, turn.conversation_id, quote.id)
    await set_outcome(turn.connection, turn.conversation_id, Outcome.OPEN)
    return quote


def _tell(turn: Turn, quote: Quote, response: str, **slots: object) -> None:
    turn.say(
        response,
        number=quote.number,
        total=price(turn, quote.totals.total),
        vat_percent=f"{quote.vat_percent:g}",
        valid_until=last_day(turn, quote),
        attachment=turn.house.quote_link(quote.id, quote.valid_until),
        **slots,
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


def _language_asked(turn: Turn) -> Events:
    asked = read_quote_language(turn.typed)
    return [SlotSet("quote_language", asked)] if asked is not None else []


_ASKS = {
    Missing.COMPANY: "utter_ask_quote_form_company",
    Missing.CONTACT_NAME: "utter_ask_quote_form_contact_name",
    Missing.EMAIL: "utter_ask_quote_form_email",
}
