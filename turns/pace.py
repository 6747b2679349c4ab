"""The rate limit of a chat: how many turns it may begin, however much is written in it.

A person who buys furniture never meets it. Who writes without end, a broken bot or somebody who means harm,
would keep Rasa busy for everybody else, fill the outbox faster than it may be sent and spend the chat's
budget of model calls. Nothing of his is refused or lost: what he writes is stored and acknowledged as ever,
waits a little longer, and becomes fewer and longer turns, of which `turns.composition` reads so much.

The rate is a GCRA in the chat's own row: TURNS_AT_ONCE turns may follow each other as fast as they come, and
after them one every SECONDS_A_TURN, which is the pace at which replies leave (`turns.sender`). All workers
share it, and all times are the database's own clock.
"""

from __future__ import annotations

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from turns import metrics

TURNS_AT_ONCE = 20
SECONDS_A_TURN = 6.0

_EARLY = SECONDS_A_TURN * (TURNS_AT_ONCE - 1)
# The burst begins anew with the next message, which would otherwise be due at once.
_HOLD_BACK = text(
    "update conversations set lease_until = null, burst_started_at = null, burst_due_at = null,"
    " due_at = turns_paced_until - make_interval(secs => :early) where id = :id"
)
_BEGIN = text(
    "update conversations set turns_paced_until ="
    " greatest(turns_paced_until, clock_timestamp()) + make_interval(secs => :interval) where id = :id"
)

log = structlog.get_logger(__name__)


def is_too_early(paced: float | None) -> bool:
    """Whether no turn may begin yet; `paced`: seconds from now to `turns_paced_until`, None: never set."""
    return paced is not None and paced > _EARLY


async def hold_back(connection: AsyncConnection, conversation_id: int) -> None:
    """Give the claimed chat back until its next turn may begin; its messages wait, none is lost."""
    await connection.execute(_HOLD_BACK, {"id": conversation_id, "early": _EARLY})
    metrics.TURNS_HELD_BACK.inc()
    log.warning("turn.held_back", turns_at_once=TURNS_AT_ONCE, seconds_a_turn=SECONDS_A_TURN)


async def count_turn(connection: AsyncConnection, conversation_id: int) -> None:
    """A turn of the chat begins, in the caller's transaction; one that is taken again does not count."""
    await connection.execute(_BEGIN, {"id": conversation_id, "interval": SECONDS_A_TURN})
