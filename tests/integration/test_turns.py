"""One turn at a time, once, under the fence (turns.dispatch on a real Postgres; the engine is a stand-in)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from app.worker import decide_language
from sales.ownership_storage import hand_over
from storage import clock
from storage.lease import Held
from tests.support import (
    AT_ONCE,
    CHAT_ID,
    READER,
    Database,
    echo,
    eventually,
    in_background,
    message,
    webhook,
)
from turns.dispatch import Dispatch
from turns.ports import (
    Button,
    EngineFailed,
    EngineLostTurn,
    EngineNotReady,
    Reply,
    TurnRequest,
)
from turns.turn_storage import CONVERSATIONS, OpenTurn, freeze

APOLOGY = {"en": "Sorry!", "ar": "السموحة!"}
HOUR = 3600


@pytest.fixture
def db(database_url: str, engine: AsyncEngine) -> Database:
    return Database(database_url, engine)


def opened_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate


@dataclass
class ScriptedEngine:
    """Rasa at its port: answers or fails as the script says, then repeats what it was told."""

    script: list[Sequence[Reply] | Exception] = field(default_factory=list)
    taken: list[TurnRequest] = field(default_factory=list)
    is_ready: bool = True
    # While cleared, turns are taken but not answered.
    may_answer: asyncio.Event = field(default_factory=opened_gate)

    async def ready(self) -> bool:
        return self.is_ready

    async def take_turn(self, request: TurnRequest) -> Sequence[Reply]:
        self.taken.append(request)
        await self.may_answer.wait()
        answer = self.script.pop(0) if self.script else [Reply(f"answer to {request.text or request.intent}")]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def until_taken(self, count: int) -> None:
        """Wait until `count` turns have arrived here."""

        async def enough() -> bool:
            return len(self.taken) >= count

        await eventually(enough, what=f"the engine has {count} turns")


def worker(db: Database, rasa: ScriptedEngine) -> Dispatch:
    return Dispatch(db.engine, rasa, READER, decide_language, APOLOGY, asyncio.Event())


async def until_turns(db: Database, *states: str, hurry: bool = False) -> Sequence[Row[Any]]:
    """Wait until the turns, oldest first, are in exactly these states; nothing waits for a retry if `hurry`."""

    async def reached() -> Sequence[Row[Any]]:
        if hurry:
            await db.hurry()
        rows = await db.rows(
            "select id, state, text, intent, language, tries, problem from turns order by id"
        )
        return rows if [row.state for row in rows] == list(states) else []

    return await eventually(reached, what=f"turns are {states}")


async def said(db: Database) -> list[str]:
    return [row.text for row in await db.rows("select text from outbox order by id")]


async def take(db: Database) -> OpenTurn:
    """Claim the usual chat, whatever its times say, and freeze its turn."""
    await db.write("update conversations set due_at = clock_timestamp(), lease_until = null")
    async with db.engine.begin() as connection:
        [held] = await CONVERSATIONS.claim(connection, 1)
        turn = await freeze(connection, held, READER, decide_language)
    assert turn is not None
    return turn


# --- freezing ---


async def test_an_open_turn_is_read_again_as_it_was_frozen(db: Database) -> None:
    await db.receive(webhook(message("10 chairs", message_id="m")))
    first = await take(db)
    await db.receive(webhook(message("black"), message("12 chairs", message_id="m", isEdited=True)))
    again = await take(db)
    assert (again.turn_id, again.text) == (first.turn_id, "10 chairs")
    assert again.held.token == first.held.token + 1
    assert await db.one("select count(*) from turns") == 1


async def test_a_claim_that_was_lost_freezes_nothing(db: Database) -> None:
    await db.customer("hi")
    chat = await db.chat()
    async with db.engine.begin() as connection:
        assert await freeze(connection, Held(chat, 99), READER, decide_language) is None
    assert await db.one("select count(*) from turns") == 0


async def test_what_comes_during_a_turn_is_the_next_turn(db: Database) -> None:
    rasa = ScriptedEngine()
    rasa.may_answer.clear()
    await db.receive(webhook(message("10 chairs", message_id="m")), AT_ONCE)
    async with in_background(worker(db, rasa).run()):
        await rasa.until_taken(1)
        await db.customer("in black")
        await db.receive(webhook(message("12 chairs", message_id="m", isEdited=True)), AT_ONCE)
        assert len(rasa.taken) == 1
        rasa.may_answer.set()
        await until_turns(db, "done", "done")
    assert [request.text for request in rasa.taken] == ["10 chairs", "in black\n12 chairs"]
    assert await said(db) == ["answer to 10 chairs", "answer to in black\n12 chairs"]


async def test_the_engine_gets_turn_chat_and_fence_and_the_answer_becomes_rows(db: Database) -> None:
    rasa = ScriptedEngine([[Reply("one"), Reply("two")]])
    await db.customer("hi")
    async with in_background(worker(db, rasa).run()):
        [turn] = await until_turns(db, "done")
    chat = await db.chat()
    assert rasa.taken == [TurnRequest(turn.id, chat, 1, "hi", None)]
    rows = await db.rows("select turn_id, conversation_id, ordinal, text, state from outbox order by id")
    assert [tuple(row) for row in rows] == [
        (turn.id, chat, 0, "one", "queued"),
        (turn.id, chat, 1, "two", "queued"),
    ]
    left = "select current_turn_id, due_at, lease_until from conversations"
    assert [tuple(row) for row in await db.rows(left)] == [(None, None, None)]


async def test_media_that_words_left_over_get_a_turn_of_their_own(db: Database) -> None:
    rasa = ScriptedEngine()
    picture = message(None, type="image", contentUri="https://store.example/a.jpg")
    voice = message(None, type="audio", contentUri="https://store.example/a.ogg")
    await db.receive(webhook(picture, message("do you have this?"), voice), AT_ONCE)
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, "done", "done", "done")
    taken = [(request.text, request.intent) for request in rasa.taken]
    assert taken == [("do you have this?", None), ("", "send_image"), ("", "send_voice")]


# --- language and choices ---


@pytest.mark.parametrize(
    ("words", "answered_in"), [("Hello, I need chairs", "en"), ("السلام عليكم ابغى كراسي", "ar")]
)
async def test_the_language_is_decided_once_and_media_keep_it(
    db: Database, words: str, answered_in: str
) -> None:
    await db.customer(words)
    async with in_background(worker(db, ScriptedEngine()).run()):
        await until_turns(db, "done")
        await db.receive(webhook(message(None, type="geo")), AT_ONCE)
        await until_turns(db, "done", "done")
    assert await db.one("select reply_language from conversations") == answered_in
    assert [row.language for row in await db.rows("select language from turns")] == [answered_in] * 2


QUESTION = Reply("Is this right?", [Button("Yes", "/affirm"), Button("No", "/deny")])


@pytest.mark.parametrize("words", ["majlis:/deny", "2", "no"])
@pytest.mark.parametrize(
    "after", [[], [Reply(content_uri="https://seller.example/q.pdf")], [Reply("Thanks")]]
)
async def test_a_tap_a_number_and_a_title_become_the_offered_intent(
    db: Database, words: str, after: list[Reply]
) -> None:
    """The offer is that of the last turn: what the bot said after it in the same breath does not end it."""
    rasa = ScriptedEngine()
    await db.say(QUESTION, *after)
    await db.customer(words)
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, "done", "done")
    assert rasa.taken[0].intent == "deny"


async def test_an_older_offer_no_longer_counts(db: Database) -> None:
    rasa = ScriptedEngine()
    await db.say(QUESTION)
    await db.say("How many pieces?")
    await db.customer("2")
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, "done", "done", "done")
    assert (rasa.taken[0].text, rasa.taken[0].intent) == ("2", None)


async def test_an_offer_that_was_withheld_was_never_made(db: Database) -> None:
    rasa = ScriptedEngine()
    await db.say(QUESTION)
    await db.write("update outbox set state = 'withheld', due_at = null")
    await db.customer("2")
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, "done", "done")
    assert rasa.taken[0].intent is None


# --- one at a time, and the fence ---


async def test_two_workers_run_each_chats_turns_one_after_another_and_nothing_twice(db: Database) -> None:
    """Chats go in parallel, a chat's own turns never."""
    chats = [f"97150000{number:04}" for number in range(8)]
    active: Counter[int] = Counter()
    most_at_once: list[int] = []
    answered: list[tuple[int, str]] = []

    class Watching(ScriptedEngine):
        async def take_turn(self, request: TurnRequest) -> Sequence[Reply]:
            active[request.conversation_id] += 1
            most_at_once.append(active[request.conversation_id])
            # Let the other worker run while this turn is open.
            await db.one("select pg_sleep(0.02)")
            active[request.conversation_id] -= 1
            answered.extend((request.conversation_id, line) for line in request.text.split("\n"))
            return [Reply("ok")]

    async with in_background(worker(db, Watching()).run(), worker(db, Watching()).run()):
        for number in range(5):
            body = webhook(*(message(f"line {number}", chat_id=chat_id) for chat_id in chats))
            await db.receive(body, AT_ONCE)

        async def all_answered() -> bool:
            return len(answered) >= 40

        await eventually(all_answered, what="every message is answered")
    assert max(most_at_once) == 1
    assert sorted(Counter(answered).values()) == [1] * 40


async def test_the_fence_refuses_the_late_end_of_a_turn_that_another_worker_took(db: Database) -> None:
    rasa = ScriptedEngine()
    rasa.may_answer.clear()
    await db.customer("hi")

    def lost() -> float:
        return REGISTRY.get_sample_value("majlis_turns_total", {"outcome": "lost"}) or 0.0

    before = lost()
    async with in_background(worker(db, rasa).run()):
        await rasa.until_taken(1)
        other = await take(db)
        assert other.held.token == rasa.taken[0].fence + 1
        rasa.may_answer.set()

        async def refused() -> bool:
            return lost() > before

        await eventually(refused, what="the late end is refused")
        assert await said(db) == []
        [turn] = await db.rows("select state, tries from turns")
        assert turn.state == "open"


async def test_a_turn_the_engine_says_was_lost_is_dropped_and_taken_again_later(db: Database) -> None:
    rasa = ScriptedEngine([EngineLostTurn("another claim")])
    await db.customer("hi")
    async with in_background(worker(db, rasa).run()):
        await rasa.until_taken(1)
        # The lease of a worker that dropped a turn ends by itself.
        await db.write("update conversations set lease_until = clock_timestamp()")
        await until_turns(db, "done")
    assert rasa.taken[0].turn_id == rasa.taken[1].turn_id
    assert rasa.taken[1].fence == rasa.taken[0].fence + 1


async def test_a_dead_workers_turn_is_taken_over_when_its_lease_ends(db: Database) -> None:
    await db.customer("hi")
    dead = await take(db)
    rasa = ScriptedEngine()
    async with in_background(worker(db, rasa).run()):
        assert await db.one("select lease_until between clock_timestamp() + interval '4 seconds'"
                            " and clock_timestamp() + interval '5 seconds' from conversations")  # fmt: skip
        await db.write("update conversations set lease_until = clock_timestamp()")
        await until_turns(db, "done")
    assert [request.turn_id for request in rasa.taken] == [dead.turn_id]


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

            async def released(tries: int = tries) -> float | None:
                rows = await db.rows(
                    "select extract(epoch from c.due_at - clock_timestamp())::float8 as seconds"
                    " from conversations c join turns t on t.id = c.current_turn_id"
                    " where t.tries = :tries and c.lease_until is null",
                    tries=tries,
                )
                return float(rows[0].seconds) if rows else None

            waits.append(await eventually(released, what=f"try {tries} is over") or 0.0)
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
    rasa = ScriptedEngine([EngineFailed("broken")] * 3)
    rasa.may_answer.clear()
    await db.customer("hi")
    await db.write("update conversations set reply_language = 'en'")
    async with in_background(worker(db, rasa).run()):
        await rasa.until_taken(1)
        await db.write("update turns set tries = 3")
        async with db.engine.begin() as connection:
            await hand_over(connection, await db.chat(), reason="a manager wrote")
        rasa.may_answer.set()
        [turn] = await until_turns(db, "withheld", hurry=True)
    assert (turn.problem, await said(db)) == ("a person owns the chat", [])


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
    await db.customer("hi", chat_id=CHAT_ID)
    async with in_background(worker(db, rasa).run()):
        await rasa.until_taken(1)
        async with db.engine.begin() as connection:
            await hand_over(connection, await db.chat(), reason="a manager wrote")
        await clock.advance(db.url, 13 * HOUR)
        await until_turns(db, "withheld", hurry=True)
    assert await db.owner() == "person"
