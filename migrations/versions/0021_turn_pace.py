"""A chat that floods waits for its turn."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TURN_PACE = """
-- Theoretical arrival time of the pacing of turns (GCRA), by the database's own clock.
alter table conversations add column turns_paced_until timestamptz;
"""


def upgrade() -> None:
    op.execute(TURN_PACE)
