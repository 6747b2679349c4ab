"""Events, fence and replies in one transaction, on a real Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import IntegrityError, OperationalError

from engine.guards import raise_store_error
from engine.session import LONGEST_SESSION
from engine.tracker_store import MajlisTrackerStore, TurnLost, replies_of, turn_of

DOMAIN = Domain.load("domain.yml")


class Chat:
    """One conversation row with an open turn, and the store under test."""

    def __init__(self, cursor: Any, store: MajlisTrackerStore) -> None:
        self.cursor, self.store = cursor, store
        cursor.execute(
            "insert into conversations (channel_id, chat_type, chat_id, lease_token, reply_language)"
            " values ('channel', 'whatsapp', gen_random_uuid()::text, 1, 'ar') returning id"
        )
        self.id: int = cursor.fetchone()[0]
        self.turn = self.open_turn()

    def open_turn(self) -> int:
        self.cursor.execute("update turns set state = 'done' where conversation_id = %s", (self.id,))
        self.cursor.execute(
            "insert into turns (conversation_id, text, language, due_at) values (%s, 'hi', 'en', now())"
            " returning id",
            (self.id,),
        )
        self.turn = self.cursor.fetchone()[0]
        self.cursor.execute(
            "update conversations set current_turn_id = %s where id = %s", (self.turn, self.id)
        )
        return self.turn

    async def load(self) -> DialogueStateTracker:
        tracker = await self.store.retrieve(str(self.id))
        assert tracker is not None
        return tracker

    async def played(self, *, fence: int = 1) -> DialogueStateTracker:
        """The tracker after one answered message of the open turn, not saved yet."""
        tracker = await self.load()
        metadata = {"turn_id": self.turn, "fence": fence}
        tracker.update(UserUttered("hi", {"name": "greet", "confidence": 1.0}, metadata=metadata))
        tracker.update(ActionExecuted("utter_greet"))
        tracker.update(BotUttered("hello", {"buttons": [{"title": "A", "payload": "/greet"}]}))
        tracker.update(ActionExecuted("action_listen"))
        return tracker

    def stored(self, table: str) -> int:
        column = "sender_id = %s::text" if table == "events" else "turn_id = %s"
        self.cursor.execute(
            f"select count(*) from {table} where {column}", (self.id if table == "events" else self.turn,)
        )
        return int(self.cursor.fetchone()[0])


@pytest.fixture
def chat(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    store = MajlisTrackerStore(DOMAIN)
    with connection.cursor() as cursor:
        yield Chat(cursor, store)
    store.engine.dispose()
    connection.close()


def run(coroutine: Any) -> Any:
    """Drive a coroutine that never really waits: the store is synchronous inside."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the store awaited something")


def test_a_slot_of_another_release_is_passed_over(chat: Chat) -> None:
    tracker = run(chat.played())
    tracker.update(SlotSet("a_slot_of_another_release", 1))
    tracker.update(SlotSet("category", "chairs"))
    run(chat.store.save(tracker))
    chat.open_turn()
    again = run(chat.load())
    assert again.get_slot("category") == "chairs"
    assert "a_slot_of_another_release" not in {getattr(event, "key", None) for event in again.events}


def test_new_chat_begins_with_a_session_and_the_facts(chat: Chat) -> None:
    tracker = run(chat.load())
    assert tracker.latest_action_name == "action_listen"
    assert tracker.get_slot("reply_language") == "ar"
    assert tracker.get_slot("owner") == "bot"
    assert chat.stored("events") == 0, "loading writes nothing"


def test_turn_and_replies_are_saved_together_and_found_again(chat: Chat) -> None:
    assert chat.store.stored_replies(chat.turn) is None
    tracker = run(chat.played())
    run(chat.store.save(tracker))
    assert chat.store.stored_replies(chat.turn) == replies_of(tracker)
    assert replies_of(tracker)[0]["text"] == "hello"
    again = run(chat.load())
    # Rasa reads a session from its `session_started` on; the action that announced it stays behind.
    assert [event.type_name for event in again.events] == [event.type_name for event in tracker.events][1:]


def test_stale_fence_saves_nothing(chat: Chat) -> None:
    with pytest.raises(TurnLost):
        run(chat.store.save(run(chat.played(fence=0))))
    assert chat.stored("events") == chat.stored("turn_replies") == 0


def test_same_turn_saved_twice_keeps_the_first(chat: Chat) -> None:
    first, second = run(chat.played()), run(chat.played())
    run(chat.store.save(first))
    events = chat.stored("events")
    with pytest.raises(IntegrityError):
        run(chat.store.save(second))
    assert chat.stored("events") == events


def test_only_new_events_are_written(chat: Chat) -> None:
    run(chat.store.save(run(chat.played())))
    before = chat.stored("events")
    chat.open_turn()
    run(chat.store.save(run(chat.played())))
    assert chat.stored("events") == before + 4


def test_events_are_ordered_by_id_whatever_the_hosts_clocks_say(chat: Chat) -> None:
    run(chat.store.save(run(chat.played())))
    chat.cursor.execute("update events set timestamp = 1e10 - id where sender_id = %s::text", (chat.id,))
    chat.open_turn()
    tracker = run(chat.played())
    run(chat.store.save(tracker))
    again = run(chat.load())
    assert [event.type_name for event in again.events] == [event.type_name for event in tracker.events]


def test_long_chat_costs_what_a_short_one_costs(chat: Chat) -> None:
    longest = 0
    for _ in range(LONGEST_SESSION // 2 + 10):
        chat.open_turn()
        tracker = run(chat.played())
        longest = max(longest, len(tracker.events))
        run(chat.store.save(tracker))
    assert chat.stored("events") > 2 * LONGEST_SESSION, "nothing is forgotten ..."
    assert longest <= LONGEST_SESSION + 8, "... and little is read"


def test_a_changed_fact_is_known_at_the_next_load(chat: Chat) -> None:
    run(chat.store.save(run(chat.played())))
    chat.cursor.execute(
        "insert into owners (conversation_id, owner, reason) values (%s, 'person', 'test')", (chat.id,)
    )
    assert run(chat.load()).get_slot("owner") == "person"


def test_no_turn_without_a_message_of_the_channel() -> None:
    tracker = DialogueStateTracker.from_events("1", [UserUttered("hi", {"name": "greet"})], DOMAIN.slots)
    assert turn_of(tracker) is None


def test_database_failure_is_loud_behind_rasas_wrapper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rasa's own answer to a dead database is an empty tracker: the customer becomes a stranger."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    store = MajlisTrackerStore(DOMAIN)
    wrapped = FailSafeTrackerStore(store)
    assert run(wrapped.retrieve("1")) is None, "this is the trap"
    wrapped._on_tracker_store_error = raise_store_error
    with pytest.raises(OperationalError):
        run(wrapped.retrieve("1"))
