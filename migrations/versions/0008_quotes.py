"""Quotes with their revisions and lines, and the orders that accepted quotes become."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

QUOTES = """
-- Numbers may have gaps (a transaction that failed), but none is given twice.
create sequence quote_numbers as integer;

create table quotes (
    id               bigint generated always as identity primary key,
    conversation_id  bigint not null references conversations,
    -- The year of the first revision, in the seller's time zone: part of the number as it is printed.
    year             integer not null,
    number           integer not null,
    revision         integer not null check (revision >= 1),
    state            text not null default 'draft'
        check (state in ('draft', 'sent', 'superseded', 'accepted', 'expired', 'withdrawn')),
    language         text not null check (language in ('en', 'ar', 'both')),
    created_at       timestamptz not null default majlis_now(),
    -- The first moment at which it is not good any more.
    valid_until      timestamptz not null,
    vat_percent      numeric not null check (vat_percent >= 0 and vat_percent < 100),
    discount_percent numeric not null default 0 check (discount_percent >= 0 and discount_percent < 100),
    subtotal         numeric(14, 2) not null check (subtotal >= 0),
    discount         numeric(14, 2) not null check (discount >= 0),
    vat              numeric(14, 2) not null check (vat >= 0),
    total            numeric(14, 2) not null,
    -- Company, contact, email, city and TRN as printed, whatever is corrected later.
    customer         jsonb not null,
    pdf              bytea,
    pdf_sha256       text,
    sent_at          timestamptz,
    unique (number, revision),
    check (total = subtotal - discount + vat),
    check ((pdf is null) = (pdf_sha256 is null)),
    check (sent_at is null or pdf is not null),
    check (sent_at is not null or state in ('draft', 'superseded', 'withdrawn'))
);
create unique index quotes_one_sent on quotes (conversation_id) where state = 'sent';
create index quotes_by_conversation on quotes (conversation_id, id);
create index quotes_that_expire on quotes (valid_until) where state = 'sent';

create table quote_lines (
    quote_id     bigint not null references quotes,
    position     integer not null check (position >= 1),
    sku          text not null,
    zoho_item_id text,
    name_en      text not null,
    name_ar      text not null,
    quantity     integer not null check (quantity >= 1),
    rate         numeric(14, 2) not null check (rate >= 0),
    line_total   numeric(14, 2) not null,
    primary key (quote_id, position),
    check (line_total = quantity * rate)
);
"""

ORDERS = """
create table orders (
    id              bigint generated always as identity primary key,
    quote_id        bigint not null unique references quotes,
    conversation_id bigint not null references conversations,
    state           text not null default 'placed' check (state in ('placed', 'confirmed')),
    -- The number of the sales order; null until the CRM has given one.
    number          text,
    created_at      timestamptz not null default majlis_now()
);
create index orders_by_conversation on orders (conversation_id, id);
"""


def upgrade() -> None:
    op.execute(QUOTES)
    op.execute(ORDERS)
