"""The catalog's own words: which categories, colours, materials, brands and SKUs a customer
may mean.

The engine polls the stored document by its version, so a changed catalog is understood without a new
model. Synonyms are not in here: designers keep them in `data/vocabulary.yml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypedDict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.lexicon import refresh_lexicon
from catalog.schema import products, vocabulary


class CatalogWords(NamedTuple):
    """The part of a product that customers name it by."""

    sku: str
    category: str
    colors: tuple[str, ...]
    material: str | None
    brand: str | None


class VocabularyDocument(TypedDict):
    """Sorted, distinct keys as the catalog writes them."""

    categories: list[str]
    colors: list[str]
    materials: list[str]
    brands: list[str]
    skus: list[str]


def build_document(words: Iterable[CatalogWords]) -> VocabularyDocument:
    """Collect the words of products; the caller passes the active ones only."""
    words = list(words)
    return {
        "categories": sorted({entry.category for entry in words}),
        "colors": sorted({color for entry in words for color in entry.colors}),
        "materials": sorted({entry.material for entry in words if entry.material}),
        "brands": sorted({entry.brand for entry in words if entry.brand}),
        "skus": sorted(entry.sku for entry in words),
    }


async def read_document(connection: AsyncConnection) -> VocabularyDocument:
    """Collect the words of the active products in the database."""
    columns = [products.c[name] for name in CatalogWords._fields]
    rows = (await connection.execute(select(*columns).where(products.c.status == "active"))).all()
    return build_document(
        CatalogWords(row.sku, row.category, tuple(row.colors), row.material, row.brand) for row in rows
    )


async def refresh_vocabulary(connection: AsyncConnection) -> bool:
    """Store the document of the products now in the database; say whether it changed.

    Runs in the caller's transaction, together with the change of the products, and counts the words that
    search looks up. The version grows only when the document differs, so that the engine reloads only
    then.
    """
    await refresh_lexicon(connection)
    document = await read_document(connection)
    row = insert(vocabulary).values(single_row=True, version=1, document=document)
    statement = row.on_conflict_do_update(
        index_elements=[vocabulary.c.single_row],
        set_={"version": vocabulary.c.version + 1, "document": row.excluded.document},
        where=vocabulary.c.document != row.excluded.document,
    ).returning(vocabulary.c.version)
    return (await connection.execute(statement)).first() is not None
