"""The seller's words as the catalog writes them: "Office Chairs" is chair, "Black / رمادي" black and grey.

`data/vocabulary.yml` lists other words for each key. A word it does not list is a key of its own, folded, so
that any catalog works; customers are then understood by the seller's own word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product as combinations
from pathlib import Path
from typing import Any

import yaml

from catalog.labels import Kind, Labels, read_labels
from catalog.words import forms, tokens
from text.fold import fold

_KINDS: tuple[Kind, ...] = ("categories", "colors", "materials")
_ARABIC_LETTER = re.compile("[\u0621-\u064a]")
# Black/Grey · "black, grey" · "black and grey" · "أسود ورمادي"
_BETWEEN = re.compile(r"\s*[,،;؛/|&+\n]\s*|\s+and\s+|\s+و\s*(?=[\u0621-\u064a])", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
# A long phrase has few readings worth trying; this bounds the work on a text that is no phrase at all.
_LONGEST_PHRASE_WORDS = 6


@dataclass(frozen=True)
class SellerWords:
    """The keys that known phrases stand for, by kind and folded phrase, and the Arabic word of each key."""

    keys: Mapping[Kind, Mapping[str, str]]
    labels: Labels

    def category(self, given: str, name: str) -> str | None:
        """The category an item belongs to; without one, the one its name says; None when neither does."""
        if folded := _plain(given):
            return self._known("categories", folded) or folded
        words = tokens(name)
        # The longest phrase is the most exact one, and the last of equals is what English calls the thing.
        for length in range(min(len(words), _LONGEST_PHRASE_WORDS), 0, -1):
            for start in range(len(words) - length, -1, -1):
                if found := self._known("categories", " ".join(words[start : start + length])):
                    return found
        return None

    def colors(self, given: str) -> tuple[str, ...]:
        """The colours of a text that may list several, each once, in its order."""
        return tuple(dict.fromkeys(self._keys("colors", given)))

    def material(self, given: str) -> str | None:
        """The material; the first of several, which sellers write first because it is the main one."""
        return next(self._keys("materials", given), None)

    def made_name(
        self, name: str, category: str, brand: str, material: str | None, colors: tuple[str, ...]
    ) -> str:
        """An Arabic name of what is known: كرسي Norvane Nova، شبك، أسود.

        What in the English name no vocabulary has (a brand, a series, a model) stays as it is written.
        """
        said = {form for word in self._said(category, material, colors) for form in forms(word)}
        proper = [
            word
            for word in _WORD.findall(name)
            if (word[0].isupper() or any(letter.isdigit() for letter in word))
            and not any(form in said for part in tokens(word) for form in forms(part))
            and fold(word) not in tokens(brand)
        ]
        first = " ".join(
            filter(None, (self.labels.of("categories", category, "ar"), brand, " ".join(proper)))
        )
        about = [self.labels.of("materials", material, "ar")] if material else []
        about += [self.labels.of("colors", color, "ar") for color in colors]
        return "، ".join([first, *about])

    def _said(self, category: str, material: str | None, colors: tuple[str, ...]) -> Iterator[str]:
        """The words of all phrases for what the name is made of."""
        chosen: tuple[tuple[Kind, set[str]], ...] = (
            ("categories", {category}),
            ("materials", {material or ""}),
            ("colors", set(colors)),
        )
        for kind, keys in chosen:
            for key in keys:
                yield from tokens(key)
            for phrase, key in self.keys[kind].items():
                if key in keys:
                    yield from tokens(phrase)

    def _keys(self, kind: Kind, given: str) -> Iterator[str]:
        whole = _plain(given)
        if found := self._known(kind, whole):
            yield found
            return
        for part in _BETWEEN.split(given):
            if folded := _plain(part):
                yield self._known(kind, folded) or folded

    def _known(self, kind: Kind, folded: str) -> str | None:
        """The key of a phrase, also when its words stand in the plural."""
        words = folded.split()
        if not words or len(words) > _LONGEST_PHRASE_WORDS:
            return None
        for reading in combinations(*(_readings(word) for word in words)):
            if key := self.keys[kind].get(" ".join(reading)):
                return key
        return None


def read_words(path: Path) -> SellerWords:
    """Read the vocabulary file."""
    document: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return SellerWords({kind: _phrases(document.get(kind) or {}) for kind in _KINDS}, read_labels(path))


def is_arabic(text: str) -> bool:
    """Whether a text has Arabic letters."""
    return _ARABIC_LETTER.search(text) is not None


def _phrases(section: Mapping[str, Any]) -> dict[str, str]:
    known: dict[str, str] = {}
    for key, phrases in section.items():
        for phrase in phrases or ():
            # The first line of the file that lists a phrase has it.
            known.setdefault(_plain(str(phrase)), str(key))
    # A key is itself, whichever other line lists it too ("metal" is said of steel).
    return known | {_plain(str(key)): str(key) for key in section}


def _plain(text: str) -> str:
    return " ".join(fold(text).split())


def _readings(word: str) -> tuple[str, ...]:
    # Arabic plurals stand in the vocabulary; stems of Arabic words are for searching, and overdo it.
    return (word,) if is_arabic(word) else tuple(forms(word))
