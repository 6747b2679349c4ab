"""The words that tell goods of one category apart ("executive", "meeting"), and what they do to a search.

They stand in `data/vocabulary.yml` with the other words customers have for them; the engine sends each in
the designers' own form. Which of them the catalog's names hold, the catalog alone knows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.filters import SearchFilters
from catalog.query import TURNED_DOWN, read_query_words
from catalog.relevance import are_held_together, held_words
from catalog.schema import IS_ACTIVE, products
from text.fold import fold


@dataclass(frozen=True)
class Kinds:
    """The designers' words, folded."""

    # The other words of one kind, by the designers' form; phrases of several words are left out.
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # The category of each of its phrases.
    phrases: Mapping[str, str] = field(default_factory=dict)


def read_kinds(path: Path) -> Kinds:
    """Read the words out of the vocabulary file."""
    document: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    others = {}
    for key, words in (document.get("kinds") or {}).items():
        folded = [fold(str(word)) for word in words]
        others["-".join(fold(str(key)).split())] = tuple(word for word in folded if " " not in word)
    phrases: dict[str, str] = {}
    for category, words in (document.get("categories") or {}).items():
        for word in (category, *(words or ())):
            phrases.setdefault(fold(str(word)), str(category))
    return Kinds(others, phrases)


async def settle(
    connection: AsyncConnection,
    search: SearchFilters,
    asides: Collection[str],
    kinds: Kinds,
    *,
    said: Collection[str] = (),
) -> SearchFilters:
    """The search with its words brought to what this catalog can hold them to.

    A table that is for meetings is a meeting table, where the catalog has such a category. `asides` are words
    the customer said, but not of the thing ("for our office in JLT"): those that no product of the category
    holds are left out, so that they neither choose nor make a product that fits look unfit. A word that was
    turned down and is wanted now is wanted, and the other way round; so does a kind among the words `said`
    in this message take the place of an earlier one that no product has together with it.
    """
    words = _latest(search.text.split())
    category = search.category
    if category is None:
        return replace(search, text=" ".join(words))
    category, words = await _joined(connection, category, words, kinds)
    loose = [word for word in words if word in asides]
    if loose:
        query = read_query_words(" ".join(loose), kinds.others)
        held = await held_words(connection, category, query.words)
        words = [word for word in words if word not in asides or word in held]
    words = await _of_one_kind(connection, category, words, said, kinds)
    return replace(search, category=category, text=" ".join(words))


async def _of_one_kind(
    connection: AsyncConnection, category: str, words: list[str], said: Collection[str], kinds: Kinds
) -> list[str]:
    """The words without the kinds said before that no product shares with those of this message."""
    now = [word for word in words if word in kinds.others and word in said]
    before = [word for word in words if word in kinds.others and word not in said]
    for word in before if now else ():
        query = read_query_words(" ".join([word, *now]), kinds.others)
        if not await are_held_together(connection, category, query.words):
            words = [other for other in words if other != word]
    return words


def _latest(words: Collection[str]) -> list[str]:
    """The words without those that a later one takes back."""
    kept: dict[str, str] = {}
    for word in words:
        bare = word.removeprefix(TURNED_DOWN)
        kept.pop(bare, None)
        kept[bare] = word
    return list(kept.values())


async def _joined(
    connection: AsyncConnection, category: str, words: list[str], kinds: Kinds
) -> tuple[str, list[str]]:
    """The narrower category that a word makes of this one, without that word; else both as they are."""
    narrower: dict[str, str] = {}
    for word in words:
        if word in kinds.others:
            phrase = f"{word} {fold(category)}"
            narrower[kinds.phrases.get(phrase, phrase)] = word
    if not narrower:
        return category, words
    statement = select(products.c.category).where(IS_ACTIVE, products.c.category.in_(narrower)).limit(1)
    found = (await connection.execute(statement)).scalar()
    if found is None or found == category:
        return category, words
    return found, [word for word in words if word != narrower[found]]
