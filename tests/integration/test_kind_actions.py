"""Kinds, colours and pointing in the actions: what is said of words that only the catalog can judge."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.search import read_products
from tests.integration.action_support import Chat, entities


def _aside(words: str) -> dict[str, str]:
    return {"entity": "query", "value": words, "role": "aside"}


async def test_words_about_the_customer_do_not_make_a_true_match_inexact(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    found = [*entities(category="chair", color="brown", material="leather"), _aside("fitting jlt")]
    response = await chat.act("action_search_products", "search_products", found)
    assert response["response"] == "utter_products"
    assert chat.slots["search_text"] is None


async def test_a_word_at_the_name_of_the_thing_is_answered_with_the_nearest(shop: AsyncConnection) -> None:
    response = await Chat(shop).search(category="chair", query="gaming")
    assert response["response"] == "utter_products_of_the_kind"


async def test_a_kind_stays_when_another_wish_has_to_be_given_up(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    response = await chat.search(category="chair", query="executive", color="red", material="leather")
    assert response["response"] == "utter_nearest_products"
    assert response["given_up"]
    shown = await read_products(shop, [sku for sku in chat.shown if sku])
    assert {"executive" in product.name_en for product in shown} == {True}


async def test_cheaper_than_a_list_of_different_things_is_asked_back(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    found = [
        {"entity": "category", "value": "sofa", "group": "1"},
        {"entity": "category", "value": "chair", "group": "2"},
    ]
    await chat.act("action_search_products", "search_products", found)
    response = await chat.search("refine_search", relation="cheaper")
    assert response["response"] == "utter_ask_which"


async def test_a_limit_that_is_named_with_cheaper_holds(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="desk", min_price=1000)
    response = await chat.search("refine_search", relation="cheaper", max_price=600)
    assert response["response"] == "utter_products"
    assert chat.slots["max_price"] == 600


async def test_that_chair_is_the_one_spoken_of(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.act("action_product_price", "ask_price", entities(sku="CH-1278"))
    words = "how many you have of that chair?"
    that = [{"entity": "category", "value": "chair", "start": words.index("chair")}]
    response = await chat.act("action_check_availability", "ask_availability", that, words=words)
    assert (response["response"], chat.slots["discussed_product"]) == ("utter_stock", "CH-1278")
    other = [{"entity": "category", "value": "desk", "start": 8}]
    response = await chat.act(
        "action_check_availability", "ask_availability", other, words="is that desk in?"
    )
    assert response["response"] == "utter_products"


async def test_chairs_in_general_are_not_the_one_spoken_of(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.act("action_product_price", "ask_price", entities(sku="CH-1278"))
    words = "how many chairs do you have"
    found = [{"entity": "category", "value": "chair", "start": words.index("chairs")}]
    response = await chat.act("action_check_availability", "ask_availability", found, words=words)
    assert response["response"] == "utter_products"


async def test_another_colour_of_what_is_spoken_of_is_looked_for_in_its_model(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.act("action_product_price", "ask_price", entities(sku="AC-1001"))
    response = await chat.search(color="black")
    assert response["response"] == "utter_nearest_products"
    shown = await read_products(shop, [sku for sku in chat.shown if sku])
    assert {"Sidra" in product.name_en for product in shown} == {True}


async def test_the_colours_of_a_search_are_counted(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="whiteboard")
    response = await chat.act(
        "action_check_availability", "ask_availability", words="what colors are available then"
    )
    assert response["response"] == "utter_colors"
    boards = await chat.search(category="whiteboard")
    assert response["colors"] == f"white ({boards['total']})"


async def test_the_colours_of_what_is_named_are_counted_in_arabic(shop: AsyncConnection) -> None:
    chat = Chat(shop, "ar")
    response = await chat.act(
        "action_search_products",
        "search_products",
        entities(category="sofa"),
        words="شو الالوان الموجودة في الكنب؟",
    )
    assert response["response"] == "utter_colors"
    assert "عنابي (" in response["colors"]
    assert chat.slots["category"] == "sofa"
