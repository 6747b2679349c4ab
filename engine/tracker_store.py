"""Rasa's tracker store with the turn's fence and replies in the transaction that saves its events.

Named in `endpoints.yml`. Against Rasa's own store: a database failure raises instead of becoming amnesia
(`engine.guards`), events are selected by id and not by hosts' clocks, long sessions are shortened at load
(`engine.session`), and a turn id that comes again finds its replies.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from engine import environment
from engine.session import fact_events, new_session, of_another_release, shortened

# Set on the tracker object that `retrieve` returns: how many of its events the table already holds.
_STORED = "majlis_stored_events"

_LOAD = sa.text(
    "select data from events where sender_id = :sender and id >= coalesce((select max(id) from events"
    " where sender_id = :sender and type_name = 'session_started'), 0) order by id"
)
_LOAD_ALL = sa.text("select data from events where sender_id = :sender order by id")
_FACTS = sa.text("select facts from chat_facts where conversation_id = cast(:sender as bigint)")
_FENCE = sa.text("select turn_is_held(:turn, :fence)")
_REPLIES = sa.text("select replies from turn_replies where turn_id = :turn")
_SAVE_REPLIES = sa.text("insert into turn_replies (turn_id, replies) values (:turn, cast(:replies as jsonb))")
_SAVE_EVENT = sa.text(
    "insert into events (sender_id, type_name, timestamp, intent_name, action_name, data)"
    " values (:sender, :type_name, :timestamp, :intent_name, :action_name, :data)"
)


class TurnLost(Exception):
    """Another claim holds the turn: what this process worked out must not be kept."""


class TurnOf(NamedTuple):
    """The turn a tracker is in: its id and the fence token of the claim that runs it."""

    turn_id: int
    fence: int


class MajlisTrackerStore(SQLTrackerStore):
    """Stores trackers in Majlis' Postgres; conversation ids are the ids of table `conversations`."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        """Connect lazily to `DATABASE_URL`; the tables are Alembic's, so nothing is created here.

        Raises RuntimeError when DATABASE_URL is not set.
        """
        url = environment.database_url()
        if url is None:
            raise RuntimeError(
                "DATABASE_URL is not set: Rasa's server needs the database that `majlis up` hands to it"
            )
        options = "-c statement_timeout=5000 -c idle_in_transaction_session_timeout=10000 -c timezone=UTC"
        if environment.test_clock():
            options += " -c majlis.test_clock=on"
        self.engine = sa.create_engine(
            url.replace("postgres://", "postgresql://", 1),
            pool_size=4,
            connect_args={"connect_timeout": 2, "tcp_user_timeout": 6000, "options": options},
        )
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        # Not SQLTrackerStore's own constructor: that one waits for the database for ever.
        super(SQLTrackerStore, self).__init__(domain, event_broker, **kwargs)

    def ping(self) -> None:
        """Raise when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(sa.text("select 1"))

    def stored_replies(self, turn_id: int) -> list[dict[str, Any]] | None:
        """The replies of a turn that is already saved, or None."""
        with self.engine.connect() as connection:
            row = connection.execute(_REPLIES, {"turn": turn_id}).first()
        return None if row is None else list(row.replies)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The current session with the database's facts; a new chat begins its first session here."""
        with self.engine.connect() as connection:
            rows = connection.execute(_LOAD, {"sender": sender_id}).all()
            facts = connection.execute(_FACTS, {"sender": sender_id}).scalar() or {}
        tracker = self._rebuilt(sender_id, [json.loads(row.data) for row in rows])
        stored = len(tracker.events)
        fresh = new_session({}, None) if not rows else shortened(tracker)
        if fresh is not None:
            tracker = DialogueStateTracker.from_events(sender_id, fresh, self.domain.slots)
            stored = 0
        for event in fact_events(tracker, facts):
            tracker.update(event, self.domain)
        for event in of_another_release(tracker, self.domain):
            tracker.update(event, self.domain)
        setattr(tracker, _STORED, stored)
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Every event of every session, for looking at a chat; not for running a turn."""
        with self.engine.connect() as connection:
            rows = connection.execute(_LOAD_ALL, {"sender": conversation_id}).all()
        return self._rebuilt(conversation_id, [json.loads(row.data) for row in rows])

    def _rebuilt(self, sender_id: str, events: list[dict[str, Any]]) -> DialogueStateTracker:
        # A slot that another release had: Rasa would complain of each of its events at each turn.
        slots = {slot.name for slot in self.domain.slots}
        known = [event for event in events if event["event"] != SlotSet.type_name or event["name"] in slots]
        return DialogueStateTracker.from_dict(sender_id, known, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Save the turn's events, its replies and the fence check in one transaction.

        Raises TurnLost when another claim holds the turn. A turn that is already saved raises
        IntegrityError: the caller asks for `stored_replies`.
        """
        turn = turn_of(tracker)
        stored = getattr(tracker, _STORED, 0)
        fresh = list(tracker.events)[stored:]
        with self.engine.begin() as connection:
            if turn is not None:
                if not connection.execute(_FENCE, {"turn": turn.turn_id, "fence": turn.fence}).scalar():
                    raise TurnLost(f"turn {turn.turn_id} is not held with fence {turn.fence} any more")
                replies = json.dumps(replies_of(tracker))
                connection.execute(_SAVE_REPLIES, {"turn": turn.turn_id, "replies": replies})
            if fresh:
                connection.execute(_SAVE_EVENT, [_row(tracker.sender_id, event) for event in fresh])
        setattr(tracker, _STORED, len(tracker.events))


def turn_of(tracker: DialogueStateTracker) -> TurnOf | None:
    """The turn of the newest message that came through the channel, or None outside a turn."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered) and "turn_id" in (event.metadata or {}):
            return TurnOf(int(event.metadata["turn_id"]), int(event.metadata["fence"]))
    return None


def replies_of(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """What the bot said since the turn's message, in order: text, buttons, attachment."""
    replies: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            data = event.data or {}
            replies.append(
                {
                    "text": event.text,
                    "buttons": data.get("buttons") or [],
                    "attachment": data.get("attachment") or data.get("image"),
                }
            )
        if isinstance(event, UserUttered) and "turn_id" in (event.metadata or {}):
            break
    return replies[::-1]


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "sender": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }
