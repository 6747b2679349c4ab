"""The tables of the catalog room: the mirror of the seller's products, and the vocabulary made of it.

Text keys (category, colours, material) are stored as the catalog writes them, in English; customers'
words are brought to these keys by the engine's vocabulary, so an equality in SQL is enough here.
"""

from __future__ import annotations

from pgvector.sqlalchemy import Vector
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

EMBEDDING_DIMENSIONS = 384
# What a vector is made of, in SQL: the text as it stands in the row now, and its hash.
EMBEDDED_TEXT = "(name_en || E'\\n' || name_ar || E'\\n' || description_en)"
EMBEDDED_HASH = f"md5{EMBEDDED_TEXT}"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

products = Table(
    "products",
    metadata,
    Column("sku", Text, primary_key=True),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False),
    Column("description_en", Text, nullable=False, server_default=""),
    Column("description_ar", Text, nullable=False, server_default=""),
    Column("category", Text, nullable=False),
    Column("colors", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("material", Text),
    Column("brand", Text),
    Column("width_cm", Integer),
    Column("depth_cm", Integer),
    Column("height_cm", Integer),
    Column("seats", Integer),
    # AED without VAT, for one piece.
    Column("rate", Numeric(12, 2), nullable=False),
    # Pieces that may still be promised.
    Column("stock", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("image_url", Text),
    # When the seller last changed the product, and when our mirror last saw it.
    Column("last_modified", DateTime(timezone=True), nullable=False),
    # (business time).
    Column("synced_at", DateTime(timezone=True), nullable=False, server_default=func.majlis_now()),
    # The item of the source that the product mirrors; null: of the sample catalog.
    Column("zoho_item_id", Text),
    # The source has no Arabic name; this one is made of the vocabulary.
    Column("name_ar_is_made", Boolean, nullable=False, server_default=text("false")),
    # What a customer's words are looked up in; written by `catalog.words` with every change of the texts.
    Column("words", TSVECTOR, nullable=False, server_default=""),
    # Stored plain, in the row itself (set by the migration; models cannot say it).
    Column("embedding", Vector(EMBEDDING_DIMENSIONS)),
    # The hash of the text the vector was made of; null as long as there is none.
    Column("embedding_hash", Text),
    CheckConstraint("rate >= 0", name="rate_not_negative"),
    CheckConstraint("stock >= 0", name="stock_not_negative"),
    CheckConstraint("status IN ('active', 'inactive')", name="status_known"),
    # Holds all that filters and orders ask for, so that a search without words does not read the rows.
    Index(
        "ix_products_category_rate",
        "category",
        "rate",
        "sku",
        postgresql_include=[
            "colors",
            "stock",
            "material",
            "brand",
            "seats",
            "width_cm",
            "depth_cm",
            "height_cm",
        ],
        postgresql_where=text("status = 'active'"),
    ),
    # The function (made by the migration) pairs the category with each colour.
    Index("ix_products_category_colors", text("category_colors(category, colors)"), postgresql_using="gin"),
    Index("ix_products_words", "words", postgresql_using="gin"),
    Index("uq_products_zoho_item_id", "zoho_item_id", unique=True),
    # Empty when every vector is as its text, so that looking for work costs nothing.
    Index(
        "ix_products_without_vector",
        "last_modified",
        "sku",
        postgresql_where=text(f"status = 'active' and embedding_hash is distinct from {EMBEDDED_HASH}"),
    ),
)

# Written out, not as a parameter: only so does a plan for all values use the indexes of active products.
IS_ACTIVE = products.c.status == literal_column("'active'")

catalog_words = Table(
    "catalog_words",
    metadata,
    # As it stands in `products.words`; the empty word stands for every product.
    Column("word", Text, primary_key=True),
    # How many active products hold it.
    Column("products", Integer, nullable=False),
    Index(
        "ix_catalog_words_word",
        "word",
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
        postgresql_where=text("word ~ '^[^0-9.~]+$'"),
    ),
)

catalog_sweeps = Table(
    "catalog_sweeps",
    metadata,
    # One row: the key can only be true.
    Column("single_row", Boolean, primary_key=True, server_default=text("true")),
    # The catalog is as the source was then, or newer.
    Column("began_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("single_row", name="single_row"),
)

vocabulary = Table(
    "vocabulary",
    metadata,
    # One row: the key can only be true.
    Column("single_row", Boolean, primary_key=True, server_default=text("true")),
    Column("version", BigInteger, nullable=False),
    Column("document", JSONB, nullable=False),
    CheckConstraint("single_row", name="single_row"),
)
