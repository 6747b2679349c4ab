from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import vector_cache
from engine.vector_cache import VectorCache


class Maker:
    """Makes a vector of a text's length, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> NDArray[Any]:
        self.asked += texts
        return np.array([[len(text), 0.5] for text in texts], dtype=np.float32)


def _lengths(vectors: Iterable[NDArray[Any]]) -> list[float]:
    return [float(vector[0]) for vector in vectors]


def test_only_new_texts_are_computed(tmp_path: Path) -> None:
    maker, path = Maker(), tmp_path / "not" / "there" / "vectors.npz"
    assert _lengths(VectorCache(path, "a").vectors(["one", "three", "one"], maker)) == [3, 5, 3]
    assert _lengths(VectorCache(path, "a").vectors(["seven", "كرسي", "three"], maker)) == [5, 4, 5]
    assert maker.asked == ["one", "three", "seven", "كرسي"]
    assert list(path.parent.iterdir()) == [path]


def test_vectors_of_another_maker_are_not_used(tmp_path: Path) -> None:
    maker, path = Maker(), tmp_path / "vectors.npz"
    for version in ("1", "2"):
        VectorCache(path, version).vectors(["one"], maker)
    assert maker.asked == ["one", "one"]


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 cut off"])
def test_a_broken_file_counts_as_empty_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    maker, path = Maker(), tmp_path / "vectors.npz"
    path.write_bytes(content)
    for _ in range(2):
        assert _lengths(VectorCache(path, "a").vectors(["one"], maker)) == [3]
    assert maker.asked == ["one"]


def test_the_oldest_are_forgotten_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_cache, "_MOST_KEPT", 2)
    maker, path = Maker(), tmp_path / "vectors.npz"
    for texts in (["a", "bb"], ["ccc"], ["bb", "a"]):
        VectorCache(path, "a").vectors(texts, maker)
    assert maker.asked == ["a", "bb", "ccc", "a"]
