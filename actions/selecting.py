"""What the customer has chosen: taken, changed, left out, and read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from rasa_sdk.events import SlotSet

from actions.memory import ITEM_TO_REMOVE, at_hand, changes, said_in
from actions.request_list import answer_list
from actions.searching import search_with
from actions.stage import move, need_is_known
from actions.telling import ask_back, compared_with, refer
from actions.turn import Events, Turn
from actions.wording import comma, count, price, stock_note
from catalog.listing import format_line, format_name, with_vat
from catalog.mentions import Mentions, split_requests
from catalog.product import Product
from catalog.reference import Reference, describes, extreme_of, fitting, place_of
from catalog.refinement import NOTHING
from catalog.search import read_products
from sales import basket
from sales.basket import LARGEST_QUANTITY, Basket
from sales.basket_storage import lock_basket, read_basket, write_basket
from sales.sale_storage import set_outcome
from sales.stages import Outcome, Stage


async def chosen(turn: Turn) -> Basket:
    """What is chosen so far."""
    return await read_basket(turn.connection, turn.conversation_id)


async def kept(turn: Turn, items: Basket, product: str | None, quantity: int | None) -> Events:
    """Remember what is chosen, and which product and how many pieces it was about last."""
    staged = await _written(turn, items, product)
    slots = {
        "selected_product": product,
        "discussed_product": product,
        "quantity": quantity,
    }
    return [*staged, *changes(turn, slots)]


async def _written(turn: Turn, items: Basket, product: str | None) -> Events:
    await write_basket(turn.connection, turn.conversation_id, items)
    return await _choice_was_made(turn, product) if items else []


async def _choice_was_made(turn: Turn, sku: str | None) -> Events:
    """Whoever chooses has a need; after an order it is the next one."""
    chosen_one = next(iter(await read_products(turn.connection, [sku])), None) if sku else None
    if chosen_one is None:
        return []
    if turn.slot("stage") == Stage.FOLLOW_UP.value:
        await set_outcome(turn.connection, turn.conversation_id, Outcome.OPEN)
        return (await move(turn, Stage.SELECTING, reason="a product was chosen after the order"))[1]
    return await need_is_known(turn, replace(NOTHING, category=chosen_one.category))


async def choose_products(turn: Turn, *, adding: bool) -> Events:
    """Take what the message refers to; several products may come with a quantity each.

    "15 of the first and 5 tables": the one that is referred to is taken, the other is looked for.
    """
    requests = split_requests(turn.entities) or (said_in(turn),)
    items, taken, searched = await _to_change(turn), list[Product](), list[Mentions]()
    for said in requests:
        beside = await compared_with(turn, said)
        if beside is not None:
            return await search_with(turn, said, beside=beside)
        reference = await _extreme_of_shown(turn, said) or await refer(turn, said)
        if reference.state == "search":
            # "Add 3 desks" while chairs are shown: desks first, then one of them can be taken.
            searched.append(said)
            continue
        if reference.state != "known":
            # "40 of them then": so many are taken of the one that is named next.
            wanted = {"quantity": said.quantity} if said.quantity and reference.state == "which" else {}
            return [*ask_back(turn, reference), *changes(turn, wanted)]
        for product in reference.products:
            change = basket.add if adding else basket.choose
            quantity = said.quantity or _listed(turn, product) or _wanted_already(turn, requests)
            more = basket.quantity_of(items, product.sku) or 0 if adding else 0
            if too_many(turn, more + (quantity or 0)):
                return changes(turn, {"discussed_product": product.sku, "quantity": None})
            items = change(items, product.sku, quantity)
            taken.append(product)
    if not searched:
        return await say_taken(turn, items, taken)
    noted: Events = []
    if taken:
        # The one question of this turn belongs to the list below, and so do the pieces that are remembered.
        staged = await _written(turn, items, taken[-1].sku)
        turn.say("utter_taken_beside", basket_lines=basket_lines(turn, items, taken))
        noted = [*staged, SlotSet("selected_product", taken[-1].sku)]
    if len(searched) > 1:
        return [*noted, *await answer_list(turn, searched)]
    return [*noted, *await search_with(turn, searched[0])]


def takes_from_list(turn: Turn, requests: Sequence[Mentions]) -> bool:
    """Whether a message about several products points at the shown list with one of them."""
    return bool(turn.slot("shown_products")) and any(said.options for said in requests)


async def _to_change(turn: Turn) -> Basket:
    """What is chosen, locked: a change that is made from it is still right when it is written."""
    return await lock_basket(turn.connection, turn.conversation_id)


def too_many(turn: Turn, quantity: int) -> bool:
    """Whether nobody can order so many pieces: then it is asked how many are meant."""
    if quantity <= LARGEST_QUANTITY:
        return False
    turn.say("utter_quantity_too_large", quantity=count(turn, quantity))
    return True


def takes_the_extreme(turn: Turn, said: Mentions) -> bool:
    """Whether the message takes pieces of the cheapest (biggest, …) of the shown list: "the cheapest, 5"."""
    if said.order is None or said.quantity is None or replace(said, words=(), order=None).narrows:
        return False
    return len(at_hand(turn).shown) > 1 and not (said.skus or said.options)


async def say_taken(turn: Turn, items: Basket, taken: Sequence[Product]) -> Events:
    """Confirm what was taken, with one next question."""
    last = taken[-1]
    quantity = basket.quantity_of(items, last.sku)
    if len(taken) > 1:
        counted = all(_pieces(items, product) for product in taken)
        response = "utter_selected_several" if counted else "utter_basket_without_total"
        turn.say(response, basket_lines=basket_lines(turn, items, taken))
    elif quantity is None:
        turn.say("utter_selected_ask_quantity", product_line=format_line(last, turn.language))
    elif quantity > last.stock:
        turn.say(
            "utter_selected_short",
            product_line=format_line(last, turn.language),
            quantity=count(turn, quantity),
            stock=count(turn, last.stock),
        )
    else:
        turn.say(
            "utter_selected", product_line=format_line(last, turn.language), quantity=count(turn, quantity)
        )
    return await kept(turn, items, last.sku, quantity)


async def change_item(turn: Turn, said: Mentions) -> Events:
    """So many pieces of a chosen product, or of the one last spoken of."""
    items = await _to_change(turn)
    if said.skus or said.options:
        reference = await refer(turn, said)
    else:
        target = turn.slot("discussed_product") or turn.slot("selected_product")
        skus = [target] if target else [item.sku for item in items] if len(items) == 1 else []
        if not items and not skus and turn.slot("category"):
            # Nothing is chosen yet: so many are wanted of what is looked for.
            return await search_with(turn, said)
        reference = _as_reference(await read_products(turn.connection, skus))
    if reference.state != "known":
        return ask_back(turn, reference)
    product = reference.products[0]
    if said.quantity is None:
        turn.say("utter_ask_quantity", product=format_name(product, turn.language))
        return changes(turn, {})
    if too_many(turn, said.quantity):
        return changes(turn, {"discussed_product": product.sku})
    return await say_taken(turn, basket.choose(items, product.sku, said.quantity), [product])


async def replace_item(turn: Turn, said: Mentions) -> Events:
    """Another product in place of the one chosen last: "no, I meant the third"."""
    reference = await refer(turn, said)
    if reference.state != "known":
        return ask_back(turn, reference)
    last, product = turn.slot("selected_product"), reference.products[0]
    items = await _to_change(turn)
    quantity = said.quantity or basket.quantity_of(items, last)
    if quantity is not None and too_many(turn, quantity):
        return changes(turn, {"discussed_product": product.sku})
    if product.sku != last:
        items = basket.remove(items, last)
    return await say_taken(turn, basket.choose(items, product.sku, quantity), [product])


async def leave_out(turn: Turn, said: Mentions) -> Events:
    """Take a product out of what is chosen."""
    items = await _to_change(turn)
    products = await read_products(turn.connection, [item.sku for item in items])
    if not items:
        turn.say("utter_basket_empty")
        return changes(turn, {})
    meant = _meant(turn, said, products)
    if not meant and len(items) == 1 and said.options and turn.slot("awaiting") != ITEM_TO_REMOVE:
        # "Remove that, I'll take the second instead": the number is one of the list, not of what is chosen.
        return await replace_item(turn, said)
    if len(meant) != 1:
        turn.say("utter_ask_what_to_remove", basket_lines=basket_lines(turn, items, products))
        return changes(turn, {"awaiting": ITEM_TO_REMOVE})
    items = basket.remove(items, meant[0].sku)
    turn.say("utter_removed", product=format_name(meant[0], turn.language))
    left = items[-1].sku if items else None
    return await kept(turn, items, left, basket.quantity_of(items, left) if left else None)


async def say_chosen(turn: Turn) -> Events:
    """Read back what is chosen, with the total where every quantity is known."""
    items = await chosen(turn)
    products = await read_products(turn.connection, [item.sku for item in items])
    if not products:
        turn.say("utter_basket_empty")
        return changes(turn, {})
    told = basket_lines(turn, items, products)
    sums = [product.rate * quantity for product in products if (quantity := _pieces(items, product))]
    if len(sums) == len(products):
        total = sum(sums, Decimal(0))
        turn.say(
            "utter_basket",
            basket_lines=told,
            total=price(turn, total),
            total_with_vat=price(turn, with_vat(total, turn.house.seller.vat_percent)),
        )
    else:
        turn.say("utter_basket_without_total", basket_lines=told)
    return changes(turn, {})


def basket_lines(turn: Turn, items: Basket, products: Sequence[Product]) -> str:
    """Chosen products as numbered lines with their pieces, and how many there are where those are too few."""
    lines = []
    for number, product in enumerate(products, start=1):
        line, quantity = format_line(product, turn.language), _pieces(items, product)
        if quantity:
            line = turn.phrase("utter_part_line_quantity", line=line, quantity=count(turn, quantity))
            if quantity > product.stock:
                line += comma(turn) + stock_note(turn, product, quantity, with_stock=True)
        lines.append(f"{number}. {line}")
    return "\n".join(lines)


def _pieces(items: Basket, product: Product) -> int | None:
    return basket.quantity_of(items, product.sku)


def _listed(turn: Turn, product: Product) -> int | None:
    """The pieces that the line of a request list asked for."""
    shown, lines = turn.slot("shown_products") or [], turn.slot("request_lines") or []
    line = dict(zip(shown, lines, strict=False)).get(product.sku)
    return None if line is None else line.get("quantity")


def _wanted_already(turn: Turn, requests: Sequence[Mentions]) -> int | None:
    """The pieces said with the search ("I need 20 chairs") hold for the one that is chosen from it."""
    quantity = turn.slot("quantity")
    is_first = turn.slot("selected_product") not in (turn.slot("shown_products") or ())
    return int(quantity) if quantity and len(requests) == 1 and is_first else None


async def _extreme_of_shown(turn: Turn, said: Mentions) -> Reference | None:
    """The cheapest (biggest, …) of the list on the screen, where that is what is chosen."""
    if said.order is None or said.skus or said.options:
        return None
    shown = await read_products(turn.connection, [sku for sku in at_hand(turn).shown if sku])
    product = extreme_of(fitting(shown, replace(said, words=())), said.order)
    return None if product is None else Reference("known", (product,))


def _as_reference(products: Sequence[Product]) -> Reference:
    return Reference("known", tuple(products)) if products else Reference("nothing")


def _meant(turn: Turn, said: Mentions, products: Sequence[Product]) -> list[Product]:
    """Which of the chosen products a message means: by code, number, description, or the only one."""
    if said.skus:
        return [product for product in products if product.sku in said.skus]
    if said.options:
        places = [place_of(option, len(products)) for option in said.options]
        return [products[place] for place in places if place is not None]
    # "Without the sofa" names the sofa as much as "remove the sofa" does.
    described = Mentions(
        categories=said.not_categories or said.categories,
        colors=said.not_colors or said.colors,
        materials=said.not_materials or said.materials,
        brands=said.not_brands or said.brands,
        words=said.words,
    )
    wordless = replace(described, words=())
    return (
        fitting(products, described)
        or (fitting(products, wordless) if describes(wordless) else [])
        or (list(products) if len(products) == 1 else [])
    )
