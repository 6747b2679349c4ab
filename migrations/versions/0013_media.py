"""What customers sent besides words: their files for the managers, and what was heard in voice messages."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FILES = """
-- The bytes are in the row and not in a folder: workers write them and gateways serve them on any host, a
-- backup has both or neither, and who erases a chat or what is old deletes rows.
create table received_files (
    id              bigint generated always as identity primary key,
    conversation_id bigint not null references conversations,
    inbox_id        bigint not null unique references inbox,
    -- As `turns.ports.Media` names it.
    kind            text not null,
    -- Where the gateway keeps it; null for what has no file, such as a location.
    uri             text,
    state           text not null default 'waiting' check (state in ('waiting', 'kept', 'refused', 'none')),
    -- By the bytes, not by what the sender said.
    content_type    text,
    file_name       text,
    content         bytea,
    -- Why it was refused, in words for managers.
    problem         text,
    received_at     timestamptz not null default majlis_now(),
    check ((state = 'none') = (uri is null)),
    check ((state = 'kept') = (content is not null)),
    check ((content is null) = (content_type is null) and (content is null) = (file_name is null)),
    check ((state = 'refused') = (problem is not null))
);
create index received_files_by_conversation on received_files (conversation_id, id);
create index received_files_by_age on received_files (received_at);
-- What is compressed already is not worth another try at each read and write.
alter table received_files alter column content set storage external;
"""

VOICE = """
-- A row is made before a recording leaves the house, so that a worker that is killed meanwhile leaves a trace
-- and nothing is paid for again and again.
create table transcripts (
    inbox_id        bigint primary key references inbox,
    conversation_id bigint not null references conversations,
    state           text not null default 'asked' check (state in ('asked', 'clear', 'unclear', 'declined')),
    attempts        integer not null default 1,
    text            text,
    log_probability double precision,
    no_speech       double precision,
    compression     double precision,
    problem         text,
    created_at      timestamptz not null default majlis_now(),
    check ((state in ('clear', 'unclear')) = (text is not null))
);
create index transcripts_by_conversation on transcripts (conversation_id);

-- clear: some of the words were spoken. unclear: all of them were, and the turn only asks whether they are
-- right. wrong: the customer said that they are not.
alter table turns add column heard text check (heard in ('clear', 'unclear', 'wrong'));
-- The unclear turn whose words the customer confirmed; this one acts on them, and no other does.
alter table turns add column confirms bigint unique references turns;
"""


def upgrade() -> None:
    op.execute(FILES)
    op.execute(VOICE)
