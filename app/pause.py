"""`majlis pause` and `majlis resume`: all chats to people and back, for all workers at once (design §11)."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database import find_database
from app.messages import OutboxMessages
from app.running import joined
from app.seller import load_seller
from app.settings import Settings, SettingsError
from app.supervisor import read_state
from sales.chat_code import codes_of
from sales.house_state import begin_pause, end_pause, note_told, read_pause
from sales.manager_chat import CHAT_TYPE
from storage.pool import create_engine
from turns.unanswered import count_of_bot, unanswered, with_queued_replies

# More than a terminal's page helps nobody.
_SHOWN_CODES = 50


async def pause(settings: Settings) -> str:
    """Give all chats to persons; what to tell whoever asked. Repeated, it changes nothing.

    Raises:
        SettingsError: without a database, or when it does not answer.
    """
    return await _asked(settings, begin=True)


async def resume(settings: Settings) -> str:
    """Give them back; what to tell whoever asked. Repeated, it changes nothing.

    Raises:
        SettingsError: without a database, or when it does not answer.
    """
    return await _asked(settings, begin=False)


async def _asked(settings: Settings, *, begin: bool) -> str:
    settings = joined(settings, read_state(settings.run_folder))
    engine = create_engine(find_database(settings), test_clock=settings.majlis_test_clock, size=1)
    try:
        async with engine.begin() as connection:
            return await (_pause if begin else _resume)(connection, settings)
    except OperationalError as error:
        raise SettingsError(f"The database does not answer: {str(error.orig).splitlines()[0]}") from error
    finally:
        await engine.dispose()


async def _pause(connection: AsyncConnection, settings: Settings) -> str:
    who = f"{getpass.getuser()} on {socket.gethostname()}"
    manager = {"manager_type": CHAT_TYPE, "manager_chat": settings.manager_chat_id}
    began = await begin_pause(connection, who)
    state = await read_pause(connection)
    assert state is not None
    zone = load_seller().timezone
    if not began:
        lines = [f"Majlis is paused already, since {_moment(state.since, zone)}, by {state.by}."]
    else:
        held_back = await _hold_back(connection)
        count = await count_of_bot(connection, **manager)
        lines = [
            f"Paused: all chats are with people now, {count} of them until now with Majlis.",
            f"Replies held back: in {held_back} chats; their customers read that a colleague answers.",
        ]
    lines.append(await _waiting(connection, await unanswered(connection, **manager)))
    lines.append("`majlis resume` gives the chats back; what managers took over by themselves stays theirs.")
    return "\n".join(lines)


async def _resume(connection: AsyncConnection, settings: Settings) -> str:
    manager = {"manager_type": CHAT_TYPE, "manager_chat": settings.manager_chat_id}
    ended = await end_pause(connection)
    if ended is None:
        return "Majlis is not paused: nothing was changed."
    count = await count_of_bot(connection, **manager)
    waiting = await unanswered(connection, **manager)
    since = _moment(ended.since, load_seller().timezone)
    return "\n".join(
        [
            f"Resumed: {count} chats are with Majlis again (paused since {since} by {ended.by}).",
            await _waiting(connection, waiting),
            "Majlis answers from each customer's next message on; what came before it is left to people.",
        ]
    )


async def _hold_back(connection: AsyncConnection) -> int:
    """Tell the customers of queued replies, which nobody sends any more; in how many chats there are some."""
    messages = OutboxMessages(load_seller().messages)
    chats = await with_queued_replies(connection)
    for conversation_id, turn_id in chats.items():
        if await note_told(connection, conversation_id, turn_id):
            await messages.tell(connection, conversation_id, "paused", {}, regardless_of_owner=True)
    return len(chats)


async def _waiting(connection: AsyncConnection, chats: Sequence[int]) -> str:
    if not chats:
        return "No customer waits for an answer."
    codes = ", ".join(await codes_of(connection, chats[:_SHOWN_CODES]))
    more = f" and {len(chats) - _SHOWN_CODES} more" if len(chats) > _SHOWN_CODES else ""
    return f"Customers who wait for an answer: {len(chats)} ({codes}{more})."


def _moment(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%d/%m %H:%M}"
