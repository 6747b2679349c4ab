"""Which products a customer means by "the second one", a code, "the black one", a name, or just "it"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.filters import Order, SearchFilters
from catalog.mentions import Mentions
from catalog.product import Product
from catalog.query import TURNED_DOWN, read_query
from catalog.refinement import NOTHING
from catalog.search import read_products, search_catalog
from catalog.words import tokens as words_of
from text.fold import fold

# Among so many of the best hits a product is looked for by its name.
_NAMESAKES = 10

# The option of a message that means all that is on the screen: "take all of them".
ALL_SHOWN = 0

# On folded text, right before the noun; and written onto it.
_POINTING = re.compile(
    r"(?<!\w)(?:that|this|the same|h[ae]l|ha[dt]h?[ai]|hay|nafs|ha[dt]h?ak"
    r"|هذا|هذي|هذه|هاي|هذاك|هذيك|هاذا|نفس)[ \-](?:el |al |il )?(?:ال)?$"
)
_POINTED = re.compile(r"(?:هال|ها ال|hal)\w")

# On folded text: "the cheapest of them", "arkhas wa7da minhom".
_OF_THEM = re.compile(
    r"(?<!\w)(?:(?:of|among|from|out of) (?:them|these|those|all of them|the (?:three|3|two|2))"
    r"|(?:m[ei]n+|f[ei]+|b[ae]y?i?n)h[ou]m|m[ei]?n h[ae](?:tho|do|dho)+l\w*|ar[k5]h?a[s9]h[ou]m|aghlah[ou]m"
    r"|(?:من|في|بين)(?:هم|هن|ها)|(?:ارخص|اغلي|اغلا|اكبر|اصغر)(?:هم|هن|ها)"
    r"|(?:من|بين|في) (?:ها?ذيل|ها?ذول|هذي|هاي|ذيل|ذول|دول)\w*)(?!\w)"
)
# "those foldable?", "هذيل ينطوون؟": asked of the list; "those with arms" looks for others.
_THESE = re.compile(
    r"(?:(?:and|so|ok|w|و|طيب|زين) ?)?(?:(?:are|r|do|does|can|is|will|all|هل|كل) )*"
    r"(?:these|those|they|ha(?:th|d|dh)(?:o+|e+|i+)l\w*|ها?ذيلا?|ها?ذول\w*|ذيل|ذول)(?!\w)"
    r"(?! (?:ones? )?(?:with|that|which|who|in|ones?|from|for|اللي|ب\w+|elly|illi|b)(?!\w))"
)

# known: `products` are meant. gone: what was meant has left the catalog. no_such: the list has no such
# number. which: several could be meant. search: a kind of product is named that is not at hand. nothing: no
# product is named, and none is at hand.
State = Literal["known", "gone", "no_such", "which", "search", "nothing"]


@dataclass(frozen=True)
class Reference:
    """What a message refers to; `products` in the order they were named, empty unless known."""

    state: State
    products: tuple[Product, ...] = ()


@dataclass(frozen=True)
class AtHand:
    """What a conversation can refer to: SKUs of the last list by place, and of the product last spoken of.

    A place is None where a line of a request list found nothing.
    """

    shown: tuple[str | None, ...] = ()
    discussed: str | None = None


async def resolve(connection: AsyncConnection, said: Mentions, at_hand: AtHand) -> Reference:
    """Find the products that `said` refers to."""
    skus = list(said.skus)
    for option in said.options:
        if option == ALL_SHOWN and any(at_hand.shown):
            skus += [sku for sku in at_hand.shown if sku]
            continue
        place = place_of(option, len(at_hand.shown))
        sku = None if place is None else at_hand.shown[place]
        if sku is None:
            return Reference("no_such" if at_hand.shown else "nothing")
        skus.append(sku)
    if skus:
        return _known_or_gone(await read_products(connection, list(dict.fromkeys(skus))))
    shown = await read_products(connection, [sku for sku in at_hand.shown if sku])
    if describes(said):
        described = await _described(connection, said, shown)
        if described is not None:
            return described
    if at_hand.discussed is not None:
        return _known_or_gone(await read_products(connection, [at_hand.discussed]))
    if len(shown) == 1:
        return Reference("known", tuple(shown))
    if shown:
        return Reference("which")
    return Reference("search" if describes(said) else "nothing")


def points_at(words: str, start: int) -> bool:
    """Whether the noun at `start` of a customer's words is pointed at: "that chair", "هالكرسي".

    The plural ("those chairs") points at a list.
    """
    folded = fold(words)
    return bool(_POINTING.search(folded[:start]) or _POINTED.match(folded, start))


def means_those_shown(words: str) -> bool:
    """Whether "the cheapest of them", "which of these" names the list on the screen."""
    return _OF_THEM.search(fold(words)) is not None


def asks_of_those_shown(words: str) -> bool:
    """Whether a question is asked of several products at once: "are they foldable", "those stackable?"."""
    return _THESE.match(fold(words)) is not None


def model_words(product: Product) -> str:
    """What products that differ in their looks only have in common: the name without colour and material."""
    looks = set(words_of(" ".join((*product.colors, product.material or "", product.category, "and"))))
    return " ".join(word for word in words_of(product.name_en) if word not in looks)


def place_of(option: int, length: int) -> int | None:
    """The index of a place counted from 1, or from the end by -1, in a list; None outside of it."""
    place = option - 1 if option > 0 else length + option
    return place if 0 <= place < length else None


def describes(said: Mentions) -> bool:
    """Whether the message describes a product, so that "it" is not what was spoken of last."""
    return bool(said.categories or said.colors or said.materials or said.brands or said.words)


def fitting(products: Sequence[Product], said: Mentions) -> list[Product]:
    """Those of `products` that the message describes, as far as their records and names tell."""
    words = set(words_of(" ".join(word for word in said.text.split() if not word.startswith(TURNED_DOWN))))
    return [
        product
        for product in products
        if (not said.categories or product.category in said.categories)
        and (not said.colors or set(product.colors) & set(said.colors))
        and (not said.materials or product.material in said.materials)
        and (not said.brands or product.brand in said.brands)
        and words <= set(words_of(f"{product.name_en} {product.name_ar} {product.sku}"))
    ]


def extreme_of(products: Sequence[Product], order: Order) -> Product | None:
    """The cheapest (dearest, biggest, smallest) of `products`; None of an order that picks out no one.

    Products of unknown size are neither the biggest nor the smallest.
    """
    if order in ("cheapest", "dearest"):
        ranked = sorted(products, key=lambda product: product.rate)
    elif order in ("biggest", "smallest"):
        sized = [product for product in products if _area(product)]
        ranked = sorted(sized, key=_area)
    else:
        return None
    if not ranked:
        return None
    return ranked[0] if order in ("cheapest", "smallest") else ranked[-1]


def holds_words(product: Product, words: str) -> bool:
    """Whether the product's record says all of these words, in either language."""
    record = " ".join(
        (
            *(product.name_en, product.name_ar, product.description_en, product.description_ar),
            *(product.sku, product.category, product.brand or "", product.material or ""),
            *product.colors,
        )
    )
    return set(words_of(words)) <= set(words_of(record))


def _area(product: Product) -> int:
    return (product.width_cm or 0) * (product.depth_cm or 0)


async def _described(
    connection: AsyncConnection, said: Mentions, shown: Sequence[Product]
) -> Reference | None:
    """What a description refers to; None when its words are no product's at all, and so describe nothing."""
    close = fitting(shown, said)
    if not close and said.words:
        query = await read_query(said.text)
        # A name: who asks for a product by its name hears of it even when it is sold out.
        search = replace(_filters(said), in_stock=False, limit=_NAMESAKES)
        close = fitting((await search_catalog(connection, search, query)).products, said)
        if len(close) != 1:
            words_only = replace(NOTHING, text=said.text, in_stock=False, limit=1)
            if (await search_catalog(connection, words_only, query)).total:
                return Reference("search")
            return await _without_words(connection, said, shown)
    if len(close) == 1:
        return Reference("known", tuple(close))
    return Reference("which" if close else "search")


async def _without_words(
    connection: AsyncConnection, said: Mentions, shown: Sequence[Product]
) -> Reference | None:
    rest = replace(said, words=())
    return await _described(connection, rest, shown) if describes(rest) else None


def _filters(said: Mentions) -> SearchFilters:
    return replace(
        NOTHING,
        category=said.categories[0] if said.categories else None,
        colors=said.colors,
        materials=said.materials,
        brands=said.brands,
        text=said.text,
    )


def _known_or_gone(products: Sequence[Product]) -> Reference:
    return Reference("known", tuple(products)) if products else Reference("gone")
