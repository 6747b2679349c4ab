"""The durable way of a message: clock, inbox, conversations, turns, outbox, owners, Rasa's events."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CLOCK = """
create table test_clock (
    only_row     boolean primary key default true check (only_row),
    clock_offset interval not null default interval '0'
);
insert into test_clock default values;

-- Business time. The offset counts only in sessions that were opened with the test clock on.
create function majlis_now() returns timestamptz language sql volatile as $$
    select clock_timestamp() + case
        when current_setting('majlis.test_clock', true) = 'on' then (select clock_offset from test_clock)
        else interval '0'
    end
$$;
"""

WORKERS = """
create table workers (
    name    text primary key,
    seen_at timestamptz not null default clock_timestamp()
);
"""

TURNS = """
create table channels (
    channel_id text primary key,
    transport  text not null,
    state      text not null,
    changed_at timestamptz not null default clock_timestamp()
);

-- One row is one chat and its entry in the queue of turns.
create table conversations (
    id                       bigint generated always as identity primary key,
    channel_id               text not null,
    chat_type                text not null,
    chat_id                  text not null,
    created_at               timestamptz not null default majlis_now(),
    reply_language           text,
    last_customer_message_at timestamptz,
    window_closed_at         timestamptz,
    -- The burst that waits: when it began and when it is due (decision 0003).
    burst_started_at         timestamptz,
    burst_due_at             timestamptz,
    -- The turn that is frozen and not finished; its retries and its burst share due_at.
    current_turn_id          bigint,
    due_at                   timestamptz,
    lease_until              timestamptz,
    lease_token              bigint not null default 0,
    ready_at                 timestamptz generated always as
        (case when due_at is null then null else greatest(due_at, lease_until) end) stored,
    -- Theoretical arrival time of the pacing of sends (GCRA), by the database's own clock.
    send_paced_until         timestamptz,
    unique (channel_id, chat_type, chat_id)
) with (autovacuum_vacuum_scale_factor = 0.01, fillfactor = 80);
create index conversations_ready on conversations (ready_at) where ready_at is not null;

create table turns (
    id              bigint generated always as identity primary key,
    conversation_id bigint not null references conversations,
    state           text not null default 'open' check (state in ('open', 'done', 'withheld', 'parked')),
    -- What the customer said, frozen at the first claim; intent is set where the words need no reading.
    text            text not null,
    intent          text,
    language        text not null,
    tries           integer not null default 0,
    problem         text,
    due_at          timestamptz not null,
    started_at      timestamptz not null default clock_timestamp(),
    finished_at     timestamptz
);
create index turns_parked on turns (id) where state = 'parked';
create unique index turns_one_open on turns (conversation_id) where state = 'open';
alter table conversations add foreign key (current_turn_id) references turns;

-- Every element of every webhook, exactly once.
create table inbox (
    id          bigint generated always as identity primary key,
    channel_id  text not null,
    external_id text not null,
    kind        text not null,
    variant     text not null default '',
    chat_type   text,
    chat_id     text,
    sent_at     timestamptz,
    received_at timestamptz not null default majlis_now(),
    tap         boolean not null default false,
    body        jsonb,
    -- An element that could not be understood or stored: its bytes, and why.
    raw         bytea,
    problem     text,
    turn_id     bigint references turns,
    settled_at  timestamptz,
    unique (channel_id, external_id, kind, variant)
) with (autovacuum_vacuum_scale_factor = 0.01);
create index inbox_waiting on inbox (channel_id, chat_type, chat_id)
    where turn_id is null and settled_at is null and kind in ('message', 'edit', 'deletion');
create index inbox_unsettled on inbox (kind, id)
    where settled_at is null and kind in ('echo', 'status', 'channel', 'template');
create index inbox_parked on inbox (id) where kind = 'parked';
create index inbox_by_turn on inbox (turn_id) where turn_id is not null;

create table outbox (
    id                  bigint generated always as identity primary key,
    conversation_id     bigint not null references conversations,
    turn_id             bigint references turns,
    ordinal             integer not null,
    text                text,
    content_uri         text,
    buttons             jsonb not null default '[]',
    -- Sent even when a person owns the chat: the sentence that says so.
    regardless_of_owner boolean not null default false,
    state               text not null default 'queued'
        check (state in ('queued', 'accepted', 'uncertain', 'failed', 'withheld')),
    problem             text,
    created_at          timestamptz not null default clock_timestamp(),
    -- The current idempotency key is id, or id.retry_number after a definite refusal.
    retry_number        integer not null default 0,
    first_attempt_at    timestamptz,
    attempts            integer not null default 0,
    message_id          text,
    accepted_at         timestamptz,
    delivery_status     text,
    delivery_problem    text,
    uncertain_until     timestamptz,
    due_at              timestamptz default clock_timestamp(),
    lease_until         timestamptz,
    lease_token         bigint not null default 0,
    ready_at            timestamptz generated always as
        (case when due_at is null then null else greatest(due_at, lease_until) end) stored,
    check (text is null or content_uri is null),
    unique (turn_id, ordinal)
) with (autovacuum_vacuum_scale_factor = 0.01);
create index outbox_ready on outbox (ready_at) where ready_at is not null;
create index outbox_lane on outbox (conversation_id, id) where state in ('queued', 'uncertain');
create index outbox_by_message on outbox (message_id) where message_id is not null;
create index outbox_unnamed on outbox (conversation_id, id)
    where message_id is null and first_attempt_at is not null;
create index outbox_by_conversation on outbox (conversation_id, id);

-- The fence: true while this claim still holds this turn. The row lock keeps it true until the
-- transaction that asked ends, so a claim cannot slip between the check and the commit. It is the weakest
-- one that keeps claims out: a new message of the chat and the lease's renewal do not wait for an action.
create function turn_is_held(turn bigint, fence bigint) returns boolean language sql volatile as $$
    select count(*) = 1 from (
        select 1 from conversations where current_turn_id = turn and lease_token = fence for key share
    ) held
$$;
create index conversations_current_turn on conversations (current_turn_id) where current_turn_id is not null;
"""

SALES = """
-- Who answers a chat; no row means the bot.
create table owners (
    conversation_id         bigint primary key references conversations,
    owner                   text not null check (owner in ('bot', 'person')),
    reason                  text not null,
    changed_at              timestamptz not null default majlis_now(),
    -- The turn that handed over: its own replies still go out.
    changed_by_turn         bigint references turns,
    manager_last_message_at timestamptz
);
"""

ACTIONS = """
create table action_results (
    turn_id    bigint not null references turns,
    ordinal    integer not null,
    action     text not null,
    result     jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (turn_id, ordinal, action)
);
"""

ENGINE = """
create table events (
    id          bigint generated by default as identity primary key,
    sender_id   varchar(255) not null,
    type_name   varchar(255) not null,
    timestamp   double precision,
    intent_name varchar(255),
    action_name varchar(255),
    data        text not null
);
create index events_by_sender on events (sender_id, id);
create index events_session_starts on events (sender_id, id) where type_name = 'session_started';

create table turn_replies (
    turn_id    bigint primary key references turns,
    replies    jsonb not null,
    created_at timestamptz not null default clock_timestamp()
);

-- What the database knows of a chat and Rasa mirrors in slots of the same names.
create view chat_facts as
    select c.id as conversation_id,
           jsonb_build_object(
               'owner', coalesce(o.owner, 'bot'),
               'reply_language', coalesce(c.reply_language, 'en')
           ) as facts
    from conversations c
    left join owners o on o.conversation_id = c.id;
"""


def upgrade() -> None:
    for statements in (CLOCK, WORKERS, TURNS, SALES, ACTIONS, ENGINE):
        op.execute(statements)
