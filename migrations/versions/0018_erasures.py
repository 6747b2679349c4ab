"""Receipts of erasures, and orders that stay without their customer."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ERASURES = """
-- That somebody was erased, when, and how many rows of each store: nothing of the person himself.
create table erasures (
    id     bigint generated always as identity primary key,
    at     timestamptz not null default majlis_now(),
    -- A hash of the chat id with a key made from INTERNAL_SECRET, one row for each; null without a secret.
    -- Messages of ours that come back late are known by it, and do not open the chat again.
    person text,
    -- By store: rows gone, rows that stay, whether it failed.
    stores jsonb not null
);
create index erasures_by_person on erasures (person, at) where person is not null;
"""

# An order and the quote it came from belong to the seller's books and outlive the chat.
ORDERS = """
alter table orders alter column conversation_id drop not null;
alter table quotes alter column conversation_id drop not null;
"""

# Whoever erases a chat, or what is old, finds its rows; and a deleted turn is looked for in each of these.
INDEXES = """
create index turns_by_conversation on turns (conversation_id, id);
create index model_calls_by_turn on model_calls (turn_id) where turn_id is not null;
create index owners_by_turn on owners (changed_by_turn) where changed_by_turn is not null;
"""


def upgrade() -> None:
    for statements in (ERASURES, ORDERS, INDEXES):
        op.execute(statements)
