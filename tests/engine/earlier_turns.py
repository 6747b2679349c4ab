"""`python -m tests.engine.earlier_turns <conversation id> <turns>`: turns a chat had long ago.

Runs in Rasa's environment on `DATABASE_URL`: each turn is claimed, loaded, saved and ended by the tracker
store that Rasa itself uses, so that sessions grow and are shortened as they would have been. What the
customer said and was answered is made up: no model is asked, and no action runs.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered

from engine.tracker_store import MajlisTrackerStore

DOMAIN = Path(__file__).parents[2] / "domain.yml"

_BEGIN = sa.text(
    "with claimed as (update conversations set lease_token = lease_token + 1 where id = :chat"
    " returning lease_token), begun as (insert into turns (conversation_id, text, language, due_at)"
    " values (:chat, :words, 'en', clock_timestamp()) returning id)"
    " select begun.id, claimed.lease_token from begun, claimed"
)
_HOLD = sa.text("update conversations set current_turn_id = :turn where id = :chat")
_END = sa.text(
    "with ended as (update turns set state = 'done', finished_at = clock_timestamp() where id = :turn)"
    " update conversations set current_turn_id = null where id = :chat"
)
# What customers say between two purchases, and the action that answers it.
_SAID = (("thanks", "thanks", "utter_thanks"), ("do you deliver", "faq_delivery", "action_company_fact"))


def turn_events(words: str, intent: str, action: str, turn_id: int, fence: int) -> list[Event]:
    """What one turn leaves in a tracker."""
    metadata = {"turn_id": turn_id, "fence": fence}
    return [
        UserUttered(words, {"name": intent, "confidence": 1.0}, metadata=metadata),
        ActionExecuted(action),
        BotUttered("an answer"),
        ActionExecuted("action_listen"),
    ]


async def play(chat: int, turns: int) -> None:
    """Play this many turns, one after the other."""
    domain = Domain.load(str(DOMAIN))
    store = MajlisTrackerStore(domain)
    for number in range(turns):
        words, intent, action = _SAID[number % len(_SAID)]
        with store.engine.begin() as connection:
            turn_id, fence = connection.execute(_BEGIN, {"chat": chat, "words": words}).one()
            connection.execute(_HOLD, {"chat": chat, "turn": turn_id})
        tracker = await store.retrieve(str(chat))
        assert tracker is not None
        for event in turn_events(words, intent, action, turn_id, fence):
            tracker.update(event, domain)
        await store.save(tracker)
        with store.engine.begin() as connection:
            connection.execute(_END, {"chat": chat, "turn": turn_id})


if __name__ == "__main__":
    asyncio.run(play(int(sys.argv[1]), int(sys.argv[2])))
