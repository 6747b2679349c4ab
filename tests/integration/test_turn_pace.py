"""A chat that floods: nothing is lost, its turns become fewer, and others do not wait for it (turns.pace)."""

from __future__ import annotations

from prometheus_client import REGISTRY

from app.worker import decide_language
from storage.lease import Held
from tests.integration.turn_support import ScriptedEngine, take, until_turns, worker
from tests.support import AT_ONCE, CHAT_ID, OTHER_CHAT_ID, READER, Database, in_background, message, webhook
from turns.composition import LONGEST_TEXT
from turns.pace import SECONDS_A_TURN, TURNS_AT_ONCE
from turns.turn_storage import CONVERSATIONS, OpenTurn, finish, freeze, to_hear

UNTAKEN = "select count(*) from inbox where turn_id is null and settled_at is null"
WAITS = (
    "select extract(epoch from due_at - clock_timestamp())::float8 from conversations where chat_id = :chat"
)


async def turn(db: Database, words: str) -> None:
    """The customer writes and is answered."""
    await db.customer(words)
    begun = await take(db)
    async with db.engine.begin() as connection:
        await finish(connection, begun, state="done")


async def claim(db: Database) -> tuple[Held, OpenTurn | None]:
    await db.write("update conversations set due_at = clock_timestamp(), lease_until = null")
    async with db.engine.begin() as connection:
        [held] = await CONVERSATIONS.claim(connection, 1)
        return held, await freeze(connection, held, READER, decide_language)


async def flood(db: Database) -> None:
    for number in range(TURNS_AT_ONCE):
        await turn(db, f"message {number}")


async def test_so_many_turns_follow_each_other_and_the_next_one_waits(db: Database) -> None:
    before = REGISTRY.get_sample_value("majlis_turns_held_back_total") or 0
    await flood(db)
    await db.customer("one more", "and another")
    _, begun = await claim(db)
    assert begun is None
    assert await db.one("select count(*) from turns") == TURNS_AT_ONCE
    # Neither refused nor lost: it waits for its slot, and nobody holds the chat.
    assert await db.one(UNTAKEN) == 2
    assert 0 < await db.one(WAITS, chat=CHAT_ID) <= SECONDS_A_TURN
    assert await db.one("select lease_until from conversations") is None
    assert REGISTRY.get_sample_value("majlis_turns_held_back_total") == before + 1


async def test_what_waited_is_one_turn_when_the_slot_comes(db: Database) -> None:
    await flood(db)
    for number in range(50):
        await db.customer(f"line {number}")
    assert (await claim(db))[1] is None
    # As long as a turn's share of time goes by.
    await db.write(
        "update conversations set turns_paced_until = turns_paced_until - make_interval(secs => :share)",
        share=SECONDS_A_TURN,
    )
    _, begun = await claim(db)
    assert begun is not None
    assert begun.text.splitlines() == [f"line {number}" for number in range(50)]
    assert await db.one(UNTAKEN) == 0


async def test_a_message_in_between_is_no_reason_to_look_at_once(db: Database) -> None:
    await flood(db)
    await db.customer("one more")
    assert (await claim(db))[1] is None
    await db.receive(webhook(message("and another")))
    # The usual three seconds from now, not the past in which the burst began.
    assert await db.one(WAITS, chat=CHAT_ID) > 2


async def test_a_turn_that_is_taken_again_counts_once(db: Database) -> None:
    await db.customer("hi")
    await take(db)
    paced = await db.one("select turns_paced_until from conversations")
    await take(db)
    assert await db.one("select turns_paced_until from conversations") == paced


async def test_recordings_of_a_chat_that_waits_are_not_listened_to(db: Database) -> None:
    await flood(db)
    await db.receive(webhook(message(None, type="audio", contentUri="https://store.example/a")), AT_ONCE)
    held, begun = await claim(db)
    assert begun is None
    async with db.engine.begin() as connection:
        assert await to_hear(connection, held, READER) == []


async def test_another_chat_is_answered_meanwhile(db: Database) -> None:
    await flood(db)
    rasa = ScriptedEngine()
    await db.customer("again")
    await db.customer("hello", chat_id=OTHER_CHAT_ID)
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, *["done"] * (TURNS_AT_ONCE + 1))
    assert [request.text for request in rasa.taken] == ["hello"]


async def test_of_endless_words_so_many_are_read(db: Database) -> None:
    await db.customer(*["chairs " * 500] * 20)
    begun = await take(db)
    assert len(begun.text) == LONGEST_TEXT
    # All of it is settled: the rest makes no further turn.
    assert await db.one(UNTAKEN) == 0
