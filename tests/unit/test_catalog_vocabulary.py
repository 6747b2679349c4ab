from __future__ import annotations

import json
from pathlib import Path

from catalog.generator import generate_catalog
from catalog.vocabulary import CatalogWords, build_document

SNAPSHOT = Path(__file__).parents[2] / "catalog" / "sample_vocabulary.json"


def test_document_is_sorted_and_distinct() -> None:
    words = [
        CatalogWords("B-2", "lamp", ("white", "black"), None, None),
        CatalogWords("A-1", "lamp", ("black",), "brass", "Lumora"),
    ]
    assert build_document(words) == {
        "categories": ["lamp"],
        "colors": ["black", "white"],
        "materials": ["brass"],
        "brands": ["Lumora"],
        "skus": ["A-1", "B-2"],
    }


def test_snapshot_is_what_the_generator_yields() -> None:
    document = build_document(
        CatalogWords(product.sku, product.category, product.colors, product.material, product.brand)
        for product in generate_catalog()
        if product.status == "active"
    )
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == document, (
        "the sample catalog changed: write the document above into catalog/sample_vocabulary.json"
    )
