"""The search action over a real catalog: what it says and what it remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from actions.search_products import action_search_products
from actions.turn import Turn
from catalog.load import load_sample_catalog
from catalog.search import SearchFilters, search_catalog


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as opened:
        await load_sample_catalog(opened)
        yield opened


class Chat:
    """Plays Rasa's part: slots are filled from the message before the action, and by its events after."""

    def __init__(self, connection: AsyncConnection, language: str = "en") -> None:
        self._connection = connection
        self.slots: dict[str, Any] = {"reply_language": language}

    async def search(self, **entities: Any) -> Mapping[str, Any]:
        """One search message; returns the only response."""
        self.slots |= entities
        turn = Turn(
            turn_id=1,
            conversation_id=1,
            connection=self._connection,
            slots=dict(self.slots),
            entities=[{"entity": name, "value": value} for name, value in entities.items()],
        )
        for event in await action_search_products(turn):
            assert event["event"] == "slot"
            self.slots[event["name"]] = event["value"]
        (response,) = turn.responses
        return response


async def _prices(connection: AsyncConnection, **filters: Any) -> tuple[int, list[str]]:
    result = await search_catalog(connection, SearchFilters(**filters))
    return result.total, [f"{product.rate:,.2f}" for product in result.products]


async def test_shows_what_fits_every_constraint(connection: AsyncConnection) -> None:
    response = await Chat(connection).search(category="chair", color=["black"], max_price=500)
    total, prices = await _prices(connection, category="chair", colors=("black",), max_price=Decimal(500))
    assert response["response"] == "utter_products"
    assert (response["shown"], response["total"]) == (3, total)
    lines = response["product_lines"].split("\n")
    assert [line.rpartition("AED ")[2] for line in lines] == prices


async def test_arabic_chat_gets_arabic_names_and_isolated_prices(connection: AsyncConnection) -> None:
    response = await Chat(connection, "ar").search(category="chair", max_price=500)
    for line in response["product_lines"].split("\n"):
        assert "كرسي" in line
        assert "\u2066AED " in line


async def test_refining_keeps_what_was_said_before(connection: AsyncConnection) -> None:
    chat = Chat(connection)
    await chat.search(category="chair")
    response = await chat.search(color=["black"], max_price=500)
    total, _ = await _prices(connection, category="chair", colors=("black",), max_price=Decimal(500))
    assert response["total"] == total


async def test_another_kind_of_product_starts_anew(connection: AsyncConnection) -> None:
    chat = Chat(connection)
    await chat.search(category="chair", color=["black"], max_price=500)
    response = await chat.search(category="meeting table")
    assert response["total"] == (await _prices(connection, category="meeting table"))[0]
    response = await chat.search(color=["oak"])
    assert response["total"] == (await _prices(connection, category="meeting table", colors=("oak",)))[0]


async def test_newer_limit_replaces_one_it_contradicts(connection: AsyncConnection) -> None:
    chat = Chat(connection)
    await chat.search(category="chair", max_price=500)
    response = await chat.search(min_price=800)
    assert response["total"] == (await _prices(connection, category="chair", min_price=Decimal(800)))[0]
    assert chat.slots["max_price"] is None


async def test_nothing_that_fits_is_said_honestly(connection: AsyncConnection) -> None:
    response = await Chat(connection).search(category="chair", max_price=10)
    assert response == {"response": "utter_no_products"}


async def test_without_a_catalog_word_the_need_is_asked(connection: AsyncConnection) -> None:
    chat = Chat(connection)
    assert await chat.search() == {"response": "utter_ask_need"}
    await chat.search(category="chair")
    assert await chat.search() == {"response": "utter_ask_need"}
    assert chat.slots["category"] == "chair"
