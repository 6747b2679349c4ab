"""What a catalog cannot say: prices in another currency, which product is the better one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.product import Product
from catalog.search import read_products
from tests.integration.action_support import Chat, entities


@pytest.fixture
async def chat(shop: AsyncConnection) -> Chat:
    """A chat with three sofas on the screen."""
    chat = Chat(shop)
    await chat.search(category="sofa")
    assert len(chat.shown) == 3
    return chat


async def ask_price(chat: Chat, **values: Any) -> dict[str, Any]:
    return await chat.act("action_product_price", "ask_price", entities(**values))


async def product(chat: Chat, place: int) -> Product:
    sku = chat.shown[place - 1]
    assert sku
    [found] = await read_products(chat.connection, [sku])
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_price_asked_in_another_currency_is_told_in_dirhams(
    shop: AsyncConnection, language: str
) -> None:
    chat = Chat(shop, language)
    await chat.search(category="sofa")
    second = await product(chat, 2)
    response = await ask_price(chat, option=2, other_currency="USD")
    assert response["response"] == "utter_price_in_dirhams"
    told = chat.text()
    assert f"AED {second.rate:,.2f}" in told
    assert "USD" in told
    assert ("in AED" if language == "en" else "بالدرهم") in told
    assert "{" not in told
    # Of it again, and of so many.
    response = await chat.search("refine_search", other_currency="SAR")
    assert f"AED {second.rate:,.2f}" in chat.text(response)
    await ask_price(chat, other_currency="USD", quantity=2)
    assert f"AED {second.rate * 2:,.2f}" in chat.text()


async def test_another_currency_that_is_not_understood_is_asked_of_what_is_shown(chat: Chat) -> None:
    response = await chat.act("action_off_script", "out_of_scope", entities(other_currency="USD"))
    assert response["response"] == "utter_price_in_dirhams"
    for place in (1, 2, 3):
        assert f"AED {(await product(chat, place)).rate:,.2f}" in chat.text()


async def test_the_price_of_a_kind_in_another_currency_is_a_list_in_dirhams(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    response = await ask_price(chat, category="locker", other_currency="USD")
    assert response["response"] == "utter_products_other_currency"
    assert "AED" in chat.text()
    # Without anything to ask it of.
    said = await Chat(shop).act("action_off_script", "nlu_fallback", entities(other_currency="USD"))
    assert said["response"] == "utter_prices_in_dirhams"


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("which is more comfortable", ["comfortable"]),
        ("which one do you recommend?", []),
        ("أيهم أريح", ["اريح"]),
        ("shu tinsa7ni", []),
        ("ايهم better", []),
    ],
)
async def test_which_is_better_compares_all_that_is_shown(chat: Chat, words: str, query: list[str]) -> None:
    before = list(chat.shown)
    response = await chat.act(
        "action_compare_products", "compare_products", entities(query=query), words=words
    )
    assert response["response"] == "utter_comparison"
    assert all(sku in response["compared"] for sku in before if sku)
    assert "can measure" in response["compared"]


async def test_a_comparison_of_two_says_nothing_of_taste(chat: Chat) -> None:
    response = await chat.act(
        "action_compare_products",
        "compare_products",
        entities(option=[1, 2]),
        words="difference between 1 and 2",
    )
    assert "can measure" not in response["compared"]


async def test_what_to_recommend_of_nothing_is_asked_back(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    said = await chat.act("action_compare_products", "compare_products", words="what do you recommend")
    assert said["response"] == "utter_ask_need"
    # Another kind than the one that is shown is looked for.
    await chat.search(category="sofa")
    said = await chat.act(
        "action_compare_products",
        "compare_products",
        entities(category="locker"),
        words="which locker do you recommend",
    )
    assert said["response"] == "utter_products"
    assert all(sku and sku.startswith("LK-") for sku in chat.shown)
    chat = Chat(shop)
    await chat.search(sku="CH-1005")
    said = await chat.act("action_compare_products", "compare_products", words="do you recommend it")
    assert said["response"] == "utter_product_details"
