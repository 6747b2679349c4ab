"""What every process shares of an outside service: its access token, its rate, its calls in flight."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ACCESS_TOKENS = """
create table access_tokens (
    -- Made of the settings, so that changed settings begin a row of their own.
    name          text constraint pk_access_tokens primary key,
    access_token  text,
    usable_until  timestamptz,
    -- From here on it is renewed in the background.
    renew_at      timestamptz,
    -- Whoever asks for a new token now, and its fence.
    lease_until   timestamptz,
    lease_token   bigint not null default 0,
    -- When tokens were asked for, newest first: the budget of all processes together.
    asked_at      timestamptz[] not null default '{}',
    -- Nobody asks before; failures counts the requests in a row that had no answer.
    blocked_until timestamptz,
    failures      integer not null default 0,
    -- The grant itself was refused: nobody asks again.
    refused       boolean not null default false,
    problem       text
);
"""

RATE_LIMITS = """
create table rate_limits (
    name          text constraint pk_rate_limits primary key,
    -- Theoretical arrival time of the next call (GCRA), by the database's own clock.
    free_at       timestamptz not null default clock_timestamp(),
    -- The service said so: nobody calls before.
    blocked_until timestamptz
);

create table rate_limit_places (
    name        text not null,
    place       integer not null,
    -- One call in flight; a place whose lease has ended is free, whoever held it.
    holder      uuid,
    lease_until timestamptz,
    constraint pk_rate_limit_places primary key (name, place)
);
"""


def upgrade() -> None:
    op.execute(ACCESS_TOKENS)
    op.execute(RATE_LIMITS)
