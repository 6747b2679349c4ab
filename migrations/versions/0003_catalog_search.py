"""Search: brands, the words of a product, the catalog's lexicon, and which vectors are out of date."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PRODUCTS = r"""
alter table products
    add column brand text,
    add column words tsvector not null default '',
    add column embedding_hash text;
-- Words and vector are read for every product within the filters: rows up to 4 kB keep them in the row.
alter table products alter column words set storage main;
alter table products set (toast_tuple_target = 4080);
create index ix_products_words on products using gin (words);
-- Kind and colour are asked for together: one short list of rows instead of two long ones.
create function category_colors(category text, colors text[]) returns text[]
    language sql immutable strict parallel safe cost 20
    return array(select category || '/' || color from unnest(colors) as color);
create index ix_products_category_colors on products using gin (category_colors(category, colors));
-- Holds all that filters and orders ask for, so that a search without words does not read the rows.
drop index ix_products_category_rate;
create index ix_products_category_rate on products (category, rate, sku)
    include (colors, stock, material, brand, seats, width_cm, depth_cm, height_cm)
    where status = 'active';
-- Empty when every vector is as its text, so that looking for work costs nothing.
create index ix_products_without_vector on products (last_modified, sku)
    where status = 'active' and embedding_hash is distinct from
        md5((name_en || E'\n' || name_ar || E'\n' || description_en));
"""

LEXICON = """
create table catalog_words (
    word     text constraint pk_catalog_words primary key,
    products integer not null
);
-- Misspelt words are compared with words of letters only: never with codes, sizes or marked words.
create index ix_catalog_words_word on catalog_words using gin (word gin_trgm_ops) where word ~ '^[^0-9.~]+$';
"""


def upgrade() -> None:
    op.execute(PRODUCTS)
    op.execute(LEXICON)
