"""Each process' role can do its work and nothing else (app.roles); the fault runs play sales with them."""

from __future__ import annotations

from contextlib import suppress

import psycopg
import pytest
from psycopg import errors, sql

from app.roles import ACTIONS, GATEWAY, RASA, RIGHTS, WORKER
from connectors.wazzup.payloads import parse_body
from tests.integration.turn_support import take
from tests.roles import with_roles
from tests.support import AT_ONCE, USUAL, Database, message, webhook
from turns.inbox import store


@pytest.fixture
def addresses(database_url: str) -> dict[str, str]:
    return with_roles(database_url)


async def test_the_gateway_stores_what_comes_and_a_copy_of_it(
    addresses: dict[str, str], db: Database
) -> None:
    async with await psycopg.AsyncConnection.connect(addresses[GATEWAY], autocommit=True) as connection:
        for _ in range(2):
            await store(connection, parse_body(webhook(message("hi", message_id="m"))), USUAL)
        await store(connection, parse_body(b"no webhook at all"), USUAL)
    assert await db.one("select count(*) from inbox") == 2
    assert await db.one("select count(*) from conversations") == 1


async def test_rasa_keeps_a_turn_under_the_fence(addresses: dict[str, str], db: Database) -> None:
    await db.receive(webhook(message("hi")), AT_ONCE)
    turn = await take(db)
    async with await psycopg.AsyncConnection.connect(addresses[RASA]) as connection:
        held = await connection.execute("select turn_is_held(%s, %s)", (turn.turn_id, turn.held.token))
        assert await held.fetchone() == (True,)
        await connection.execute("insert into turn_replies values (%s, '[]')", (turn.turn_id,))
        await connection.execute(
            "insert into events (sender_id, type_name, data) values (%s, 'user', '{}')", (str(turn.held.id),)
        )
        await connection.execute("select facts from chat_facts where conversation_id = %s", (turn.held.id,))
        await connection.execute("select version, document from vocabulary")


# What somebody who broke into the process would try.
REFUSED = {
    GATEWAY: [
        "select body from inbox",
        "select text from turns",
        "select data from events",
        "select * from customer_facts",
        "select * from access_tokens",
        "update quotes set state = 'withdrawn'",
        "select customer from quotes",
        "insert into outbox (conversation_id, ordinal, text) values (1, 1, 'pay me')",
        "insert into owners (conversation_id, owner, reason) values (1, 'bot', 'x')",
        "update conversations set lease_token = lease_token + 1",
        "delete from inbox",
    ],
    RASA: [
        "select body from inbox",
        "select * from conversations",
        "select * from quotes",
        "select * from access_tokens",
        "update products set rate = 1",
        "update sales set stage = 'closing'",
        "update events set data = '{}'",
        "delete from events",
        "insert into outbox (conversation_id, ordinal, text) values (1, 1, 'pay me')",
        "update vocabulary set version = 1",
    ],
    ACTIONS: [
        "select body from inbox",
        "select data from events",
        "insert into outbox (conversation_id, ordinal, text) values (1, 1, 'pay me')",
        "update turns set state = 'done'",
        "update conversations set lease_token = lease_token + 1",
        "insert into stage_edges select * from stage_edges",
        "delete from approved_discounts",
        "update products set sku = 'x'",
        "delete from quotes",
        "delete from orders",
        "update message_templates set status = 'approved'",
        "select * from erasures",
        "update house_state set paused_at = now()",
    ],
    WORKER: [
        "delete from erasures",
        "insert into stage_edges select * from stage_edges",
        "update alembic_version set version_num = '0001'",
        "alter table inbox add column spy text",
        "drop table quotes",
    ],
}
ALL_OF_THEM = [
    "create table mine (x int)",
    "create function mine() returns int language sql as 'select 1'",
    "update test_clock set clock_offset = interval '1 day'",
    "truncate turns",
    "alter function majlis_now() volatile",
    "create role mine",
    "select pg_read_file('/etc/passwd')",
    "copy inbox to program 'cat'",
]


@pytest.mark.parametrize("role", REFUSED)
def test_what_a_role_need_not_do_is_refused(addresses: dict[str, str], role: str) -> None:
    allowed = []
    with psycopg.connect(addresses[role]) as connection:
        for statement in [*REFUSED[role], *ALL_OF_THEM]:
            try:
                connection.execute(statement.encode())
            except errors.InsufficientPrivilege:
                pass
            else:
                allowed.append(statement)
            connection.rollback()
    assert allowed == []


# A view of one's own before the owner's eyes, with a function that the owner would run for whoever reads it.
TRAP = [
    "create function pg_temp.take() returns boolean volatile language plpgsql as"
    " $$ begin execute 'grant all on all tables in schema public to public'; return true; end $$",
    "create temporary view conversations as select 1::bigint current_turn_id, 1::bigint lease_token"
    " where pg_temp.take()",
    "create temporary view outbox as select 1::bigint id, 1::bigint conversation_id, 'accepted' as state"
    " where pg_temp.take()",
    "create temporary view turns as select 1::bigint id, 'open' as state where pg_temp.take()",
]
OWNERS = ["turn_is_held(1, 1)", "followed_up(1)", "ask_to_wait(1, 'wait')"]


@pytest.mark.parametrize("role", RIGHTS)
@pytest.mark.parametrize("call", OWNERS)
def test_nobody_becomes_the_owner_through_a_function_of_his(
    addresses: dict[str, str], role: str, call: str
) -> None:
    with psycopg.connect(addresses[role], autocommit=True) as connection:
        for statement in TRAP:
            connection.execute(statement.encode())
        # Who may not call it at all cannot abuse it either.
        with suppress(errors.InsufficientPrivilege):
            connection.execute(f"select {call}".encode())
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("delete from stage_edges")


def test_every_function_with_the_owners_rights_is_called_by_those_who_need_it_only(
    addresses: dict[str, str], database_url: str
) -> None:
    allowed = set()
    with psycopg.connect(database_url) as connection:
        functions = connection.execute(
            "select oid, proname, proconfig from pg_proc where prosecdef"
            " and pronamespace = 'public'::regnamespace"
        ).fetchall()
        assert all(config[0].endswith(", pg_temp") for _, _, config in functions)
        for role in addresses:
            for oid, name, _ in functions:
                may = connection.execute("select has_function_privilege(%s, %s, 'execute')", (role, oid))
                if may.fetchone() == (True,):
                    allowed.add((role, name))
    assert allowed == {
        (RASA, "turn_is_held"),
        (RASA, "followed_up"),
        (ACTIONS, "turn_is_held"),
        (ACTIONS, "followed_up"),
        (ACTIONS, "ask_to_wait"),
        (WORKER, "followed_up"),
    }


def test_a_right_that_was_given_by_hand_is_taken_back(addresses: dict[str, str], database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("grant select on turns to {}").format(sql.Identifier(GATEWAY)))
    with_roles(database_url)
    with psycopg.connect(addresses[GATEWAY]) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("select 1 from turns")


def test_every_table_that_is_named_is_there(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        there = {
            name for (name,) in connection.execute("select relname from pg_class where relkind in ('r', 'v')")
        }
    assert {table for rights in RIGHTS.values() for table in rights} <= there
