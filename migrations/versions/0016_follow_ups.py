"""Consent to be written to, and the follow-ups of each silence."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CONSENTS = """
-- What a customer said about being reminded, as it was said: the newest row of a chat counts, and the
-- earlier ones stay, because consent has to be shown later.
create table consents (
    id              bigint generated always as identity primary key,
    conversation_id bigint not null references conversations,
    state           text not null check (state in ('asked', 'opted_in', 'opted_out')),
    at              timestamptz not null default majlis_now(),
    -- By what: the question, a button, the customer's own words, or words that no reading may miss.
    how             text not null,
    turn_id         bigint references turns,
    unique (turn_id, state)
);
create index consents_by_conversation on consents (conversation_id, id);
"""

FOLLOW_UPS = """
-- A follow-up is a row here and one in the outbox, written together: at most one a step of each silence.
create table follow_ups (
    id              bigint generated always as identity primary key,
    conversation_id bigint not null references conversations,
    -- The customer's last message before it.
    silence_since   timestamptz not null,
    -- The day of the silence.
    step            integer not null check (step in (3, 7)),
    -- Where the customer is, as it was when this was made.
    zone            text not null,
    quote_id        bigint not null references quotes,
    outbox_id       bigint not null unique references outbox,
    -- made: it counts, whatever became of its message; withdrawn: never attempted, and may be made again in
    -- its hours; failed: the messenger took it and then could not deliver it; refused: it never will, to him.
    state           text not null default 'made' check (state in ('made', 'withdrawn', 'failed', 'refused')),
    reason          text,
    made_at         timestamptz not null default majlis_now(),
    -- No further step before this.
    held_until      timestamptz,
    unique (conversation_id, silence_since, step)
);
"""


# When the last message of a chat is a follow-up, what the customer says next answers it: its quote's number.
CHAT_FACTS = """
create function followed_up(conversation bigint) returns text language sql stable as $$
    select 'Q-' || q.year || '-' || lpad(q.number::text, greatest(5, length(q.number::text)), '0')
        || case when q.revision > 1 then ' R' || q.revision else '' end
    from follow_ups f join quotes q on q.id = f.quote_id
    where f.outbox_id = (select max(id) from outbox
        where conversation_id = conversation and state in ('accepted', 'uncertain'))
$$;

create or replace view chat_facts as
    select c.id as conversation_id,
           jsonb_build_object(
               'owner', coalesce(o.owner, 'bot'),
               'reply_language', coalesce(c.reply_language, 'en'),
               'stage', coalesce(s.stage, 'greeting'),
               'outcome', coalesce(s.outcome, 'open'),
               'company', f.company,
               'contact_name', f.contact_name,
               'email', f.email,
               'city', f.city,
               'trn', f.trn,
               'approved_discount', a.percent,
               'followed_up', followed_up(c.id)
           ) as facts
    from conversations c
    left join owners o on o.conversation_id = c.id
    left join sales s on s.conversation_id = c.id
    left join customer_facts f on f.conversation_id = c.id
    left join crm_links l on l.conversation_id = c.id and l.deal_state = 'open'
    left join approved_discounts a on a.deal_id = l.deal_id and a.withdrawn_at is null;
"""


def upgrade() -> None:
    for statements in (CONSENTS, FOLLOW_UPS, CHAT_FACTS):
        op.execute(statements)
