"""Every amount a model's reply showed, with the record it came from."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TRACES = """
create table price_traces (
    id              bigint generated always as identity primary key,
    conversation_id bigint not null references conversations,
    turn_id         bigint not null references turns,
    -- SHA-256 of the text as it was sent.
    text_hash       text not null,
    ordinal         integer not null,
    -- AED, or per cent.
    value           numeric not null,
    is_percent      boolean not null,
    record_id       text not null,
    -- When the record was last read from where it belongs.
    synced_at       timestamptz not null,
    unique (turn_id, text_hash, ordinal)
);
create index price_traces_by_conversation on price_traces (conversation_id);
"""


def upgrade() -> None:
    op.execute(TRACES)
