"""Searching, refining and paging over a real catalog: what is said and what is remembered."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.filters import SearchFilters
from catalog.nearest import find_nearest
from catalog.product import Product
from catalog.search import read_products, search_catalog
from catalog.sides import SideLimit, read_side_limit
from sales.basket_storage import read_basket
from tests.integration.action_support import Chat, entities


async def _fitting(shop: AsyncConnection, **filters: Any) -> tuple[int, list[str]]:
    result = await search_catalog(shop, SearchFilters(**filters))
    return result.total, [product.sku for product in result.products]


async def _products(chat: Chat) -> list[Product]:
    return await read_products(chat.connection, [sku for sku in chat.shown if sku])


async def test_shows_what_fits_every_constraint(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    response = await chat.search(category="chair", color="black", max_price=500)
    total, skus = await _fitting(shop, category="chair", colors=("black",), max_price=Decimal(500))
    assert response["response"] == "utter_products"
    assert (response["shown"], response["total"]) == (3, total)
    assert chat.shown == skus
    lines = response["product_lines"].split("\n")
    for line, product in zip(lines, await _products(chat), strict=True):
        assert line.endswith(f"{product.name_en} ({product.sku}) – AED {product.rate:,.2f}")


async def test_arabic_chat_gets_arabic_names_and_isolated_prices(shop: AsyncConnection) -> None:
    response = await Chat(shop, "ar").search(category="chair", max_price=500)
    for line in response["product_lines"].split("\n"):
        assert "كرسي" in line
        assert "(\u2066CH-" in line
        assert "\u2066AED " in line


async def test_refining_keeps_what_was_said_before(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="chair")
    response = await chat.search("refine_search", color="black", max_price=500)
    total, _ = await _fitting(shop, category="chair", colors=("black",), max_price=Decimal(500))
    assert response["total"] == total


async def test_another_kind_of_product_starts_anew(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="chair", color="black", max_price=500)
    response = await chat.search(category="meeting table")
    assert response["total"] == (await _fitting(shop, category="meeting table"))[0]
    assert chat.slots["color"] is None
    response = await chat.search("refine_search", color="oak")
    assert response["total"] == (await _fitting(shop, category="meeting table", colors=("oak",)))[0]


async def test_newer_limit_replaces_one_it_contradicts(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="chair", max_price=500)
    response = await chat.search("refine_search", min_price=800)
    assert response["total"] == (await _fitting(shop, category="chair", min_price=Decimal(800)))[0]
    assert chat.slots["max_price"] is None


async def test_a_correction_replaces_the_fact_and_keeps_the_others(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="desk", color="white", max_price=1500)
    await chat.search("correct", category="meeting table", not_category="desk")
    assert (chat.slots["category"], chat.slots["color"]) == ("meeting table", ["white"])
    await chat.search("correct", color="oak")
    assert (chat.slots["category"], chat.slots["color"]) == ("meeting table", ["oak"])


async def test_a_colour_that_was_turned_down_stays_away(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="chair", color=["black", "grey"])
    await chat.search("refine_search", not_color="black")
    assert chat.slots["color"] == ["grey"]
    for product in await _products(chat):
        assert "grey" in product.colors
        assert "black" not in product.colors


async def test_the_nearest_is_named_for_what_it_gives_up(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    response = await chat.search(category="chair", color="black", max_price=10)
    assert response["response"] == "utter_nearest_products"
    assert response["given_up"] == "above your budget"
    assert "above your budget" in chat.text()
    assert all(product.rate > 10 and "black" in product.colors for product in await _products(chat))


async def test_what_nobody_sells_is_not_offered_something_else(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="chair", color="black")
    response = await chat.search(query="zeppelin", color="red")
    assert response["response"] == "utter_unknown_product"
    assert "chairs, desks" in response["categories"]
    assert chat.shown == []
    assert chat.slots["category"] is None


async def test_without_a_catalog_word_the_need_is_asked(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    assert (await chat.search())["response"] == "utter_ask_need"
    for wish in ({"quantity": 20}, {"not_color": "black"}):
        response = await chat.search("refine_search", **wish)
        # So many are wanted: only the kind is asked for.
        assert response["response"] == "utter_ask_kind"
    await chat.search(category="chair")
    # What was wished before belongs to the first kind that is named.
    assert all(product.stock >= 20 and "black" not in product.colors for product in await _products(chat))
    shown = list(chat.shown)
    assert (await chat.search())["response"] == "utter_ask_need"
    assert (chat.shown, chat.slots["category"]) == (shown, "chair")


async def test_a_limit_of_a_side_is_kept_until_another_kind_is_named(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="shelf", max_size="height 180")
    assert chat.shown
    assert all((product.height_cm or 0) <= 180 for product in await _products(chat))
    # A later limit of the side replaces the former, one of another side comes on top.
    response = await chat.search("refine_search", max_size=["height 150", "width 100"])
    assert response["response"] == "utter_products"
    assert all(
        (product.height_cm or 0) <= 150 and (product.width_cm or 0) <= 100
        for product in await _products(chat)
    )
    assert chat.slots["max_size"] == ["height 150", "width 100"]
    response = await chat.search(category="desk", min_size="width 180")
    assert response["response"] == "utter_products"
    assert all((product.width_cm or 0) >= 180 for product in await _products(chat))
    assert (chat.slots["max_size"], chat.slots["min_size"]) == (None, ["width 180"])


async def test_a_limit_without_a_side_holds_for_the_longest(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="cabinet", max_size="110")
    assert all(
        max(product.width_cm or 0, product.depth_cm or 0, product.height_cm or 0) <= 110
        for product in await _products(chat)
    )
    total, _ = await _fitting(shop, category="cabinet", max_size=(SideLimit("longest", 110),))
    assert chat.responses[-1]["total"] == total > 0


@pytest.mark.parametrize(
    ("limit", "given_up", "said"),
    [
        ({"max_size": "height 50"}, "max_size", {"en": "larger than your limit", "ar": "أكبر من المقاس"}),
        ({"min_size": "width 400"}, "min_size", {"en": "smaller than you need", "ar": "أصغر من المقاس"}),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
async def test_what_is_outside_of_a_limit_is_only_offered_as_that(
    shop: AsyncConnection, limit: dict[str, str], given_up: str, said: dict[str, str], language: str
) -> None:
    chat = Chat(shop, language)
    response = await chat.search(category="shelf", color="black", **limit)
    assert response["response"] == "utter_nearest_products"
    assert said[language] in response["given_up"]
    assert said[language] in chat.text()
    limits: dict[str, Any] = {name: (read_side_limit(value),) for name, value in limit.items()}
    nearest = await find_nearest(shop, SearchFilters(category="shelf", colors=("black",), **limits))
    assert nearest is not None
    assert nearest.relaxed == (given_up,)


async def test_the_nearest_to_a_limit_comes_first(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="shelf", max_size="height 100")
    # Shelves are 120, 180 or 200 high.
    assert {product.height_cm for product in await _products(chat)} == {120}


async def test_another_currency_is_no_limit(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    response = await chat.search(category="chair", other_currency="USD")
    assert response["response"] == "utter_products_other_currency"
    assert response["currency"] == "USD"
    assert chat.slots["max_price"] is None
    assert len(chat.shown) == 3


async def test_pages_follow_each_other_until_the_end(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    wanted = {"category": "stool", "color": "black", "material": "leather"}
    response = await chat.search(**wanted)
    seen = list(chat.shown)
    while (await chat.act("action_show_more", "show_more"))["response"] == "utter_more_products":
        assert not set(chat.shown) & set(seen)
        seen += chat.shown
    assert chat.responses[-1]["response"] == "utter_no_more_products"
    assert len(seen) == response["total"]
    total, every = await _fitting(shop, category="stool", colors=("black",), materials=("leather",), limit=50)
    assert (seen, len(seen)) == (every, total)


async def test_more_before_anything_was_shown_asks_the_need(shop: AsyncConnection) -> None:
    assert (await Chat(shop).act("action_show_more", "show_more"))["response"] == "utter_ask_need"


@pytest.mark.parametrize("relation", ["cheaper", "dearer"])
async def test_cheaper_and_dearer_are_measured_on_the_shown_list(
    shop: AsyncConnection, relation: str
) -> None:
    chat = Chat(shop)
    await chat.search(category="chair", min_price=700)
    before = [product.rate for product in await _products(chat)]
    await chat.search("refine_search", relation=relation)
    after = [product.rate for product in await _products(chat)]
    assert max(after) < min(before) if relation == "cheaper" else min(after) > max(before)


async def test_nothing_is_cheaper_than_the_cheapest(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="desk", order="cheapest")
    cheapest = list(chat.shown)
    response = await chat.search("refine_search", relation="cheaper")
    assert (response["response"], chat.shown) == ("utter_none_cheaper", cheapest)
    # The search is the one before, not one that nothing fits.
    assert chat.slots["max_price"] is None


async def test_bigger_is_measured_on_the_shown_list(shop: AsyncConnection) -> None:
    def area(product: Product) -> int:
        assert product.width_cm
        assert product.depth_cm
        return product.width_cm * product.depth_cm

    chat = Chat(shop)
    await chat.search(category="desk", size="120x60")
    before = max(area(product) for product in await _products(chat))
    await chat.search("refine_search", relation="bigger")
    assert min(area(product) for product in await _products(chat)) > before
    await chat.search(category="meeting table", seats=6)
    seats = max(product.seats or 0 for product in await _products(chat))
    await chat.search("refine_search", relation="bigger")
    assert all((product.seats or 0) > seats for product in await _products(chat))


async def test_another_colour_is_none_of_those_shown(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="sofa", color="brown")
    before = {color for product in await _products(chat) for color in product.colors}
    await chat.search("refine_search", relation="other_color")
    assert chat.shown
    assert not {color for product in await _products(chat) for color in product.colors} & before


async def test_something_else_is_the_next_page(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="sofa")
    before = set(chat.shown)
    await chat.search("refine_search", relation="other")
    assert len(chat.shown) == 3
    assert not before & set(chat.shown)
    await chat.search("refine_search", relation="other", color="black")
    assert chat.slots["turned_down"]


async def test_words_that_fit_no_product_are_said_to_be_missed(shop: AsyncConnection) -> None:
    response = await Chat(shop).search(category="chair", query="zeppelin")
    assert response["response"] == "utter_products_of_the_kind"


async def test_a_code_is_answered_with_all_that_is_known(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    response = await chat.search(sku="CH-1005")
    assert response["response"] == "utter_product_details"
    assert chat.slots["discussed_product"] == "CH-1005"
    response = await chat.search(sku=["CH-1005", "DK-1002"])
    assert (response["response"], chat.shown) == ("utter_products", ["CH-1005", "DK-1002"])


async def test_a_place_in_the_list_is_that_product(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    # Before there is a list, "first class chairs" name no place in one.
    await chat.search(category="sofa", option=1)
    assert len(chat.shown) == 3
    response = await chat.search("refine_search", option=2)
    assert response["product"].endswith(f"({chat.shown[1]})")
    response = await chat.search("correct", option=3)
    assert response["product"].endswith(f"({chat.shown[2]})")


async def test_the_button_for_cheaper_ones_shows_them(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="chair", min_price=700)
    before = min(product.rate for product in await _products(chat))
    assert (await chat.act("action_answer_objection", "objection"))["response"] == "utter_objection"
    await chat.act("action_show_cheaper", "ask_cheaper")
    assert all(product.rate < before for product in await _products(chat))


async def test_who_finds_it_dear_and_asks_for_cheaper_ones_sees_them(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="chair", min_price=700)
    response = await chat.act("action_answer_objection", "objection", entities(relation="cheaper"))
    assert response["response"] == "utter_products"


async def test_cancel_forgets_everything(shop: AsyncConnection) -> None:
    chat = Chat(shop, "ar")
    await chat.search(category="chair", color="black", quantity=10)
    await chat.act("action_select_product", "select_product", entities(option=1))
    assert (await chat.act("action_cancel", "cancel"))["response"] == "utter_cancelled"
    assert {name for name, value in chat.slots.items() if value is not None} == {
        "reply_language",
        "stage",
        "need",
    }
    assert await read_basket(shop, 1) == ()


async def test_sold_out_products_are_not_listed(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="sofa")
    [first, *_] = await _products(chat)
    await shop.execute(text("update products set stock = 0 where sku = :sku"), {"sku": first.sku})
    await chat.act("action_cancel", "cancel")
    await chat.search(category="sofa")
    assert first.sku not in chat.shown
    response = await chat.search(sku=first.sku)
    assert "out of stock" in response["product_facts"]


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_no_answer_asks_more_than_one_question(shop: AsyncConnection, language: str) -> None:
    chat = Chat(shop, language)
    for said in ({}, {"category": "chair"}, {"category": "chair", "max_price": 5}, {"query": "zeppelin"}):
        await chat.search(**said)
        assert len(re.findall("[?؟]", chat.text())) <= 1
        assert "{" not in chat.text()


async def test_the_picture_of_a_single_product_goes_along(shop: AsyncConnection) -> None:
    url = "https://seller.example/ch-1005.jpg"
    await shop.execute(text("update products set image_url = :url where sku = 'CH-1005'"), {"url": url})
    chat = Chat(shop)
    assert (await chat.search(sku="CH-1005"))["image"] == url
    assert "image" not in await chat.search(category="chair")


async def test_like_a_product_is_of_its_kind_and_near_its_price(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    [product] = await read_products(shop, ["CH-1005"])
    await shop.execute(text("update products set stock = 0 where sku = 'CH-1005'"))
    response = await chat.act("action_check_availability", "ask_availability", entities(sku="CH-1005"))
    assert response["response"] == "utter_sold_out_similar"
    similar = await _products(chat)
    assert similar
    assert {one.category for one in similar} == {product.category}
    assert product.sku not in {one.sku for one in similar}


@pytest.mark.parametrize(
    ("values", "response"),
    [
        ({"category": "sofa"}, "utter_products"),
        ({"category": "chair", "query": "visitor", "quantity": 10}, "utter_products"),
        ({"sku": "CH-1005"}, "utter_product_details"),
        # Sentences about something else, with or without a word of the catalog in them.
        ({"category": "desk", "query": "broken carpenter"}, "utter_fallback"),
        ({"query": "qwrtz"}, "utter_fallback"),
        ({"number": 7}, "utter_fallback"),
        ({"quantity": 7}, "utter_fallback"),
        ({}, "utter_fallback"),
    ],
)
async def test_what_is_not_understood_is_answered_when_it_names_the_catalog(
    shop: AsyncConnection, values: dict[str, Any], response: str
) -> None:
    said = await Chat(shop).act("action_off_script", "nlu_fallback", entities(**values))
    assert said["response"] == response
