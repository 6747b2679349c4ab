"""What a new turn is about, once the chat's offers are known: words, a choice, or confirmed words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales import consent
from turns import outbox
from turns.choices import PAYLOAD_PREFIX, chosen_intent
from turns.composition import Composition
from turns.voice_question import Confirmation, confirmation
from turns.voice_storage import Heard

# Words that one turn acts on already are not acted on again by another tap on the same button.
_UNCONFIRMED = text(
    "select text from turns where id = :id and conversation_id = :conversation_id and heard = 'unclear'"
    " and not exists (select 1 from turns later where later.confirms = :id)"
)


@dataclass(frozen=True)
class Words:
    """The turn's words; `confirms` is the turn in which they were heard, if the customer was asked."""

    text: str
    intent: str | None
    heard: Heard | None = None
    confirms: int | None = None

    @property
    def are_read(self) -> bool:
        """Whether there are words that show a language."""
        return self.intent is None and self.heard is not Heard.WRONG


async def words_of(
    connection: AsyncConnection,
    conversation_id: int,
    composition: Composition,
    assent: Callable[[str], bool | None],
) -> Words:
    """The words of a turn that is being opened; `assent` reads a yes or a no."""
    words = composition.text.strip()
    if composition.to_confirm:
        return Words(composition.text, None, Heard.UNCLEAR)
    heard = Heard.CLEAR if composition.spoken else None
    if composition.intent is not None:
        return Words(composition.text, composition.intent, heard)
    sure = consent.sure_intent(words)
    if sure is not None:
        return Words(composition.text, sure, heard)
    if words.startswith(PAYLOAD_PREFIX):
        offered = await outbox.tapped(connection, conversation_id, words)
    else:
        offered = await outbox.last_offered(connection, conversation_id)
    answer = confirmation(words, offered, assent)
    if answer is None:
        return Words(composition.text, chosen_intent(words, offered), heard)
    if answer.right:
        return await _confirmed(connection, conversation_id, answer, otherwise=offered[0].title)
    # What was said instead is all that counts.
    return Words(answer.rest, None, heard) if answer.rest else Words(composition.text, None, Heard.WRONG)


async def _confirmed(
    connection: AsyncConnection, conversation_id: int, answer: Confirmation, *, otherwise: str
) -> Words:
    parameters = {"id": answer.turn_id, "conversation_id": conversation_id}
    spoken: str | None = (await connection.execute(_UNCONFIRMED, parameters)).scalar()
    if spoken is None:
        # Another tap on a button whose question is settled: a yes, and nothing else.
        return Words(answer.rest or otherwise, None)
    lines = [spoken, answer.rest] if answer.rest else [spoken]
    return Words("\n".join(lines), None, Heard.CLEAR, answer.turn_id)
