"""The pieces of an answer about products: lines, notes, reasons; every word of them is in `domain.yml`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from textwrap import shorten

from actions.turn import Turn
from catalog.assortment import read_categories
from catalog.listing import format_count, format_price, format_products, format_size, set_in
from catalog.mentions import Mentions
from catalog.product import Product

# A line of a request list that we do not have is repeated in so many characters.
_LONGEST_REQUEST = 60


def comma(turn: Turn) -> str:
    """What stands between the members of a list of words."""
    return "، " if turn.language == "ar" else ", "


def price(turn: Turn, amount: Decimal) -> str:
    """An amount as it stands in a sentence."""
    return set_in(format_price(amount), turn.language)


def count(turn: Turn, number: int) -> str:
    """A number of pieces as it stands in a sentence."""
    return set_in(format_count(number), turn.language)


def product_lines(
    turn: Turn, products: Sequence[Product], *, with_stock: bool = False, quantity: int | None = None
) -> str:
    """Products as numbered lines; sold-out ones say so, the others how many there are if asked for."""
    notes = [stock_note(turn, product, quantity, with_stock=with_stock) for product in products]
    return format_products(products, turn.language, notes)


def stock_note(turn: Turn, product: Product, quantity: int | None, *, with_stock: bool) -> str:
    """What a line says of the product's stock; empty when it needs no word."""
    if product.stock == 0:
        return turn.phrase("utter_part_sold_out")
    if not with_stock:
        return ""
    if quantity is not None and product.stock < quantity:
        return turn.phrase(
            "utter_part_stock_short", stock=count(turn, product.stock), quantity=count(turn, quantity)
        )
    return turn.phrase("utter_part_stock", stock=count(turn, product.stock))


def product_facts(turn: Turn, product: Product) -> str:
    """What the catalog knows of one product beside name and price, a line each."""
    labels, language = turn.house.labels, turn.language
    size = format_size(product)
    colors = comma(turn).join(labels.of("colors", color, language) for color in product.colors)
    facts = {
        "utter_part_size": size and set_in(size, language),
        "utter_part_material": product.material and labels.of("materials", product.material, language),
        "utter_part_colors": colors,
        "utter_part_seats": str(product.seats) if product.seats and product.seats > 1 else None,
        "utter_part_brand": product.brand,
    }
    lines = [turn.phrase(response, value=value) for response, value in facts.items() if value]
    lines.append(stock_note(turn, product, None, with_stock=True))
    return "\n".join(lines)


def given_up(turn: Turn, relaxed: Sequence[str]) -> str:
    """Why the nearest is not what was asked for: "above your budget, in another colour"."""
    return comma(turn).join(turn.phrase(f"utter_part_given_up_{name}") for name in relaxed)


async def categories(turn: Turn) -> str:
    """What the seller deals in, for a sentence."""
    keys = await read_categories(turn.connection)
    return comma(turn).join(turn.house.labels.plural(key, turn.language) for key in keys)


def asked_for(turn: Turn, said: Mentions) -> str:
    """What one line of a request list asked for, in the catalog's words and the customer's."""
    labels, language = turn.house.labels, turn.language
    kinds = [labels.of("categories", key, language) for key in said.categories]
    words = [
        *(labels.of("colors", key, language) for key in said.colors),
        *(labels.of("materials", key, language) for key in said.materials),
        *said.brands,
        *said.words,
    ]
    # The noun comes first in Arabic and last in English.
    words = [*kinds, *words] if language == "ar" else [*words, *kinds]
    told = shorten(" ".join(words), _LONGEST_REQUEST, placeholder="…") or "…"
    return set_in(told, language)
