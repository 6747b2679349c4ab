"""Whether a row may leave at all, asked once more just before it does: the chat's owner and the window."""

from __future__ import annotations

import pytest

from sales.ownership_storage import hand_over
from storage import clock
from tests.integration.sender_support import street
from tests.support import (
    Database,
    echo,
    eventually,
    in_background,
    webhook,
)

DAY = 24 * 3600


# --- whose chat it is ---


async def test_a_person_who_takes_over_before_the_send_silences_the_row(db: Database) -> None:
    async with street(db) as it:
        await db.say("hello")
        async with db.engine.begin() as connection:
            await hand_over(connection, await db.chat(), reason="the customer asked")
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("withheld")
        assert (row.problem, row.attempts, it.sends()) == ("a person owns the chat", 0, [])


async def test_a_managers_message_that_nobody_judged_yet_silences_the_row(db: Database) -> None:
    async with street(db) as it:
        await db.say("hello")
        await db.receive(webhook(echo("Hi, this is Sara", by_person=True)))
        async with in_background(it.sender().run()):
            await it.until_rows("withheld")
        assert (await db.owner(), it.sends()) == ("person", [])


@pytest.mark.parametrize("why", ["a person owns the chat", "the 24-hour window is closed"])
async def test_after_an_attempt_without_an_answer_the_row_is_not_withheld_but_uncertain(
    db: Database, why: str
) -> None:
    async with street(db) as it:
        it.turn_knobs(send_script=["accept_then_drop"])
        await db.say("hello")
        async with in_background(it.sender().run()):

            async def tried() -> bool:
                return bool(await db.one("select attempts = 1 and lease_until is null from outbox"))

            await eventually(tried, what="one attempt is over")
            if why == "a person owns the chat":
                async with db.engine.begin() as connection:
                    await hand_over(connection, await db.chat(), reason="a manager wrote")
            else:
                await db.write("update conversations set window_closed_at = majlis_now()")
            [row] = await it.until_rows("uncertain", hurry=True)
        assert (row.problem, len(it.sends())) == (why, 1)


async def test_the_sentence_that_hands_over_still_goes_out(db: Database) -> None:
    async with street(db) as it:
        await db.say("earlier answer")
        await db.say("A colleague will write to you here.")
        turn_id = await db.one("select max(id) from turns")
        async with db.engine.begin() as connection:
            await hand_over(connection, await db.chat(), reason="asked", turn_id=turn_id)
        await db.say("Sorry!", regardless_of_owner=True)
        async with in_background(it.sender().run()):
            await it.until_rows("withheld", "accepted", "accepted")
        assert [message.text for message in it.arrived()] == ["A colleague will write to you here.", "Sorry!"]


# --- the window ---


async def test_outside_the_window_nothing_leaves_the_house(db: Database) -> None:
    async with street(db) as it:
        await clock.advance(db.url, DAY - 4 * 60)
        await db.say("hello")
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("withheld")
        assert (row.problem, it.sends()) == ("the 24-hour window is closed", [])


async def test_inside_the_window_free_text_goes_out(db: Database) -> None:
    async with street(db) as it:
        await clock.advance(db.url, DAY - 6 * 60)
        await db.say("hello")
        async with in_background(it.sender().run()):
            await it.until_rows("accepted")


@pytest.mark.parametrize(("transport", "state"), [("whatsapp", "accepted"), ("wapi", "withheld")])
async def test_the_window_binds_the_business_api_alone(db: Database, transport: str, state: str) -> None:
    async with street(db, transport=transport) as it:
        await clock.advance(db.url, 3 * DAY)
        await db.say("hello")
        async with in_background(it.sender().run()):
            await it.until_rows(state)
        assert len(it.sends()) == (state == "accepted")


async def test_a_channel_nobody_knows_counts_as_windowed(db: Database) -> None:
    async with street(db, transport="whatsapp") as it:
        await db.write("delete from channels")
        await clock.advance(db.url, 3 * DAY)
        await db.say("hello")
        async with in_background(it.sender().run()):
            await it.until_rows("withheld")
        assert it.sends() == []
