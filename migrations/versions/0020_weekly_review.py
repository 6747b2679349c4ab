"""Every hand-over with its manager's first answer, and what the weekly review of real chats found."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

HAND_OVERS = """
-- owners says how a chat stands now; this says how often people were needed, and how fast they came.
create table hand_overs (
    id              bigint generated always as identity primary key,
    conversation_id bigint not null references conversations,
    reason          text not null,
    at              timestamptz not null,
    -- The manager's first message in the chat; at once where it was his message that took the chat over.
    answered_at     timestamptz check (answered_at >= at)
);
create index hand_overs_by_conversation on hand_overs (conversation_id, id);
create index hand_overs_by_time on hand_overs (at);

insert into hand_overs (conversation_id, reason, at, answered_at)
    select conversation_id, reason, changed_at,
           case when manager_last_message_at >= changed_at then manager_last_message_at end
    from owners where owner = 'person';
"""

REVIEWS = """
-- A week of the seller's, by its Monday; finished_at stays null until every chat of the sample is graded.
create table quality_weeks (
    week        date primary key check (extract(isodow from week) = 1),
    -- Chats in which a customer wrote, and how many of them were chosen.
    chats       integer not null check (chats >= 0),
    chosen      integer not null check (chosen between 0 and chats),
    began_at    timestamptz not null default majlis_now(),
    finished_at timestamptz
);

-- A chosen chat with what it was chosen for; all of a week's are written at once.
create table quality_reviews (
    id              bigint generated always as identity primary key,
    week            date not null references quality_weeks on delete cascade,
    conversation_id bigint not null references conversations,
    language        text not null,
    outcome         text not null,
    handed_over     boolean not null,
    graded_at       timestamptz,
    unique (week, conversation_id)
);
create index quality_reviews_by_conversation on quality_reviews (conversation_id);

-- What a rule says of it; a rule that has nothing to judge in a chat has no row.
create table quality_verdicts (
    review_id bigint not null references quality_reviews on delete cascade,
    rule      integer not null check (rule between 1 and 15),
    passed    boolean not null,
    why       text not null,
    -- The lines it is about, masked: a list of who and text.
    lines     jsonb not null default '[]',
    primary key (review_id, rule)
);
"""


def upgrade() -> None:
    for statements in (HAND_OVERS, REVIEWS):
        op.execute(statements)
