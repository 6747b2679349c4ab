"""Catalog sync: which item a product mirrors, which Arabic names are made up, when the last sweep began."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PRODUCTS = """
alter table products
    add column zoho_item_id text,
    add column name_ar_is_made boolean not null default false,
    -- Business time, like the ticks that bring the next sweep.
    alter column synced_at set default majlis_now();
create unique index uq_products_zoho_item_id on products (zoho_item_id);
"""

SWEEPS = """
create table catalog_sweeps (
    single_row boolean not null default true constraint pk_catalog_sweeps primary key
        constraint ck_catalog_sweeps_single_row check (single_row),
    -- The catalog is as it was then, or newer; a sweep that began earlier is not taken any more.
    began_at   timestamptz not null
);
"""


def upgrade() -> None:
    op.execute(PRODUCTS)
    op.execute(SWEEPS)
