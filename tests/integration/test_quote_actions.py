"""Quotes and orders at their edges: live prices, expiry, languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.house import with_live_prices
from catalog.live_price import PriceCheck, PriceState
from sales.basket_storage import read_basket
from sales.quote import QuoteState
from sales.quote_storage import newest_quote
from tests.integration.action_support import Chat, entities
from tests.integration.conftest import CHAT_ONE
from tests.integration.quote_action_support import (
    ask,
    choose,
    newest,
    quoted,
    says,
    sofas_shown,
    tasks,
    write,
)
from tests.integration.sync_support import chairs, in_a_hurry, sellers_zoho


@pytest.fixture
async def chat(shop: AsyncConnection) -> Chat:
    return await sofas_shown(shop)


class Books:
    """What the seller's books answer, in the place of the live check; what they say is in the catalog too."""

    def __init__(self, chat: Chat) -> None:
        self.asked: list[tuple[list[str], float]] = []
        self.answers: dict[str, tuple[PriceState, Decimal]] = {}
        self._chat = chat
        chat.house = replace(chat.house, check_prices=self.check)

    async def check(self, skus: Sequence[str], minutes: float) -> Mapping[str, PriceCheck]:
        self.asked.append((list(skus), minutes))
        checks = {}
        for sku in skus:
            found = await self._chat.connection.execute(
                text("select rate from products where sku = :sku"), {"sku": sku}
            )
            before = found.scalar_one()
            state, rate = self.answers.get(sku, (PriceState.CONFIRMED, before))
            if state is PriceState.GONE:
                await write(self._chat, "update products set status = 'inactive' where sku = :sku", sku=sku)
            if state is PriceState.CHANGED:
                await write(
                    self._chat, "update products set rate = :rate where sku = :sku", sku=sku, rate=rate
                )
            reason = "Zoho does not answer" if state is PriceState.UNCONFIRMED else ""
            checks[sku] = PriceCheck(sku, state, rate, before, 100, reason)
        return checks


# --- live prices ---


async def test_a_price_that_changed_is_quoted_anew_and_told(chat: Chat) -> None:
    books, sku = Books(chat), str(chat.shown[0])
    before = (
        await chat.connection.execute(text("select rate from products where sku = :s"), {"s": sku})
    ).scalar_one()
    books.answers[sku] = (PriceState.CHANGED, Decimal("777.50"))
    await choose(chat, option=1, quantity=2)
    said = await ask(chat)
    assert says(said) == ["utter_prices_changed", "utter_quote_sent"]
    assert "777.50" in said[0]["price_changes"]
    assert f"{before:,.2f}" in said[0]["price_changes"] or f"{before:,.0f}" in said[0]["price_changes"]
    assert (await newest(chat)).totals.subtotal == Decimal("1555.00")
    assert books.asked == [([sku], 120.0)]


async def test_nothing_is_quoted_on_a_price_that_nobody_knows(chat: Chat) -> None:
    books = Books(chat)
    books.answers[str(chat.shown[0])] = (PriceState.UNCONFIRMED, Decimal(1))
    await choose(chat, option=1, quantity=2)
    said = await ask(chat)
    assert says(said) == ["utter_quote_prices_unconfirmed"]
    assert await newest_quote(chat.connection, 1) is None
    assert chat.slots["stage"] == "selecting"
    [task] = await tasks(chat)
    assert task["subject"] == "the customer waits for a quote"
    # The bot keeps the chat, and once Zoho answers the same request is answered.
    assert (await chat.connection.execute(text("select count(*) from owners"))).scalar_one() == 0
    books.answers.clear()
    assert says(await ask(chat)) == ["utter_quote_sent"]


async def test_what_is_gone_by_now_is_left_out_and_said(chat: Chat) -> None:
    books, (gone, stays) = Books(chat), chat.shown[:2]
    books.answers[str(gone)] = (PriceState.GONE, Decimal(1))
    await choose(chat, option=[1, 2], quantity=5)
    [said] = await ask(chat)
    assert (said["response"], said["skus"]) == ("utter_quote_without", gone)
    assert says(await ask(chat)) == ["utter_quote_sent"]
    assert [line.sku for line in (await newest(chat)).lines] == [stays]


async def test_a_price_that_changed_since_the_former_quote_is_told_with_the_revision(chat: Chat) -> None:
    first = await quoted(chat)
    await write(chat, "update products set rate = rate + 10 where sku = :sku", sku=first.lines[0].sku)
    said = await ask(chat)
    assert says(said) == ["utter_prices_changed", "utter_quote_revised"]


async def test_an_order_goes_at_the_quoted_price_and_a_manager_is_told_the_difference(chat: Chat) -> None:
    books, quote = Books(chat), await quoted(chat)
    sku = quote.lines[0].sku
    books.answers[sku] = (PriceState.CHANGED, quote.lines[0].rate + 10)
    placed = await chat.turn("action_place_order", "confirm_order")
    assert says(placed) == ["utter_order_placed"]
    assert books.asked[-1] == ([sku], 0.0)
    [task] = await tasks(chat)
    assert task["subject"] == f"check the order for quote {quote.number}"
    assert f"{sku}: quoted at AED {quote.lines[0].rate:,}" in task["description"]


async def test_an_order_that_cannot_be_checked_goes_through_and_a_manager_is_told(chat: Chat) -> None:
    books, quote = Books(chat), await quoted(chat)
    books.answers[quote.lines[0].sku] = (PriceState.UNCONFIRMED, quote.lines[0].rate)
    assert says(await chat.turn("action_place_order", "confirm_order")) == ["utter_order_placed"]
    [task] = await tasks(chat)
    assert "could not be confirmed" in task["description"]


async def test_what_is_not_sold_any_more_is_not_ordered(chat: Chat) -> None:
    books, quote = Books(chat), await quoted(chat)
    books.answers[quote.lines[0].sku] = (PriceState.GONE, Decimal(1))
    assert says(await chat.turn("action_place_order", "confirm_order")) == ["utter_order_short"]
    assert (await newest(chat)).state is QuoteState.SENT


async def test_an_order_as_quoted_troubles_nobody(chat: Chat) -> None:
    Books(chat)
    await quoted(chat)
    await chat.turn("action_place_order", "confirm_order")
    assert await tasks(chat) == []


async def test_the_action_server_asks_zoho_while_the_turn_is_under_way(
    engine: AsyncEngine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_a_hurry(monkeypatch)
    async with sellers_zoho(engine, database_url, chairs(2)) as shop:
        await shop.sync()
        async with engine.begin() as connection:
            for statement in CHAT_ONE:
                await connection.execute(text(statement))
            await connection.execute(text("update products set synced_at = synced_at - interval '3 hours'"))
        shop.manager(change={"1001": {"rate": 149.5}})
        async with engine.begin() as connection:
            chat = Chat(connection)
            chat.house = with_live_prices(chat.house, engine, shop.zoho)
            await chat.act("action_select_product", "select_product", entities(sku="X-1001", quantity=2))
            assert says(await ask(chat)) == ["utter_prices_changed", "utter_quote_sent"]
            assert (await newest(chat)).totals.subtotal == Decimal("299.00")
            # Too old again, and Zoho away.
            await connection.execute(text("update products set synced_at = synced_at - interval '3 hours'"))
        shop.turn(faults=[{"product": "inventory", "action": "drop", "times": 0}])
        async with engine.begin() as connection:
            chat.connection = connection
            assert says(await chat.turn("action_send_quote", "x")) == ["utter_quote_prices_unconfirmed"]
            assert (await newest(chat)).revision == 1


# --- expiry ---


@pytest.mark.parametrize("action", ["action_place_order", "action_resend_quote"])
async def test_an_expired_quote_is_offered_afresh_with_what_was_on_it(chat: Chat, action: str) -> None:
    first = await quoted(chat)
    # The customer had emptied the list meanwhile.
    await chat.turn("action_cancel", "cancel")
    await write(chat, "update quotes set valid_until = majlis_now()")
    [said] = await chat.turn(action, "confirm_order")
    assert said["response"] == "utter_quote_expired_restored"
    assert first.lines[0].sku in said["basket_lines"]
    assert (await newest(chat)).state is QuoteState.EXPIRED
    assert says(await ask(chat, "new quote please")) == ["utter_quote_revised"]
    second = await newest(chat)
    assert second.lines == first.lines
    assert says(await chat.turn("action_place_order", "confirm_order")) == ["utter_order_placed"]


async def test_a_mere_yes_to_an_expired_quote_gets_a_fresh_one_and_no_order(chat: Chat) -> None:
    await quoted(chat)
    await write(chat, "update quotes set valid_until = majlis_now()")
    asked = await chat.turn("action_ask_closing_form_order_answer", "accept", words="ok")
    assert says(asked) == ["utter_quote_expired_restored"]
    chat.slots["order_answer"] = "yes"
    assert says(await chat.turn("action_place_order", "accept", words="yes")) == ["utter_quote_revised"]
    assert (await newest(chat)).state is QuoteState.SENT


async def test_a_new_quote_right_after_the_expiry_needs_no_choice(chat: Chat) -> None:
    await quoted(chat)
    await chat.turn("action_cancel", "cancel")
    await write(chat, "update quotes set valid_until = majlis_now()")
    assert says(await ask(chat, "new quote please")) == ["utter_quote_revised"]


async def test_what_was_chosen_since_is_not_lost_to_an_expired_quote(chat: Chat) -> None:
    await quoted(chat)
    await choose(chat, option=2, quantity=3)
    await write(chat, "update quotes set valid_until = majlis_now()")
    await chat.turn("action_place_order", "confirm_order")
    assert len(await read_basket(chat.connection, 1)) == 2


# --- language ---


@pytest.mark.parametrize(
    ("words", "language"),
    [("quotation in Arabic please", "ar"), ("in both languages pls", "both"), ("send me a quote", "en")],
)
async def test_the_quote_is_in_the_language_that_was_asked_for(chat: Chat, words: str, language: str) -> None:
    await choose(chat, option=1, quantity=5)
    await ask(chat, words)
    quote = await newest(chat)
    assert quote.language == language
    # The next one too, without a word about it.
    await ask(chat)
    assert (await newest(chat)).language == language


async def test_a_quote_is_sent_again_in_the_other_language(chat: Chat) -> None:
    first = await quoted(chat)
    said = await chat.turn("action_resend_quote", "resend_quote", words="send it in Arabic")
    assert says(said) == ["utter_quote_revised"]
    second = await newest(chat)
    assert (second.language, second.lines, second.totals) == ("ar", first.lines, first.totals)
    again = await chat.turn("action_resend_quote", "resend_quote", words="the Arabic quote again please")
    assert says(again) == ["utter_quote_again"]


@pytest.mark.parametrize("words", ["send me a quote please", "where is my quote?"])
async def test_asking_for_a_quote_that_stands_shows_it_again(chat: Chat, words: str) -> None:
    first = await quoted(chat)
    assert says(await ask(chat, words)) == ["utter_quote_again"]
    assert (await newest(chat)).id == first.id


async def test_what_changed_since_the_quote_makes_a_revision(chat: Chat) -> None:
    first = await quoted(chat)
    await choose(chat, option=1, quantity=first.lines[0].quantity + 1)
    assert says(await ask(chat)) == ["utter_quote_revised"]
    assert (await newest(chat)).revision == 2
    await write(chat, "update customer_facts set city = 'Sharjah'")
    assert says(await ask(chat)) == ["utter_quote_revised"]
    assert (await newest(chat)).revision == 3
    assert says(await ask(chat, "the quote in Arabic please")) == ["utter_quote_revised"]
    assert ((await newest(chat)).revision, (await newest(chat)).language) == (4, "ar")
