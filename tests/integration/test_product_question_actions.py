"""Questions about products that were shown or named: details, price, stock, comparison."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.listing import format_price, with_vat
from catalog.product import Product
from catalog.search import read_products
from tests.integration.action_support import Chat, entities, house


@pytest.fixture
async def chat(shop: AsyncConnection) -> Chat:
    """A chat with three sofas on the screen."""
    chat = Chat(shop)
    await chat.search(category="sofa")
    assert len(chat.shown) == 3
    return chat


async def ask(chat: Chat, topic: str, **values: Any) -> dict[str, Any]:
    action, intent = {
        "details": ("action_product_details", "ask_details"),
        "price": ("action_product_price", "ask_price"),
        "stock": ("action_check_availability", "ask_availability"),
        "compare": ("action_compare_products", "compare_products"),
    }[topic]
    return await chat.act(action, intent, entities(**values))


async def product(chat: Chat, place: int) -> Product:
    sku = chat.shown[place - 1]
    assert sku
    [found] = await read_products(chat.connection, [sku])
    return found


async def set_stock(chat: Chat, sku: str, stock: int) -> None:
    await chat.connection.execute(
        text("update products set stock = :stock where sku = :sku"), {"sku": sku, "stock": stock}
    )


async def test_the_second_one_has_its_own_price(chat: Chat) -> None:
    second = await product(chat, 2)
    response = await ask(chat, "price", option=2)
    assert response["response"] == "utter_price"
    assert response["product"] == f"{second.name_en} ({second.sku})"
    assert response["price"] == f"AED {second.rate:,.2f}"


async def test_it_is_what_was_spoken_of_last(chat: Chat) -> None:
    last = await product(chat, 3)
    assert (await ask(chat, "details", option=-1))["product"].endswith(f"({last.sku})")
    assert (await ask(chat, "price"))["product"].endswith(f"({last.sku})")
    await chat.search("refine_search", color="black")
    # A new list: "it" could be any of them.
    assert (await ask(chat, "price"))["response"] == "utter_prices"


async def test_the_price_of_twelve_is_added_up(chat: Chat) -> None:
    first = await product(chat, 1)
    response = await ask(chat, "price", option=1, quantity=12)
    assert response["response"] == "utter_price_of_quantity"
    assert response["total"] == f"AED {first.rate * 12:,.2f}"


async def test_the_price_of_a_kind_is_a_list(chat: Chat) -> None:
    response = await ask(chat, "price", category="locker")
    assert response["response"] == "utter_products"
    assert all(sku and sku.startswith("LK-") for sku in chat.shown)


async def test_the_black_one_is_the_only_black_one_on_the_screen(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(sku=["CH-1073", "CH-1005", "CH-1339"])
    response = await ask(chat, "price", color="black")
    assert response["product"].endswith("(CH-1073)")


async def test_a_name_is_a_reference(shop: AsyncConnection) -> None:
    [wanted] = await read_products(shop, ["SF-1007"])
    chat = Chat(shop)
    await set_stock(chat, wanted.sku, 0)
    words = wanted.name_en.replace(",", "").replace(" and ", " ").lower().split()
    response = await ask(chat, "details", query=" ".join(words))
    assert response["response"] == "utter_product_details"
    assert response["product"].endswith("(SF-1007)")
    # Asked for by its name it is told of, and labelled.
    assert "out of stock" in response["product_facts"]


async def test_a_place_that_is_not_on_the_list_is_asked_back(chat: Chat) -> None:
    response = await ask(chat, "price", option=7)
    assert (response["response"], response["count"]) == ("utter_no_such_option", 3)


async def test_nothing_to_refer_to_is_asked_back(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    assert (await ask(chat, "price"))["response"] == "utter_ask_which_product"
    assert (await ask(chat, "price", option=2))["response"] == "utter_ask_which_product"


async def test_several_could_be_meant(chat: Chat) -> None:
    response = await ask(chat, "details")
    assert (response["response"], response["count"]) == ("utter_ask_which", 3)


async def test_a_product_that_left_the_catalog_is_gone(chat: Chat) -> None:
    await chat.connection.execute(
        text("update products set status = 'inactive' where sku = :sku"), {"sku": chat.shown[0]}
    )
    assert (await ask(chat, "price", option=1))["response"] == "utter_product_gone"


async def test_details_tell_what_the_catalog_knows(chat: Chat) -> None:
    first = await product(chat, 1)
    response = await ask(chat, "details", option=1)
    assert response["description"] == first.description_en
    facts = response["product_facts"].split("\n")
    assert f"Size: {first.width_cm}×{first.depth_cm}×{first.height_cm} cm" in facts
    assert f"Material: {first.material}" in facts
    assert f"Brand: {first.brand}" in facts
    assert f"{first.stock} in stock" in facts


async def test_details_in_arabic_speak_the_vocabulary(shop: AsyncConnection) -> None:
    chat = Chat(shop, "ar")
    response = await ask(chat, "details", sku="CH-1073")
    assert f"اللون: {house().labels.of('colors', 'black', 'ar')}" in response["product_facts"]
    assert "الخامة: بلاستيك" in response["product_facts"]
    assert "\u2066" in response["price"]


@pytest.mark.parametrize(
    ("stock", "quantity", "expected"),
    [
        (212, 5000, ("utter_stock_short", "212", "5,000")),
        (6000, 5000, ("utter_stock_enough", "6,000", "5,000")),
        (4999, 5000, ("utter_stock_short", "4,999", "5,000")),
        (7, None, ("utter_stock", "7", None)),
    ],
)
async def test_stock_is_counted_against_the_pieces(
    chat: Chat, stock: int, quantity: int | None, expected: tuple[str, str | None, str | None]
) -> None:
    first = await product(chat, 1)
    await set_stock(chat, first.sku, stock)
    wanted = {} if quantity is None else {"quantity": quantity}
    response = await ask(chat, "stock", option=1, **wanted)
    assert (response["response"], response.get("stock"), response.get("quantity")) == expected


async def test_stock_of_a_list_is_told_line_by_line(chat: Chat) -> None:
    for sku, stock in zip(chat.shown, (0, 60, 20), strict=True):
        assert sku
        await set_stock(chat, sku, stock)
    response = await ask(chat, "stock", quantity=50)
    assert response["response"] == "utter_stock_of_products"
    lines = response["product_lines"].split("\n")
    assert [line.rpartition(" – ")[2] for line in lines] == [
        "out of stock",
        "60 in stock",
        "20 of 50 in stock",
    ]


async def test_five_thousand_of_a_kind_are_the_nearest_with_their_stock(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    response = await ask(chat, "stock", category="locker", quantity=5000)
    assert response["response"] == "utter_nearest_products"
    assert response["given_up"] == "short of your quantity"
    assert all("of 5,000 in stock" in line for line in response["product_lines"].split("\n"))


async def test_two_are_compared_side_by_side(chat: Chat) -> None:
    first, third = await product(chat, 1), await product(chat, 3)
    response = await ask(chat, "compare", option=[1, 3])
    assert response["response"] == "utter_comparison"
    for one in (first, third):
        assert f"{one.name_en} ({one.sku})\nPrice: AED {one.rate:,.2f}" in response["compared"]
    assert f"costs AED {third.rate - first.rate:,.2f} less" in response["compared"]
    # The numbers on the screen are now those of the comparison.
    assert chat.shown == [first.sku, third.sku]


async def test_without_names_the_first_two_are_compared(chat: Chat) -> None:
    before = chat.shown[:2]
    await ask(chat, "compare")
    assert chat.shown == before


async def test_one_named_is_compared_with_what_was_spoken_of(chat: Chat) -> None:
    await ask(chat, "details", option=3)
    third, second = chat.shown[2], chat.shown[1]
    await ask(chat, "compare", option=2)
    assert chat.shown == [second, third]


async def test_nothing_to_compare_is_asked_back(shop: AsyncConnection) -> None:
    assert (await ask(Chat(shop), "compare"))["response"] == "utter_ask_which_to_compare"


async def test_a_comparison_of_three_fits_a_message(shop: AsyncConnection) -> None:
    for language in ("en", "ar"):
        chat = Chat(shop, language)
        await chat.search(category="workstation")
        await chat.search(category="meeting table")
        await ask(chat, "compare", option=[1, 2, 3])
        assert chat.responses[-1]["response"] == "utter_comparison"
        assert len(chat.text()) <= 1024


async def test_every_answer_is_in_arabic_too(shop: AsyncConnection) -> None:
    chat = Chat(shop, "ar")
    await chat.search(category="sofa")
    for topic, values in (
        ("price", {"option": 1}),
        ("price", {"option": 1, "quantity": 3}),
        ("stock", {"quantity": 3}),
        ("stock", {"option": 2}),
        ("compare", {}),
    ):
        await ask(chat, topic, **values)
        assert "الضريبة" in chat.text() or topic == "stock"
        assert "{" not in chat.text()


async def test_which_is_the_cheapest_is_a_search_and_no_comparison(chat: Chat) -> None:
    await chat.search(category="sofa", order="dearest")
    response = await ask(chat, "compare", order="cheapest")
    assert response["response"] == "utter_products"
    rates = [one.rate for one in await read_products(chat.connection, [str(sku) for sku in chat.shown])]
    assert rates == sorted(rates)
    assert chat.slots["category"] == "sofa"


async def test_which_of_products_named_by_code_is_the_cheapest(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(sku=["CH-1005", "DK-1002"])
    cheapest = min(await read_products(shop, ["CH-1005", "DK-1002"]), key=lambda one: one.rate)
    response = await ask(chat, "compare", order="cheapest")
    assert response["response"] == "utter_price"
    assert response["product"].endswith(f"({cheapest.sku})")


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_price_with_vat_is_reckoned_to_the_fils(shop: AsyncConnection, language: str) -> None:
    chat = Chat(shop, language)
    await chat.search(category="sofa")
    second = await product(chat, 2)
    # 5 % of 99.90 is 4.995.
    await shop.execute(text("update products set rate = 99.90 where sku = :sku"), {"sku": second.sku})
    for found in (entities(option=2, query="including"), entities(sku=second.sku)):
        response = await chat.act("action_company_fact", "faq_vat", found)
        assert response["response"] == "utter_price_with_vat"
        assert "AED 99.90" in response["prices_told"]
        assert "AED 104.90" in response["prices_told"]
    await ask(chat, "details", option=2)
    assert "AED 104.90" in (await chat.act("action_company_fact", "faq_vat"))["prices_told"]


async def test_the_price_with_vat_of_so_many_pieces_is_their_total(chat: Chat) -> None:
    second = await product(chat, 2)
    await chat.connection.execute(
        text("update products set rate = 99.90 where sku = :sku"), {"sku": second.sku}
    )
    response = await chat.act("action_company_fact", "faq_vat", entities(option=2, quantity=10))
    assert "AED 999.00" in response["prices_told"]
    assert "AED 1,048.95" in response["prices_told"]


async def test_the_list_is_reckoned_with_vat_when_nothing_else_is_meant(chat: Chat) -> None:
    await chat.act("action_select_product", "select_product", entities(option=1, quantity=6))
    first = await product(chat, 1)
    response = await chat.act("action_company_fact", "faq_vat")
    assert response["response"] == "utter_basket"
    assert format_price(with_vat(first.rate * 6, Decimal(5))) in response["total_with_vat"]


async def test_whoever_asks_for_an_order_hears_how_delivery_goes(chat: Chat) -> None:
    response = await chat.act("action_order_status", "ask_order_status")
    assert "working days" in response["fact"]


async def test_vat_of_nothing_or_of_no_such_place_is_the_plain_fact(chat: Chat) -> None:
    for found in (entities(), entities(option=9)):
        assert (await chat.act("action_company_fact", "faq_vat", found))["response"] == "utter_company_fact"


async def test_two_questions_in_one_message_get_both_answers(chat: Chat) -> None:
    response = await chat.act("action_company_fact", "faq_location", also_asked=["faq_hours", "faq_parking"])
    assert "Al Quoz" in response["fact"]
    assert "Saturday" in response["fact"]


async def test_a_number_after_the_stock_is_pieces(chat: Chat) -> None:
    await ask(chat, "stock")
    await set_stock(chat, str(chat.shown[0]), 40)
    response = await ask(chat, "stock", number=2)
    assert response["response"] == "utter_stock_of_products"
    await ask(chat, "stock", option=1)
    for quantity in (30, 200):
        response = await chat.act("action_off_script", "nlu_fallback", entities(number=quantity))
        expected = "utter_stock_enough" if quantity == 30 else "utter_stock_short"
        assert (response["response"], response["quantity"]) == (expected, str(quantity))
        assert response["product"].endswith(f"({chat.shown[0]})")


@pytest.mark.parametrize("words", ["Qatar", "قطر", "للكويت", "la dubai"])
async def test_stock_at_a_place_comes_with_where_we_deliver_to(chat: Chat, words: str) -> None:
    response = await ask(chat, "stock", option=1, query=words)
    assert response["response"] == "utter_stock_and_delivery"
    assert "UAE" in response["fact"]
    assert str(chat.shown[0]) in response["product_lines"]


async def test_is_it_electric_is_asked_of_the_product_spoken_of(chat: Chat) -> None:
    first = await product(chat, 1)
    await ask(chat, "details", option=1)
    for topic in ("details", "stock"):
        response = await ask(chat, topic, query="electric")
        assert response["response"] == "utter_all_that_is_known"
        assert response["product"].endswith(f"({first.sku})")
    assert (await ask(chat, "details", query=first.material))["response"] == "utter_product_details"


async def test_what_the_catalog_does_not_know_of_one_is_not_passed_over(chat: Chat) -> None:
    response = await ask(chat, "details", option=2, query="made in")
    assert response["response"] == "utter_all_that_is_known"
    assert response["product"].endswith(f"({chat.shown[1]})")


async def test_payment_in_another_currency_is_answered_with_ours(chat: Chat) -> None:
    response = await chat.act("action_company_fact", "faq_payment", entities(other_currency="SAR"))
    assert (response["response"], response["currency"]) == ("utter_payment_in_dirhams", "SAR")


async def test_the_price_of_more_than_there_are_says_so(chat: Chat) -> None:
    await set_stock(chat, str(chat.shown[2]), 3)
    response = await ask(chat, "price", option=3, quantity=20)
    assert (response["response"], response["stock"]) == ("utter_price_stock_short", "3")


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_answers_that_hold_a_fact_fit_a_message(shop: AsyncConnection, language: str) -> None:
    chat = Chat(shop, language)
    await chat.search(category="sofa")
    await ask(chat, "stock", query="Qatar")
    await chat.act("action_company_fact", "faq_vat", entities(option=[1, 2, 3]))
    for response in chat.responses:
        assert len(chat.text(response)) <= 1024
        assert "{" not in chat.text(response)
