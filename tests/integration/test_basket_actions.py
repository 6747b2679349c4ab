"""Choosing products and changing what was chosen; a yes, a no, and what only a person can do today."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.search import read_products
from sales.basket_storage import read_basket
from tests.integration.action_support import Chat, entities


@pytest.fixture
async def chat(shop: AsyncConnection) -> Chat:
    """A chat with three sofas on the screen, all of them in stock by the hundred."""
    await shop.execute(text("update products set stock = 100 where category = 'sofa' and stock > 0"))
    chat = Chat(shop)
    await chat.search(category="sofa")
    return chat


async def say(chat: Chat, intent: str, **values: Any) -> dict[str, Any]:
    actions = {
        "select_product": "action_select_product",
        "add_to_basket": "action_add_to_basket",
        "remove_from_basket": "action_remove_from_basket",
        "change_quantity": "action_change_quantity",
        "show_basket": "action_show_basket",
        "accept": "action_accept",
        "reject": "action_reject",
        "correct": "action_search_products",
        "refine_search": "action_search_products",
        "request_quote": "action_request_quote",
    }
    return await chat.act(actions[intent], intent, entities(**values))


async def chosen(chat: Chat) -> list[tuple[str, int | None]]:
    return [(line.sku, line.quantity) for line in await read_basket(chat.connection, 1)]


async def owner(chat: Chat) -> tuple[str, str] | None:
    row = (await chat.connection.execute(text("select owner, reason from owners"))).first()
    return None if row is None else (row.owner, row.reason)


async def test_the_second_one_twenty_pieces(chat: Chat) -> None:
    second = chat.shown[1]
    response = await say(chat, "select_product", option=2, quantity=20)
    assert (response["response"], response["quantity"]) == ("utter_selected", "20")
    assert f"({second}) – AED" in response["product_line"]
    assert await chosen(chat) == [(second, 20)]
    assert (chat.slots["selected_product"], chat.slots["quantity"]) == (second, 20)


async def test_pieces_said_with_the_search_hold_for_the_choice(chat: Chat) -> None:
    await chat.search(category="sofa", quantity=15)
    assert (await say(chat, "select_product", option=1))["quantity"] == "15"
    # ... but not for the next one of the same list.
    response = await say(chat, "select_product", option=2)
    assert response["response"] == "utter_selected_ask_quantity"


async def test_the_number_alone_answers_how_many(chat: Chat) -> None:
    first = chat.shown[0]
    assert (await say(chat, "select_product", option=1))["response"] == "utter_selected_ask_quantity"
    # However the NLU takes a bare number, it is the pieces now.
    for intent, found in (("change_quantity", {"number": 8}), ("refine_search", {"quantity": 9})):
        await say(chat, intent, **found)
        assert await chosen(chat) == [(first, next(iter(found.values())))]
    await say(chat, "select_product", number=10)
    assert await chosen(chat) == [(first, 10)]


async def test_the_number_alone_is_a_place_in_a_fresh_list(chat: Chat) -> None:
    third = chat.shown[2]
    await say(chat, "select_product", number=3)
    assert await chosen(chat) == [(third, None)]


async def test_more_pieces_than_there_are_is_said(chat: Chat) -> None:
    response = await say(chat, "select_product", option=1, quantity=5000)
    assert (response["response"], response["stock"], response["quantity"]) == (
        "utter_selected_short",
        "100",
        "5,000",
    )


async def test_two_are_chosen_with_their_own_pieces(chat: Chat) -> None:
    groups = [
        {"entity": "option", "value": 1, "group": "1"},
        {"entity": "quantity", "value": 10, "group": "1"},
        {"entity": "option", "value": 2, "group": "2"},
        {"entity": "quantity", "value": 5, "group": "2"},
    ]
    response = await chat.act("action_select_product", "select_product", groups)
    assert response["response"] == "utter_selected_several"
    assert await chosen(chat) == [(chat.shown[0], 10), (chat.shown[1], 5)]


def two(first: dict[str, Any], second: dict[str, Any]) -> list[dict[str, Any]]:
    """A message about two products."""
    return [
        {**entity, "group": str(number)}
        for number, said in enumerate((first, second), start=1)
        for entity in entities(**said)
    ]


FIRST, TABLES = {"quantity": 15, "option": 1}, {"quantity": 5, "category": "table"}


@pytest.mark.parametrize(
    "action",
    [
        "action_select_product",
        "action_add_to_basket",
        "action_search_products",
        "action_change_quantity",
        "action_request_quote",
    ],
)
@pytest.mark.parametrize("said", [(FIRST, TABLES), (TABLES, FIRST)])
async def test_fifteen_of_the_first_and_five_tables(
    chat: Chat, action: str, said: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    first = chat.shown[0]
    chat.slots["quantity"] = 5
    taken, shown = await chat.turn(action, "select_product", two(*said))
    assert (taken["response"], shown["response"]) == ("utter_taken_beside", "utter_products")
    assert f"({first})" in taken["basket_lines"]
    assert taken["basket_lines"].endswith("quantity 15")
    assert await chosen(chat) == [(first, 15)]
    # The five tables are those of the one that is chosen now.
    response = await say(chat, "select_product", option=2)
    assert (response["response"], response["quantity"]) == ("utter_selected", "5")
    assert await chosen(chat) == [(first, 15), (chat.shown[1], 5)]


async def test_fifteen_of_the_first_are_counted_against_its_stock(chat: Chat) -> None:
    await chat.connection.execute(
        text("update products set stock = 9 where sku = :sku"), {"sku": chat.shown[0]}
    )
    [taken, _] = await chat.turn("action_select_product", "select_product", two(FIRST, TABLES))
    assert taken["basket_lines"].endswith("quantity 15, 9 of 15 in stock")
    assert (await say(chat, "show_basket"))["basket_lines"].endswith("9 of 15 in stock")


@pytest.mark.parametrize(
    ("intent", "found"),
    [
        ("select_product", {"option": 1, "quantity": 200_000}),
        ("add_to_basket", {"option": 1, "quantity": 100_000}),
        ("change_quantity", {"quantity": 10**12}),
    ],
)
async def test_so_many_that_nobody_can_order_is_asked_back(
    chat: Chat, intent: str, found: dict[str, Any]
) -> None:
    first = chat.shown[0]
    await say(chat, "select_product", option=1, quantity=3)
    assert (await say(chat, intent, **found))["response"] == "utter_quantity_too_large"
    assert await chosen(chat) == [(first, 3)]
    await say(chat, "change_quantity", number=30)
    assert await chosen(chat) == [(first, 30)]


async def test_that_one_when_several_are_shown_is_asked_back(chat: Chat) -> None:
    assert (await say(chat, "select_product"))["response"] == "utter_ask_which"
    assert await chosen(chat) == []


async def test_adding_counts_on_top(chat: Chat) -> None:
    first, second = chat.shown[:2]
    await say(chat, "select_product", option=1, quantity=10)
    await say(chat, "add_to_basket", option=1, quantity=5)
    await say(chat, "add_to_basket", option=2, quantity=2)
    assert await chosen(chat) == [(first, 15), (second, 2)]


async def test_adding_what_is_not_on_the_screen_shows_it_first(chat: Chat) -> None:
    await say(chat, "select_product", option=1, quantity=10)
    response = await say(chat, "add_to_basket", category="locker", quantity=3)
    assert response["response"] == "utter_products"
    locker = chat.shown[1]
    await say(chat, "select_product", option=2)
    assert (await chosen(chat))[-1] == (locker, 3)


async def test_a_correction_takes_the_place_of_the_choice(chat: Chat) -> None:
    third = chat.shown[2]
    await say(chat, "select_product", option=2, quantity=20)
    await say(chat, "correct", option=3)
    assert await chosen(chat) == [(third, 20)]
    await say(chat, "correct", quantity=12)
    assert await chosen(chat) == [(third, 12)]


async def test_changing_pieces_without_a_number_asks_for_it(chat: Chat) -> None:
    await say(chat, "select_product", option=1, quantity=10)
    assert (await say(chat, "change_quantity"))["response"] == "utter_ask_quantity"
    assert (await say(chat, "change_quantity", quantity=15))["quantity"] == "15"


async def test_changing_pieces_of_nothing_is_asked_back(shop: AsyncConnection) -> None:
    assert (await say(Chat(shop), "change_quantity", quantity=15))["response"] == "utter_ask_which_product"


async def test_the_list_adds_up(chat: Chat) -> None:
    first, second = await read_products(chat.connection, [str(sku) for sku in chat.shown[:2]])
    assert (await say(chat, "show_basket"))["response"] == "utter_basket_empty"
    await say(chat, "select_product", option=1, quantity=3)
    await say(chat, "add_to_basket", option=2)
    assert (await say(chat, "show_basket"))["response"] == "utter_basket_without_total"
    await say(chat, "change_quantity", option=2, quantity=4)
    response = await say(chat, "show_basket")
    assert response["response"] == "utter_basket"
    assert response["total"] == f"AED {first.rate * 3 + second.rate * Decimal(4):,.2f}"
    assert f"({second.sku}) – AED {second.rate:,.2f}, quantity 4" in response["basket_lines"]


async def test_leaving_out_by_kind_code_number_or_being_the_only_one(chat: Chat) -> None:
    await say(chat, "select_product", option=1, quantity=3)
    sofa = chat.shown[0]
    await chat.search(category="locker")
    locker = chat.shown[0]
    await say(chat, "select_product", option=1, quantity=2)
    # "No sofas any more" names the sofas as something not wanted.
    assert (await say(chat, "remove_from_basket", not_category="sofa"))["response"] == "utter_removed"
    assert await chosen(chat) == [(locker, 2)]
    await say(chat, "remove_from_basket")
    assert await chosen(chat) == []
    assert (await say(chat, "remove_from_basket"))["response"] == "utter_basket_empty"
    await say(chat, "select_product", sku=str(sofa), quantity=1)
    await say(chat, "remove_from_basket", sku=str(sofa))
    assert await chosen(chat) == []


async def test_leaving_out_one_of_several_is_asked_and_the_number_answers(chat: Chat) -> None:
    first, second = chat.shown[:2]
    await say(chat, "select_product", option=2, quantity=2)
    await say(chat, "add_to_basket", option=1, quantity=1)
    response = await say(chat, "remove_from_basket", category="sofa")
    assert response["response"] == "utter_ask_what_to_remove"
    # The number is the line of the list of chosen products, not of the search.
    assert (await say(chat, "select_product", number=1))["response"] == "utter_removed"
    assert await chosen(chat) == [(first, 1)]
    assert str(second) in chat.text()
    await say(chat, "select_product", option=2, quantity=7)
    assert (second, 7) in await chosen(chat)


async def test_yes_takes_the_product_that_was_spoken_of(chat: Chat) -> None:
    first = chat.shown[0]
    await chat.act("action_product_price", "ask_price", entities(option=1, quantity=4))
    assert (await say(chat, "accept"))["response"] == "utter_selected"
    assert await chosen(chat) == [(first, 4)]
    assert await owner(chat) is None


async def test_yes_to_a_list_asks_which(chat: Chat) -> None:
    assert (await say(chat, "accept"))["response"] == "utter_ask_which"


async def test_yes_to_nothing_asks_the_need(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    assert (await chat.act("action_accept", "accept"))["response"] == "utter_ask_need"


async def test_yes_to_the_choice_begins_the_quote_that_was_offered(chat: Chat) -> None:
    await say(chat, "select_product", option=1, quantity=4)
    assert await chat.turn("action_accept", "accept") == []
    assert chat.slots["quote_step"] == "details"
    assert await owner(chat) is None


async def test_no_keeps_the_door_open(chat: Chat) -> None:
    assert (await say(chat, "reject"))["response"] == "utter_reject"
    await say(chat, "select_product", option=1, quantity=4)
    assert (await say(chat, "reject"))["response"] == "utter_that_is_all"
    assert await owner(chat) is None


@pytest.mark.parametrize(
    ("intent", "response"),
    [
        ("ask_person", "utter_hand_over"),
    ],
)
async def test_what_only_a_person_can_do_is_handed_over(chat: Chat, intent: str, response: str) -> None:
    assert (await chat.act("action_hand_over", intent))["response"] == response
    handed = await owner(chat)
    assert handed is not None
    assert handed[0] == "person"


async def test_whoever_asks_for_a_quote_first_sees_the_products(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    response = await say(chat, "request_quote", category="chair", quantity=20)
    assert response["response"] == "utter_products"
    lines = [
        {"entity": "category", "value": kind, "group": group}
        for group, kind in (("1", "chair"), ("2", "desk"))
    ]
    response = await chat.act("action_request_quote", "request_quote", lines)
    assert response["response"] == "utter_request_list"


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_every_faq_is_answered_with_the_seller_s_fact(shop: AsyncConnection, language: str) -> None:
    chat = Chat(shop, language)
    response = await chat.act("action_company_fact", "faq_location")
    assert response["response"] == "utter_company_fact"
    assert ("Al Quoz" if language == "en" else "القوز") in chat.text()


async def test_a_fact_nobody_wrote_down_is_not_made_up(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    assert (await chat.act("action_company_fact", "faq_parking"))["response"] == "utter_unknown_fact"


async def test_another_question_in_between_ends_the_asking_what_to_leave_out(chat: Chat) -> None:
    await say(chat, "select_product", option=2, quantity=2)
    await say(chat, "add_to_basket", option=1, quantity=1)
    for between in ("reject", "show_basket"):
        assert (await say(chat, "remove_from_basket"))["response"] == "utter_ask_what_to_remove"
        await say(chat, between)
        await say(chat, "select_product", option=3, quantity=4)
        assert len(await chosen(chat)) == 3
    # A frequent question leaves it open: the number still answers.
    assert (await say(chat, "remove_from_basket"))["response"] == "utter_ask_what_to_remove"
    await chat.act("action_company_fact", "faq_hours")
    assert (await say(chat, "select_product", option=1))["response"] == "utter_removed"


async def test_another_one_of_the_list_instead_takes_the_place_of_the_only_one(chat: Chat) -> None:
    first, second = chat.shown[:2]
    await say(chat, "select_product", option=1, quantity=5)
    assert await chosen(chat) == [(first, 5)]
    await say(chat, "remove_from_basket", option=2, quantity=2)
    assert await chosen(chat) == [(second, 2)]


async def test_pieces_before_anything_is_chosen_are_wanted_of_what_is_looked_for(chat: Chat) -> None:
    response = await say(chat, "change_quantity", quantity=15)
    assert response["response"] == "utter_products"
    assert all(
        product.stock >= 15
        for product in await read_products(chat.connection, [str(sku) for sku in chat.shown])
    )


async def test_several_without_pieces_are_asked_how_many(chat: Chat) -> None:
    response = await say(chat, "select_product", sku=["CH-1010", "DK-1003"])
    assert response["response"] == "utter_basket_without_total"
    assert await chosen(chat) == [("CH-1010", None), ("DK-1003", None)]
