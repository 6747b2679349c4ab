"""What is old enough to be forgotten of the model's part: calls, budgets of chats, how turns were answered.

The spending of a whole day stays: it is the seller's, and says nothing of anybody.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_STATEMENTS = {
    "price_traces": text(
        "delete from price_traces where id in (select p.id from price_traces p"
        " join turns t on t.id = p.turn_id"
        " where t.finished_at < (select majlis_now() - make_interval(days => :days)) limit :limit)"
    ),
    "off_script_turns": text(
        "delete from off_script_turns where turn_id in (select o.turn_id from off_script_turns o"
        " join turns t on t.id = o.turn_id"
        " where t.finished_at < (select majlis_now() - make_interval(days => :days)) limit :limit)"
    ),
    "model_calls": text(
        "delete from model_calls where id in (select id from model_calls"
        " where at < (select majlis_now() - make_interval(days => :days)) order by id limit :limit)"
    ),
    "model_spending": text(
        "delete from model_spending where (day, conversation_id) in (select day, conversation_id"
        " from model_spending where conversation_id is not null"
        " and day < (select majlis_now() - make_interval(days => :days))::date limit :limit)"
    ),
}
KINDS = tuple(_STATEMENTS)
"""What is forgotten, in the order in which it can be."""


async def forget(connection: AsyncConnection, kind: str, days: int, limit: int) -> int:
    """Forget up to `limit` rows of one of KINDS that are so old; how many there were."""
    return (await connection.execute(_STATEMENTS[kind], {"days": days, "limit": limit})).rowcount
