"""The catalog: products with vectors, and the vocabulary made of them (models in catalog/schema.py)."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EXTENSIONS = """
create extension if not exists vector;
create extension if not exists pg_trgm;
create extension if not exists unaccent;
"""

CATALOG = """
create table products (
    sku            text constraint pk_products primary key,
    name_en        text not null,
    name_ar        text not null,
    description_en text not null default '',
    description_ar text not null default '',
    category       text not null,
    colors         text[] not null default '{}',
    material       text,
    width_cm       integer,
    depth_cm       integer,
    height_cm      integer,
    seats          integer,
    rate           numeric(12, 2) not null constraint ck_products_rate_not_negative check (rate >= 0),
    stock          integer not null constraint ck_products_stock_not_negative check (stock >= 0),
    status         text not null constraint ck_products_status_known check (status in ('active', 'inactive')),
    image_url      text,
    last_modified  timestamptz not null,
    synced_at      timestamptz not null default clock_timestamp(),
    embedding      vector(384)
);
-- Exact distance over a filtered set reads every vector: kept in the row it is several times faster.
alter table products alter column embedding set storage plain;
create index ix_products_category_rate on products (category, rate) where status = 'active';

create table vocabulary (
    single_row boolean default true constraint pk_vocabulary primary key
        constraint ck_vocabulary_single_row check (single_row),
    version    bigint not null,
    document   jsonb not null
);
"""


def upgrade() -> None:
    op.execute(EXTENSIONS)
    op.execute(CATALOG)
