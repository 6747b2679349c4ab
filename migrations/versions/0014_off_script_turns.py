"""What the off-script part keeps: a chat's note, and of each turn how it was answered."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NOTES = """
-- The rolling note of a chat: masked, in English, for the model only.
create table chat_notes (
    conversation_id bigint primary key references conversations,
    note            text not null,
    through_turn    bigint not null,
    model           text not null,
    prompt_version  text not null,
    changed_at      timestamptz not null default majlis_now()
);
"""

TURNS = """
-- One row per turn that went off the script. The row is written when the model is first asked, so that a
-- turn that is tried again asks for patience once.
create table off_script_turns (
    turn_id         bigint primary key references turns,
    conversation_id bigint not null references conversations,
    began_at        timestamptz not null default majlis_now(),
    asked_to_wait   boolean not null default false,
    -- How it ended: replayed, answered, held, person, declined, unavailable; null while it is under way.
    ending          text,
    intent          text,
    model           text,
    prompt_version  text,
    -- When the sweep began that the answer drew on (catalog_sweeps); null before the first.
    catalog_began_at timestamptz,
    -- The rules that held its drafts, or whatever else kept an answer back, in turn.
    held_by         text[] not null default '{}'
);
create index off_script_turns_by_chat on off_script_turns (conversation_id, turn_id);
"""


def upgrade() -> None:
    for statements in (NOTES, TURNS):
        op.execute(statements)
