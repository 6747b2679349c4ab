"""Codes of chats for managers, discounts they approve by word, and the switch that pauses the house."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CODES = """
-- What a manager calls a chat. Letters and digits that look alike are none of its alphabet, and every code
-- has both, so that no word and no number is one (sales.chat_code says the same).
create table chat_codes (
    conversation_id bigint primary key references conversations,
    code            text not null unique
        check (code ~ '^[A-HJ-NP-Z2-9]{4}$' and code ~ '[A-Z]' and code ~ '[2-9]'),
    created_at      timestamptz not null default majlis_now()
);
"""

NOTICES = """
-- What a manager was told in his chat, by its job's key: a job that comes again tells nothing twice.
create table manager_notices (
    key             text primary key,
    conversation_id bigint not null references conversations,
    told_at         timestamptz not null default majlis_now()
);
create index manager_notices_by_conversation on manager_notices (conversation_id);
"""

APPROVALS = """
-- Every discount that was approved in the manager's chat: who, when, by which message. It counts once Zoho
-- has it, and is then a row of approved_discounts like one that was written into the deal.
create table discount_approvals (
    id              bigint generated always as identity primary key,
    conversation_id bigint not null references conversations,
    quote_id        bigint not null references quotes,
    percent         numeric not null check (percent > 0 and percent < 100),
    approved_by     text not null,
    turn_id         bigint not null references turns,
    approved_at     timestamptz not null default majlis_now(),
    state           text not null default 'waiting'
        check (state in ('waiting', 'in_force', 'replaced', 'refused')),
    ended_at        timestamptz,
    check ((state = 'waiting') = (ended_at is null))
);
create index discount_approvals_by_conversation on discount_approvals (conversation_id, id);
"""

PAUSE = """
-- One row for the whole house. Paused, every chat is a person's, whatever its own row in owners says.
create table house_state (
    only_row  boolean primary key default true check (only_row),
    paused_at timestamptz,
    paused_by text,
    check ((paused_at is null) = (paused_by is null))
);
insert into house_state default values;

-- Whose customer was told that a colleague answers, once in each pause.
create table pause_notices (
    conversation_id bigint not null references conversations,
    paused_at       timestamptz not null,
    primary key (conversation_id, paused_at)
);
"""

# Who answers, asked of the view that is there: whichever facts it has by now, the owner is a person's in a
# pause.
CHAT_FACTS = """
do $$
declare
    definition text := pg_get_viewdef('chat_facts'::regclass);
    owner_now  text := 'COALESCE(o.owner, ''bot''::text)';
begin
    if position(owner_now in definition) = 0 then
        raise exception 'chat_facts has no owner that 0017 knows';
    end if;
    execute 'create or replace view chat_facts as ' || replace(definition, owner_now,
        'CASE WHEN (SELECT paused_at IS NOT NULL FROM house_state) THEN ''person''::text ELSE ' || owner_now
        || ' END');
end $$;
"""


def upgrade() -> None:
    for statements in (CODES, NOTICES, APPROVALS, PAUSE, CHAT_FACTS):
        op.execute(statements)
