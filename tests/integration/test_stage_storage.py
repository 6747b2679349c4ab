"""The sale in the database: what `advance` moves, and what the database itself refuses."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from sales.basket import Line
from sales.basket_storage import read_basket, write_basket
from sales.fact_storage import read_customer_facts, remember_facts, remember_need
from sales.fact_values import CustomerFacts, Fact
from sales.sale_storage import read_sale, set_outcome
from sales.stage_storage import Advanced, Refused, advance, read_situation, read_stage
from sales.stages import EDGES, Missing, Outcome, Stage
from tests.support import Database

WAITING = (
    "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
)
CUSTOMER = {Fact.COMPANY: "Al Noor Trading", Fact.CONTACT_NAME: "Ahmed", Fact.EMAIL: "ahmed@alnoor.ae"}


async def move(db: Database, to: Stage, turn_id: int | None = None) -> Advanced | Refused:
    async with db.engine.begin() as connection:
        return await advance(connection, await db.chat(), to, turn_id=turn_id, reason="test")


async def ready_to_quote(db: Database) -> int:
    """A chat whose customer wrote, is known and has chosen; returns the turn."""
    turn_id = await db.turn()
    async with db.engine.begin() as connection:
        await remember_need(connection, await db.chat(), category="chair", quantity=20)
        await remember_facts(connection, await db.chat(), CUSTOMER)
        await write_basket(connection, await db.chat(), (Line("CH-1", 20),))
    return turn_id


async def quote(db: Database, state: str, *, number: int = 1, revision: int = 1, days: int = 14) -> int:
    """A quote in this state, as `sales.quote_storage` leaves it; returns its id."""
    sent = state not in ("draft", "superseded", "withdrawn")
    return int(
        await db.one(
            "insert into quotes (conversation_id, year, number, revision, state, language, valid_until,"
            " vat_percent, subtotal, discount, vat, total, customer, pdf, pdf_sha256, sent_at) values (:chat,"
            " 2026, :number, :revision, :state, 'en', majlis_now() + make_interval(days => :days), 5, 100, 0,"
            " 5, 105, '{}', case when :sent then 'x'::bytea end, case when :sent then 'x' end,"
            " case when :sent then majlis_now() end) returning id",
            chat=await db.chat(),
            number=number,
            revision=revision,
            state=state,
            days=days,
            sent=sent,
        )
    )


async def order(db: Database, quote_id: int) -> None:
    await db.write(
        "insert into orders (quote_id, conversation_id) values (:quote, :chat)",
        quote=quote_id,
        chat=await db.chat(),
    )


def missing(result: Advanced | Refused) -> tuple[Missing, ...]:
    assert isinstance(result, Refused)
    return result.refusal.missing


# --- the database on its own ---


async def refused(db: Database, sql: str, **parameters: Any) -> str:
    before = await db.rows("select stage from sales order by conversation_id")
    with pytest.raises(DBAPIError) as caught:
        await db.write(sql, **parameters)
    assert await db.rows("select stage from sales order by conversation_id") == before
    return str(caught.value.orig)


async def test_the_database_holds_the_graph_of_the_code(db: Database) -> None:
    edges = {(row.from_stage, row.to_stage) for row in await db.rows("select * from stage_edges")}
    assert edges == {(stage.value, after.value) for stage, nexts in EDGES.items() for after in nexts}
    stages = [row.name for row in await db.rows("select name from stages order by position")]
    assert stages == [stage.value for stage in Stage]


async def test_a_stage_cannot_be_written_past_the_history(db: Database) -> None:
    await ready_to_quote(db)
    await move(db, Stage.SELECTING)
    # Along an edge of the graph, and against it.
    for stage in ("quoting", "closing", "greeting", "nonsense"):
        message = await refused(db, "update sales set stage = :stage", stage=stage)
        assert "without a row in stage_history" in message
    assert "without a row" in await refused(
        db, "insert into sales (conversation_id) values (:chat) on conflict (conversation_id)"
        " do update set stage = 'quoting'", chat=await db.chat()
    )  # fmt: skip


async def test_a_recorded_move_must_be_an_edge_and_begin_where_the_sale_is(db: Database) -> None:
    await ready_to_quote(db)
    await move(db, Stage.SELECTING)
    record = (
        "insert into stage_history (conversation_id, from_stage, to_stage, reason) values (:chat, :a, :b, '')"
    )
    chat = await db.chat()
    assert "stage_edges" in await refused(db, record, chat=chat, a="selecting", b="closing")
    assert "stage_edges" in await refused(db, record, chat=chat, a="selecting", b="selecting")
    assert "is not at quoting" in await refused(db, record, chat=chat, a="quoting", b="closing")
    await db.write(record, chat=chat, a="selecting", b="qualifying")
    assert await db.one("select stage from sales") == "qualifying"


async def test_a_sale_begins_at_greeting_and_cannot_be_moved_to_another_chat(db: Database) -> None:
    chat, other = await db.chat(), await db.chat("971500000009")
    sale = "insert into sales (conversation_id, stage) values (:chat, 'closing')"
    assert "begins at greeting" in await refused(db, sale, chat=chat)
    await move(db, Stage.GREETING)
    await refused(db, "update sales set conversation_id = :other", other=other)
    await refused(db, "update sales set outcome = 'perhaps'")


async def test_history_is_only_added_to_and_goes_with_its_sale(db: Database) -> None:
    await ready_to_quote(db)
    await move(db, Stage.SELECTING)
    assert "only added to" in await refused(db, "update stage_history set to_stage = 'qualifying'")
    assert "only added to" in await refused(db, "delete from stage_history")
    await db.write("delete from sales")
    assert await db.one("select count(*) from stage_history") == 0


# --- advance ---


async def test_a_chat_without_a_sale_is_at_greeting_and_nothing_leads_out_without_a_message(
    db: Database,
) -> None:
    async with db.engine.begin() as connection:
        assert await read_stage(connection, await db.chat()) is Stage.GREETING
    assert missing(await move(db, Stage.QUALIFYING)) == (Missing.MESSAGE,)
    assert await db.one("select count(*) from stage_history") == 0


async def test_several_edges_in_one_turn_are_each_recorded(db: Database) -> None:
    turn_id = await ready_to_quote(db)
    result = await move(db, Stage.QUOTING, turn_id)
    assert result == Advanced(Stage.QUOTING, (Stage.QUALIFYING, Stage.SELECTING, Stage.QUOTING))
    async with db.engine.begin() as connection:
        sale = await read_sale(connection, await db.chat())
    moves = await db.rows("select from_stage, to_stage, turn_id, reason, at from stage_history order by id")
    assert [tuple(one[:4]) for one in moves] == [
        ("greeting", "qualifying", turn_id, "test"),
        ("qualifying", "selecting", turn_id, "test"),
        ("selecting", "quoting", turn_id, "test"),
    ]
    assert (sale.stage, sale.changed_at) == (Stage.QUOTING, moves[-1].at)
    # Said again, nothing happens again.
    assert await move(db, Stage.QUOTING, turn_id) == Advanced(Stage.QUOTING, ())
    assert await db.one("select count(*) from stage_history") == 3


async def test_a_refusal_names_what_is_missing_and_moves_nothing(db: Database) -> None:
    await db.turn()
    assert missing(await move(db, Stage.SELECTING)) == (Missing.NEED,)
    assert missing(await move(db, Stage.QUOTING)) == (
        Missing.BASKET, Missing.COMPANY, Missing.CONTACT_NAME, Missing.EMAIL,
    )  # fmt: skip
    async with db.engine.begin() as connection:
        await write_basket(connection, await db.chat(), (Line("CH-1", 20), Line("DK-1")))
        await remember_facts(connection, await db.chat(), CUSTOMER)
    assert missing(await move(db, Stage.QUOTING)) == (Missing.QUANTITY,)
    # Everything for the quote, but the way leads through a stage that may not be entered.
    async with db.engine.begin() as connection:
        await write_basket(connection, await db.chat(), (Line("CH-1", 20),))
    assert missing(await move(db, Stage.QUOTING)) == (Missing.NEED,)
    assert await db.one("select stage from sales") == "greeting"


async def test_closing_takes_an_accepted_quote_and_follow_up_an_order(db: Database) -> None:
    await ready_to_quote(db)
    assert missing(await move(db, Stage.CLOSING)) == (Missing.QUOTE,)
    assert missing(await move(db, Stage.NEGOTIATING)) == (Missing.QUOTE,)
    quote_id = await quote(db, "sent")
    assert missing(await move(db, Stage.CLOSING)) == (Missing.ACCEPTANCE,)
    assert isinstance(await move(db, Stage.NEGOTIATING), Advanced)
    await db.write("update quotes set state = 'accepted'")
    assert await move(db, Stage.CLOSING) == Advanced(Stage.CLOSING, (Stage.CLOSING,))
    assert missing(await move(db, Stage.FOLLOW_UP)) == (Missing.ORDER,)
    await order(db, quote_id)
    assert await move(db, Stage.FOLLOW_UP) == Advanced(Stage.FOLLOW_UP, (Stage.FOLLOW_UP,))
    # The quote of the order is not accepted a second time, nor negotiated.
    assert missing(await move(db, Stage.CLOSING)) == (Missing.QUOTE,)
    assert missing(await move(db, Stage.NEGOTIATING)) == (Missing.QUOTE,)
    assert isinstance(await move(db, Stage.QUOTING), Advanced)


async def test_a_revised_or_expired_quote_closes_nothing(db: Database) -> None:
    await ready_to_quote(db)
    await quote(db, "expired", revision=1)
    assert missing(await move(db, Stage.CLOSING)) == (Missing.UNEXPIRED,)
    await quote(db, "accepted", revision=2, days=-1)
    assert missing(await move(db, Stage.CLOSING)) == (Missing.UNEXPIRED,)
    await quote(db, "accepted", revision=3)
    await quote(db, "draft", revision=4)
    assert missing(await move(db, Stage.CLOSING)) == (Missing.QUOTE,)
    # Earlier revisions were sent: there is something to negotiate.
    assert isinstance(await move(db, Stage.NEGOTIATING), Advanced)


async def test_another_chat_s_quote_opens_nothing(db: Database) -> None:
    await ready_to_quote(db)
    await quote(db, "accepted")
    await db.write("update quotes set conversation_id = :other", other=await db.chat("971500000009"))
    assert missing(await move(db, Stage.CLOSING)) == (Missing.QUOTE,)


async def test_what_a_guard_saw_stays_true_until_the_move_is_committed(db: Database) -> None:
    """Emptying the basket while the move to quoting is not committed waits for it."""
    await ready_to_quote(db)
    chat = await db.chat()

    async def empty() -> None:
        async with db.engine.begin() as connection:
            await write_basket(connection, chat, ())

    async with db.engine.begin() as connection:
        assert isinstance(
            await advance(connection, chat, Stage.QUOTING, turn_id=None, reason="test"), Advanced
        )
        emptying = asyncio.create_task(empty())
        waiting = text(WAITING)
        async with db.engine.connect() as onlooker:
            while not (await onlooker.execute(waiting)).scalar_one():
                await onlooker.rollback()
                assert not emptying.done()
    await emptying
    assert await db.one("select stage from sales") == "quoting"


async def test_two_moves_at_once_are_one_after_the_other(db: Database) -> None:
    await ready_to_quote(db)
    results = await asyncio.gather(*(move(db, Stage.QUOTING) for _ in range(5)))
    assert sorted(len(result.entered) for result in results if isinstance(result, Advanced)) == [0] * 4 + [3]
    assert await db.one("select count(*) from stage_history") == 3


async def test_the_outcome_is_apart_from_the_stage(db: Database) -> None:
    await ready_to_quote(db)
    await move(db, Stage.SELECTING)
    async with db.engine.begin() as connection:
        assert await set_outcome(connection, await db.chat(), Outcome.LOST)
        assert not await set_outcome(connection, await db.chat(), Outcome.LOST)
        sale = await read_sale(connection, await db.chat())
    assert (sale.stage, sale.outcome) == (Stage.SELECTING, Outcome.LOST)
    assert isinstance(await move(db, Stage.QUOTING), Advanced)


# --- what is kept ---


async def test_facts_are_corrected_and_never_lost(db: Database) -> None:
    chat = await db.chat()
    async with db.engine.begin() as connection:
        await remember_facts(connection, chat, CUSTOMER)
        await remember_need(connection, chat, category="chair", quantity=20)
        await remember_facts(connection, chat, {Fact.EMAIL: "new@alnoor.ae", Fact.TRN: "100123456700003"})
        await remember_facts(connection, chat, {})
        await remember_need(connection, chat, category=None, description="glass partition")
        known = await remember_need(connection, chat, category=None, description="")
    assert known == CustomerFacts(
        company="Al Noor Trading",
        contact_name="Ahmed",
        email="new@alnoor.ae",
        trn="100123456700003",
        need_description="glass partition",
        need_quantity=20,
    )


async def test_a_trn_of_another_length_is_refused_by_the_database(db: Database) -> None:
    with pytest.raises(DBAPIError, match="trn"):
        async with db.engine.begin() as connection:
            await remember_facts(connection, await db.chat(), {Fact.TRN: "12345"})


async def test_a_basket_is_kept_in_its_order(db: Database) -> None:
    chat = await db.chat()
    basket = (Line("SF-1", 2), Line("CH-1"), Line("AA-1", 7))
    async with db.engine.begin() as connection:
        assert await read_basket(connection, chat) == ()
        await write_basket(connection, chat, (Line("ZZ-9", 1),))
        await write_basket(connection, chat, basket)
        assert await read_basket(connection, chat) == basket
        await write_basket(connection, chat, ())
        assert await read_basket(connection, chat) == ()


async def test_rasa_is_told_what_the_database_knows(db: Database) -> None:
    facts = "select facts from chat_facts where conversation_id = :chat"
    new = await db.one(facts, chat=await db.chat())
    assert (new["stage"], new["outcome"], new["owner"], new["company"]) == ("greeting", "open", "bot", None)
    await ready_to_quote(db)
    await move(db, Stage.QUOTING)
    known = await db.one(facts, chat=await db.chat())
    assert (known["stage"], known["company"], known["email"]) == (
        "quoting", "Al Noor Trading", "ahmed@alnoor.ae",
    )  # fmt: skip


async def test_the_situation_is_that_of_the_chat(db: Database) -> None:
    await ready_to_quote(db)
    async with db.engine.begin() as connection:
        situation = await read_situation(connection, await db.chat())
        assert situation.facts == await read_customer_facts(connection, await db.chat())
        assert situation.customer_wrote
        assert situation.basket == (Line("CH-1", 20),)
        assert situation.quote is None
        other = await read_situation(connection, await db.chat("971500000009"))
    assert not other.customer_wrote
    assert (other.basket, other.facts) == ((), CustomerFacts())
