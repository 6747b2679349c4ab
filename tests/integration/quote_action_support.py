"""A chat with sofas on the screen, and what is done in it on the way to a quote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.quote_storage import Quote, newest_quote
from tests.integration.action_support import Chat, entities

DETAILS = "Ahmed from Al Noor Trading LLC, ahmed@alnoor.ae"


async def sofas_shown(shop: AsyncConnection) -> Chat:
    """A chat with three sofas on the screen, all of them in stock by the hundred."""
    await shop.execute(text("update products set stock = 100 where category = 'sofa' and stock > 0"))
    chat = Chat(shop)
    await chat.search(category="sofa")
    return chat


async def choose(chat: Chat, **values: Any) -> None:
    await chat.act("action_select_product", "select_product", entities(**values))


async def ask(chat: Chat, words: str = "send me a quote please") -> list[dict[str, Any]]:
    """Asks for a quote and gives the details; what the last action said."""
    turn = await chat.turn("action_request_quote", "request_quote", words=words)
    if chat.slots["quote_step"] != "details":
        return turn
    chat.slots["quote_step"] = None
    chat.slots["requested_slot"] = "company"
    await chat.turn("validate_quote_form", "nlu_fallback", words=DETAILS)
    chat.slots["requested_slot"] = None
    return await chat.turn("action_send_quote", "nlu_fallback")


async def newest(chat: Chat) -> Quote:
    quote = await newest_quote(chat.connection, 1)
    assert quote is not None
    return quote


async def quoted(chat: Chat, **values: Any) -> Quote:
    await choose(chat, **(values or {"option": 1, "quantity": 5}))
    assert (await ask(chat))[-1]["response"].startswith(("utter_quote_", "utter_next_quote_"))
    return await newest(chat)


async def write(chat: Chat, statement: str, **parameters: object) -> None:
    await chat.connection.execute(text(statement), parameters)


async def tasks(chat: Chat) -> list[dict[str, Any]]:
    """What managers are asked to do."""
    rows = await chat.connection.execute(text("select payload from jobs where kind = 'crm.task' order by id"))
    return list(rows.scalars())


def says(responses: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(response["response"]) for response in responses]
