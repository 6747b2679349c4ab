"""Turns that fail, are parked, or are met with a person's chat (turns.dispatch on a real Postgres)."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import REGISTRY

from sales.ownership_storage import hand_over
from storage import clock
from tests.integration.turn_support import APOLOGY, ScriptedEngine, said, take, until_turns, worker
from tests.support import Database, echo, eventually, in_background, webhook
from turns.ports import EngineFailed, EngineNotReady, Reply, TurnRequest

HOUR = 3600


# --- tries ---


async def test_after_three_counted_tries_the_turn_is_parked_with_an_apology_in_the_chats_language(
    db: Database,
) -> None:
    rasa = ScriptedEngine([EngineFailed("an action failed")] * 3)
    await db.customer("السلام عليكم ابغى كراسي")
    async with in_background(worker(db, rasa).run()):
        [turn] = await until_turns(db, "parked", hurry=True)
        assert (turn.tries, turn.problem, len(rasa.taken)) == (3, "an action failed", 3)
        [row] = await db.rows("select text, regardless_of_owner, turn_id from outbox")
        assert tuple(row) == (APOLOGY["ar"], True, turn.id)
        assert await db.owner() == "person"
        await db.customer("hello?")
        await until_turns(db, "parked", "withheld")
    assert len(rasa.taken) == 3


async def test_a_failed_try_is_repeated_later_each_time_and_can_still_succeed(db: Database) -> None:
    rasa = ScriptedEngine([EngineFailed("once"), EngineFailed("twice")])
    await db.customer("hi")
    waits = []
    async with in_background(worker(db, rasa).run()):
        for tries in (1, 2):

            async def released(tries: int = tries) -> float:
                rows = await db.rows(
                    "select extract(epoch from c.due_at - clock_timestamp())::float8 as seconds"
                    " from conversations c join turns t on t.id = c.current_turn_id"
                    " where t.tries = :tries and c.lease_until is null",
                    tries=tries,
                )
                return float(rows[0].seconds) if rows else 0.0

            waits.append(await eventually(released, what=f"try {tries} is over"))
            await db.hurry()
        [turn] = await until_turns(db, "done")
    assert turn.tries == 3
    assert 0 < waits[0] <= 1 < waits[1] <= 4


async def test_tries_that_no_ready_engine_took_are_not_counted(db: Database) -> None:
    rasa = ScriptedEngine([EngineNotReady("the action server is away")] * 3)
    await db.customer("hi")
    async with in_background(worker(db, rasa).run()):
        [turn] = await until_turns(db, "done", hurry=True)
    assert (turn.tries, len(rasa.taken)) == (1, 4)


async def test_while_no_engine_is_ready_nothing_is_claimed(db: Database) -> None:
    rasa = ScriptedEngine(is_ready=False)
    await db.customer("hi")
    async with in_background(worker(db, rasa).run()):

        async def asked_in_vain() -> bool:
            return REGISTRY.get_sample_value("majlis_engine_ready") == 0

        await eventually(asked_in_vain, what="the engine was found not ready")
        assert [tuple(row) for row in await db.rows("select lease_token from conversations")] == [(0,)]
        rasa.is_ready = True
        [turn] = await until_turns(db, "done")
    assert turn.tries == 1


async def test_an_engine_without_a_reply_parks_the_turn_at_once(db: Database) -> None:
    rasa = ScriptedEngine([[]])
    await db.customer("Hello, I need chairs")
    async with in_background(worker(db, rasa).run()):
        [turn] = await until_turns(db, "parked")
    assert (turn.problem, len(rasa.taken)) == ("the engine had no reply", 1)
    assert (await said(db), await db.owner()) == ([APOLOGY["en"]], "person")


async def test_a_turn_that_breaks_the_worker_itself_is_parked_in_the_end(db: Database) -> None:
    rasa = ScriptedEngine([KeyError("a bug of ours")] * 3)
    await db.customer("hi")
    async with in_background(worker(db, rasa).run()):
        [turn] = await until_turns(db, "parked", hurry=True)
    assert (turn.tries, len(rasa.taken)) == (3, 3)


async def test_a_turn_that_killed_three_workers_is_parked_without_a_fourth_try(db: Database) -> None:
    await db.customer("hi")
    await take(db)
    await db.write("update turns set tries = 3")
    await db.write("update conversations set lease_until = clock_timestamp()")
    rasa = ScriptedEngine()
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, "parked")
    assert (rasa.taken, await said(db)) == ([], [APOLOGY["en"]])


async def test_the_apology_does_not_talk_over_a_person_who_took_the_chat_meanwhile(db: Database) -> None:
    class TakenOver(ScriptedEngine):
        async def take_turn(self, request: TurnRequest) -> Sequence[Reply]:
            if len(self.taken) == 2:
                async with db.engine.begin() as connection:
                    await hand_over(connection, request.conversation_id, reason="a manager wrote")
            return await super().take_turn(request)

    rasa = TakenOver([EngineFailed("broken")] * 3)
    await db.customer("hi")
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, "parked", hurry=True)
    assert (len(rasa.taken), await said(db)) == (3, [])
    assert await db.one("select reason from owners") == "a manager wrote"


# --- a person owns the chat ---


async def test_a_persons_chat_is_met_with_silence(db: Database) -> None:
    rasa = ScriptedEngine()
    async with db.engine.begin() as connection:
        await hand_over(connection, await db.chat(), reason="the customer asked")
    await db.customer("are you there?")
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, "withheld")
        await db.customer("hello?")
        await until_turns(db, "withheld", "withheld")
    assert (rasa.taken, await said(db)) == ([], [])


async def test_a_manager_who_writes_during_a_turn_silences_its_answer(db: Database) -> None:
    rasa = ScriptedEngine()
    rasa.may_answer.clear()
    await db.customer("hi")
    async with in_background(worker(db, rasa).run()):
        await rasa.until_taken(1)
        await db.receive(webhook(echo("Hi, this is Sara", by_person=True)))
        rasa.may_answer.set()
        await until_turns(db, "withheld")
    assert (await said(db), await db.owner()) == ([], "person")


async def test_the_turn_that_hands_over_still_says_so_and_the_next_is_silent(db: Database) -> None:
    class HandingOver(ScriptedEngine):
        async def take_turn(self, request: TurnRequest) -> Sequence[Reply]:
            async with db.engine.begin() as connection:
                await hand_over(connection, request.conversation_id, reason="asked", turn_id=request.turn_id)
            return [Reply("A colleague will write to you here.")]

    await db.customer("I want a person")
    async with in_background(worker(db, HandingOver()).run()):
        await until_turns(db, "done")
        await db.customer("thanks")
        await until_turns(db, "done", "withheld")
    assert await said(db) == ["A colleague will write to you here."]


async def test_the_chat_returns_after_twelve_hours_of_silence_and_only_with_a_new_message(
    db: Database,
) -> None:
    rasa = ScriptedEngine()
    await db.chat()
    await db.receive(webhook(echo("Hi, this is Sara", by_person=True)))
    await db.customer("hello Sara")
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, "withheld")
        await clock.advance(db.url, 11 * HOUR)
        await db.customer("Sara?")
        await until_turns(db, "withheld", "withheld")
        # The manager writes again: the silence begins anew.
        await db.receive(webhook(echo("Sorry, busy", by_person=True)))
        await clock.advance(db.url, 11 * HOUR)
        await db.customer("still there?")
        await until_turns(db, "withheld", "withheld", "withheld")
        await clock.advance(db.url, 1.1 * HOUR)
        assert await db.owner() == "person"
        await db.customer("anyone?")
        await until_turns(db, "withheld", "withheld", "withheld", "done")
    assert ([request.text for request in rasa.taken], await db.owner()) == (["anyone?"], "bot")


async def test_a_retry_of_an_old_turn_does_not_bring_the_bot_back(db: Database) -> None:
    """Only a new message of the customer does."""
    rasa = ScriptedEngine([EngineFailed("broken")])
    await db.customer("hi")
    async with in_background(worker(db, rasa).run()):
        await rasa.until_taken(1)
        async with db.engine.begin() as connection:
            await hand_over(connection, await db.chat(), reason="a manager wrote")
        await clock.advance(db.url, 13 * HOUR)
        await until_turns(db, "withheld", hurry=True)
    assert await db.owner() == "person"
