"""How the sales of chats that may be reviewed stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_STANDING = text(
    "select chat.id, coalesce(s.outcome, 'open') as outcome, exists (select from hand_overs h"
    " where h.conversation_id = chat.id and h.at >= :since and h.at < :until) as handed_over"
    " from unnest(cast(:chats as bigint[])) as chat(id) left join sales s on s.conversation_id = chat.id"
)


@dataclass(frozen=True)
class Standing:
    """How a chat's sale stands, and whether a person took over in the period."""

    outcome: str
    handed_over: bool


async def standings(
    connection: AsyncConnection, chats: Collection[int], since: datetime, until: datetime
) -> Mapping[int, Standing]:
    """How each of the chats stands."""
    parameters = {"chats": list(chats), "since": since, "until": until}
    rows = await connection.execute(_STANDING, parameters)
    return {row.id: Standing(row.outcome, row.handed_over) for row in rows}
