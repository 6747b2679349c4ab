"""What is kept of CRM and Books: ids of their records, and the discounts that managers approved there."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LINKS = """
-- A chat's customer in CRM and Books; ids are written as they become known.
create table crm_links (
    conversation_id   bigint primary key references conversations,
    lead_id           text,
    account_id        text,
    contact_id        text,
    books_customer_id text,
    -- The deal of the chat's newest quote number.
    deal_id           text,
    deal_state        text not null default 'open' check (deal_state in ('open', 'won', 'lost')),
    -- By kind of record what Majlis wrote last: what a person changed there since is not overwritten.
    written           jsonb not null default '{}'
);
create index crm_links_open_deals on crm_links (deal_id) where deal_id is not null and deal_state = 'open';

create table quote_links (
    quote_id    bigint primary key references quotes,
    estimate_id text,
    -- The estimate comes to the quote's total and is marked as sent: nobody has to look again.
    booked      boolean not null default false,
    deal_id     text,
    note_id     text,
    check (estimate_id is not null or not booked)
);

alter table orders add column salesorder_id text;
"""

DISCOUNTS = """
-- What a manager wrote into the deal's discount field; it counts until he writes something else there.
create table approved_discounts (
    id              bigint generated always as identity primary key,
    conversation_id bigint not null references conversations,
    deal_id         text not null,
    percent         numeric not null check (percent > 0 and percent < 100),
    seen_at         timestamptz not null default majlis_now(),
    withdrawn_at    timestamptz
);
create unique index approved_discounts_in_force on approved_discounts (deal_id) where withdrawn_at is null;
create index approved_discounts_by_conversation on approved_discounts (conversation_id);
"""

# As 0007 has it, with the approved discount; one for a deal that is closed is no discount on the next.
CHAT_FACTS = """
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
               'approved_discount', a.percent
           ) as facts
    from conversations c
    left join owners o on o.conversation_id = c.id
    left join sales s on s.conversation_id = c.id
    left join customer_facts f on f.conversation_id = c.id
    left join crm_links l on l.conversation_id = c.id and l.deal_state = 'open'
    left join approved_discounts a on a.deal_id = l.deal_id and a.withdrawn_at is null;
"""


def upgrade() -> None:
    for statements in (LINKS, DISCOUNTS, CHAT_FACTS):
        op.execute(statements)
