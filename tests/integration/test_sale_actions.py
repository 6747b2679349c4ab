"""A sale by actions: choose, details, quote, revision, objection, order, and every refusal on the way."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.basket_storage import read_basket
from sales.links import link_key, verify
from sales.quote_storage import newest_quote
from tests.integration.action_support import Chat, entities

DETAILS = "Ahmed from Al Noor Trading LLC, ahmed@alnoor.ae"


@pytest.fixture
async def chat(shop: AsyncConnection) -> Chat:
    """A chat with three sofas on the screen, all of them in stock by the hundred."""
    await shop.execute(text("update products set stock = 100 where category = 'sofa' and stock > 0"))
    chat = Chat(shop)
    await chat.search(category="sofa")
    return chat


async def choose(chat: Chat, **values: Any) -> None:
    await chat.act("action_select_product", "select_product", entities(**values))


async def quote(chat: Chat, words: str = "send me a quote please") -> dict[str, Any]:
    """Asks for a quote; the last response, with the form's answers given if it came to that."""
    turn = await chat.turn("action_request_quote", "request_quote", words=words)
    if chat.slots["quote_step"] != "details":
        return turn[-1]
    chat.slots["requested_slot"] = "company"
    await chat.turn("validate_quote_form", "nlu_fallback", words=DETAILS)
    return (await chat.turn("action_send_quote", "nlu_fallback"))[-1]


async def test_the_stages_follow_the_sale(chat: Chat) -> None:
    assert chat.slots["stage"] == "selecting"
    await choose(chat, option=1, quantity=5)
    sent = await quote(chat)
    assert sent["response"] == "utter_quote_sent"
    assert chat.slots["stage"] == "quoting"
    token = sent["attachment"].removeprefix("https://sales.example/quotes/").removesuffix(".pdf")
    newest = await newest_quote(chat.connection, 1)
    link = verify(token, link_key("secret of tests"))
    assert newest is not None
    assert link is not None
    assert link.record_id == newest.id
    assert newest.customer.company == "Al Noor Trading LLC"
    await chat.turn("action_answer_objection", "objection")
    assert chat.slots["stage"] == "negotiating"
    placed = (await chat.turn("action_place_order", "confirm_order"))[-1]
    assert placed["response"] == "utter_order_placed"
    assert chat.slots["stage"] == "follow_up"
    assert await read_basket(chat.connection, 1) == ()
    moves = await chat.connection.execute(text("select from_stage, to_stage from stage_history order by id"))
    assert [tuple(move) for move in moves] == [
        ("greeting", "qualifying"),
        ("qualifying", "selecting"),
        ("selecting", "quoting"),
        ("quoting", "negotiating"),
        ("negotiating", "closing"),
        ("closing", "follow_up"),
    ]
    [job] = (await chat.connection.execute(text("select kind from jobs where kind = 'crm.order'"))).all()
    assert job.kind == "crm.order"


async def test_where_the_order_is_is_told_from_our_own_rows(chat: Chat) -> None:
    await choose(chat, option=1, quantity=5)
    sent = await quote(chat)
    await chat.turn("action_place_order", "confirm_order")
    told = (await chat.turn("action_order_status", "ask_order_status"))[-1]
    assert (told["response"], told["number"]) == ("utter_order_status_placed", sent["number"])
    await chat.connection.execute(text("update orders set number = 'SO-00042', state = 'confirmed'"))
    told = (await chat.turn("action_order_status", "ask_order_status"))[-1]
    assert (told["response"], told["order_number"]) == ("utter_order_status", "SO-00042")


async def test_an_order_is_placed_once(chat: Chat) -> None:
    await choose(chat, option=1, quantity=5)
    await quote(chat)
    await chat.turn("action_place_order", "confirm_order")
    again = (await chat.turn("action_place_order", "confirm_order"))[-1]
    assert again["response"] == "utter_order_is_placed"
    assert (await chat.connection.execute(text("select count(*) from orders"))).scalar_one() == 1


async def test_no_quote_of_nothing_and_no_order_without_a_quote(chat: Chat) -> None:
    assert (await quote(chat))["response"] == "utter_quote_needs_choice"
    placed = (await chat.turn("action_place_order", "confirm_order"))[-1]
    assert placed["response"] == "utter_no_quote_yet"
    assert chat.slots["stage"] == "selecting"


async def test_a_quote_needs_the_pieces(chat: Chat) -> None:
    await choose(chat, option=1)
    assert (await quote(chat))["response"] == "utter_ask_quantity"


async def test_a_changed_list_makes_a_revision_and_the_former_counts_no_more(chat: Chat) -> None:
    await choose(chat, option=1, quantity=5)
    first = await quote(chat)
    await choose(chat, option=2, quantity=2)
    second = await quote(chat)
    assert second["response"] == "utter_quote_revised"
    assert second["number"] == f"{first['number']} R2"


async def test_more_than_there_is_is_not_quoted(chat: Chat) -> None:
    await choose(chat, option=1, quantity=500)
    sent = await quote(chat)
    assert sent["response"] == "utter_quote_short"
    assert chat.slots["stage"] == "selecting"


async def test_what_left_the_catalog_is_not_quoted(chat: Chat) -> None:
    gone, stays = str(chat.shown[0]), str(chat.shown[1])
    await choose(chat, option=[1, 2], quantity=5)
    await chat.connection.execute(
        text("update products set status = 'inactive' where sku = :sku"), {"sku": gone}
    )
    refused = await quote(chat)
    assert (refused["response"], refused["skus"]) == ("utter_quote_without", gone)
    assert [line.sku for line in await read_basket(chat.connection, 1)] == [stays]
    assert (await quote(chat))["response"] == "utter_quote_sent"


async def test_stock_is_looked_at_once_more_before_the_order(chat: Chat) -> None:
    await choose(chat, option=1, quantity=5)
    await quote(chat)
    await chat.connection.execute(text("update products set stock = 4 where category = 'sofa'"))
    placed = (await chat.turn("action_place_order", "confirm_order"))[-1]
    assert placed["response"] == "utter_order_short"
    assert chat.slots["stage"] == "quoting"


async def test_an_expired_quote_cannot_be_ordered(chat: Chat) -> None:
    await choose(chat, option=1, quantity=5)
    await quote(chat)
    await chat.connection.execute(text("update quotes set valid_until = majlis_now()"))
    placed = (await chat.turn("action_place_order", "confirm_order"))[-1]
    assert placed["response"] == "utter_quote_expired_restored"
    assert chat.slots["stage"] == "quoting"


async def test_the_quote_is_sent_again(chat: Chat) -> None:
    assert (await chat.turn("action_resend_quote", "resend_quote"))[-1]["response"] == "utter_no_quote_yet"
    await choose(chat, option=1, quantity=5)
    sent = await quote(chat)
    again = (await chat.turn("action_resend_quote", "resend_quote"))[-1]
    assert (again["response"], again["attachment"]) == ("utter_quote_again", sent["attachment"])


@pytest.mark.parametrize(
    ("asked", "words", "intent", "response"),
    [
        ("email", "ahmed@", "nlu_fallback", "utter_explain_email"),
        ("email", "أحمد@النور.امارات", "nlu_fallback", "utter_explain_email_not_latin"),
        ("company", "12345", "nlu_fallback", "utter_explain_company"),
        ("company", "do you deliver?", "faq_delivery", None),
        ("company", "cancel", "cancel", None),
        ("contact_name", "let me talk to a person", "ask_person", None),
    ],
)
async def test_an_answer_that_cannot_be_taken_is_explained_and_no_answer_is_left_to_the_rules(
    chat: Chat, asked: str, words: str, intent: str, response: str | None
) -> None:
    chat.slots["requested_slot"] = asked
    said = await chat.turn("validate_quote_form", intent, words=words)
    assert [one["response"] for one in said] == ([response] if response else [])
    assert (chat.slots["failed_answers"] == 1) is bool(response)


async def test_after_three_failures_a_person_is_offered(chat: Chat) -> None:
    chat.slots["requested_slot"] = "email"
    for expected in ("utter_explain_email", "utter_explain_email", "utter_offer_person"):
        [said] = await chat.turn("validate_quote_form", "nlu_fallback", words="ahmed@")
        assert said["response"] == expected


@pytest.mark.parametrize(
    ("intent", "answer"), [("accept", "yes"), ("confirm_order", "yes"), ("reject", "no"), ("faq_vat", None)]
)
async def test_a_yes_or_a_no_to_the_order(chat: Chat, intent: str, answer: str | None) -> None:
    chat.slots["requested_slot"] = "order_answer"
    assert await chat.turn("validate_closing_form", intent) == []
    assert chat.slots["order_answer"] == answer
