"""What the hourly look at the installation found."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

CHECKS = """
-- The newest result of each check.
create table checks (
    name        text primary key,
    -- unjudged: it could not be told this time; an incident that is open stays open.
    state       text not null check (state in ('fine', 'wrong', 'unjudged')),
    sentence    text not null,
    looked_at   timestamptz not null default majlis_now(),
    -- The incident that is open, and whether the manager's chat was told of it.
    wrong_since timestamptz,
    told        boolean not null default false,
    check (not told or wrong_since is not null),
    check (state <> 'fine' or wrong_since is null),
    check (state <> 'wrong' or wrong_since is not null)
);
-- Counts what came in certain hours of past weeks. Rows arrive in the order of their time, so that a summary
-- of their pages is enough and costs the gateway's inserts next to nothing.
create index inbox_by_arrival on inbox using brin (received_at)
    with (pages_per_range = 32, autosummarize = on);
"""


def upgrade() -> None:
    op.execute(CHECKS)
