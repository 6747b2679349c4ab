"""The lines that bench-nlu learns from and asks about."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "data" / "nlu"
FRESH = Path(__file__).with_name("data")
# Public sets, kept beside the repository and not in it.
_SHARED = ROOT.parent / "shared" / "data"
_BANKING = _SHARED / "arbanking77-train"
_OUT_OF_SCOPE = _SHARED / "clinc-oos" / "oos_dev.txt"

WRITINGS = ("en", "ar", "arabizi", "mixed")
OUT_OF_SCOPE_INTENT = "out_of_scope"


@dataclass(frozen=True)
class Line:
    """What a customer writes, what he wants by it, and in which of the four ways he writes."""

    text: str
    intent: str
    writing: str


def _read(path: Path) -> list[Line]:
    lines = []
    for example in load_data(str(path)).intent_examples:
        metadata: dict[str, Any] = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
        writing = metadata.get("writing")
        if writing not in WRITINGS:
            raise ValueError(
                f"{path.name}: the block of {example.get(INTENT)!r} with {example.get(TEXT)!r} needs "
                f"`metadata: {{writing: …}}` with one of {', '.join(WRITINGS)}"
            )
        lines.append(Line(example.get(TEXT), example.get(INTENT), writing))
    return lines


def examples() -> list[Line]:
    """The project's own training examples; raises ValueError for a block that does not say its writing."""
    return [line for path in sorted(EXAMPLES.glob("*.yml")) for line in _read(path)]


def fresh() -> list[Line]:
    """Lines written after the examples and never used to choose or mend anything."""
    return [line for path in sorted(FRESH.glob("nlu_fresh_*.yml")) for line in _read(path)]


def banking() -> tuple[list[Line], list[Line]] | None:
    """Training and validation lines of the public Arabic banking set; None where it is not at hand."""
    if not _BANKING.is_dir():
        return None
    parts = []
    for name in ("train_20_per_intent.csv", "val_5_per_intent.csv"):
        with (_BANKING / name).open(encoding="utf-8", newline="") as file:
            parts.append([Line(row["text"], row["intent"], "ar") for row in csv.DictReader(file)])
    return parts[0], parts[1]


def foreign() -> list[str] | None:
    """English lines of no supported intent, from another project; None where they are not at hand."""
    if not _OUT_OF_SCOPE.is_file():
        return None
    lines = _OUT_OF_SCOPE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip()]
