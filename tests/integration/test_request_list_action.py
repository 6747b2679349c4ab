"""A pasted list of requests is answered line by line."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.filters import SearchFilters
from catalog.search import read_products, search_catalog
from sales.basket_storage import read_basket
from tests.integration.action_support import Chat, entities
from turns.outbox import split


def lines(*requests: dict[str, Any], **common: Any) -> list[dict[str, Any]]:
    """Entities of a list: those of each request with its group, and those that hold for all."""
    found = entities(**common)
    for number, request in enumerate(requests, start=1):
        found += [{**entity, "group": str(number)} for entity in entities(**request)]
    return found


async def ask(chat: Chat, *requests: dict[str, Any], **common: Any) -> list[str]:
    response = await chat.act("action_search_products", "search_products", lines(*requests, **common))
    return str(response["request_lines_told"]).split("\n")


async def test_each_line_is_found_to_choose_near_or_not_there(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    total = (await search_catalog(shop, SearchFilters(category="chair", colors=("black",)))).total
    told = await ask(
        chat,
        {"category": "chair", "color": "black", "quantity": 1},
        {"category": "desk", "color": "white", "quantity": 5000},
        {"query": "espresso machine", "quantity": 2},
        {"sku": "CH-1005", "quantity": 4},
        {"category": "sofa", "color": "white"},
    )
    assert chat.responses[-1]["response"] == "utter_request_list"
    assert [line.split(". ")[0] for line in told] == ["1", "2", "3", "4", "5"]
    assert told[0].endswith(f", quantity 1, and {total - 1} more fit")
    assert told[1].endswith("of 5,000 in stock")
    assert told[2] == "3. espresso machine: sorry, we don't have it"
    assert told[3].endswith(", quantity 4")
    assert "(CH-1005)" in told[3]
    assert told[4].endswith("the nearest: in another colour")
    assert chat.shown[2] is None
    assert None not in [*chat.shown[:2], *chat.shown[3:]]


async def test_what_is_taken_from_a_list_has_the_pieces_of_its_line(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    request = (
        {"category": "chair", "color": "black", "quantity": 6},
        {"query": "espresso machine", "quantity": 2},
        {"sku": "CH-1005", "quantity": 4},
        {"category": "sofa"},
    )
    await ask(chat, *request)
    await chat.act("action_select_product", "select_product", entities(option=[1, 3]))
    pieces = {line.sku: line.quantity for line in await read_basket(shop, 1)}
    assert pieces == {chat.shown[0]: 6, "CH-1005": 4}

    chat = Chat(shop)
    await ask(chat, *request)
    await chat.act("action_select_product", "select_product", entities(option=0))
    assert [line.quantity for line in await read_basket(shop, 1)] == [6, 4, None]


async def test_a_long_line_that_nobody_sells_is_repeated_in_short(shop: AsyncConnection) -> None:
    told = await ask(Chat(shop, "ar"), {"query": "zeppelin with seven engines " * 9}, {"sku": "CH-1005"})
    assert told[0].startswith("1. \u2066zeppelin with")
    assert "…\u2069: السموحة" in told[0]
    assert len(told[0]) < 100


async def test_what_holds_for_all_lines_holds_for_each(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await ask(chat, {"category": "chair"}, {"category": "desk", "color": "white"}, color="black")
    chair, desk = await read_products(shop, [str(sku) for sku in chat.shown])
    assert "black" in chair.colors
    assert "white" in desk.colors


async def test_numbers_of_the_list_stay_what_they_are(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await ask(chat, {"category": "chair"}, {"query": "espresso machine"}, {"category": "locker"})
    locker = chat.shown[2]
    response = await chat.act("action_product_price", "ask_price", entities(option=3))
    assert response["product"].endswith(f"({locker})")
    response = await chat.act("action_product_price", "ask_price", entities(option=2))
    assert response["response"] == "utter_no_such_option"
    await chat.act("action_select_product", "select_product", entities(option=1, quantity=2))
    assert chat.slots["selected_product"] == chat.shown[0]


async def test_more_of_a_line_is_a_list_of_its_own(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await ask(chat, {"category": "chair", "color": "red"}, {"category": "locker", "color": "grey"})
    response = await chat.act("action_show_more", "show_more")
    assert (response["response"], response["count"]) == ("utter_ask_which_line", 2)
    response = await chat.act("action_show_more", "show_more", entities(option=2))
    assert response["response"] == "utter_products"
    for locker in await read_products(shop, [str(sku) for sku in chat.shown]):
        assert (locker.category, "grey" in locker.colors) == ("locker", True)
    response = await chat.act("action_show_more", "show_more")
    assert response["response"] == "utter_more_products"


async def test_a_list_forgets_the_search_before_it(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.search(category="sofa", color="black", max_price=3000)
    await ask(chat, {"category": "chair"}, {"category": "locker"})
    assert (chat.slots["category"], chat.slots["color"], chat.slots["max_price"]) == (None, None, None)


async def test_a_long_list_is_cut_between_lines(shop: AsyncConnection) -> None:
    chat = Chat(shop, "ar")
    told = await ask(chat, *({"category": "chair", "quantity": number} for number in range(1, 31)))
    parts = list(split(chat.text()))
    assert len(parts) > 1
    assert all(len(part) <= 1024 for part in parts)
    assert [line for part in parts for line in part.split("\n") if line in told] == told


async def test_a_list_without_end_is_answered_in_part_and_says_so(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    told = await ask(chat, *({"sku": "CH-1005", "quantity": number} for number in range(1, 51)))
    assert len(told) == 40
    assert chat.responses[-1]["response"] == "utter_request_list_cut"
    assert chat.responses[-1]["count"] == 40


async def test_words_that_fit_no_product_are_no_fit_on_a_line(shop: AsyncConnection) -> None:
    told = await ask(Chat(shop), {"category": "chair", "query": "zeppelin"}, {"category": "desk"})
    assert told[0].endswith("the nearest: not quite as you describe it")
    assert "the nearest" not in told[1]
