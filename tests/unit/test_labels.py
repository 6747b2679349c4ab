"""What Majlis itself calls categories, colours and materials."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.house import read_house
from catalog.generator import generate_catalog
from catalog.labels import Kind, read_labels

LABELS = read_house("https://sales.example", "secret of tests").labels


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("categories", {product.category for product in generate_catalog()}),
        ("colors", {color for product in generate_catalog() for color in product.colors}),
        ("materials", {product.material for product in generate_catalog() if product.material}),
    ],
)
def test_the_sample_catalog_has_arabic_words_for_all_its_keys(kind: Kind, keys: set[str]) -> None:
    assert [key for key in sorted(keys) if LABELS.of(kind, key, "ar") == key] == []


def test_a_key_nobody_translated_is_said_as_the_catalog_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.yml"
    path.write_text(
        "categories:\n  pendant lamp: [hanging light, ثريا]\n  router:\ncolors:\n", encoding="utf-8"
    )
    labels = read_labels(path)
    assert labels.of("categories", "pendant lamp", "ar") == "ثريا"
    assert labels.of("categories", "pendant lamp", "en") == "pendant lamp"
    assert labels.of("categories", "router", "ar") == "router"
    assert labels.of("colors", "mint", "ar") == "mint"


@pytest.mark.parametrize(
    ("category", "plural"),
    [
        ("chair", "chairs"),
        ("shelf", "shelves"),
        ("accessory", "accessories"),
        ("tray", "trays"),
        ("switch", "switches"),
        ("box", "boxes"),
        ("outdoor lighting", "outdoor lighting"),
        ("curtains", "curtains"),
    ],
)
def test_categories_are_named_in_the_plural(category: str, plural: str) -> None:
    assert LABELS.plural(category, "en") == plural
