"""What a conversation remembers about products: slots into typed values, and changes into slot events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from rasa_sdk.events import SlotSet

from actions.turn import Events, Turn
from catalog.correction import with_number_meant
from catalog.filters import SearchFilters
from catalog.mentions import Mentions, read_mentions, read_size
from catalog.product import Product
from catalog.reference import AtHand
from catalog.refinement import NOTHING
from catalog.sides import SideLimits, read_side_limit, write_side_limit

_LISTS = {
    "not_category": "not_categories",
    "color": "colors",
    "not_color": "not_colors",
    "material": "materials",
    "not_material": "not_materials",
    "brand": "brands",
    "not_brand": "not_brands",
    "turned_down": "not_skus",
}
_PRICES = ("min_price", "max_price")
_SIDE_LIMITS = ("max_size", "min_size")
_NUMBERS = ("quantity", "seats", "min_footprint", "max_footprint")

# The value of slot `awaiting` while the customer is asked which chosen product to leave out.
ITEM_TO_REMOVE = "item_to_remove"
# ... and right after stock was told, when a bare number is so many pieces and no place in the list.
PIECES_IN_STOCK = "pieces_in_stock"

Slots = Mapping[str, Any]


def read_search(slots: Slots) -> SearchFilters:
    """The search that the slots hold."""
    values: dict[str, Any] = {filter_: tuple(slots.get(slot) or ()) for slot, filter_ in _LISTS.items()}
    values |= {name: slots.get(name) for name in _NUMBERS}
    values |= {name: _side_limits(slots.get(name)) for name in _SIDE_LIMITS}
    for name in _PRICES:
        # Through str: a float such as 99.95 has no exact binary form, its shortest spelling has.
        values[name] = None if slots.get(name) is None else Decimal(str(slots[name]))
    return SearchFilters(
        category=slots.get("category"),
        size=read_size(slots.get("size")),
        text=slots.get("search_text") or "",
        order=slots.get("order") or NOTHING.order,
        offset=slots.get("list_offset") or 0,
        **values,
    )


def search_slots(search: SearchFilters) -> dict[str, Any]:
    """The slots that hold a search; what it does not say is None."""
    return {
        "category": search.category,
        "size": "x".join(map(str, search.size)) or None,
        "search_text": search.text or None,
        "order": None if search.order == NOTHING.order else search.order,
        "list_offset": search.offset or None,
        **{slot: list(getattr(search, filter_)) or None for slot, filter_ in _LISTS.items()},
        **{name: [*map(write_side_limit, getattr(search, name))] or None for name in _SIDE_LIMITS},
        **{name: _number(getattr(search, name)) for name in _PRICES},
        **{name: getattr(search, name) for name in _NUMBERS},
    }


def shown_slots(products: Sequence[Product | None]) -> dict[str, Any]:
    """The slots for a list that now stands on the customer's screen; None is a line without a product."""
    skus = [product.sku if product else None for product in products]
    return {
        "shown_products": skus or None,
        "request_lines": None,
        # The only product of a list is spoken of; one of several is not.
        "discussed_product": skus[0] if len(skus) == 1 else None,
    }


def said_in(turn: Turn) -> Mentions:
    """What the message says; a bare number is read as the answer to what was asked last."""
    said = read_mentions(turn.entities)
    if said.number is None or said.quantity or said.options:
        return said
    if turn.slot("awaiting") == ITEM_TO_REMOVE:
        return replace(said, options=(said.number,))
    shown = turn.slot("shown_products") or ()
    # "The cheapest of them, 5": the product is named already.
    is_place = 1 < len(shown) >= said.number and not turn.slot("discussed_product") and said.order is None
    if is_place and turn.slot("awaiting") != PIECES_IN_STOCK:
        return replace(said, options=(said.number,))
    is_of_search = turn.intent == "correct" or not turn.slot("discussed_product")
    if is_of_search and not (turn.slot("awaiting") or turn.slot("selected_product")):
        # "No, 160" of desks that were to be 140 wide.
        said = with_number_meant(read_search(turn.slots), said)
    return said if said.number is None else replace(said, quantity=said.number)


def at_hand(turn: Turn) -> AtHand:
    """What "the second one" and "it" may mean in this turn."""
    return AtHand(tuple(turn.slot("shown_products") or ()), turn.slot("discussed_product"))


def changes(turn: Turn, slots: Slots) -> Events:
    """Events for the slots whose value is another one now; a question that was open is answered by this."""
    new = {"awaiting": None, **slots}
    return [SlotSet(name, value) for name, value in new.items() if value != turn.slot(name)]


def forgotten(names: Iterable[str]) -> dict[str, None]:
    """These slots, empty."""
    return dict.fromkeys(names)


def _side_limits(value: Iterable[object] | None) -> SideLimits:
    return tuple(limit for one in value or () if (limit := read_side_limit(one)))


def _number(amount: Decimal | None) -> int | float | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)
