"""How telling is a word in this catalog, and which word was meant by one it does not know?

The table `catalog_words` counts the active products by each word of `products.words`. It is made anew
with every change of the products, because counting at search time would read most of the index for a
word such as "chair".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.words import (
    DESCRIPTION_MARK,
    DESCRIPTION_SOUND_MARK,
    SOUND_MARK,
    Word,
    is_near_spelling,
    read_words,
)

# A word that only the description holds says less about the product, one that was guessed may be wrong.
_IN_NAME = 1.0
_IN_DESCRIPTION = 0.5
_GUESSED = 0.6
_GUESSED_IN_DESCRIPTION = 0.3

_REFRESH = text(
    """
    with counted as materialized (
        select word, ndoc as products
        from ts_stat('select words from products where status = ''active''')
        union all select '', count(*) from products where status = 'active'
    ), gone as (
        delete from catalog_words where word not in (select word from counted)
    )
    insert into catalog_words as known (word, products)
    select word, products from counted
    on conflict (word) do update set products = excluded.products
        where known.products <> excluded.products
    """
)
_COUNTS = text("select word, products from catalog_words where word = any(:words)")
# Two wrong letters in a word of eight leave a similarity of about one half.
_SPELLING = text(
    """
    select asked.word as asked, known.word as meant, known.products
    from unnest(cast(:words as text[])) as asked(word)
    cross join lateral (
        select word, products from catalog_words
        where word ~ '^[^0-9.~]+$' and word % asked.word and similarity(word, asked.word) >= 0.45
        order by similarity(word, asked.word) desc, word limit 5
    ) as known
    """
)
_SHORTEST_MISSPELT = 5
_MOST_MEANT = 2
_COMMON_SHARE = 0.2
# As much as a word that one product in two hundred holds.
_WEIGHT_OF_UNKNOWN = math.log(1 + 200)


@dataclass(frozen=True)
class Lookup:
    """A word of the customer as the index knows it: what finds it, and how well each finding counts."""

    # Each pair: lexemes any of which may stand in the product, and the share of the weight they earn.
    findings: tuple[tuple[tuple[str, ...], float], ...]
    # The rarer the word in the catalog the heavier.
    weight: float
    # So many products hold it that it chooses none of them ("chair" in a furniture shop).
    is_common: bool
    # It stands in the name of a product as it was written; such a finding comes first.
    is_named: bool
    # It says what the thing is for, not what it is.
    is_purpose: bool


async def refresh_lexicon(connection: AsyncConnection) -> None:
    """Count the words of the products now in the database; runs in the caller's transaction."""
    await connection.execute(_REFRESH)


async def look_up(
    connection: AsyncConnection, words: Sequence[Word], names: Sequence[str] = ()
) -> tuple[list[Lookup], set[str]]:
    """Find each word in the catalog: as it stands, else by its sound or a near spelling.

    Also tells which of `names` the catalog could have: those whose every word stands in a product's name.
    """
    joined = _joined(words)
    named = {name: read_words(name) for name in names}
    asked = {lexeme for word in (*words, *joined) for lexeme in _lexemes(word)}
    asked |= {form for parts in named.values() for word in parts for form in word.forms}
    rows = await connection.execute(_COUNTS, {"words": sorted({"", *asked})})
    counts: dict[str, int] = {row.word: row.products for row in rows}
    everything = counts.pop("", 0)
    ours = {name for name, parts in named.items() if all(counts.keys() & set(word.forms) for word in parts)}
    words = _with_joined(words, joined, counts)
    return await _lookups(connection, words, counts, everything), ours


async def look_up_each(connection: AsyncConnection, words: Sequence[Word]) -> list[Lookup]:
    """Find each word by itself: one lookup for each, in their order."""
    asked = {lexeme for word in words for lexeme in _lexemes(word)}
    rows = await connection.execute(_COUNTS, {"words": sorted({"", *asked})})
    counts: dict[str, int] = {row.word: row.products for row in rows}
    everything = counts.pop("", 0)
    return await _lookups(connection, words, counts, everything)


async def _lookups(
    connection: AsyncConnection, words: Sequence[Word], counts: dict[str, int], everything: int
) -> list[Lookup]:
    meant = await _meant(connection, words, counts)
    return [_look_up(word, meant.get(word.forms[0], []), counts, everything) for word in words]


async def _meant(
    connection: AsyncConnection, words: Sequence[Word], counts: dict[str, int]
) -> dict[str, list[str]]:
    """The words of the catalog that are spelled like the unknown ones; their counts join `counts`."""
    unknown = [
        word.forms[0]
        for word in words
        if not any(lexeme in counts for lexeme in _lexemes(word))
        and len(word.forms[0]) >= _SHORTEST_MISSPELT
        and word.forms[0].isalpha()
    ]
    meant: dict[str, list[str]] = {}
    if unknown:
        for row in await connection.execute(_SPELLING, {"words": unknown}):
            near = meant.setdefault(row.asked, [])
            if len(near) < _MOST_MEANT and is_near_spelling(row.asked, row.meant):
                near.append(row.meant)
                counts[row.meant] = row.products
    return meant


def _lexemes(word: Word) -> list[str]:
    return [
        *word.forms,
        *word.others,
        *(DESCRIPTION_MARK + form for form in word.forms),
        *(mark + heard for heard in word.sounds for mark in (SOUND_MARK, DESCRIPTION_SOUND_MARK)),
    ]


def _joined(words: Sequence[Word]) -> list[Word]:
    """Each word glued to its neighbour: "white board", "ch 1005"."""
    pairs = pairwise(words)
    return [Word((first.forms[0] + second.forms[0],), ()) for first, second in pairs]


def _with_joined(words: Sequence[Word], joined: Sequence[Word], counts: dict[str, int]) -> list[Word]:
    """The words, with neighbours that are one word of the catalog made one."""
    result: list[Word] = []
    skip = False
    for number, word in enumerate(words):
        if skip:
            skip = False
        elif number < len(joined) and joined[number].forms[0] in counts:
            result.append(joined[number])
            skip = True
        else:
            result.append(word)
    return result


def _look_up(word: Word, meant: Sequence[str], counts: dict[str, int], everything: int) -> Lookup:
    named = tuple(form for form in (*word.forms, *word.others) if form in counts)
    described = tuple(lexeme for form in word.forms if (lexeme := DESCRIPTION_MARK + form) in counts)
    guessed: tuple[str, ...] = ()
    if not named:
        heard = (SOUND_MARK + sound for sound in word.sounds)
        guessed = tuple(meant) or tuple(lexeme for lexeme in heard if lexeme in counts)
    guessed_there: tuple[str, ...] = ()
    if not (named or guessed or described):
        heard = (DESCRIPTION_SOUND_MARK + sound for sound in word.sounds)
        guessed_there = tuple(lexeme for lexeme in heard if lexeme in counts)
    all_findings = (
        (named, _IN_NAME),
        (guessed, _GUESSED),
        (described, _IN_DESCRIPTION),
        (guessed_there, _GUESSED_IN_DESCRIPTION),
    )
    findings = tuple((lexemes, share) for lexemes, share in all_findings if lexemes)
    count = max((counts[lexeme] for lexemes, _ in findings for lexeme in lexemes), default=0)
    weight = math.log(1 + everything / count) if count else _WEIGHT_OF_UNKNOWN
    return Lookup(
        findings,
        weight,
        is_common=count > _COMMON_SHARE * everything,
        is_named=bool(named),
        is_purpose=word.is_purpose,
    )
