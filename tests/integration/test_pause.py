"""`majlis pause` and `majlis resume`: all chats to people and back, for all workers at once (app.pause)."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from app.cli import majlis
from app.pause import pause, resume
from app.settings import Settings, read_settings
from sales.house_state import begin_pause, read_pause
from sales.ownership import Owner
from sales.ownership_storage import hand_over, lock_ownership
from tests.integration.desk_support import MANAGER, Office
from tests.integration.sender_support import street
from tests.integration.turn_support import PAUSED, said, until_turns
from tests.support import (
    CHAT_ID,
    OTHER_CHAT_ID,
    READER,
    Database,
    echo,
    eventually,
    in_background,
    webhook,
)
from turns.gateway_events import settle_echoes
from turns.unanswered import unanswered


@pytest.fixture
def office(database_url: str, engine: AsyncEngine) -> Office:
    return Office(Database(database_url, engine))


def settings(office: Office) -> Settings:
    return read_settings(
        {"database_url": office.db.url, "majlis_test_clock": True, "manager_chat_id": MANAGER}
    )


async def test_every_chat_is_a_person_s_while_it_lasts_and_no_row_changes(office: Office) -> None:
    chats = [await office.db.chat(), await office.db.chat(OTHER_CHAT_ID)]
    async with office.db.engine.begin() as connection:
        await hand_over(connection, chats[1], reason="the customer asked")
    before = await office.db.rows("select conversation_id, owner, reason from owners order by 1")
    await pause(settings(office))
    async with office.db.engine.begin() as connection:
        owners = [(await lock_ownership(connection, chat)).owner for chat in chats]
    assert owners == [Owner.PERSON, Owner.PERSON]
    facts = await office.db.rows("select facts ->> 'owner' as owner from chat_facts")
    assert {row.owner for row in facts} == {"person"}
    await resume(settings(office))
    async with office.db.engine.begin() as connection:
        owners = [(await lock_ownership(connection, chat)).owner for chat in chats]
    assert owners == [Owner.BOT, Owner.PERSON]
    after = await office.db.rows("select conversation_id, owner, reason from owners order by 1")
    assert [row for row in after if row.reason != "new chat"] == list(before)


async def test_a_customer_who_writes_reads_once_that_a_colleague_answers(office: Office) -> None:
    await pause(settings(office))
    async with in_background(office.worker().run()):
        await office.db.customer("hi")
        await until_turns(office.db, "withheld")
        await office.db.customer("anybody?")
        await until_turns(office.db, "withheld", "withheld")
    assert await said(office.db) == [PAUSED["en"]]
    assert office.rasa.taken == []
    # The next pause is another one.
    await resume(settings(office))
    await pause(settings(office))
    async with in_background(office.worker().run()):
        await office.db.customer("وينكم؟")
        await until_turns(office.db, "withheld", "withheld", "withheld")
    assert await said(office.db) == [PAUSED["en"], PAUSED["ar"]]


async def test_the_rule_of_silence_gives_no_chat_back_in_a_pause(office: Office) -> None:
    await pause(settings(office))
    await office.db.write("update house_state set paused_at = paused_at - interval '13 hours'")
    async with in_background(office.worker().run()):
        await office.db.customer("hi")
        await until_turns(office.db, "withheld")


async def test_whose_chat_a_manager_has_reads_nothing_of_the_pause(office: Office) -> None:
    await office.hand()
    await pause(settings(office))
    async with in_background(office.worker().run()):
        await office.db.customer("hi")
        await until_turns(office.db, "withheld")
    assert await said(office.db) == []


async def test_who_was_to_read_that_a_person_takes_over_reads_it_in_a_pause_too(office: Office) -> None:
    """The turn hands the chat over, and its words are caught by the pause: under way, or queued."""
    office.rasa.may_answer.clear()
    async with in_background(office.worker().run()):
        await office.db.customer("a person please")
        await office.rasa.until_taken(1)
        async with office.db.engine.begin() as connection:
            turn = office.rasa.taken[0].turn_id
            await hand_over(connection, await office.db.chat(), reason="the customer asked", turn_id=turn)
        await pause(settings(office))
        office.rasa.may_answer.set()
        await until_turns(office.db, "withheld")
    assert await said(office.db) == [PAUSED["en"]]


async def test_who_was_to_read_that_a_person_takes_over_and_has_it_queued_reads_it_too(
    office: Office,
) -> None:
    async with in_background(office.worker().run()):
        await office.db.customer("a person please")
        await until_turns(office.db, "done")
    turn = office.rasa.taken[0].turn_id
    async with office.db.engine.begin() as connection:
        await hand_over(connection, await office.db.chat(), reason="the customer asked", turn_id=turn)
    await pause(settings(office))
    told = await office.db.rows("select text from outbox where turn_id is null")
    assert [row.text.split(".")[0] for row in told] == ["Thank you"]


async def test_a_turn_that_is_under_way_is_withheld_when_its_answer_comes(office: Office) -> None:
    office.rasa.may_answer.clear()
    async with in_background(office.worker().run()):
        await office.db.customer("hi")
        await office.rasa.until_taken(1)
        await pause(settings(office))
        office.rasa.may_answer.set()
        await until_turns(office.db, "withheld")
    assert await said(office.db) == [PAUSED["en"]]


async def test_queued_replies_are_withheld_when_they_would_leave_and_their_customer_is_told(
    office: Office,
) -> None:
    await office.db.say("Here are chairs.", "And these.")
    printed = await pause(settings(office))
    assert "in 1 chats" in printed
    async with street(office.db) as it:
        async with in_background(it.sender().run()):

            async def ended() -> bool:
                return not await office.db.one("select count(*) from outbox where state = 'queued'")

            await eventually(ended, what="nothing is queued any more")
        states = await office.db.rows("select text, state from outbox order by id")
    assert [row.state for row in states] == ["withheld", "withheld", "accepted"]
    assert states[-1].text.startswith("Thank you. A colleague")


async def test_the_answer_names_who_waits_by_code_and_repeats_are_harmless(office: Office) -> None:
    await office.db.chat()
    await office.db.chat(OTHER_CHAT_ID)
    await office.db.chat(MANAGER)
    printed = await pause(settings(office))
    assert "2 of them until now with Majlis" in printed
    assert "No customer waits" in printed
    async with in_background(office.worker().run()):
        await office.db.customer("hi")
        await until_turns(office.db, "withheld")
    again = await pause(settings(office))
    assert "paused already, since" in again
    code = await office.code()
    assert f"Customers who wait for an answer: 1 ({code})" in again
    resumed = await resume(settings(office))
    assert resumed.startswith("Resumed: 2 chats")
    assert code in resumed
    assert await resume(settings(office)) == "Majlis is not paused: nothing was changed."
    # A manager who wrote has answered.
    await office.db.receive(webhook(echo("here I am", by_person=True, chat_id=CHAT_ID)))
    async with in_background(office.worker().run()):
        await office.db.customer("ok", chat_id=OTHER_CHAT_ID)
        await office.rasa.until_taken(1)
    async with in_background(office.worker().run()):
        await office.db.customer("thanks")

        async def is_persons() -> bool:
            return await office.db.owner() == "person"

        await eventually(is_persons, what="the chat is the manager's")


async def waiting(office: Office) -> list[int]:
    async with office.db.engine.connect() as connection:
        found = await unanswered(connection, manager_type="whatsapp", manager_chat=MANAGER)
    return list(found)


async def test_who_waits_is_whoever_wrote_last_whether_taken_answered_or_neither(office: Office) -> None:
    chat = await office.db.chat()
    await office.db.customer("hi")
    # No turn has taken it.
    assert await waiting(office) == [chat]
    async with in_background(office.worker().run()):
        await until_turns(office.db, "done")
    # Answered, and the answer is queued still.
    assert await waiting(office) == [chat]
    for state, waits in (("accepted", []), ("uncertain", []), ("withheld", [chat])):
        await office.db.write("update outbox set state = :state, due_at = null", state=state)
        assert await waiting(office) == waits, state
    # What the manager writes in his own chat is no customer's.
    await office.writes("status")
    assert await waiting(office) == [chat]


async def test_a_manager_who_wrote_has_answered_and_one_who_only_took_the_chat_has_not(
    office: Office,
) -> None:
    chat, code = await office.db.chat(), await office.code()
    async with in_background(office.worker().run()):
        await office.writes(f"take {code}")
        await office.db.customer("hi")

        async def withheld() -> bool:
            return bool(await office.db.one("select count(*) from turns where state = 'withheld'"))

        await eventually(withheld, what="the chat is the manager's")
    assert await waiting(office) == [chat]
    await office.writes(f"back {code}", f"take {code}")
    assert await waiting(office) == [chat]
    await office.db.receive(webhook(echo("here I am", by_person=True)))
    async with office.db.engine.begin() as connection:
        await settle_echoes(connection, chat, READER)
    assert await waiting(office) == []


async def test_after_it_the_next_message_is_answered_and_nothing_before_it(office: Office) -> None:
    await pause(settings(office))
    async with in_background(office.worker().run()):
        await office.db.customer("how much?")
        await until_turns(office.db, "withheld")
        await resume(settings(office))
        await office.db.customer("chairs")
        await until_turns(office.db, "withheld", "done")
    assert [request.text for request in office.rasa.taken] == ["chairs"]


async def test_two_who_pause_at_once_begin_one_pause(office: Office) -> None:
    first, second = await asyncio.gather(pause(settings(office)), pause(settings(office)))
    assert sorted("already" in words for words in (first, second)) == [False, True]
    async with office.db.engine.connect() as connection:
        assert await read_pause(connection) is not None


async def test_the_command_prints_what_was_done(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", office.db.url)
    for command, expected in (
        ("pause", "Paused: all chats"),
        ("resume", "Resumed: "),
        ("resume", "not paused"),
    ):
        result = await asyncio.to_thread(CliRunner().invoke, majlis, [command])
        assert result.exit_code == 0, result.output
        assert expected in result.output


async def test_without_a_database_that_answers_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    result = await asyncio.to_thread(CliRunner().invoke, majlis, ["pause"])
    assert "does not answer" in str(result.exception)


async def test_who_was_told_is_noted_with_the_pause_it_belongs_to(office: Office) -> None:
    async with office.db.engine.begin() as connection:
        assert await begin_pause(connection, "noor")
        assert not await begin_pause(connection, "sara")
    assert await office.db.one("select paused_by from house_state") == "noor"
