"""One turn at a time, once, under the fence (turns.dispatch on a real Postgres; the engine is a stand-in)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from app.worker import decide_language
from storage.lease import Held
from tests.integration.turn_support import ScriptedEngine, said, take, until_turns, worker
from tests.support import AT_ONCE, READER, Database, eventually, in_background, message, webhook
from turns.ports import Button, EngineLostTurn, Reply, TurnRequest
from turns.turn_storage import CONVERSATIONS, freeze

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


async def test_a_button_of_an_older_message_still_works(db: Database) -> None:
    """Old messages stay on the phone: their buttons may be tapped at any time, unlike a typed number."""
    rasa = ScriptedEngine()
    await db.say(QUESTION)
    await db.say("How many pieces?")
    await db.customer(f"majlis:{QUESTION.buttons[1].payload}")
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, "done", "done", "done")
    assert rasa.taken[0].intent == QUESTION.buttons[1].payload.removeprefix("/")


async def test_an_offer_that_was_withheld_was_never_made(db: Database) -> None:
    rasa = ScriptedEngine()
    await db.say(QUESTION)
    await db.write("update outbox set state = 'withheld', due_at = null")
    await db.customer("2")
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, "done", "done")
    assert rasa.taken[0].intent is None


# --- one at a time, and the fence ---


async def test_workers_that_claim_at_once_share_the_due_chats_without_overlap(db: Database) -> None:
    for number in range(30):
        await db.customer("hi", chat_id=f"97150000{number:04}")

    async def claim() -> list[int]:
        async with db.engine.begin() as connection:
            held = [held.id for held in await CONVERSATIONS.claim(connection, 10)]
            # Another worker asks while this claim is not committed yet.
            await connection.execute(text("select pg_sleep(0.05)"))
            return held

    claimed = Counter(row for rows in await asyncio.gather(*(claim() for _ in range(4))) for row in rows)
    assert sorted(claimed.values()) == [1] * 30


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
