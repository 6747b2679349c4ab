"""Which colours are there? Of what a search finds, with the number of products in each."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.filters import SearchFilters, conditions
from catalog.query import Query
from catalog.relevance import refused_conditions, relevance
from catalog.schema import products
from text.fold import fold

# On folded text: a word that asks and a word for colours in the plural, or "which colour", near each other.
_ASKED = re.compile(
    r"\b(?:what|which|wat|how many)\b.{0,24}\bcolou?rs?\b"
    r"|\bcolou?rs?\b.{0,16}\b(?:available|are there|do u have|do you have|you have|options|in stock)\b"
    r"|(?<!\w)(?:شو|شنو|شنهي|وش|ايش|اي|كم|شلون)(?!\w).{0,16}(?:الوان|لون)"
    r"|الوان.{0,16}(?:متوفر|موجود|عندكم|فيه|شو|شنو|وش|ايش)"
    r"|\b(?:sho|shu|shno|shnu|sheno|shinu|shinhi|wsh|wesh|esh|eish|aish|ay|kam)\b.{0,12}"
    r"(?:alwan|elwan|\b(?:el|al|il|l)? ?lo+n\b|\be?llo+n\b)"
    r"|alwan.{0,16}(?:mawj|mojo|mtw|met?wa|mitwa|3nd|3ind|end)"
)


def asks_which_colors(words: str) -> bool:
    """Whether a customer's words ask which colours there are."""
    return _ASKED.search(fold(words)) is not None


async def count_colors(
    connection: AsyncConnection, filters: SearchFilters, query: Query | None = None
) -> list[tuple[str, int]]:
    """The colours of what the filters find whatever its colour, with the number of products in each.

    The most frequent first. Words count when the catalog has products that hold all of them.
    """
    query = query or Query()
    any_color = replace(filters, colors=(), not_colors=())
    held = [*conditions(any_color), *refused_conditions(query)]
    if not query.is_empty:
        words, _ = await relevance(connection, any_color, query)
        if words.holds_all is not None:
            held.append(words.holds_all)
    color = func.unnest(products.c.colors).label("color")
    found = select(color).where(*held).subquery()
    statement = (
        select(found.c.color, func.count())
        .group_by(found.c.color)
        .order_by(func.count().desc(), found.c.color)
    )
    return [(name, number) for name, number in await connection.execute(statement)]
