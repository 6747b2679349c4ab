"""Prices and stock asked for at the last moment: before a quote is made, and before an order is placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from actions.turn import Turn
from actions.wording import price
from catalog.listing import format_name
from catalog.live_price import PriceCheck, PriceState
from catalog.product import Product
from sales.hand_over_reason import Reason
from sales.manager_task import ask_manager
from sales.quote import format_amount
from sales.quote_storage import Quote

# An older price is asked for before it is quoted (design §6).
QUOTED_AFTER_MINUTES = 120.0
# Before an order stock counts, which changes with every sale: always asked for.
ORDERED_AFTER_MINUTES = 0.0


async def check_live(turn: Turn, skus: Sequence[str], minutes: float) -> Mapping[str, PriceCheck]:
    """What is known now of these products; empty where there are no books to ask.

    Ask before anything is written: the transaction waits for the answer, and nobody should wait for it. What
    it reads afterwards is what the answer was.
    """
    if turn.house.check_prices is None or not skus:
        return {}
    return await turn.house.check_prices(skus, minutes)


def unconfirmed(checks: Mapping[str, PriceCheck]) -> list[PriceCheck]:
    """Those of which nobody knows now."""
    return [check for check in checks.values() if check.state is PriceState.UNCONFIRMED]


async def promise_a_quote(turn: Turn, checks: Sequence[PriceCheck]) -> None:
    """Say that the prices cannot be confirmed, and have a manager follow it up: no quote is made on them."""
    told = "\n".join(f"{check.sku}: {check.reason}" for check in checks)
    await ask_manager(
        turn.connection,
        turn.conversation_id,
        # Once for this request: who asks again, and in vain, waits anew.
        f"prices:{turn.turn_id}",
        subject="the customer waits for a quote",
        description="The customer asked for a quote, and these prices could not be confirmed in time:\n"
        f"{told}\nMake sure that he gets it: once the items are readable again, Majlis sends it as soon as he"
        " asks once more in the chat.",
        waits_for=Reason.PRICES,
    )
    turn.say("utter_quote_prices_unconfirmed")


def tell_changes(
    turn: Turn, products: Sequence[Product], former: Quote | None, checks: Mapping[str, PriceCheck]
) -> None:
    """Say which prices are others than in the former quote, or than the catalog said a moment ago."""
    quoted = {line.sku: line.rate for line in former.lines} if former is not None else {}
    lines = []
    for product in products:
        check = checks.get(product.sku)
        before = quoted.get(product.sku, check.rate_before if check is not None else None)
        if before is not None and before != product.rate:
            lines.append(
                turn.phrase(
                    "utter_part_price_change",
                    product=format_name(product, turn.language),
                    before=price(turn, before),
                    now=price(turn, product.rate),
                )
            )
    if lines:
        turn.say("utter_prices_changed", price_changes="\n".join(lines))


async def note_differences(
    turn: Turn, quote: Quote, products: Mapping[str, Product], checks: Mapping[str, PriceCheck]
) -> None:
    """Have a manager told what an ordered quote promises that is not so any more, or is not certain.

    The quote binds the seller, so the order goes its way; whoever delivers it has to know.
    """
    told = []
    for line in quote.lines:
        product, check = products.get(line.sku), checks.get(line.sku)
        if product is not None and product.rate != line.rate:
            told.append(
                f"{line.sku}: quoted at AED {format_amount(line.rate)}, now AED {format_amount(product.rate)}"
            )
        if check is not None and check.state is PriceState.UNCONFIRMED:
            told.append(f"{line.sku}: price and stock could not be confirmed: {check.reason}")
    if told:
        await ask_manager(
            turn.connection,
            turn.conversation_id,
            f"order:{quote.id}",
            subject=f"check the order for quote {quote.number}",
            description="The customer ordered at the prices of a quote that still stood. Meanwhile:\n"
            + "\n".join(told),
            waits_for=Reason.ORDER,
        )
