"""Customers of a fault run who buy: from the first choice to the order, and all that a sale leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from app.seller import load_seller
from app.settings import PROJECT_ROOT
from tests.faults.conftest import Chats
from tests.faults.sale_checker import SaleEvidence, sale_violations
from tests.faults.stack import Stack
from tests.support import eventually

# One message chooses: a customer who reads less waits less for the pacing of our sends.
CHOICE = "I need 2 pieces of CH-1010"
QUOTE = "send me a quote"
ORDER = "confirm the order"

_MINE = "conversation_id in (select id from conversations where chat_id = %s)"
_UNRECORDED = (
    "select count(*) from jobs where state = 'waiting'"
    " and conversation_id in (select id from conversations where chat_id = any(%s))"
)
# Neither retries nor our own limits and pacing wait for anything. What waits for a chat's open turn would
# only use its attempts up.
_HURRY = (
    "with limits as (update rate_limits set free_at = clock_timestamp() - interval '1 minute'),"
    " paces as (update conversations set send_paced_until = null, turns_paced_until = null"
    " where chat_id = any(%s) and coalesce(send_paced_until, turns_paced_until) is not null),"
    " tries as (update jobs set due_at = clock_timestamp() where due_at > clock_timestamp() and not exists"
    " (select from turns where turns.conversation_id = jobs.conversation_id and turns.state = 'open'))"
    " select 1"
)


class Customer:
    """Somebody with a chat, a company of a name nobody else has, and a sale that goes straight on."""

    def __init__(self, chats: Chats, chat_id: str) -> None:
        self.chat_id = chat_id
        self._chats = chats
        # Digits in names are read as numbers.
        self.word = chat_id[-7:].translate(str.maketrans("0123456789", "abdefgklmn")).capitalize()

    async def chooses(self) -> None:
        """Two chairs are in the basket and nothing is missing for a quote when this returns."""
        details = f"this is Sara from {self.word} Trading LLC, sara@{self.word.lower()}.ae"
        for said in (CHOICE, details):
            await self._chats.write(self.chat_id, said)
            await self._chats.stack.settled([self.chat_id])

    async def asks_for_quote(self) -> None:
        """The turn that this starts sends the quote."""
        await self._chats.write(self.chat_id, QUOTE)

    async def orders(self) -> None:
        """The quote is accepted."""
        await self._chats.write(self.chat_id, ORDER)

    def passes_to(self, chats: Chats) -> None:
        """Go on as a chat of another test."""
        chats.ids.append(self.chat_id)
        self._chats = chats


async def sold(stack: Stack, chats: Chats, *customers: Customer, within: float = 60.0) -> None:
    """Wait until the customers' orders are confirmed and assert that each sale happened once.

    Whoever has not ordered yet does so first, which also shows that the chat lives.
    """
    await recorded(stack, chats, within=within)
    for customer in customers:
        if not await _has_ordered(stack, customer):
            await customer.orders()
    await recorded(stack, chats, within=within)
    found = {customer.chat_id: sale_violations(await _evidence(stack, customer)) for customer in customers}
    told = {chat_id: [message["text"] for message in await stack.seen_by(chat_id)] for chat_id in found}
    assert not any(found.values()), (found, told)


async def recorded(stack: Stack, chats: Chats, *, within: float = 60.0) -> None:
    """Wait until all that was said to the chats has arrived and all is in Zoho."""

    async def at_rest() -> bool:
        await stack.rows(_HURRY, chats.ids)
        # In this order: turns make jobs. What a job has to say then is on its way.
        return await stack.is_at_rest(chats.ids) and await stack.value(_UNRECORDED, chats.ids) == 0

    await eventually(at_rest, within=within, what="the sales are in Zoho")
    await chats.check(within=within)


async def _has_ordered(stack: Stack, customer: Customer) -> bool:
    return bool(await stack.value(f"select count(*) from orders where {_MINE}", customer.chat_id))


async def _evidence(stack: Stack, customer: Customer) -> SaleEvidence:
    async def rows(table: str, order: str) -> list[dict[str, Any]]:
        query = f"select * from {table} where {_MINE} order by {order}"
        return await stack.rows(query, customer.chat_id)

    return SaleEvidence(
        sales=await rows("sales", "stage"),
        moves=await rows("stage_history", "id"),
        quotes=await rows("quotes", "id"),
        orders=await rows("orders", "id"),
        jobs=await rows("jobs", "id"),
        zoho=await _zoho(stack, customer),
        phone=await stack.seen_by(customer.chat_id),
        placed=_pattern(_placed_wording()),
        confirmed=_pattern(load_seller().messages.order_confirmed.en),
    )


async def _zoho(stack: Stack, customer: Customer) -> Mapping[str, list[dict[str, Any]]]:
    """The customer's records: each names the number, the company, or another record that does."""
    answer = await stack.client.get(f"{stack.sandbox_url}/control/zoho/records")
    answer.raise_for_status()
    known = {customer.chat_id, customer.word}
    mine: dict[str, list[dict[str, Any]]] = {}
    for kind, records in answer.json().items():
        mine[kind] = [record for record in records if any(mark in str(record) for mark in known)]
    return mine


@cache
def _placed_wording() -> str:
    domain = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text(encoding="utf-8"))
    wordings = domain["responses"]["utter_order_placed"]
    return next(str(one["text"]) for one in wordings if one["condition"][0]["value"] == "en")


def _pattern(wording: str) -> str:
    """A regular expression for the wording with its placeholders as groups."""
    parts = re.split(r"\{(\w+)\}", wording)
    return "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
