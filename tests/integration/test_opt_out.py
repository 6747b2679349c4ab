"""Who asks for no more messages is heard, even when the bot may not answer or cannot."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sales.consent import read_consent
from sales.follow_ups import Consent
from sales.house_state import begin_pause
from sales.ownership_storage import hand_over
from tests.integration.follow_up_support import say_consent
from tests.integration.turn_support import ScriptedEngine, take, until_turns, worker
from tests.support import Database, in_background, message, webhook
from turns.ports import Button, EngineFailed, Reply


@pytest.fixture
async def db(database_url: str, engine: AsyncEngine) -> Database:
    """A customer who said yes to reminders."""
    built = Database(database_url, engine)
    await say_consent(built, Consent.OPTED_IN)
    return built


async def consent(db: Database) -> Consent | None:
    async with db.engine.begin() as connection:
        return await read_consent(connection, await db.chat())


@pytest.mark.parametrize("whose", ["a person's", "nobody's in a pause"])
@pytest.mark.parametrize("words", ["stop", "وقف"])
async def test_a_stop_that_the_bot_does_not_answer_counts(db: Database, whose: str, words: str) -> None:
    chat = await db.chat()
    async with db.engine.begin() as connection:
        if whose == "a person's":
            await hand_over(connection, chat, reason="the customer asked")
        else:
            await begin_pause(connection, "a test")
    rasa = ScriptedEngine()
    async with in_background(worker(db, rasa).run()):
        await db.customer(words)
        await until_turns(db, "done", "withheld")
    assert rasa.taken == []
    assert await consent(db) is Consent.OPTED_OUT


async def test_a_stop_whose_turn_fails_for_good_counts(db: Database) -> None:
    rasa = ScriptedEngine([EngineFailed("a test")] * 3)
    async with in_background(worker(db, rasa).run()):
        await db.customer("stop")
        await until_turns(db, "done", "parked", hurry=True)
    assert await consent(db) is Consent.OPTED_OUT


async def test_a_tapped_no_counts_in_a_person_s_chat(db: Database) -> None:
    await db.say(Reply("May we remind you?", buttons=(Button("No, thanks", "/opt_out"),)))
    async with db.engine.begin() as connection:
        await hand_over(connection, await db.chat(), reason="the customer asked")
    await db.receive(webhook(message("majlis:/opt_out")))
    await take(db)
    assert await consent(db) is Consent.OPTED_OUT


async def test_other_words_change_nothing(db: Database) -> None:
    async with db.engine.begin() as connection:
        await hand_over(connection, await db.chat(), reason="the customer asked")
    await db.customer("stop at 20 pieces")
    await take(db)
    assert await consent(db) is Consent.OPTED_IN
