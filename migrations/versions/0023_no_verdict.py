"""A reviewed chat may have a rule of which nobody could tell whether it was kept; `why` says the reason."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table quality_verdicts alter column passed drop not null")
