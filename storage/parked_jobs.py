"""Parked jobs as the operator sees them: listed, tried again, dropped."""

from __future__ import annotations

from typing import Any

import psycopg

# Its rows are dictionaries.
Connection = psycopg.AsyncConnection[Any]

_PARKED = """
select id, kind, key, conversation_id, attempts, problem, ended_at as since, created_at, payload, progress,
       began_at is not null as may_be_done
from jobs where state = 'parked' order by id
"""
# Counted afresh; a doubt whether it took effect stays, so that it is looked up first.
_RETRY = """
update jobs set state = 'waiting', due_at = clock_timestamp(), ended_at = null, attempts = 0
where id = %s and state = 'parked'
"""
_DROP = "update jobs set state = 'dropped', ended_at = clock_timestamp() where id = %s and state = 'parked'"


async def parked_jobs(connection: Connection) -> list[dict[str, Any]]:
    """All of them, oldest first; `may_be_done`: an attempt may have taken effect outside."""
    return await (await connection.execute(_PARKED)).fetchall()


async def retry_job(connection: Connection, job_id: int) -> bool:
    """Let it be tried again at once; False when it is not parked any more."""
    return (await connection.execute(_RETRY, (job_id,))).rowcount == 1


async def drop_job(connection: Connection, job_id: int) -> bool:
    """Give it up for good; False when it is not parked any more."""
    return (await connection.execute(_DROP, (job_id,))).rowcount == 1
