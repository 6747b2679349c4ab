"""Vectors of training examples, kept from one training to the next.

A vector costs some 15 ms and the examples are thousands, but a designer changes ten of them at a time.
Only those are computed anew.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# 30 MB: several times the examples, so that a look at another branch forgets none.
_MOST_KEPT = 40_000


def _digest(text: str) -> bytes:
    # In letters: an array of byte strings loses zero bytes at the end.
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest().encode()


class VectorCache:
    """A file of vectors by the digest of their text; a file that cannot be read counts as empty.

    `maker` names what makes the vectors, with its version: vectors of another maker are not used.
    """

    def __init__(self, path: Path, maker: str) -> None:
        self._path = path
        self._maker = maker

    def vectors(self, texts: Sequence[str], compute: Callable[[list[str]], NDArray[Any]]) -> NDArray[Any]:
        """One row of float16 for each of `texts`; those not known yet come from `compute`, and are kept.

        Vectors of other texts are kept too, the latest 40,000 of all.
        """
        known = self._read()
        keys = [_digest(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            rows = compute(list(missing.values())).astype(np.float16)
            known.update(zip(missing, rows, strict=True))
            self._write(dict(list(known.items())[-_MOST_KEPT:]))
        return np.stack([known[key] for key in keys])

    def _read(self) -> dict[bytes, NDArray[Any]]:
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
                if str(saved["maker"]) != self._maker:
                    return {}
                return dict(zip(saved["digests"].tolist(), saved["vectors"], strict=True))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return {}

    def _write(self, vectors: dict[bytes, NDArray[Any]]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place and moved there whole: two trainings at once each leave a whole file.
        with tempfile.NamedTemporaryFile(dir=self._path.parent, suffix=".npz", delete=False) as file:
            np.savez(
                file,
                maker=np.array(self._maker),
                digests=np.array(list(vectors), dtype=np.bytes_),
                vectors=np.stack(list(vectors.values())),
            )
        Path(file.name).replace(self._path)
