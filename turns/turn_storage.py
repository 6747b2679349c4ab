"""The turn in the database: frozen at the first claim, finished under the fence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.consent import OPT_OUT, note_consent
from sales.follow_ups import Consent
from storage.lease import Held, Lease
from turns import outbox, pace, voice_storage
from turns.composition import Composition, compose
from turns.media_job import keep_files
from turns.ports import BodyReader, CustomerMessage, ElementKind, LanguageDecision, Reply
from turns.turn_words import words_of
from turns.voice_storage import Heard

CONVERSATIONS = Lease("conversations")

_LOCK = text(
    "select c.id, c.channel_id, c.chat_type, c.chat_id, c.reply_language, c.current_turn_id, c.due_at,"
    " t.text, t.intent, t.tries, t.heard, t.due_at as turn_due_at,"
    " extract(epoch from c.turns_paced_until - clock_timestamp())::float8 as paced"
    " from conversations c left join turns t on t.id = c.current_turn_id"
    " where c.id = :id and c.lease_token = :token for update of c"
)
# By the time of writing, then by arrival: the messenger promises no order of delivery.
_WAITING = text(
    "select id, external_id, kind, tap, body from inbox"
    " where channel_id = :channel_id and chat_type = :chat_type and chat_id = :chat_id"
    " and turn_id is null and settled_at is null and kind in ('message', 'edit', 'deletion')"
    " order by coalesce(sent_at, received_at), received_at, id"
)
_OPEN = text(
    "insert into turns (conversation_id, text, intent, language, due_at, heard, confirms)"
    " values (:conversation_id, :text, :intent, :language, :due_at, :heard, :confirms)"
    " returning id, extract(epoch from started_at - due_at)::float8 as started_after"
)
_CONSUME = text("update inbox set turn_id = :turn_id, settled_at = majlis_now() where id = any(:ids)")
_SETTLE = text("update inbox set settled_at = majlis_now() where id = any(:ids)")
_POINT = text(
    "update conversations set current_turn_id = :turn_id, reply_language = :reply_language,"
    " burst_started_at = case when :left_over then burst_started_at end,"
    " burst_due_at = case when :left_over then clock_timestamp() end"
    " where id = :id"
)
# The chat's turns before this one as long as each was a recording nobody could act on, the newest first.
_MISHEARD = text(
    "select coalesce(bool_or(heard = 'wrong'), false) from (select heard,"
    " bool_and(coalesce(heard in ('unclear', 'wrong'), false)) over (order by id desc) as is_unclear"
    " from turns where conversation_id = :chat and id < :turn order by id desc limit 20) before"
    " where is_unclear"
)
_TRY = text("update turns set tries = tries + :step where id = :turn_id")
_FINISH_TURN = text(
    "update turns set state = :state, problem = :problem, finished_at = clock_timestamp()"
    " where id = :turn_id and state = 'open'"
)
_FREE = text(
    "update conversations set current_turn_id = null, lease_until = null, due_at = burst_due_at"
    " where id = :id"
)


@dataclass(frozen=True)
class OpenTurn:
    """A turn this worker holds."""

    held: Held
    turn_id: int
    text: str
    intent: str | None
    tries: int
    # How late after its due time a new turn began; None when an open one was taken again.
    started_after_seconds: float | None
    # Set where the words were spoken.
    heard: Heard | None = None


def _no_assent(_: str) -> bool | None:
    return None


async def to_hear(connection: AsyncConnection, held: Held, reader: BodyReader) -> list[CustomerMessage]:
    """What waits for the claimed chat's next turn; nothing when the claim was lost or a turn is open."""
    chat = (await connection.execute(_LOCK, {"id": held.id, "token": held.token})).first()
    if chat is None or chat.current_turn_id is not None or pace.is_too_early(chat.paced):
        return []
    return await _waiting(connection, chat, reader)


async def freeze(
    connection: AsyncConnection,
    held: Held,
    reader: BodyReader,
    decide_language: LanguageDecision,
    *,
    hears: bool = False,
    assent: Callable[[str], bool | None] = _no_assent,
    keeps_files: bool = True,
) -> OpenTurn | None:
    """The turn of a claimed chat: the open one again, or a new one out of what waits.

    None when the claim was lost, when nothing waits for an answer (the chat is then at rest), or when the
    chat had so many turns that its next one has to wait (`turns.pace`). With `hears`, a recording that
    nobody has listened to yet, because it has just come, waits for the next turn. `assent`
    reads a yes or a no. Without `keeps_files` what was sent besides words is left where it is.
    """
    chat = (await connection.execute(_LOCK, {"id": held.id, "token": held.token})).first()
    if chat is None:
        return None
    if chat.current_turn_id is not None:
        heard = None if chat.heard is None else Heard(chat.heard)
        return OpenTurn(held, chat.current_turn_id, chat.text, chat.intent, chat.tries, None, heard)

    if pace.is_too_early(chat.paced):
        await pace.hold_back(connection, held.id)
        return None

    arrived = await _waiting(connection, chat, reader)
    found = await voice_storage.known(connection, arrived)
    later = {m.inbox_id for m in voice_storage.unheard(arrived, found)} if hears else set()
    waiting = [m for m in voice_storage.heard(arrived, found) if m.inbox_id not in later]
    composition = compose(waiting)
    if later:
        composition = replace(composition, left_over=True)
    if composition.is_empty:
        await connection.execute(_SETTLE, {"ids": list(composition.inbox_ids)})
        await connection.execute(_POINT, _pointer(chat, None, chat.reply_language, composition))
        await connection.execute(_FREE, {"id": held.id})
        return None
    taken = [message for message in waiting if message.inbox_id in set(composition.inbox_ids)]
    if keeps_files:
        await keep_files(connection, held.id, taken)
    return await _open(connection, held, chat, composition, decide_language, assent)


async def _waiting(
    connection: AsyncConnection, chat: Row[tuple[object, ...]], reader: BodyReader
) -> list[CustomerMessage]:
    rows = await connection.execute(
        _WAITING, {"channel_id": chat.channel_id, "chat_type": chat.chat_type, "chat_id": chat.chat_id}
    )
    return [
        reader.customer_message(row.id, ElementKind(row.kind), row.external_id, row.tap, row.body)
        for row in rows
    ]


async def _open(
    connection: AsyncConnection,
    held: Held,
    chat: Row[tuple[object, ...]],
    composition: Composition,
    decide_language: LanguageDecision,
    assent: Callable[[str], bool | None],
) -> OpenTurn:
    words = await words_of(connection, held.id, composition, assent)
    if words.are_read:
        tag, reply_language = decide_language(words.text, chat.reply_language)
    else:
        # A tap, a number and a picture have no language: the chat's stays.
        tag = reply_language = chat.reply_language or "en"
    opened = (
        await connection.execute(
            _OPEN,
            {
                "conversation_id": chat.id,
                "text": words.text,
                "intent": words.intent,
                "language": tag,
                "due_at": chat.due_at,
                "heard": words.heard,
                "confirms": words.confirms,
            },
        )
    ).one()
    await pace.count_turn(connection, chat.id)
    await connection.execute(_CONSUME, {"turn_id": opened.id, "ids": list(composition.inbox_ids)})
    await connection.execute(_POINT, _pointer(chat, opened.id, reply_language, composition))
    if words.intent == OPT_OUT:
        # Here, because the bot may be silent to it: in a person's chat, in a pause, after a failure.
        await note_consent(connection, opened.id, Consent.OPTED_OUT)
    return OpenTurn(held, opened.id, words.text, words.intent, 0, opened.started_after, words.heard)


def _pointer(
    chat: Row[tuple[object, ...]], turn_id: int | None, reply_language: str | None, composition: Composition
) -> dict[str, object]:
    return {
        "id": chat.id,
        "turn_id": turn_id,
        "reply_language": reply_language,
        "left_over": composition.left_over,
    }


async def misheard_before(connection: AsyncConnection, turn: OpenTurn) -> bool:
    """Whether the customer said before that he was heard wrong, and nothing was understood since."""
    row = await connection.execute(_MISHEARD, {"chat": turn.held.id, "turn": turn.turn_id})
    return bool(row.scalar_one())


async def count_try(connection: AsyncConnection, turn_id: int, step: int) -> None:
    """Count a try (+1) before it starts, or take it back (-1) when no ready engine had accepted it."""
    await connection.execute(_TRY, {"turn_id": turn_id, "step": step})


async def finish(
    connection: AsyncConnection,
    turn: OpenTurn,
    *,
    state: str,
    replies: Sequence[Reply] = (),
    problem: str | None = None,
    regardless_of_owner: bool = False,
) -> None:
    """End the turn with its replies as outbox rows and give the chat back, in the caller's transaction.

    The caller holds the chat's row lock (`CONVERSATIONS.lock`), which is the fence.
    """
    if replies:
        await outbox.put(
            connection,
            conversation_id=turn.held.id,
            turn_id=turn.turn_id,
            replies=replies,
            regardless_of_owner=regardless_of_owner,
        )
    await connection.execute(_FINISH_TURN, {"turn_id": turn.turn_id, "state": state, "problem": problem})
    await connection.execute(_FREE, {"id": turn.held.id})


async def business_now(connection: AsyncConnection) -> datetime:
    """The business time of this transaction's database."""
    now: datetime = (await connection.execute(text("select majlis_now()"))).scalar_one()
    return now


async def reply_language(connection: AsyncConnection, conversation_id: int) -> str:
    """The language this chat is answered in: "en" or "ar"."""
    language: str | None = (
        await connection.execute(
            text("select reply_language from conversations where id = :id"), {"id": conversation_id}
        )
    ).scalar()
    return language or "en"
