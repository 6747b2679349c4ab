"""Erasing a person on a real Postgres: every store, nobody else, whatever is under way or fails."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest

from app.erase import PersonBusy, Receipt, erase
from app.person import HOLDS_NOTHING_PERSONAL, PersonUnknown, stores
from app.settings import Settings
from connectors.wazzup.payloads import parse_body
from storage.jobs import enqueue
from tests.integration.person_support import SECRET, everything, kept_of, make_person, settings_for
from tests.integration.turn_support import ScriptedEngine, until_turns, worker
from tests.support import (
    CHAT_ID,
    OTHER_CHAT_ID,
    USUAL,
    Database,
    echo,
    eventually,
    in_background,
    message,
    webhook,
)
from turns.inbox import store
from turns.person_mark import PersonMark
from turns.spool import Spool, bodies_in

NAME, OTHER_NAME = "Zubaida", "Khalfan"


@pytest.fixture
def settings(db: Database, tmp_path: Path) -> Settings:
    return settings_for(db, tmp_path)


async def erased(db: Database, settings: Settings, written: str = f"+{CHAT_ID}") -> Receipt:
    return await erase(db.engine, settings, written, secret=SECRET)


async def refuse_deletion(db: Database, table: str) -> None:
    """Let the database refuse to delete rows of a table, in words that quote a row."""
    await db.write(
        "create function refuse() returns trigger language plpgsql as"
        " $$ begin raise exception 'no, said % Saeed', 'somebody'; end $$"
    )
    await db.write(f"create trigger refuse before delete on {table} for each row execute function refuse()")


def problems(receipt: Receipt) -> dict[str, str]:
    return {line.store: line.problem for line in receipt.lines if line.problem}


async def test_every_table_is_a_store_or_holds_nothing_personal_for_a_reason(
    db: Database, settings: Settings
) -> None:
    tables = await db.rows(
        "select table_name as name, exists (select from information_schema.columns c"
        " where c.table_schema = t.table_schema and c.table_name = t.table_name"
        " and c.column_name in ('conversation_id', 'chat_id', 'turn_id', 'inbox_id', 'sender_id')) as points"
        " from information_schema.tables t where table_schema = 'public' and table_type = 'BASE TABLE'"
    )
    kept = {table for each in stores(settings) for table in each.tables}
    assert kept | set(HOLDS_NOTHING_PERSONAL) == {table.name for table in tables}
    assert not kept & set(HOLDS_NOTHING_PERSONAL)
    assert {table.name for table in tables if table.points} <= kept


async def test_a_person_is_gone_from_every_store_and_nobody_else(db: Database, settings: Settings) -> None:
    await make_person(db, CHAT_ID, NAME)
    await make_person(db, OTHER_CHAT_ID, OTHER_NAME)
    before = await kept_of(db, settings, CHAT_ID)
    assert [
        (name, table) for name, tables in before.items() for table, rows in tables.items() if not rows
    ] == []
    other = await kept_of(db, settings, OTHER_CHAT_ID)

    receipt = await erased(db, settings)

    assert problems(receipt) == {}
    assert {line.store for line in receipt.lines if not (line.erased.gone or line.erased.stays)} == {
        "spool of the gateway",
        "turns under way",
    }
    left = await everything(db)
    assert [
        word for word in (CHAT_ID, f"{NAME} Saeed", f"{NAME.lower()}@", f"for {NAME}") if word in left
    ] == []
    # The company of the order is what the books need; nothing else has the name.
    assert left.count(NAME) == left.count(f"{NAME} Trading") == 1
    assert await kept_of(db, settings, OTHER_CHAT_ID) == other
    [order] = await db.rows("select conversation_id, number from orders where conversation_id is null")
    assert order.number == "SO-1"
    [quote] = await db.rows(
        "select state, customer, pdf is not null as has_pdf from quotes where conversation_id is null"
    )
    assert (quote.state, quote.has_pdf) == ("accepted", True)
    assert (quote.customer["contact"], quote.customer["email"]) == ("", "")
    assert await db.one("select sum(cost) from model_calls") == 1


async def test_the_receipt_in_the_database_holds_counts_and_no_person(
    db: Database, settings: Settings
) -> None:
    await make_person(db, CHAT_ID, NAME)
    await erased(db, settings)
    [row] = await db.rows("select person, stores from erasures")
    assert row.person == PersonMark(SECRET).of(CHAT_ID)
    assert row.stores["conversations"] == {"gone": 1, "stays": 0, "failed": False}


async def test_somebody_unknown_changes_nothing(db: Database, settings: Settings) -> None:
    await make_person(db, OTHER_CHAT_ID, OTHER_NAME)
    before = await everything(db)
    with pytest.raises(PersonUnknown):
        await erased(db, settings)
    assert await everything(db) == before


@pytest.mark.parametrize("written", [OTHER_NAME, "needs", "you.*", "[you", "1005", "34567", "type", "data"])
async def test_words_and_parts_of_numbers_are_nobody(db: Database, settings: Settings, written: str) -> None:
    await make_person(db, OTHER_CHAT_ID, OTHER_NAME)
    await db.write("update outbox set text = text || ', 1005 of +971501234567' where text like 'Chat %'")
    await db.receive(webhook({"type": "text", "text": f"{OTHER_NAME} wants 1005", "data": "you"}))
    before = await everything(db)
    with pytest.raises(PersonUnknown):
        await erased(db, settings, written)
    assert await everything(db) == before


@pytest.mark.parametrize(
    "written", ["050 123 4567", "00971501234567", CHAT_ID, "\u2066+971 (50) 123-4567\u2069"]
)
async def test_a_number_in_any_spelling_is_the_same_person(
    db: Database, settings: Settings, written: str
) -> None:
    await db.customer("hello")
    await erased(db, settings, written)
    assert await db.one("select count(*) from conversations") == 0


async def test_a_turn_under_way_is_refused_and_leaves_nothing(db: Database, settings: Settings) -> None:
    rasa = ScriptedEngine()
    rasa.may_answer.clear()
    async with in_background(worker(db, rasa).run()):
        await db.customer("hello")
        await rasa.until_taken(1)
        [request] = rasa.taken
        await erased(db, settings)
        held = "select turn_is_held(:turn, :fence)"
        assert not await db.one(held, turn=request.turn_id, fence=request.fence)
        rasa.may_answer.set()
        # The same number is somebody new, in a chat of his own.
        await db.customer("hello again")
        await until_turns(db, "done")
    [turn] = await db.rows("select id, conversation_id, text from turns")
    assert turn.text == "hello again"
    assert turn.conversation_id != request.conversation_id
    assert [row.text for row in await db.rows("select text from outbox")] == ["answer to hello again"]


async def test_a_turn_under_way_is_refused_even_while_its_chat_cannot_go(
    db: Database, settings: Settings
) -> None:
    rasa = ScriptedEngine()
    rasa.may_answer.clear()
    async with in_background(worker(db, rasa).run()):
        await db.customer("hello")
        await rasa.until_taken(1)
        [request] = rasa.taken
        await refuse_deletion(db, "turns")
        assert set(problems(await erased(db, settings))) == {"turns", "conversations"}
        held = "select turn_is_held(:turn, :fence)"
        assert not await db.one(held, turn=request.turn_id, fence=request.fence)
        rasa.may_answer.set()
        await db.customer("hello again")
        await rasa.until_taken(2)
        await until_turns(db, "dropped", "done")
    assert [row.text for row in await db.rows("select text from outbox")] == ["answer to hello again"]


async def test_a_message_that_comes_during_the_erasure_is_a_new_persons(
    db: Database, settings: Settings
) -> None:
    await db.customer("before")
    former = await db.chat()
    with psycopg.connect(db.url) as blocking:
        # The erasure waits here, with the chat's lock in its hand.
        blocking.execute("lock table events in access exclusive mode")
        erasing = asyncio.create_task(erased(db, settings))
        waits = "select exists (select from pg_locks where not granted and relation = 'events'::regclass)"
        await eventually(lambda: db.one(waits), what="the erasure waits")
        coming = asyncio.create_task(db.customer("after"))
        flushes = (
            "select count(*) > 1 from pg_stat_activity"
            " where wait_event_type = 'Lock' and datname = current_database()"
        )
        await eventually(lambda: db.one(flushes), what="the message waits")
        blocking.rollback()
        receipt = await erasing
        await coming
    assert problems(receipt) == {}
    assert await db.chat() != former
    assert [row.words for row in await db.rows("select body ->> 'text' as words from inbox")] == ["after"]


async def test_a_store_that_fails_is_named_and_the_others_are_empty(db: Database, settings: Settings) -> None:
    await make_person(db, CHAT_ID, NAME)
    await make_person(db, OTHER_CHAT_ID, OTHER_NAME)
    other = await kept_of(db, settings, OTHER_CHAT_ID)
    await refuse_deletion(db, "chat_notes")

    receipt = await erased(db, settings)

    assert receipt.failed
    assert set(problems(receipt)) == {"chat_notes", "conversations"}
    assert "Saeed" not in problems(receipt)["chat_notes"]
    after = await kept_of(db, settings, CHAT_ID)
    left = {name for name, tables in after.items() if any(tables.values())}
    assert left == {"chat_notes", "conversations"}
    assert await kept_of(db, settings, OTHER_CHAT_ID) == other

    await db.write("drop trigger refuse on chat_notes")
    again = await erased(db, settings)
    assert problems(again) == {}
    assert NAME not in (await everything(db)).replace(f"{NAME} Trading", "")


async def test_rows_that_a_failed_store_points_to_lose_their_words(db: Database, settings: Settings) -> None:
    await make_person(db, CHAT_ID, NAME)
    with psycopg.connect(db.url) as blocking:
        # Somebody holds the row that points to the inbox.
        blocking.execute("select 1 from received_files for update")
        receipt = await erased(db, settings)
        blocking.rollback()
    assert set(problems(receipt)) == {"received_files", "inbox", "turns", "conversations"}
    assert await db.one("select count(*) from inbox where body is not null and chat_id is not null") == 0
    assert [row.text for row in await db.rows("select text from turns")] == [""]
    assert problems(await erased(db, settings)) == {}


async def test_a_worker_that_waits_for_the_chat_while_it_holds_its_sale_is_let_through(
    db: Database, settings: Settings
) -> None:
    await make_person(db, CHAT_ID, NAME)
    chat = await db.chat()
    # Whoever looks for circles first breaks them: here it is the erasure.
    name = await db.one("select current_database()")
    await db.write(f"alter database {name} set deadlock_timeout = '2s'")
    await db.engine.dispose()
    async with db.connection() as worker:
        await worker.execute("set deadlock_timeout = '60s'")
        await worker.execute("begin")
        await worker.execute("select 1 from sales for update")
        erasing = asyncio.create_task(erased(db, settings))
        waits = (
            "select exists (select from pg_stat_activity"
            " where wait_event_type = 'Lock' and query like 'delete from sales%')"
        )
        await eventually(lambda: db.one(waits), what="the erasure waits for the sale")
        await worker.execute("select 1 from conversations where id = %s for key share", (chat,))
        await worker.execute("commit")
        assert problems(await erasing) == {}
    assert await db.one("select count(*) from sales") == 0


async def test_what_an_action_under_way_still_writes_goes_with_the_rest(
    db: Database, settings: Settings
) -> None:
    await db.customer("hello")
    chat = await db.chat()
    async with db.connection() as action:
        await action.execute("begin")
        # As `turn_is_held` locks it.
        await action.execute("select 1 from conversations where id = %s for key share", (chat,))
        erasing = asyncio.create_task(erased(db, settings))
        waits = "select exists (select from pg_stat_activity where wait_event_type = 'Lock')"
        await eventually(lambda: db.one(waits), what="the erasure waits for the action")
        await action.execute(
            "insert into basket_lines (conversation_id, sku, position) values (%s, 'CH-1005', 1)", (chat,)
        )
        await action.execute("commit")
        assert problems(await erasing) == {}
    assert await db.one("select count(*) from basket_lines") == 0


async def test_a_chat_that_somebody_holds_is_said_to_be_busy(db: Database, settings: Settings) -> None:
    await db.customer("hello")
    with psycopg.connect(db.url) as holding:
        holding.execute("select 1 from conversations for key share")
        with pytest.raises(PersonBusy):
            await erased(db, settings)
        holding.rollback()
    assert await db.one("select count(*) from inbox") == 1


async def test_jobs_of_the_person_are_dropped_whatever_they_wait_for(
    db: Database, settings: Settings
) -> None:
    await db.customer("hello")
    chat = await db.chat()
    async with db.engine.begin() as connection:
        await enqueue(connection, "crm.lead", "his", {}, conversation_id=chat)
        await enqueue(connection, "crm.poll", "nobody's", {})
    await erased(db, settings)
    assert [row.key for row in await db.rows("select key from jobs")] == ["nobody's"]


async def test_an_order_that_zoho_does_not_have_is_named(db: Database, settings: Settings) -> None:
    await make_person(db, CHAT_ID, NAME)
    await db.write("update orders set number = null, state = 'placed'")
    receipt = await erased(db, settings)
    assert any("enter it by hand" in hint and "Q-" in hint for hint in receipt.hints)


async def test_a_late_echo_opens_no_chat_and_a_managers_later_message_does(
    db: Database, settings: Settings
) -> None:
    await db.customer("hello")
    await erased(db, settings)
    mark = PersonMark(SECRET)
    moments = await db.rows("select at as erased, at + interval '5 minutes' as later from erasures")
    [moment] = moments
    for sent_at, expected in ((moment.erased, 0), (moment.later, 1)):
        body = webhook(echo("our answer", dateTime=sent_at.isoformat()))
        async with db.connection() as connection:
            await store(connection, parse_body(body), USUAL, mark)
        assert await db.one("select count(*) from inbox") == expected


async def test_only_his_messages_are_taken_out_of_a_spool(db: Database, settings: Settings) -> None:
    settings.spool_folder.mkdir(parents=True)
    spool = Spool(settings.spool_folder / "dead.spool")
    mixed = webhook(message("mine"), message("another's", chat_id=OTHER_CHAT_ID))
    others = webhook(message("only another's", chat_id=OTHER_CHAT_ID))
    spool.append([mixed, webhook(message("only mine")), others])
    spool.close(remove=False)

    receipt = await erased(db, settings)

    assert receipt.lines[0].erased.gone == 2
    left = bodies_in(settings.spool_folder)
    assert [[e.body["text"] for e in parse_body(body) if e.body] for body in left] == [
        ["another's"],
        ["only another's"],
    ]
    assert left[1] == others
    assert not (settings.spool_folder / "dead.spool").exists()


async def test_a_spool_that_a_gateway_holds_is_waited_for_and_then_named(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.erase.SPOOL_SECONDS", 0.3)
    settings.spool_folder.mkdir(parents=True)
    spool = Spool(settings.spool_folder / "alive.spool")
    spool.append([webhook(message("mine"))])
    receipt = await erased(db, settings)
    assert set(problems(receipt)) == {"spool of the gateway"}
    assert bodies_in(settings.spool_folder) != []

    # The gateway brings it into the database, as it does a moment later.
    await db.receive(spool.next_bodies(1)[0])
    spool.done(spool.next_bodies(1))
    assert problems(await erased(db, settings)) == {}
    assert CHAT_ID not in await everything(db)
