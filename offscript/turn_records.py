"""Table off_script_turns: that a turn went off the script, and how it was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from offscript.consultation import Ending

# The row is there from the first try on; whoever runs the turn again finds what was said already.
_BEGIN = text(
    "insert into off_script_turns (turn_id, conversation_id) values (:turn, :chat)"
    " on conflict (turn_id) do update set conversation_id = excluded.conversation_id"
    " returning asked_to_wait, majlis_now() as now, (select extract(epoch from clock_timestamp() - due_at)"
    " from turns where id = :turn)::float8 as waited"
)
_ASK_TO_WAIT = text("select ask_to_wait(:turn, :words)")
_END = text(
    "update off_script_turns set ending = :ending, intent = coalesce(:intent, intent),"
    " model = coalesce(:model, model), prompt_version = coalesce(:version, prompt_version),"
    " held_by = held_by || cast(:held_by as text[]),"
    " catalog_began_at = (select began_at from catalog_sweeps) where turn_id = :turn"
)
# The chat's turns before this one, the newest first, as long as each ended without help.
_STUCK = text(
    "select count(*) from (select bool_and(coalesce(o.ending in ('held', 'unavailable'), false))"
    " over (order by t.id desc) as stuck from turns t left join off_script_turns o on o.turn_id = t.id"
    " where t.conversation_id = :chat and t.id < :turn order by t.id desc limit :limit) last where stuck"
)
_HELD_BEFORE = text(
    "select o.ending from turns t left join off_script_turns o on o.turn_id = t.id"
    " where t.conversation_id = :chat and t.id < :turn order by t.id desc limit 1"
)


@dataclass(frozen=True)
class BegunTurn:
    """When it began, in business time, and how long the customer waits already."""

    now: datetime
    waited_seconds: float
    asked_to_wait: bool


async def begin_turn(connection: AsyncConnection, conversation_id: int, turn_id: int) -> BegunTurn:
    """Note that the turn goes off the script; repeated, it finds what was noted."""
    row = (await connection.execute(_BEGIN, {"turn": turn_id, "chat": conversation_id})).one()
    return BegunTurn(row.now, row.waited, row.asked_to_wait)


async def ask_to_wait(connection: AsyncConnection, turn_id: int, words: str) -> None:
    """Have the customer asked for patience with these words, unless he was already or his turn is over.

    A function of the database does it: the action server's role may send nothing else by itself.
    """
    await connection.execute(_ASK_TO_WAIT, {"turn": turn_id, "words": words})


async def end_turn(
    connection: AsyncConnection,
    turn_id: int,
    ending: Ending,
    *,
    intent: str | None = None,
    model: str | None = None,
    prompt_version: str | None = None,
    held_by: Sequence[str] = (),
) -> None:
    """Note how the turn was answered, by which model with which prompt, and on which state of the catalog.

    A reading that led nowhere keeps its model: the turn goes on by the rules and may end here once more.
    """
    await connection.execute(
        _END,
        {
            "turn": turn_id,
            "ending": ending,
            "intent": intent,
            "model": model,
            "version": prompt_version,
            "held_by": list(held_by),
        },
    )


async def held_before(connection: AsyncConnection, conversation_id: int, turn_id: int) -> bool:
    """Whether the answer of the turn before this one was held back, too."""
    parameters = {"chat": conversation_id, "turn": turn_id}
    return (await connection.execute(_HELD_BEFORE, parameters)).scalar() == "held"


async def stuck_in_a_row(connection: AsyncConnection, conversation_id: int, turn_id: int, limit: int) -> int:
    """How many of the chat's last turns, at most `limit`, ended without help, this one not counted."""
    parameters = {"chat": conversation_id, "turn": turn_id, "limit": limit}
    return int((await connection.execute(_STUCK, parameters)).scalar_one())
