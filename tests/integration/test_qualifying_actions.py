"""The need is asked for once, products come as soon as it is known, and details are kept on the way."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.fact_storage import read_customer_facts
from tests.integration.action_support import Chat, entities


async def opened(shop: AsyncConnection, language: str = "en") -> Chat:
    """A chat whose quote was asked for first, with the form of the need open."""
    chat = Chat(shop, language)
    assert (await chat.act("action_qualify", "request_quote"))["response"] == "utter_ask_need"
    assert chat.slots["need_step"] == "ask"
    await chat.turn("validate_qualifying_form", "request_quote")
    assert (chat.slots["need_step"], chat.slots["stage"]) == (None, "qualifying")
    chat.slots["requested_slot"] = "need"
    return chat


async def test_kind_and_number_in_one_answer_bring_products(shop: AsyncConnection) -> None:
    chat = await opened(shop)
    answer = entities(category="chair", quantity=12)
    await chat.turn("validate_qualifying_form", "search_products", answer, words="12 chairs")
    shown = await chat.turn("action_show_need", "search_products", answer)
    assert shown[-1]["response"] in ("utter_products", "utter_nearest_products")
    assert (chat.slots["stage"], chat.slots["need"], chat.slots["quantity"]) == ("selecting", "chair", 12)


async def test_a_number_alone_is_kept_and_only_the_kind_is_asked(shop: AsyncConnection) -> None:
    chat = await opened(shop)
    await chat.turn("validate_qualifying_form", "refine_search", entities(seats=12), words="for 12 people")
    assert (await chat.act("action_ask_qualifying_form_need", "refine_search"))[
        "response"
    ] == "utter_ask_kind"
    assert chat.slots["seats"] == 12


@pytest.mark.parametrize("words", ["not sure yet how many", "مب متاكد كم", "ma adri kam"])
async def test_an_open_number_is_accepted(words: str, shop: AsyncConnection) -> None:
    chat = await opened(shop)
    said = await chat.act("validate_qualifying_form", "ask_availability", words=words)
    assert said["response"] == "utter_number_can_wait"
    assert (await chat.act("action_ask_qualifying_form_need", "accept"))["response"] == "utter_ask_kind"


async def test_it_is_explained_and_then_a_person_is_offered(shop: AsyncConnection) -> None:
    chat = await opened(shop)
    said = [
        (await chat.act("validate_qualifying_form", "nlu_fallback", words="hm"))["response"] for _ in range(3)
    ]
    assert said == ["utter_explain_need", "utter_explain_need", "utter_offer_person"]


async def test_who_it_is_is_taken_on_the_way_and_not_asked(shop: AsyncConnection) -> None:
    chat = await opened(shop)
    await chat.turn("validate_qualifying_form", "give_details", words="this is Ahmed from Gulf Star")
    known = await read_customer_facts(shop, 1)
    assert (known.contact_name, known.company) == ("Ahmed", "Gulf Star")
    assert (chat.slots["contact_name"], chat.slots["need"]) == ("Ahmed", None)


async def test_details_are_kept_beside_any_message(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    words = "this is Sara from Blue Dune Interiors LLC, show me sofas"
    await chat.turn("action_search_products", "search_products", entities(category="sofa"), words=words)
    assert chat.slots["company"] == "Blue Dune Interiors LLC"


async def test_a_corrected_detail_is_changed_and_said(shop: AsyncConnection) -> None:
    chat = Chat(shop)
    await chat.turn("action_note_details", "give_details", words="my company is Golf Star LLC")
    said = await chat.turn("action_correct", "correct", words="no, the company is Gulf Star, not Golf Star")
    assert [one["response"] for one in said] == ["utter_details_changed", "utter_next_need"]
    assert (await read_customer_facts(shop, 1)).company == "Gulf Star"


async def test_a_wrong_tax_number_is_explained(shop: AsyncConnection) -> None:
    said = await Chat(shop).act("action_note_details", "give_details", words="our TRN is 200234567890003")
    assert said["response"] == "utter_explain_trn"
