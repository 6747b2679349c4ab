"""The manager's chat: nobody else's, no customer's, and each command done once whatever happens."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sales.ownership_storage import hand_over
from storage.lease import LEASE_SECONDS
from tests.integration.desk_support import MANAGER, Office, approvals, owner_row
from tests.integration.quote_support import sent
from tests.support import (
    AT_ONCE,
    Database,
    eventually,
    in_background,
    message,
    webhook,
)


@pytest.fixture
def office(database_url: str, engine: AsyncEngine) -> Office:
    return Office(Database(database_url, engine))


async def test_the_manager_s_chat_is_no_customer_s(office: Office) -> None:
    picture = message(
        None, chat_id=MANAGER, type="image", contentUri="https://store.wazzup24.com/x/?filename=a.jpg"
    )
    voice = message(
        None, chat_id=MANAGER, type="audio", contentUri="https://store.wazzup24.com/x/?filename=a.ogg"
    )
    async with in_background(office.worker().run()):
        await office.db.receive(webhook(picture, voice), AT_ONCE)
        await office.db.customer("I want 20 chairs, Al Noor Trading LLC, noor@alnoor.ae", chat_id=MANAGER)

        async def at_rest() -> bool:
            return len(await office.read()) >= 2 and not await office.db.one(
                "select count(*) from conversations where due_at is not null"
            )

        await eventually(at_rest, what="all of it is answered")
    said = "\n".join("\n".join(turn) for turn in await office.read())
    assert "only read commands in text" in said
    assert office.rasa.taken == []
    for table in ("jobs", "received_files", "sales", "customer_facts", "crm_links", "chat_codes"):
        assert await office.db.one(f"select count(*) from {table}") == 0, table


async def test_a_customer_who_writes_commands_is_a_customer(office: Office) -> None:
    quote = await sent(office.db)
    code = await office.code()
    async with in_background(office.worker().run()):
        await office.db.customer(f"approve {code} 10", f"take {code}", f"وافق {code} ١٠")
        await office.rasa.until_taken(1)
    assert f"approve {code} 10" in office.rasa.taken[0].text
    assert await office.db.one("select count(*) from discount_approvals") == 0
    assert await office.db.one("select discount_percent from quotes where id = :id", id=quote.id) == 0
    assert await office.db.owner() == "bot"


async def test_the_manager_s_id_in_a_chat_of_another_kind_is_a_customer_s(office: Office) -> None:
    code = await office.hand()
    async with in_background(office.worker().run()):
        await office.db.receive(
            webhook(message(f"back {code}", chat_id=MANAGER, chatType="instagram")), AT_ONCE
        )
        await office.rasa.until_taken(1)
    assert (await owner_row(office))[0] == "person"


async def test_somebody_who_writes_into_the_manager_s_chat_does_not_silence_the_desk(office: Office) -> None:
    code = await office.hand()
    chat = await office.db.chat(MANAGER)
    async with office.db.engine.begin() as connection:
        await hand_over(connection, chat, reason="a manager wrote", manager_message_at=None)
    assert f"{code} is back" in await office.writes(f"back {code}")
    assert code not in await office.writes("status")


# --- once ---


async def test_a_worker_that_dies_over_a_command_leaves_it_to_the_next_and_it_is_done_once(
    office: Office,
) -> None:
    """The command's turn is frozen, its transaction is cut: the next worker does it, once."""
    await sent(office.db)
    code = await office.code()
    worker = office.worker()
    async with office.db.engine.connect() as holder:
        await holder.execute(text("lock table discount_approvals in share mode"))
        async with in_background(worker.run()):
            await office.db.customer(f"approve {code} 5", chat_id=MANAGER)

            async def waits() -> bool:
                return bool(await office.db.one("select count(*) from turns where state = 'open'"))

            await eventually(waits, what="the command waits for the table")
        await holder.rollback()
    assert await office.db.one("select count(*) from discount_approvals") == 0
    await office.db.write("update conversations set lease_until = clock_timestamp()")
    async with in_background(office.worker().run()):

        async def answered() -> bool:
            return bool(await office.db.one("select count(*) from discount_approvals"))

        await eventually(answered, within=LEASE_SECONDS + 5, what="the next worker does it")
        await eventually(lambda: _is_done(office), what="the turn is done")
    assert await approvals(office) == [("5", "waiting")]
    assert len(re.findall("Noted:", "\n".join("\n".join(turn) for turn in await office.read()))) == 1


async def _is_done(office: Office) -> bool:
    return bool(
        await office.db.one("select count(*) from turns where state = 'done' and text like 'approve%'")
    )


async def test_a_command_that_fails_again_and_again_is_given_up_and_said(
    office: Office,
) -> None:
    code = await office.hand()
    await office.db.write("alter table owners add constraint broken check (owner = 'person') not valid")
    async with in_background(office.worker().run()):
        await office.db.customer(f"back {code}", chat_id=MANAGER)

        async def given_up() -> bool:
            # A lease that nobody renews any more; a try under way keeps its own.
            await office.db.write(
                "update conversations set lease_until = clock_timestamp() where current_turn_id is not null"
                " and lease_until < clock_timestamp() + interval '3 seconds'"
            )
            await office.db.hurry()
            return bool(await office.db.one("select count(*) from turns where state = 'parked'"))

        await eventually(given_up, within=60, what="the turn is given up")
    assert f"this was not done: back {code}" in "\n".join((await office.read())[-1])
    assert (await owner_row(office))[0] == "person"
