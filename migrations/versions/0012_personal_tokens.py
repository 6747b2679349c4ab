"""What the tokens in a chat's masked texts stand for, sealed: never in prompts, logs or traces."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TOKENS = """
create table personal_tokens (
    conversation_id bigint primary key references conversations,
    -- The list of kind, number, spelling and value, encrypted with a key made from INTERNAL_SECRET.
    sealed          bytea not null,
    -- Whoever writes names the revision he read: no two masks may give one number to different things.
    revision        integer not null check (revision > 0),
    updated_at      timestamptz not null default majlis_now()
);
"""


def upgrade() -> None:
    op.execute(TOKENS)
