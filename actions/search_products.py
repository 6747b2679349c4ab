"""Answer a product question from the catalog."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rasa_sdk.events import SlotSet

from actions.turn import Events, Turn, majlis_action
from catalog.listing import MAXIMUM_LINES, format_products
from catalog.search import SearchFilters, search_catalog

# What a customer narrows a category down with.
_REFINEMENTS = ("color", "material", "min_price", "max_price")


@majlis_action("action_search_products")
async def action_search_products(turn: Turn) -> Events:
    """Show what fits every constraint named so far, or say honestly that nothing does."""
    named = {entity["entity"] for entity in turn.entities}
    if not named & {"category", *_REFINEMENTS}:
        # Nothing of the catalog was named: showing the last list again would answer another question.
        turn.say("utter_ask_need")
        return []
    wanted = _wanted(turn, named)
    result = await search_catalog(turn.connection, _filters(wanted))
    if result.products:
        turn.say(
            "utter_products",
            shown=len(result.products),
            total=result.total,
            product_lines=format_products(
                result.products, "ar" if turn.slot("reply_language") == "ar" else "en"
            ),
        )
    else:
        turn.say("utter_no_products")
    changed = {name: value for name, value in wanted.items() if value != turn.slot(name)}
    return [
        SlotSet(name, value) for name, value in (changed | {"searched_category": wanted["category"]}).items()
    ]


def _wanted(turn: Turn, named: set[str]) -> dict[str, Any]:
    """The slots of this search: what was said before still holds, unless the customer moved on."""
    wanted = {name: turn.slot(name) for name in ("category", *_REFINEMENTS)}
    if "category" in named and turn.slot("searched_category") not in (None, wanted["category"]):
        # Another kind of product: the colour and budget of the chairs do not bind the tables.
        for name in _REFINEMENTS:
            if name not in named:
                wanted[name] = None
    minimum, maximum = wanted["min_price"], wanted["max_price"]
    if minimum is not None and maximum is not None and minimum > maximum:
        # "over 600" after "under 500": the newer limit replaces the older one.
        if "min_price" not in named:
            wanted["min_price"] = None
        elif "max_price" not in named:
            wanted["max_price"] = None
    return wanted


def _filters(wanted: dict[str, Any]) -> SearchFilters:
    return SearchFilters(
        category=wanted["category"],
        colors=tuple(wanted["color"] or ()),
        materials=tuple(wanted["material"] or ()),
        min_price=_price(wanted["min_price"]),
        max_price=_price(wanted["max_price"]),
        limit=MAXIMUM_LINES,
    )


def _price(value: float | None) -> Decimal | None:
    # Through str: a float such as 99.95 has no exact binary form, its shortest spelling has.
    return None if value is None else Decimal(str(value))
