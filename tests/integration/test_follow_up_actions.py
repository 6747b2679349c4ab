"""What customers say to a list on the screen: cheaper, smaller than that one, others, the cheapest."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.product import Product
from catalog.search import read_products
from sales.basket import Line
from sales.basket_storage import read_basket
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
        assert await read_basket(shop, 1) == (Line(cheapest.sku, 5),)


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
    assert (await chat.act("action_off_script", "nlu_fallback", offer))["response"] == "utter_objection"
    # With nothing but a budget after a list it is a wish.
    await chat.search(category="chair")
    response = await chat.act("action_off_script", "nlu_fallback", entities(max_price=500))
    assert response["response"] == "utter_products"


@pytest.mark.parametrize("intent", ["out_of_scope", "nlu_fallback"])
async def test_another_currency_alone_is_answered_with_ours(shop: AsyncConnection, intent: str) -> None:
    chat = Chat(shop, "ar")
    response = await chat.act("action_off_script", intent, entities(other_currency="USD"))
    assert (response["response"], response["currency"]) == ("utter_prices_in_dirhams", "USD")
    assert "بالدرهم" in chat.text()


async def test_what_is_not_our_business_is_not_searched_for(shop: AsyncConnection) -> None:
    found = entities(category="desk")
    response = await Chat(shop).act("action_off_script", "out_of_scope", found)
    assert response["response"] == "utter_fallback"


async def test_a_place_of_the_list_is_answered_even_when_not_understood(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="sofa")
    response = await chat.act("action_off_script", "nlu_fallback", entities(option=3))
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


@pytest.mark.parametrize(
    ("first", "intent", "second", "slot", "value"),
    [
        ({"category": "desk", "size": "120"}, "correct", {"number": 160}, "size", "160"),
        (
            {"category": "desk", "max_size": "width 140"},
            "correct",
            {"number": 160},
            "max_size",
            ["width 160"],
        ),
        (
            {"category": "desk", "max_size": "width 140"},
            "correct",
            {"size": "160"},
            "max_size",
            ["width 160"],
        ),
        ({"category": "desk", "max_price": 500}, "correct", {"number": 600}, "max_price", 600),
        ({"category": "meeting table", "seats": 8}, "correct", {"number": 10}, "seats", 10),
        ({"category": "chair", "max_price": 500, "quantity": 20}, "correct", {"number": 25}, "quantity", 25),
    ],
)
async def test_a_bare_number_changes_the_wish_that_it_is_nearest_to(
    shop: AsyncConnection,
    first: dict[str, Any],
    intent: str,
    second: dict[str, Any],
    slot: str,
    value: object,
) -> None:
    chat = Chat(shop)
    await chat.search(**first)
    response = await chat.search(intent, **second)
    assert response["response"] == "utter_products"
    assert chat.slots[slot] == value
    for name in set(first) - {slot, "max_size"}:
        assert chat.slots[name] == first[name]


async def test_a_bigger_one_with_its_size_outgrows_the_limit_before_it(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="desk", max_size="width 140", material="wood")
    await chat.search("refine_search", relation="bigger", number=160)
    assert chat.slots["size"] == "160"
    assert chat.slots["max_size"] is None
    products = await _products(chat)
    assert products
    assert all(product.material == "wood" for product in products)
    assert all(
        155 <= (product.width_cm or 0) <= 165 or 155 <= (product.depth_cm or 0) <= 165 for product in products
    )


async def test_a_number_behind_the_list_is_no_wish_it_is_far_from(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="cabinet", quantity=30)
    await chat.search("refine_search", number=3000)
    assert chat.slots["quantity"] == 3000


@pytest.mark.parametrize(
    "action", ["action_search_products", "action_compare_products", "action_product_price"]
)
@pytest.mark.parametrize("words", ["arkhas wa7da minhom", "the cheapest of them", "ارخص وحدة فيهم", "ارخصهم"])
async def test_the_cheapest_of_them_is_one_of_the_list(
    shop: AsyncConnection, action: str, words: str
) -> None:
    chat = Chat(shop)
    await chat.search(category="chair", color="black", order="dearest")
    cheapest = min(await _products(chat), key=lambda product: product.rate)
    intent = "compare_products" if "compare" in action else "refine_search"
    response = await chat.act(action, intent, entities(order="cheapest"), words=words)
    assert response["response"] == "utter_price"
    assert cheapest.sku in response["product"]
    assert chat.slots["discussed_product"] == cheapest.sku


async def test_the_cheapest_one_keeps_every_limit(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="table", material="glass", min_size="100")
    await chat.act(
        "action_compare_products", "compare_products", entities(order="cheapest"), words="arkhas wa7da?"
    )
    products = await _products(chat)
    assert products
    assert all(max(product.width_cm or 0, product.depth_cm or 0) >= 100 for product in products)


async def test_bigger_keeps_the_colour_and_the_budget(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="desk", color="white", max_price=900)
    await chat.search("refine_search", relation="bigger")
    products = await _products(chat)
    assert products
    assert all("white" in product.colors and product.rate <= 900 for product in products)


async def test_pieces_before_the_product_are_kept_for_the_one_that_is_named(shop: AsyncConnection) -> None:
    for action, intent in (
        ("action_select_product", "select_product"),
        ("action_search_products", "refine_search"),
    ):
        chat = Chat(shop)
        await chat.search(category="chair", color="black")
        response = await chat.act(action, intent, entities(quantity=2), words="2 pieces لو سمحت")
        assert response["response"] == "utter_ask_which"
        response = await chat.act("action_select_product", "select_product", entities(option=2))
        assert response["response"] == "utter_selected"
        assert response["quantity"] == "2"


async def test_the_last_price_of_a_product_is_told_before_the_objection(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    response = await chat.act("action_answer_objection", "objection", entities(sku="DK-1204"))
    assert response["response"] == "utter_objection_to_price"
    assert "DK-1204" in response["product_lines"]
    assert "AED" in response["product_lines"]
    assert chat.slots["discussed_product"] == "DK-1204"


@pytest.mark.parametrize("words", ["those foldable?", "are they foldable", "هذيل ينطوون؟"])
async def test_a_question_about_those_shown_is_answered_about_them(shop: AsyncConnection, words: str) -> None:
    chat = Chat(shop)
    await chat.search(category="chair", color="black", query="visitor")
    shown = list(chat.shown)
    asked = entities(query="folding")
    response = await chat.act("action_product_details", "ask_details", asked, words=words)
    assert response["response"] == "utter_not_known_of_those"
    assert chat.shown == shown
    await chat.search(category="chair", query="training")
    response = await chat.act("action_product_details", "ask_details", asked, words=words)
    assert response["response"] == "utter_products"


async def test_those_with_something_are_looked_for(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="chair", color="black", query="visitor")
    response = await chat.act(
        "action_search_products", "refine_search", entities(query="mesh"), words="those with mesh"
    )
    assert response["response"] == "utter_products"


async def test_so_many_seats_come_before_more(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="desk", query="workstation", seats=2)
    assert [product.seats for product in await _products(chat)] == [2, 2, 2]


@pytest.mark.parametrize("intent", ["search_products", "refine_search"])
async def test_the_table_after_meeting_tables_is_a_meeting_table(shop: AsyncConnection, intent: str) -> None:
    chat = Chat(shop)
    await chat.search(category="meeting table", seats=16, color="walnut")
    response = await chat.search(intent, category="table", max_size="length 300")
    # All that seat 16 are longer.
    assert response["response"] == "utter_nearest_products"
    assert chat.slots["category"] == "meeting table"
    assert chat.slots["seats"] == 16
    assert {product.category for product in await _products(chat)} == {"meeting table"}


async def test_tables_alone_are_tables_of_any_kind(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="meeting table", seats=16)
    await chat.search(category="table")
    assert chat.slots["category"] == "table"
    assert chat.slots["seats"] is None
    await chat.search(category="meeting table", seats=16)
    await chat.search(category="table", query="coffee", color="white")
    assert chat.slots["category"] == "coffee table"


async def test_a_size_named_while_choosing_is_looked_for(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="desk", size="140")
    response = await chat.act(
        "action_select_product", "select_product", entities(number=160), words="i meant 160"
    )
    assert response["response"] == "utter_products"
    assert chat.slots["size"] == "160"
