"""What Majlis itself calls a category, a colour or a material when it answers.

The catalog's keys are English; in Arabic they read as the first Arabic word that `data/vocabulary.yml`
lists for them, so designers keep one file for what customers say and what Majlis says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from catalog.listing import Language

Kind = Literal["categories", "colors", "materials"]

_KINDS: tuple[Kind, ...] = ("categories", "colors", "materials")
_ARABIC_LETTER = re.compile("[\u0621-\u064a]")


@dataclass(frozen=True)
class Labels:
    """Arabic words by kind and key; a key without one reads as the catalog writes it."""

    arabic: Mapping[Kind, Mapping[str, str]]

    def plural(self, category: str, language: Language) -> str:
        """A category as it stands in "we have chairs and desks"; Arabic lists read well in the singular."""
        return self.of("categories", category, language) if language == "ar" else _plural(category)

    def of(self, kind: Kind, key: str, language: Language) -> str:
        """The word for one key."""
        return self.arabic.get(kind, {}).get(key, key) if language == "ar" else key


def read_labels(path: Path) -> Labels:
    """Read the words out of the vocabulary file."""
    document: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return Labels({kind: _first_arabic(document.get(kind) or {}) for kind in _KINDS})


def _plural(noun: str) -> str:
    """The regular English plural; what is not counted ("lighting") stays."""
    if noun.endswith(("s", "ing", "ware", "furniture")):
        return noun
    if noun.endswith(("x", "z", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    if noun.endswith("lf"):
        return f"{noun[:-1]}ves"
    return f"{noun}s"


def _first_arabic(section: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for key, words in section.items():
        arabic = next((str(word) for word in words or () if _ARABIC_LETTER.search(str(word))), None)
        if arabic is not None:
            found[str(key)] = arabic
    return found
