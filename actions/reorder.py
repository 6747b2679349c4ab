"""The same once more: who has ordered and asks for it again finds it on the list."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.memory import said_in
from actions.selecting import basket_lines, kept
from actions.turn import Events, Turn
from catalog.search import read_products
from sales.basket import Line
from sales.basket_storage import read_basket
from sales.quote_storage import newest_quote
from sales.stages import Stage

# Folded, as NLU reads the message.
_AGAIN = re.compile(
    r"(?<!\w)(?:again|once more|one more time|same|repeat|re-?order|another order|مره ثانيه|مره اخري"
    r"|نفس|نفسه|نعيد|اعيد|كرر|mar+a thanya|mara thaniya|nafs)(?!\w)"
)


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
