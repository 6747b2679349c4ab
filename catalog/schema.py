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
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

EMBEDDING_DIMENSIONS = 384

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
    Column("synced_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    # Stored plain, in the row itself (set by the migration; models cannot say it).
    Column("embedding", Vector(EMBEDDING_DIMENSIONS)),
    CheckConstraint("rate >= 0", name="rate_not_negative"),
    CheckConstraint("stock >= 0", name="stock_not_negative"),
    CheckConstraint("status IN ('active', 'inactive')", name="status_known"),
    Index("ix_products_category_rate", "category", "rate", postgresql_where=text("status = 'active'")),
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
