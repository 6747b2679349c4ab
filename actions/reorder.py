"""The same once more: what was ordered comes on the list again, and of what is chosen there come more."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.memory import changes, said_in
from actions.selecting import basket_lines, kept, say_taken, too_many
from actions.turn import Events, Turn
from catalog.mentions import Mentions, read_mentions
from catalog.reference import fitting
from catalog.search import read_products
from sales.basket import Line, add, quantity_of
from sales.basket_storage import read_basket
from sales.quote_storage import newest_quote
from sales.stages import Stage

# Folded, as NLU reads the message.
_AGAIN = re.compile(
    r"(?<!\w)(?:again|once more|one more time|same|repeat|re-?order|another order|مره ثانيه|مره اخري"
    r"|نفس|نفسه|نعيد|اعيد|كرر|mar+a thanya|mara thaniya|nafs)(?!\w)"
)
_OF_IT = re.compile(
    r"(?<!\w)(?:of (?:it|them|that|those)|من(?:ه|ها|هم|هن)|m[ei]n+(?:[ao]?h|ha|h[ou]m))(?!\w)"
)
_MORE = re.compile(
    r"(?<!\w)(?:more|another|extra|additional|بعد|زياده|زود\w*|زيد\w*|ba3a?d|z[ie]?ya+da|zood\w*|zeed\w*)(?!\w)"
)


async def more_of_the_same(turn: Turn) -> Events | None:
    """So many more pieces of what is chosen, or else was ordered; None: that is not what was asked.

    "Same chairs again, 4 more", "زيدني ٤ من نفس الكراسي".
    """
    said = read_mentions(turn.entities)
    wanted = said.quantity or said.number
    means_it = _AGAIN.search(turn.words) or _OF_IT.search(turn.words)
    if wanted is None or not (means_it and _MORE.search(turn.words)) or _asks_for_another(said):
        return None
    items = await read_basket(turn.connection, turn.conversation_id)
    skus = [line.sku for line in items]
    if not items and turn.slot("stage") == Stage.FOLLOW_UP.value:
        quote = await newest_quote(turn.connection, turn.conversation_id)
        skus = [line.sku for line in quote.lines] if quote else []
    meant = fitting(await read_products(turn.connection, skus), replace(said, words=()))
    last = [product for product in meant if product.sku == turn.slot("selected_product")]
    if len(last or meant) != 1:
        return None
    product = (last or meant)[0]
    if too_many(turn, wanted + (quantity_of(items, product.sku) or 0)):
        return changes(turn, {"discussed_product": product.sku})
    return await say_taken(turn, add(items, product.sku, wanted), [product])


def _asks_for_another(said: Mentions) -> bool:
    """Whether more is said of a product than what it is: "the same but cheaper"."""
    looks = replace(said, categories=(), colors=(), materials=(), brands=(), words=())
    return bool(looks.narrows or said.skus or said.options)


async def same_again(turn: Turn) -> Events | None:
    """Put what was ordered on the list again and offer the quote; None: that is not what was asked."""
    if turn.slot("stage") != Stage.FOLLOW_UP.value or not _AGAIN.search(turn.words):
        return None
    quote = await newest_quote(turn.connection, turn.conversation_id)
    if quote is None or await read_basket(turn.connection, turn.conversation_id):
        return None
    items = tuple(Line(line.sku, line.quantity) for line in quote.lines)
    said = said_in(turn)
    if said.quantity and len(items) == 1:
        items = (replace(items[0], quantity=said.quantity),)
    products = await read_products(turn.connection, [line.sku for line in items])
    sold = {product.sku for product in products}
    items = tuple(line for line in items if line.sku in sold)
    if not items:
        return None
    turn.say("utter_same_again", basket_lines=basket_lines(turn, items, products))
    return await kept(turn, items, items[-1].sku, items[-1].quantity)
