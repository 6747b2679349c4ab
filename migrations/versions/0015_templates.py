"""WhatsApp templates as Wazzup lists them, and outbox rows that may be sent as one."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TEMPLATES = """
create table message_templates (
    guid         text primary key,
    name         text not null,
    category     text not null,
    language     text not null,
    -- Lower case; `approved` may be sent. `refused`: the messenger would not send it, until it is read again.
    status       text not null,
    channels     text[] not null,
    variables    integer not null,
    media_header boolean not null,
    -- What the customer reads, with {{n}} where the n-th value stands.
    text         text not null,
    changed_at   timestamptz not null default majlis_now()
);
"""

OUTBOX = """
alter table outbox
    -- With text or a file: what says it outside the 24-hour window. With neither: always sent as a template.
    add column template_purpose text,
    -- The purpose's values by name.
    add column template_values  jsonb,
    -- How the newest attempt went out: which template, and what the customer read; null for free text.
    add column template_guid    text,
    add column template_text    text,
    add check ((template_purpose is null) = (template_values is null));
"""


def upgrade() -> None:
    for statements in (TEMPLATES, OUTBOX):
        op.execute(statements)
