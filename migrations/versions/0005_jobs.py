"""Jobs and the ticks of cron; what was parked may be dropped."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JOBS = """
create table jobs (
    id              bigint generated always as identity primary key,
    kind            text not null,
    -- Names what the job is for: two jobs of a kind with the same key would do the same thing twice.
    key             text not null,
    payload         jsonb not null,
    conversation_id bigint references conversations,
    state           text not null default 'waiting' check (state in ('waiting', 'done', 'parked', 'dropped')),
    attempts        integer not null default 0,
    -- Attempts since the last one that ended in a verdict: their worker died, or the database was away.
    silent_attempts integer not null default 0,
    -- An attempt that began then may have taken effect outside and nobody knows.
    began_at        timestamptz,
    progress        jsonb not null default '{}',
    result          jsonb,
    problem         text,
    created_at      timestamptz not null default clock_timestamp(),
    ended_at        timestamptz,
    due_at          timestamptz default clock_timestamp(),
    lease_until     timestamptz,
    lease_token     bigint not null default 0,
    ready_at        timestamptz generated always as
        (case when due_at is null then null else greatest(due_at, lease_until) end) stored,
    check ((due_at is not null) = (state = 'waiting'))
) with (autovacuum_vacuum_scale_factor = 0.01, fillfactor = 80);
create unique index jobs_one_open on jobs (kind, key) where state in ('waiting', 'parked');
create index jobs_ready on jobs (ready_at) where ready_at is not null;
create index jobs_parked on jobs (id) where state = 'parked';
create index jobs_by_conversation on jobs (conversation_id) where conversation_id is not null;
"""

CRON = """
-- A tick that was taken; who inserts the row makes its job.
create table cron_ticks (
    name text not null,
    due  timestamptz not null,
    primary key (name, due)
);
"""

DROPPED = """
alter table turns drop constraint turns_state_check;
alter table turns add constraint turns_state_check
    check (state in ('open', 'done', 'withheld', 'parked', 'dropped'));
"""


def upgrade() -> None:
    for statements in (JOBS, CRON, DROPPED):
        op.execute(statements)
