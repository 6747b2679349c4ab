"""What is told of products that are meant one by one: details, price, stock, comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.memory import PIECES_IN_STOCK, at_hand, changes, read_search, search_slots, shown_slots
from actions.searching import on_screen
from actions.turn import Events, Turn
from actions.wording import comma, count, price, product_facts, product_lines
from catalog.colors import asks_which_colors, count_colors
from catalog.listing import MAXIMUM_LINES, format_name
from catalog.mentions import Mentions
from catalog.nearest import find_nearest
from catalog.product import Product
from catalog.query import read_query_words
from catalog.reference import (
    Reference,
    asks_of_those_shown,
    extreme_of,
    fitting,
    holds_words,
    means_those_shown,
    model_words,
    points_at,
    resolve,
)
from catalog.refinement import NOTHING, is_empty, like, refine
from catalog.search import read_products


async def refer(turn: Turn, said: Mentions) -> Reference:
    """What the message means, given what is on the customer's screen."""
    return await resolve(turn.connection, await _pointed(turn, said), at_hand(turn))


async def _pointed(turn: Turn, said: Mentions) -> Mentions:
    """ "How many of that chair": the kind only points at what was spoken of last, when it is of that kind."""
    spoken_of = at_hand(turn).discussed
    named = [entity for entity in turn.entities if entity.get("entity") == "category"]
    if spoken_of is None or not any(points_at(turn.words, entity.get("start", 0)) for entity in named):
        return said
    known = await read_products(turn.connection, [spoken_of])
    if not known or known[0].category not in said.categories:
        return said
    return replace(said, categories=())


async def tell_colors(turn: Turn, said: Mentions) -> Events | None:
    """The colours of what is spoken of or searched for, if that is what the message asks; else None."""
    if said.colors or said.skus or said.options or said.relations or not asks_which_colors(turn.words):
        return None
    spoken_of = at_hand(turn).discussed
    search = read_search(turn.slots)
    if said.categories or (said.words and is_empty(search)):
        search = refine(NOTHING, said, manner="search")
    elif spoken_of is not None:
        product = next(iter(await read_products(turn.connection, [spoken_of])), None)
        if product is not None:
            search = replace(NOTHING, category=product.category, text=model_words(product))
    if is_empty(search):
        return None
    query = read_query_words(search.text, turn.house.kinds.others) if search.text else None
    counted = await count_colors(turn.connection, search, query)
    if not counted:
        return None
    labels, language = turn.house.labels, turn.language
    told = [f"{labels.of('colors', color, language)} ({count(turn, number)})" for color, number in counted]
    turn.say("utter_colors", colors=comma(turn).join(told))
    return changes(turn, search_slots(replace(search, offset=0)) if said.categories else {})


async def tell_extreme_of_shown(turn: Turn, said: Mentions) -> Events | None:
    """The cheapest (biggest, …) of the list, if the message asks for it "of them"; else None."""
    if said.order is None or said.quantity or not means_those_shown(turn.words):
        return None
    product = extreme_of(fitting(await on_screen(turn), replace(said, words=())), said.order)
    if product is None:
        return None
    if said.order in ("cheapest", "dearest"):
        return tell_price(turn, [product], None)
    return tell_details(turn, product)


async def tell_of_those_shown(turn: Turn, said: Mentions) -> Events | None:
    """Which of the list have what is asked of all of them ("those foldable?"), or that this is not known.

    None where the message asks of something else.
    """
    only_words = bool(said.words) and not (replace(said, words=()).narrows or said.skus or said.options)
    shown = await on_screen(turn)
    if len(shown) < 2 or not only_words or not asks_of_those_shown(turn.words):
        return None
    having = [product for product in shown if holds_words(product, said.text)]
    if not having:
        turn.say("utter_not_known_of_those", product_lines=product_lines(turn, shown))
        return changes(turn, {})
    number, lines = len(having), product_lines(turn, having)
    turn.say("utter_products", shown=number, total=number, product_lines=lines)
    return changes(turn, shown_slots(having))


async def compared_with(turn: Turn, said: Mentions) -> Product | None:
    """The product that "the first one but smaller" is measured on; None where no such one is named."""
    if not said.relations or len(said.skus) + len(said.options) != 1:
        return None
    reference = await refer(turn, said)
    return reference.products[0] if reference.state == "known" else None


def discussed(turn: Turn, products: Sequence[Product]) -> Events:
    """Remember what was spoken of, so that "it" means that product from now on."""
    return changes(turn, {"discussed_product": products[0].sku if len(products) == 1 else None})


def ask_back(turn: Turn, reference: Reference) -> Events:
    """Say why it is not clear which product is meant, with one question."""
    shown = turn.slot("shown_products") or []
    match reference.state:
        case "no_such":
            turn.say("utter_no_such_option", count=len(shown))
        case "gone":
            turn.say("utter_product_gone")
        case "which":
            turn.say("utter_ask_which", count=len(shown))
        case _:
            turn.say("utter_ask_which_product")
    return changes(turn, {})


async def tell_products(turn: Turn, said: Mentions) -> Events:
    """Products by their codes: one with all that is known, several as a list."""
    reference = await refer(turn, said)
    if reference.state != "known":
        return ask_back(turn, reference)
    if len(reference.products) == 1:
        return tell_details(turn, reference.products[0])
    products = reference.products[:MAXIMUM_LINES]
    turn.say(
        "utter_products",
        shown=len(products),
        total=len(reference.products),
        product_lines=product_lines(turn, products),
    )
    return changes(turn, shown_slots(products))


def tell_details(turn: Turn, product: Product) -> Events:
    """All that the catalog knows of one product, with its picture when it has one."""
    return _tell_details(turn, product, "utter_product_details")


def tell_what_is_known(turn: Turn, product: Product, words: str) -> Events:
    """The details, and honestly that there are no others, when the product's record lacks `words`."""
    known = holds_words(product, words)
    return _tell_details(turn, product, "utter_product_details" if known else "utter_all_that_is_known")


def _tell_details(turn: Turn, product: Product, response: str) -> Events:
    picture = {"image": product.image_url} if product.image_url else {}
    description = product.description_ar if turn.language == "ar" else product.description_en
    turn.say(
        response,
        product=format_name(product, turn.language),
        description=description or product.description_en,
        product_facts=product_facts(turn, product),
        price=price(turn, product.rate),
        **picture,
    )
    return discussed(turn, [product])


def tell_price(
    turn: Turn, products: Sequence[Product], quantity: int | None, *, currency: str | None = None
) -> Events:
    """The price of one product, with the total of so many pieces; or of several, as a list.

    Who asks for it in another `currency` is told that prices are in AED.
    """

    def say(response: str, **told: object) -> None:
        if currency is None:
            turn.say(response, **told)
        else:
            turn.say("utter_price_in_dirhams", currency=currency, price_told=turn.phrase(response, **told))

    if len(products) > 1:
        say("utter_prices", product_lines=product_lines(turn, products[:MAXIMUM_LINES]))
    elif quantity and quantity > products[0].stock > 0:
        say(
            "utter_price_stock_short",
            product=format_name(products[0], turn.language),
            price=price(turn, products[0].rate),
            quantity=count(turn, quantity),
            stock=count(turn, products[0].stock),
        )
    elif quantity:
        say(
            "utter_price_of_quantity",
            product=format_name(products[0], turn.language),
            price=price(turn, products[0].rate),
            quantity=count(turn, quantity),
            total=price(turn, products[0].rate * quantity),
        )
    else:
        say(
            "utter_price",
            product=format_name(products[0], turn.language),
            price=price(turn, products[0].rate),
        )
    return [*discussed(turn, products), *changes(turn, {"quantity": quantity or turn.slot("quantity")})]


async def tell_stock(
    turn: Turn, products: Sequence[Product], quantity: int | None, *, with_delivery: bool = False
) -> Events:
    """How many of a product may be promised, counted against what is wanted.

    `with_delivery` adds where the seller delivers to, for "is it available in Qatar".
    """
    if with_delivery:
        fact = turn.house.seller.fact("delivery", turn.language)
        if fact is not None:
            lines = product_lines(turn, products[:MAXIMUM_LINES], with_stock=True, quantity=quantity)
            turn.say("utter_stock_and_delivery", product_lines=lines, fact=fact)
            spoken_of = products[0].sku if len(products) == 1 else turn.slot("discussed_product")
            return changes(turn, {"discussed_product": spoken_of, "awaiting": PIECES_IN_STOCK})
    if len(products) > 1:
        lines = product_lines(turn, products[:MAXIMUM_LINES], with_stock=True, quantity=quantity)
        turn.say("utter_stock_of_products", product_lines=lines)
        return changes(turn, {"awaiting": PIECES_IN_STOCK})
    product = products[0]
    told = {"product": format_name(product, turn.language), "stock": count(turn, product.stock)}
    if product.stock == 0:
        return await _tell_similar(turn, product)
    if quantity is None:
        turn.say("utter_stock", **told)
    elif product.stock >= quantity:
        turn.say("utter_stock_enough", **told, quantity=count(turn, quantity))
    else:
        turn.say("utter_stock_short", **told, quantity=count(turn, quantity))
    remembered = {"discussed_product": product.sku, "quantity": quantity or turn.slot("quantity")}
    return changes(turn, remembered | {"awaiting": PIECES_IN_STOCK})


def tell_comparison(turn: Turn, products: Sequence[Product], *, is_judged: bool = False) -> Events:
    """Products below each other, each with what it costs, measures and is made of.

    Who asks which is better or more comfortable (`is_judged`) is told that nobody here can measure that.
    """
    blocks = [
        turn.phrase(
            "utter_part_compared",
            number=number,
            product=format_name(product, turn.language),
            price=price(turn, product.rate),
            product_facts=product_facts(turn, product),
        )
        for number, product in enumerate(products, start=1)
    ]
    low, high = (choose(products, key=lambda product: product.rate) for choose in (min, max))
    if low.rate < high.rate:
        blocks.append(
            turn.phrase(
                "utter_part_cheaper_by",
                product=format_name(low, turn.language),
                difference=price(turn, high.rate - low.rate),
            )
        )
    if is_judged:
        blocks.append(turn.phrase("utter_part_not_measured"))
    turn.say("utter_comparison", compared="\n\n".join(blocks))
    return changes(turn, shown_slots(products))


async def _tell_similar(turn: Turn, product: Product) -> Events:
    """A product that is sold out, and what comes close to it in kind, looks and price."""
    nearest = await find_nearest(turn.connection, like(product))
    name = format_name(product, turn.language)
    if nearest is None:
        turn.say("utter_sold_out", product=name)
        return discussed(turn, [product])
    turn.say("utter_sold_out_similar", product=name, product_lines=product_lines(turn, nearest.products))
    return changes(turn, search_slots(like(product)) | shown_slots(nearest.products))
