"""An action's effects happen once, whatever is repeated (actions.turn on a real Postgres)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.details import keep_details
from actions.hand_over import action_hand_over
from actions.turn import (
    REGISTRY,
    Events,
    MajlisAction,
    Turn,
    TurnNotHeld,
    WordingMissing,
    bound,
    majlis_action,
)
from tests.integration.action_support import domain, house
from tests.integration.turn_support import take
from tests.support import Database
from turns.turn_storage import CONVERSATIONS, OpenTurn, finish

SLOT = {"event": "slot", "name": "stage", "value": "selecting"}


@pytest.fixture
async def db(database_url: str, engine: AsyncEngine) -> Database:
    """With a table of effects: one line for each time an action really did something."""
    database = Database(database_url, engine)
    await database.write("create table lines (turn_id bigint not null, note text not null)")
    return database


async def open_turn(db: Database) -> OpenTurn:
    await db.customer("I need chairs")
    return await take(db)


def tracker(turn: OpenTurn, *after: Mapping[str, Any], fence: int | None = None) -> Tracker:
    """What Rasa sends: the customer's message with its turn, and the events since."""
    metadata = {"turn_id": turn.turn_id, "fence": turn.held.token if fence is None else fence}
    message = {"event": "user", "text": "I need chairs", "metadata": metadata}
    return Tracker(
        sender_id=str(turn.held.id),
        slots={"category": "chair"},
        latest_message={
            "text": "I need chairs",
            "intent": {"name": "search_products"},
            "entities": [{"entity": "category", "value": "chair"}],
        },
        events=[{"event": "session_started"}, message, *map(dict, after)],
        paused=False,
        followup_action=None,
        active_loop={},
        latest_action_name=None,
    )


async def add_line(turn: Turn) -> Events:
    """An action with an effect, an event and a sentence."""
    await turn.connection.execute(
        text("insert into lines values (:turn, :note)"), {"turn": turn.turn_id, "note": turn.slot("category")}
    )
    turn.say("utter_added", item=turn.entities[0]["value"])
    return [SLOT]


async def call(
    db: Database, where: Tracker, body: Any = add_line, name: str = "action_add", *, ends_turn: bool = False
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """One call of the action server; the events and what is said."""
    dispatcher = CollectingDispatcher()
    run = bound(MajlisAction(name, body, ends_turn, hears=False), db.engine, house(), hear=keep_details)
    events = await run(dispatcher, where, {})
    return events, dispatcher.messages


async def lines(db: Database) -> Sequence[str]:
    return [row.note for row in await db.rows("select note from lines")]


async def results(db: Database) -> int:
    return int(await db.one("select count(*) from action_results"))


async def test_a_call_writes_says_and_stores_its_result_with_it(db: Database) -> None:
    events, said = await call(db, tracker(await open_turn(db)))
    assert events == [SLOT]
    assert [(one["response"], one["item"]) for one in said] == [("utter_added", "chair")]
    assert (await lines(db), await results(db)) == (["chair"], 1)


async def test_a_repeated_call_returns_the_stored_result_and_writes_nothing(db: Database) -> None:
    turn = await open_turn(db)
    first = await call(db, tracker(turn))
    assert await call(db, tracker(turn)) == first
    assert (await lines(db), await results(db)) == (["chair"], 1)


async def test_a_worker_that_took_the_turn_over_gets_the_stored_result_too(db: Database) -> None:
    turn = await open_turn(db)
    first = await call(db, tracker(turn))
    taken = await take(db)
    assert taken.turn_id == turn.turn_id
    assert await call(db, tracker(taken)) == first
    assert await lines(db) == ["chair"]


async def test_two_calls_of_one_action_in_a_turn_are_told_apart_by_their_place(db: Database) -> None:
    turn = await open_turn(db)
    first = tracker(turn)
    later = tracker(turn, {"event": "action", "name": "action_add"}, SLOT)
    for _ in range(2):
        await call(db, first)
        await call(db, later)
    assert (await lines(db), await results(db)) == (["chair", "chair"], 2)


async def test_two_actions_in_the_same_place_do_not_share_a_result(db: Database) -> None:
    turn = await open_turn(db)

    async def other(_: Turn) -> Events:
        return []

    await call(db, tracker(turn))
    assert await call(db, tracker(turn), other, "action_other") == ([], [])
    assert await results(db) == 2


async def test_the_same_place_in_the_next_turn_is_another_call(db: Database) -> None:
    turn = await open_turn(db)
    await call(db, tracker(turn))
    async with db.engine.begin() as connection:
        await finish(connection, turn, state="done")
    await call(db, tracker(await open_turn(db)))
    assert (await lines(db), await results(db)) == (["chair", "chair"], 2)


async def test_a_lost_fence_does_nothing(db: Database) -> None:
    turn = await open_turn(db)
    await take(db)
    with pytest.raises(TurnNotHeld, match=f"turn {turn.turn_id} "):
        await call(db, tracker(turn))
    assert (await lines(db), await results(db)) == ([], 0)


async def test_a_lost_fence_does_not_even_read_a_stored_result(db: Database) -> None:
    turn = await open_turn(db)
    await call(db, tracker(turn))
    await take(db)
    with pytest.raises(TurnNotHeld):
        await call(db, tracker(turn))


async def test_a_turn_that_has_ended_runs_no_action(db: Database) -> None:
    turn = await open_turn(db)
    async with db.engine.begin() as connection:
        await finish(connection, turn, state="done")
    with pytest.raises(TurnNotHeld):
        await call(db, tracker(turn))
    assert await lines(db) == []


async def test_a_message_that_did_not_come_through_the_channel_runs_no_action(db: Database) -> None:
    where = tracker(await open_turn(db))
    where.events = [{"event": "user", "text": "hi", "metadata": {}}, {"event": "user", "metadata": None}]
    with pytest.raises(TurnNotHeld):
        await call(db, where)


async def test_nobody_can_claim_the_turn_while_an_action_writes(db: Database) -> None:
    turn = await open_turn(db)
    await db.write("update conversations set lease_until = clock_timestamp()")
    claimed: list[int] = []

    async def claim_meanwhile(inside: Turn) -> Events:
        async with db.engine.begin() as other:
            claimed.append(len(await CONVERSATIONS.claim(other, 1)))
        return await add_line(inside)

    await call(db, tracker(turn), claim_meanwhile)
    assert (claimed, await lines(db)) == ([0], ["chair"])
    async with db.engine.begin() as connection:
        assert len(await CONVERSATIONS.claim(connection, 1)) == 1


async def test_an_exception_leaves_nothing_and_the_next_try_does_everything(db: Database) -> None:
    turn = await open_turn(db)

    async def break_off(inside: Turn) -> Events:
        await add_line(inside)
        raise RuntimeError("after the write")

    with pytest.raises(RuntimeError, match="after the write"):
        await call(db, tracker(turn), break_off)
    assert (await lines(db), await results(db)) == ([], 0)
    await call(db, tracker(turn))
    assert (await lines(db), await results(db)) == (["chair"], 1)


async def test_a_result_that_cannot_be_stored_leaves_nothing(db: Database) -> None:
    turn = await open_turn(db)

    async def unstorable(inside: Turn) -> Events:
        await add_line(inside)
        return [{"event": "slot", "name": "x", "value": object()}]

    with pytest.raises(TypeError):
        await call(db, tracker(turn), unstorable)
    assert (await lines(db), await results(db)) == ([], 0)


async def test_the_same_call_twice_at_once_has_one_effect(db: Database) -> None:
    turn = await open_turn(db)
    both_inside = asyncio.Barrier(2)

    async def together(inside: Turn) -> Events:
        await both_inside.wait()
        return await add_line(inside)

    ends = await asyncio.gather(
        *(call(db, tracker(turn), together) for _ in range(2)), return_exceptions=True
    )
    assert [type(end) for end in ends if isinstance(end, BaseException)] == [IntegrityError]
    assert (await lines(db), await results(db)) == (["chair"], 1)


async def test_an_action_behind_the_fallback_ends_the_turn_every_time(db: Database) -> None:
    turn = await open_turn(db)
    for _ in range(2):
        events, _ = await call(db, tracker(turn), ends_turn=True)
        assert events == [SLOT, {"event": "followup", "name": "action_listen"}]


async def test_the_hand_over_action_gives_the_chat_away_and_lets_its_own_turn_say_so(db: Database) -> None:
    turn = await open_turn(db)
    for _ in range(2):
        _, said = await call(db, tracker(turn), action_hand_over, "action_hand_over")
        assert [one["response"] for one in said] == ["utter_hand_over"]
    [owner] = await db.rows("select owner, reason, changed_by_turn from owners")
    assert tuple(owner) == ("person", "the customer asked", turn.turn_id)


async def test_an_action_knows_the_intent_and_the_domain_s_words(db: Database) -> None:
    turn = await open_turn(db)
    seen: list[str] = []

    async def look(inside: Turn) -> Events:
        seen.extend([inside.intent, inside.language, inside.phrase("utter_part_size", value="120×60")])
        with pytest.raises(WordingMissing, match="utter_moon has no wording for reply_language en"):
            inside.phrase("utter_moon")
        return []

    run = bound(
        MajlisAction("action_look", look, ends_turn=False, hears=False), db.engine, house(), hear=keep_details
    )
    await run(CollectingDispatcher(), tracker(turn), domain())
    assert seen == ["search_products", "en", "Size: 120×60 cm"]


def test_two_actions_cannot_share_a_name() -> None:
    assert REGISTRY["action_hand_over"].body is action_hand_over
    with pytest.raises(ValueError, match="action_hand_over"):
        majlis_action("action_hand_over")(add_line)
