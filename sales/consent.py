"""Whether a customer may be reminded: asked once, after the quote; given and taken back by his own word.

What he said is kept as it was said, row after row, because consent has to be shown later; the newest counts.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.follow_ups import Consent
from text.stop_words import asks_to_stop

# The intent by which he takes it back.
OPT_OUT = "opt_out"

_READ = text("select state from consents where conversation_id = :id order by id desc limit 1")
# A turn's intent is known without reading for a button, a typed choice and the words of text.stop_words.
_NOTE = text(
    "insert into consents (conversation_id, state, how, turn_id)"
    " select conversation_id, :state, case when cast(:state as text) = 'asked' then 'with the quote'"
    " when intent is null then 'own words' else 'a choice' end, id from turns where id = :turn"
    " on conflict (turn_id, state) do nothing"
)


def sure_intent(words: str) -> str | None:
    """The intent of words that ask for no more messages, whatever a classifier makes of them; else None."""
    return OPT_OUT if asks_to_stop(words) else None


async def read_consent(connection: AsyncConnection, conversation_id: int) -> Consent | None:
    """What the customer said last; None before he was asked and said anything."""
    state = (await connection.execute(_READ, {"id": conversation_id})).scalar()
    return None if state is None else Consent(state)


async def note_consent(connection: AsyncConnection, turn_id: int, consent: Consent) -> None:
    """Keep what was asked or said in this turn; a repeat changes nothing."""
    await connection.execute(_NOTE, {"turn": turn_id, "state": consent.value})
