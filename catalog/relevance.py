"""What a customer's words mean for each product, as expressions in SQL.

Two legs: how much of the words' weight the product holds (lexical), and how near its vector is to the
words' vector (semantic). Weights come from `catalog.lexicon`; the distances are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Float, and_, case, cast, exists, false, func, literal, not_, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.filters import SearchFilters
from catalog.lexicon import Lookup, look_up, look_up_each
from catalog.query import Query
from catalog.schema import IS_ACTIVE, products
from catalog.small_models import Meaning
from catalog.words import Word

# To be shown for words alone a product has to hold this share of their weight, or to be nearer in meaning
# than anything sold elsewhere, by so much cosine similarity; chosen by measurement
# (docs/decisions/0009-search.md).
ENOUGH_WORDS = 0.5
NEARER_THAN_ELSEWHERE = 0.02


@dataclass(frozen=True)
class Lexical:
    """How the products hold the words of one search."""

    # Between 0 and 1: the part of the words' weight that the product holds.
    share: ColumnElement[float]
    # The product holds every word; None when the catalog lacks one of them.
    holds_all: ColumnElement[bool] | None
    # The product holds at least one word that chooses; None when the catalog has none of them.
    holds_any: ColumnElement[bool] | None
    # What is asked for is unknown to the catalog, and what it is for is known: "projector for the
    # meeting room". Whatever is near in meaning is near to the room.
    is_other_thing: bool


@dataclass(frozen=True)
class Semantic:
    """How near the products are to the meaning of one search."""

    # Cosine distance; null for a product without a vector.
    distance: ColumnElement[float]
    # Products within this distance mean what the words mean.
    near: float


async def relevance(
    connection: AsyncConnection, filters: SearchFilters, query: Query
) -> tuple[Lexical, Semantic | None]:
    """Look the query's words up in the catalog, and find how near is near for its meaning, if it has one."""
    elsewhere = query.meaning.elsewhere if query.meaning else ()
    found, ours = await look_up(connection, query.words, [name for name, _ in elsewhere])
    if filters.category is not None:
        found = [_within_a_kind(word) for word in found]
    return _lexical(found), None if query.meaning is None else _semantic(query.meaning, ours)


def refused_conditions(query: Query) -> list[ColumnElement[bool]]:
    """That a product's name holds none of the words that are turned down."""
    return [not_(_holds([*word.forms, *word.others])) for word in query.refused]


async def held_words(connection: AsyncConnection, category: str, words: Sequence[Word]) -> set[str]:
    """Those of `words`, as they were written, that a product of the category holds by name or description."""
    found = await look_up_each(connection, words)
    asked = [
        (word.forms[0], _findings(lookup))
        for word, lookup in zip(words, map(_within_a_kind, found), strict=True)
        if lookup.findings
    ]
    if not asked:
        return set()
    of_kind = select(products.c.sku).where(IS_ACTIVE, products.c.category == category)
    statement = select(*(exists(of_kind.where(_matches(one))) for _, one in asked))
    row = (await connection.execute(statement)).one()
    return {written for (written, _), is_held in zip(asked, row, strict=True) if is_held}


async def are_held_together(connection: AsyncConnection, category: str, words: Sequence[Word]) -> bool:
    """Whether the name or description of one product of the category holds all of `words`."""
    found = [_within_a_kind(word) for word in await look_up_each(connection, words)]
    if not all(word.findings for word in found):
        return False
    of_kind = select(products.c.sku).where(IS_ACTIVE, products.c.category == category)
    held = exists(of_kind.where(*(_matches(_findings(word)) for word in found)))
    return bool((await connection.execute(select(held))).scalar())


def _within_a_kind(word: Lookup) -> Lookup:
    """The same word where the kind of product is known: names decide for words that stand in names.

    An "office chair" is not the one chair whose description happens to mention an office.
    """
    return replace(word, findings=word.findings[:1]) if word.is_named else word


def _lexical(found: Sequence[Lookup]) -> Lexical:
    all_weight = sum(word.weight for word in found)
    known = [word for word in found if word.findings]
    share: ColumnElement[float] = literal(0.0, Float)
    for word in known:
        worth = ((_holds(lexemes), part * word.weight / all_weight) for lexemes, part in word.findings)
        share = share + case(*worth, else_=0.0)
    choosing = [word for word in known if not word.is_common] or known
    is_all_known = bool(found) and len(known) == len(found)
    return Lexical(
        share=share,
        holds_all=_matches(" & ".join(f"({_findings(word)})" for word in known)) if is_all_known else None,
        holds_any=_matches(" | ".join(map(_findings, choosing))) if choosing else None,
        is_other_thing=_is_other_thing(found),
    )


def _is_other_thing(found: Sequence[Lookup]) -> bool:
    things = [word for word in found if not word.is_purpose]
    is_purpose_known = any(word.is_named for word in found if word.is_purpose)
    return is_purpose_known and bool(things) and not any(word.findings for word in things)


def _semantic(meaning: Meaning, ours: set[str]) -> Semantic:
    # When all of them are ours, the last one still says how high similarities lie for such a text.
    foreign = [similarity for name, similarity in meaning.elsewhere if name not in ours]
    nearest_elsewhere = (foreign or [meaning.elsewhere[-1][1]])[0]
    return Semantic(
        distance=products.c.embedding.cosine_distance(list(meaning.vector)),
        near=1.0 - nearest_elsewhere - NEARER_THAN_ELSEWHERE,
    )


def holds_enough(filters: SearchFilters, words: Lexical) -> ColumnElement[bool]:
    """Whether a product that does not hold all the words is still worth showing for those it holds.

    Where the filters say what kind of product is wanted, one word is enough: it can only be a quality.
    """
    if words.holds_any is None:
        return false()
    if filters.says_what:
        return words.holds_any
    return and_(words.holds_any, words.share >= ENOUGH_WORDS)


def is_asked_for_meaning(filters: SearchFilters, words: Lexical) -> bool:
    """Whether nearness in meaning says anything; not when only the purpose of a foreign thing is known."""
    return filters.says_what or not words.is_other_thing


def is_near(sense: Semantic) -> ColumnElement[bool]:
    """Whether a product means what the words mean; false without a vector."""
    return func.coalesce(sense.distance <= sense.near, False)


def _findings(word: Lookup) -> str:
    return _any_of(lexemes for lexemes, _ in word.findings)


def _any_of(lexemes: Iterable[Sequence[str]]) -> str:
    # Lexemes hold letters and digits only, so quotes cannot end early.
    return " | ".join(f"'{lexeme}'" for group in lexemes for lexeme in group)


def _matches(tsquery: str) -> ColumnElement[bool]:
    return products.c.words.bool_op("@@")(cast(tsquery, TSQUERY))


def _holds(lexemes: Sequence[str]) -> ColumnElement[bool]:
    return _matches(_any_of([lexemes]))
