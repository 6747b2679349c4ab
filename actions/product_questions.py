"""Questions about products that were shown or named: details, price, stock, comparison."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.memory import at_hand, changes, read_search, said_in
from actions.places import names_place
from actions.searching import on_screen, search_with
from actions.telling import (
    ask_back,
    compared_with,
    refer,
    tell_colors,
    tell_comparison,
    tell_details,
    tell_extreme_of_shown,
    tell_of_those_shown,
    tell_price,
    tell_stock,
    tell_what_is_known,
)
from actions.turn import Events, Turn, majlis_action
from catalog.filters import Order
from catalog.listing import MAXIMUM_LINES
from catalog.mentions import Mentions
from catalog.product import Product
from catalog.reference import Reference, extreme_of, fitting, holds_words
from catalog.refinement import is_empty
from catalog.search import read_products

# Which is better is a matter of comfort and taste, of which the catalog knows nothing.
_JUDGEMENT = re.compile(
    r"recommend|suggest|better|\bbest\b|comf|nicer|advi[sc]e|prefer|[تن]نصح|[اأ]حسن|[اأ]فضل|[اأ]ريح|[اأ]نسب"
    r"|a7san|ahsan|af[dz9]h?al|arya[7h]|t(?:e|i)?n[s9]a?[7h]"
)


@majlis_action("action_product_details")
async def action_product_details(turn: Turn) -> Events:
    """Tell all about one product, and honestly when what is asked is not known of it."""
    said = said_in(turn)
    beside = await compared_with(turn, said)
    if beside is not None:
        return await search_with(turn, said, beside=beside)
    # Of one product the details name its colours.
    colors = await tell_colors(turn, said) if at_hand(turn).discussed is None else None
    if colors is not None:
        return colors
    of_those = await tell_of_those_shown(turn, said)
    if of_those is not None:
        return of_those
    reference = await _asked_about(turn, said)
    if reference.state == "known":
        return tell_what_is_known(turn, reference.products[0], said.text)
    return await _search_or_ask(turn, said, reference)


@majlis_action("action_product_price")
async def action_product_price(turn: Turn) -> Events:
    """Tell the price of what is meant, or list what was named with its prices."""
    said = said_in(turn)
    extreme = await tell_extreme_of_shown(turn, said)
    if extreme is not None:
        return extreme
    reference = await refer(turn, said)
    if reference.state == "known":
        return tell_price(turn, reference.products, said.quantity, currency=said.other_currency)
    if reference.state == "which":
        # All the prices of the list again: quicker than asking which.
        return tell_price(turn, await on_screen(turn), None, currency=said.other_currency)
    return await _search_or_ask(turn, said, reference)


@majlis_action("action_check_availability")
async def action_check_availability(turn: Turn) -> Events:
    """Count the stock of what is meant against the pieces that are wanted."""
    said = said_in(turn)
    colors = await tell_colors(turn, said)
    if colors is not None:
        return colors
    wanted = said.quantity or turn.slot("quantity")
    abroad = names_place(said.text)
    reference = await _asked_about(turn, replace(said, words=()) if abroad else said)
    if reference.state == "known":
        product = reference.products[0]
        of_it = not (said.skus or said.options or said.quantity or abroad)
        if of_it and not holds_words(product, said.text):
            # "Is it available with arms": the stock alone would sound like a yes to the arms.
            return tell_what_is_known(turn, product, said.text)
        return await tell_stock(turn, reference.products, wanted, with_delivery=abroad)
    if reference.state == "which":
        return await tell_stock(turn, await on_screen(turn), wanted, with_delivery=abroad)
    return await _search_or_ask(turn, said, reference, with_stock=True)


@majlis_action("action_compare_products")
async def action_compare_products(turn: Turn) -> Events:
    """Compare the products that are named, or the first two of the list; "which is better": all of it."""
    said = said_in(turn)
    extreme = await tell_extreme_of_shown(turn, said)
    if extreme is not None:
        return extreme
    if said.order is not None and len(said.skus) + len(said.options) < 2:
        return await _tell_extreme(turn, said, said.order)
    named = replace(said, words=(), colors=(), materials=(), brands=(), categories=())
    products: list[Product] = []
    if named.skus or named.options:
        reference = await refer(turn, named)
        if reference.state != "known":
            return ask_back(turn, reference)
        products = list(reference.products)
    is_judged = _JUDGEMENT.search(turn.words.casefold()) is not None
    if is_judged and not products:
        products = fitting(await on_screen(turn), Mentions(categories=said.categories))[:MAXIMUM_LINES]
        if said.categories and not products:
            return await search_with(turn, replace(said, words=()))
    if len(products) < 2:
        # "Compare it with the second": what was spoken of last, then the list from its top.
        at_hand = [turn.slot("discussed_product"), *(turn.slot("shown_products") or ())]
        known = {product.sku for product in products}
        others = [sku for sku in dict.fromkeys(at_hand) if sku and sku not in known]
        products += (await read_products(turn.connection, others))[: 2 - len(products)]
    if len(products) < 2:
        if is_judged:
            return tell_details(turn, products[0]) if products else await search_with(turn, said)
        turn.say("utter_ask_which_to_compare")
        return changes(turn, {})
    return tell_comparison(turn, products[:MAXIMUM_LINES], is_judged=is_judged)


async def _asked_about(turn: Turn, said: Mentions) -> Reference:
    """What a question is about; words that name no kind are asked of the product that is spoken of."""
    reference = await refer(turn, said)
    spoken_of = at_hand(turn).discussed
    if reference.state != "search" or spoken_of is None or replace(said, words=()).narrows:
        return reference
    return await refer(turn, replace(said, words=()))


async def _tell_extreme(turn: Turn, said: Mentions, order: Order) -> Events:
    """ "Which is the cheapest": of all that fits the search; of the list when no search made it."""
    if is_empty(read_search(turn.slots)) and not said.names_a_kind:
        product = extreme_of(await on_screen(turn), order)
        if product is not None:
            return tell_price(turn, [product], None)
    return await search_with(turn, replace(said, words=()))


async def _search_or_ask(
    turn: Turn, said: Mentions, reference: Reference, *, with_stock: bool = False
) -> Events:
    """A message that names no single product but a kind is a search; one that names nothing is asked back."""
    if reference.state == "search":
        return await search_with(turn, said, with_stock=with_stock)
    return ask_back(turn, reference)
