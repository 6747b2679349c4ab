"""An accepted quote becomes one sales order, and the customer is told its number once."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from app.messages import OutboxMessages
from app.seller import load_seller
from sales.basket import EMPTY, choose
from sales.basket_storage import write_basket
from sales.order_job import CONFIRMED_RESPONSE, ask_for_sales_order
from sales.ownership_storage import hand_over
from sales.stages import Stage
from tests import quote_samples as samples
from tests.integration.sale_jobs_support import (
    counts,
    one_of_each,
    place_order,
    sale_street,
    send_quote,
    total,
    until_sold,
)
from tests.integration.sender_support import street
from tests.support import Database, eventually, in_background

ALL_OF_A_SALE = one_of_each(salesorders=1)


async def test_the_order_is_confirmed_the_deal_won_and_the_customer_told(db: Database) -> None:
    async with sale_street(db) as it:
        quote = await send_quote(db, discount_percent=Decimal(10))
        order_id = await place_order(db, quote)
        async with in_background(it.runner().run()):
            [_, row] = await until_sold(db, "done", "done")
        assert counts(it) == ALL_OF_A_SALE
        [estimate], [order], [deal] = it.records("estimates"), it.records("salesorders"), it.records("Deals")
    assert (estimate["status"], order["status"]) == ("accepted", "confirmed")
    assert (order["reference_number"], total(order)) == (quote.number, quote.totals.total)
    assert order["customer_id"] == estimate["customer_id"]
    assert (deal["Stage"], Decimal(str(deal["Amount"]))) == ("Closed Won", quote.totals.total)
    [ours] = await db.rows("select * from orders")
    assert (ours.id, ours.state, ours.number) == (order_id, "confirmed", order["salesorder_number"])
    assert ours.salesorder_id == order["salesorder_id"]
    assert await db.one("select outcome from sales") == "won"
    assert await db.one("select deal_state from crm_links") == "won"
    assert row.result["number"] == ours.number
    [told] = await db.rows("select * from outbox")
    assert told.text == load_seller().messages.order_confirmed.en.format(number=ours.number)
    assert (told.turn_id, told.state) == (None, "queued")
    # Zoho may have been away for longer than the window is open.
    assert (told.template_purpose, told.template_values) == ("order_confirmed", {"number": ours.number})


async def test_the_number_comes_after_the_answer_to_the_order(db: Database) -> None:
    """The job may be as fast as Zoho, while the turn that placed the order still waits for Rasa."""
    async with sale_street(db) as it:
        quote = await send_quote(db)
        await place_order(db, quote)
        turn_id = await db.turn()
        await db.write("update turns set state = 'open' where id = :turn", turn=turn_id)
        for before, after in pairwise(stage for stage in Stage if stage is not Stage.NEGOTIATING):
            await db.write(
                "insert into stage_history (conversation_id, from_stage, to_stage, turn_id, reason)"
                " values (:chat, :before, :after, :turn, 'test')",
                chat=quote.conversation_id, before=before.value, after=after.value, turn=turn_id,
            )  # fmt: skip
        async with in_background(it.runner().run()):

            async def came_back() -> bool:
                return bool(await db.one("select problem is not null from jobs where kind = 'crm.order'"))

            await until_sold(db, "done", "waiting")
            await eventually(came_back, what="the job found the turn open")
            assert it.records("salesorders")[0]["status"] == "confirmed"
            assert await db.one("select count(*) from outbox") == 0
            await db.write("update turns set state = 'done' where id = :turn", turn=turn_id)
            await until_sold(db, "done", "done")
        assert counts(it) == ALL_OF_A_SALE
    assert await db.one("select count(*) from outbox") == 1
    assert await db.one("select state from orders") == "confirmed"


async def test_in_arabic_the_number_keeps_its_direction(db: Database) -> None:
    async with sale_street(db) as it:
        quote = await send_quote(db, language="ar")
        await db.write("update conversations set reply_language = 'ar'")
        await place_order(db, quote)
        async with in_background(it.runner().run()):
            await until_sold(db, "done", "done")
    words = await db.one("select text from outbox")
    assert words == load_seller().messages.order_confirmed.ar.format(number="\u2066SO-00001\u2069")


async def test_the_order_needs_no_job_of_the_quote_before_it(db: Database) -> None:
    async with sale_street(db) as it:
        quote = await send_quote(db)
        await db.write("delete from jobs")
        await place_order(db, quote)
        async with in_background(it.runner().run()):
            await until_sold(db, "done")
        assert counts(it) == {**ALL_OF_A_SALE, "notes": 0}


async def test_with_crm_away_the_number_goes_out_all_the_same(db: Database) -> None:
    async with sale_street(db) as it:
        quote = await send_quote(db)
        await db.write("delete from jobs")
        it.turn_knobs(faults=[{"product": "crm", "action": "html", "times": 0}])
        await place_order(db, quote)
        async with in_background(it.runner().run()):

            async def told() -> bool:
                return bool(await db.one("select count(*) from outbox"))

            await eventually(told, what="the customer is told")
            await until_sold(db, "waiting")
            assert it.records("Deals") == []
            it.turn_knobs(faults=[])
            await until_sold(db, "done")
        [deal] = it.records("Deals")
    assert deal["Stage"] == "Closed Won"
    assert await db.one("select count(*) from outbox") == 1


@pytest.mark.parametrize("after_commit", [False, True], ids=["before the commit", "after the commit"])
@pytest.mark.parametrize(
    ("action", "method", "path", "times"),
    [
        ("drop", "POST", "/inventory/v1/salesorders", 2),
        ("html", "POST", "/inventory/v1/salesorders", 2),
        # The client itself repeats these three times.
        ("html", "POST", "/inventory/v1/salesorders/*/status/confirmed", 4),
        ("drop", "PUT", "/books/v3/estimates", 4),
        ("html", "PUT", "/books/v3/contacts", 4),
        ("drop", "POST", "/books/v3/estimates/*/status/accepted", 4),
        ("drop", "POST", "/crm/v8/Deals", 2),
        ("html", "POST", "/crm/v8/Accounts", 2),
        ("drop", "POST", "/crm/v8/Notes", 2),
    ],
)
async def test_whatever_goes_wrong_there_is_one_of_each(
    db: Database, action: str, method: str, path: str, times: int, after_commit: bool
) -> None:
    fault = {"method": method, "path": path, "action": action, "times": times, "after_commit": after_commit}
    async with sale_street(db) as it:
        it.turn_knobs(faults=[fault])
        quote = await send_quote(db)
        await place_order(db, quote)
        async with in_background(it.runner().run(), it.runner().run()):
            await until_sold(db, "done", "done")
        assert counts(it) == ALL_OF_A_SALE
        assert it.records("salesorders")[0]["status"] == "confirmed"
    assert await db.one("select count(*) from outbox") == 1


async def test_an_order_has_one_job_however_often_it_is_asked_for(db: Database) -> None:
    async with sale_street(db):
        quote = await send_quote(db)
        order_id = await place_order(db, quote)
        async with db.engine.begin() as connection:
            await ask_for_sales_order(connection, quote.conversation_id, order_id)
    assert await db.one("select count(*) from jobs where kind = 'crm.order'") == 1


async def test_an_order_that_stands_in_zoho_is_adopted(db: Database) -> None:
    """The worker died right after making it: nothing here knows of it."""
    async with sale_street(db) as it:
        quote = await send_quote(db)
        async with in_background(it.runner().run()):
            await until_sold(db, "done")
            await place_order(db, quote)
            await until_sold(db, "done", "done")
            await db.write("update orders set salesorder_id = null, state = 'placed', number = null")
            await db.write(
                "update jobs set state = 'waiting', due_at = clock_timestamp() where kind = 'crm.order'"
            )
            await until_sold(db, "done", "done")
        assert counts(it) == ALL_OF_A_SALE
    assert await db.one("select number from orders") == "SO-00001"


async def test_somebody_else_s_order_with_this_reference_is_not_taken(db: Database) -> None:
    async with sale_street(db) as it:
        quote = await send_quote(db)
        async with in_background(it.runner().run()):
            await until_sold(db, "done")
            ledger = it.sandbox.zoho.ledger
            stranger = ledger.contacts.create({"contact_name": "Somebody else"})
            ledger.sales_orders.create(
                {
                    "customer_id": stranger["contact_id"],
                    "reference_number": quote.number,
                    "line_items": [{"name": "Desk", "rate": 1}],
                },
                own_number=False,
            )
            await place_order(db, quote)
            [_, row] = await until_sold(db, "done", "parked")
        assert len(it.records("salesorders")) == 1
    assert "belongs to another customer" in row.problem
    assert await db.one("select count(*) from outbox") == 0


async def test_a_lost_deal_that_is_ordered_after_all_is_won(db: Database) -> None:
    async with sale_street(db) as it:
        quote = await send_quote(db)
        async with in_background(it.runner().run()):
            await until_sold(db, "done")
            [deal] = it.records("Deals")
            await it.zoho.crm.update("Deals", deal["id"], {"Stage": "Closed Lost"})
            await place_order(db, quote)
            await until_sold(db, "done", "done")
        [deal] = it.records("Deals")
    assert deal["Stage"] == "Closed Won"


async def test_a_second_sale_of_the_chat_has_its_own_deal_and_order(db: Database) -> None:
    async with sale_street(db) as it:
        async with in_background(it.runner().run()):
            first = await send_quote(db)
            await place_order(db, first)
            await until_sold(db, "done", "done")
            second = await send_quote(db, (samples.DESK,))
            await until_sold(db, "done", "done", "done")
            assert await db.one("select deal_state from crm_links") == "open"
            await place_order(db, second)
            await until_sold(db, *["done"] * 4)
        expected = {**ALL_OF_A_SALE, "deals": 2, "estimates": 2, "salesorders": 2, "notes": 2}
        assert counts(it) == expected
        numbers = {deal["Majlis_Reference"] for deal in it.records("Deals")}
    assert numbers == {first.number, second.number}
    assert [row.number for row in await db.rows("select number from orders order by id")] == [
        "SO-00001", "SO-00002",
    ]  # fmt: skip


async def test_an_order_that_zoho_confirms_late_does_not_end_the_next_sale(db: Database) -> None:
    async with sale_street(db) as it:
        first = await send_quote(db)
        await place_order(db, first)
        # The customer began anew while Zoho was away.
        async with db.engine.begin() as connection:
            await write_basket(connection, first.conversation_id, choose(EMPTY, "CH-1005", 2))
        async with in_background(it.runner().run()):
            await until_sold(db, "done", "done")
        assert await db.one("select state from orders") == "confirmed"
        assert await db.one("select outcome from sales") == "open"


async def test_without_zoho_the_customer_hears_the_number_once_and_later(db: Database) -> None:
    async with sale_street(db) as it:
        quote = await send_quote(db)
        it.turn_knobs(faults=[{"action": "html", "times": 0}])
        await place_order(db, quote)
        async with in_background(it.runner().run(), it.runner().run()):
            await until_sold(db, "waiting", "waiting")
            assert await db.one("select count(*) from outbox") == 0
            it.turn_knobs(faults=[])
            await until_sold(db, "done", "done")
        assert counts(it) == ALL_OF_A_SALE
    assert await db.one("select count(*) from outbox") == 1


# --- how the number leaves the house ---


async def tell(db: Database) -> None:
    async with db.engine.begin() as connection:
        messages = OutboxMessages(load_seller().messages)
        await messages.tell(connection, await db.chat(), CONFIRMED_RESPONSE, {"number": "SO-00001"})


async def test_inside_the_window_the_number_arrives(db: Database) -> None:
    async with street(db) as it:
        await tell(db)
        async with in_background(it.sender().run()):
            await it.until_rows("accepted")
        [message] = it.arrived()
    assert "SO-00001" in str(message.text)


async def test_outside_the_window_and_over_a_person_it_is_withheld(db: Database) -> None:
    async with street(db) as it:
        await db.write(
            "update conversations set last_customer_message_at = majlis_now() - interval '25 hours'"
        )
        await tell(db)
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("withheld")
            assert row.problem == "the 24-hour window is closed"
            [task] = await db.rows("select kind, payload from jobs")
            assert task.kind == "crm.task"
            assert "SO-00001" in task.payload["description"]
            await db.write("update conversations set last_customer_message_at = majlis_now()")
            async with db.engine.begin() as connection:
                await hand_over(connection, await db.chat(), reason="the customer asked")
            await tell(db)
            [_, row] = await it.until_rows("withheld", "withheld")
            assert row.problem == "a person owns the chat"
            # Who owns the chat sees the order where it was made.
            assert await db.one("select count(*) from jobs where kind = 'crm.task'") == 1
        assert it.arrived() == []
