"""A read-only look at a chat's calls to language models, for people who ask what they cost."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

_CALLS = """
select id, at, purpose, coalesce(model_used, model_asked) as model, outcome, status, problem, input_tokens,
       output_tokens, cost, cost_is_estimated, latency_ms, turn_id, prompt_version
from model_calls where conversation_id = %(id)s order by id desc limit 50
"""


async def model_call_rows(
    connection: psycopg.AsyncConnection[Any], conversation_id: int
) -> list[dict[str, Any]]:
    """The newest calls of a chat, newest first: purpose, model, tokens, US dollars and milliseconds."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute(_CALLS, {"id": conversation_id})).fetchall()
