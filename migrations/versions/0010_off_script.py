"""The model's part: every call with its cost, what each day's budgets have left, servers that fail."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CALLS = """
-- Every request to a language model. No word of what was asked or answered is kept here.
create table model_calls (
    id                bigint generated always as identity primary key,
    at                timestamptz not null default majlis_now(),
    -- The day of the budgets that it counts in, by the business' time zone.
    day               date not null,
    conversation_id   bigint references conversations,
    turn_id           bigint references turns,
    purpose           text not null,
    prompt_version    text not null,
    model_asked       text not null,
    -- As the server says; null while it has said nothing.
    model_used        text,
    provider          text,
    -- 'open' while under way, and for ever when the process died over it.
    outcome           text not null default 'open' check (outcome in
        ('open', 'answered', 'out_of_credit', 'deadline', 'refused', 'unusable', 'unreachable')),
    status            integer,
    problem           text,
    input_tokens      integer,
    output_tokens     integer,
    -- US dollars. While it is open, the most that it may cost; that is what the budgets count.
    cost              numeric not null,
    cost_is_estimated boolean not null default true,
    latency_ms        integer
);
create index model_calls_by_conversation on model_calls (conversation_id, at);
create index model_calls_by_day on model_calls (day);

-- US dollars of a day: of all calls (no conversation), and of each chat's. The budgets are held against
-- these rows, so that calls at the same moment wait for each other and cannot spend the same rest twice.
create table model_spending (
    day             date not null,
    conversation_id bigint references conversations,
    dollars         numeric not null,
    unique nulls not distinct (day, conversation_id)
);
"""

BREAKER = """
-- Failures in a row of a server, counted by all processes; by the database's own clock, never business time.
create table model_servers (
    address    text primary key,
    failures   integer not null,
    -- Nobody asks before; then one asks, and this moves on.
    open_until timestamptz
);
"""


def upgrade() -> None:
    for statements in (CALLS, BREAKER):
        op.execute(statements)
