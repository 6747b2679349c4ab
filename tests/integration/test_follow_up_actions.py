"""What customers say to a list on the screen: cheaper, smaller than that one, others, the cheapest."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.product import Product
from catalog.search import read_products
from tests.integration.action_support import Chat, entities


async def _products(chat: Chat) -> list[Product]:
    return await read_products(chat.connection, [sku for sku in chat.shown if sku])


async def test_cheaper_than_the_nearest_is_never_an_empty_list(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    nearest = await chat.search(category="chair", color="black", max_price=10)
    assert nearest["response"] == "utter_nearest_products"
    shown = list(chat.shown)
    response = await chat.act(
        "action_answer_objection",
        "objection",
        entities(relation=["cheaper", "other"], query="shop gives"),
    )
    assert response["product_lines"].count("AED") == len(chat.shown) > 0
    assert chat.slots["search_text"] is None
    assert chat.shown == shown


async def test_something_else_behind_the_last_page_is_no_empty_list(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="stool", color="black", material="leather")
    for _ in range(30):
        response = await chat.search("refine_search", relation="other")
        if response["response"] == "utter_no_more_products":
            break
        assert response["product_lines"]
    assert chat.responses[-1]["response"] == "utter_no_more_products"
    assert chat.shown


async def test_a_stray_word_beside_more_turns_the_page(shop: AsyncConnection) -> None:
    chat = Chat(shop, "ar")
    await chat.search(category="sofa")
    before = set(chat.shown)
    response = await chat.act("action_show_more", "show_more", entities(query="عجبوني", relation="other"))
    assert response["response"] in {"utter_more_products", "utter_products"}
    response = await chat.act("action_show_more", "show_more", entities(query="زيدني"))
    assert response["response"] == "utter_more_products"
    assert not before & set(chat.shown)
    assert chat.slots["category"] == "sofa"


async def test_the_cheapest_of_the_shown_is_taken_with_its_pieces(shop: AsyncConnection) -> None:
    for action, intent in (
        ("action_select_product", "select_product"),
        ("action_search_products", "refine_search"),
    ):
        chat = Chat(shop, "ar")
        await chat.search(category="sofa", order="dearest")
        cheapest = min(await _products(chat), key=lambda product: product.rate)
        await chat.act(action, intent, entities(order="cheapest", number=5))
        assert chat.slots["selected_items"] == [{"sku": cheapest.sku, "quantity": 5}]


@pytest.mark.parametrize("intent", ["refine_search", "ask_details"])
async def test_the_first_one_but_smaller_is_smaller_than_the_first(
    shop: AsyncConnection, intent: str
) -> None:
    chat = Chat(shop)
    await chat.search(category="desk", order="biggest")
    [first, *_] = await _products(chat)
    action = "action_product_details" if intent == "ask_details" else "action_search_products"
    await chat.act(action, intent, entities(option=1, relation="smaller"))
    area = (first.width_cm or 0) * (first.depth_cm or 0)
    assert chat.shown
    assert all((one.width_cm or 0) * (one.depth_cm or 0) < area for one in await _products(chat))


async def test_the_same_but_cheaper_stays_with_its_kind(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="desk")
    await chat.search(sku="CH-1010")
    [product] = await read_products(shop, ["CH-1010"])
    await chat.search("refine_search", relation="cheaper")
    assert chat.shown
    for one in await _products(chat):
        assert (one.category, one.rate < product.rate) == (product.category, True)


async def test_a_wish_the_catalog_has_no_word_for_keeps_the_list(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="chair")
    shown = list(chat.shown)
    assert (await chat.search("refine_search"))["response"] == "utter_cannot_filter"
    assert chat.shown == shown


async def test_a_price_for_all_of_it_is_bargaining(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(sku="CH-1005")
    offer = entities(max_price=150, query="make all")
    assert (await chat.act("action_not_understood", "nlu_fallback", offer))["response"] == "utter_objection"
    # With nothing but a budget after a list it is a wish.
    await chat.search(category="chair")
    response = await chat.act("action_not_understood", "nlu_fallback", entities(max_price=500))
    assert response["response"] == "utter_products"


@pytest.mark.parametrize("intent", ["out_of_scope", "nlu_fallback"])
async def test_another_currency_alone_is_answered_with_ours(shop: AsyncConnection, intent: str) -> None:
    chat = Chat(shop, "ar")
    response = await chat.act("action_not_understood", intent, entities(other_currency="USD"))
    assert (response["response"], response["currency"]) == ("utter_prices_in_dirhams", "USD")
    assert "بالدرهم" in chat.text()


async def test_what_is_not_our_business_is_not_searched_for(shop: AsyncConnection) -> None:
    found = entities(category="desk")
    response = await Chat(shop).act("action_not_understood", "out_of_scope", found)
    assert response["response"] == "utter_fallback"


async def test_a_place_of_the_list_is_answered_even_when_not_understood(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="sofa")
    response = await chat.act("action_not_understood", "nlu_fallback", entities(option=3))
    assert response["product"].endswith(f"({chat.shown[2]})")


async def test_a_no_that_names_what_is_not_wanted_looks_on(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="chair")
    shown = await _products(chat)
    color = shown[0].colors[0]
    await chat.act("action_reject", "reject", entities(not_color=color))
    found = await _products(chat)
    assert found
    assert not any(color in product.colors for product in found)
    assert (await chat.act("action_reject", "reject", []))["response"] == "utter_reject"
