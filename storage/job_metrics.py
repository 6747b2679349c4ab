"""What jobs count (Prometheus; all processes of a host on one page)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

TRIES = Counter("majlis_job_tries_total", "Attempts at jobs by kind and outcome", ["kind", "outcome"])
WAITING = Gauge("majlis_jobs_waiting", "Jobs that are not done yet", multiprocess_mode="livemostrecent")
OLDEST_DUE_SECONDS = Gauge(
    "majlis_jobs_oldest_due_seconds",
    "How long the longest waiting job has been due; retries count from the job's beginning",
    multiprocess_mode="livemostrecent",
)
PARKED = Gauge("majlis_jobs_parked", "Jobs that wait for the operator", multiprocess_mode="livemostrecent")

# A retry moves due_at: what matters to whoever waits is when the work became necessary.
_FIGURES = text(
    "select count(*) filter (where state = 'waiting') as waiting,"
    " count(*) filter (where state = 'parked') as parked,"
    " coalesce(extract(epoch from clock_timestamp() - min("
    "  case when attempts > 0 then created_at else due_at end) filter (where state = 'waiting')), 0)"
    "  ::float8 as oldest"
    " from jobs where state in ('waiting', 'parked')"
)


async def measure(connection: AsyncConnection) -> None:
    """Set the gauges to what the database holds."""
    row = (await connection.execute(_FIGURES)).one()
    WAITING.set(row.waiting)
    PARKED.set(row.parked)
    OLDEST_DUE_SECONDS.set(max(row.oldest, 0.0))


async def count_parked(connection: AsyncConnection) -> int:
    """How many jobs wait for the operator."""
    parked: int = (await connection.execute(_FIGURES)).one().parked
    return parked
