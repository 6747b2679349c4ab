"""What a measure or a bare number changes of the search before it: "no, 160", "i meant 140 cm" (pure)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from catalog.filters import SearchFilters
from catalog.mentions import Mentions

# A bare number so many times a wish's number, or such a part of it, does not change that wish.
_FAR_FROM_A_WISH = 2


def with_limits_meant(search: SearchFilters, said: Mentions) -> Mentions:
    """ "No, I mean 160 cm" after "at most 140" is a limit too, of the same side."""
    limits = [*search.max_size, *search.min_size]
    if len(said.size) != 1 or search.size or len(limits) != 1:
        return said
    limit = (replace(limits[0], centimetres=said.size[0]),)
    if search.max_size:
        return replace(said, size=(), max_size=limit)
    return replace(said, size=(), min_size=limit)


def with_number_meant(search: SearchFilters, said: Mentions) -> Mentions:
    """`said` with its bare number as what it changes of the search: the wish whose number is nearest to it.

    "No, 160" is the width after "desks of 140" and the budget after "under 200". A number that is near none
    stays one.
    """
    number = said.number
    if number is None:
        return said
    wishes: list[tuple[str, Any, Decimal]] = [
        (name, Decimal(number), Decimal(value))
        for name in ("max_price", "min_price")
        if (value := getattr(search, name)) is not None
    ]
    wishes += [
        (name, number, Decimal(value))
        for name in ("seats", "quantity")
        if (value := getattr(search, name)) is not None
    ]
    wishes += [("size", (number,), Decimal(side)) for side in search.size[:1] if len(search.size) == 1]
    # "A bigger one, 160" after "at most 140" is that size, "no, 160" is that limit.
    is_size = bool({"bigger", "smaller"} & set(said.relations))
    wishes += [
        ("size", (number,), Decimal(limit.centimetres))
        if is_size
        else (name, (replace(limit, centimetres=number),), Decimal(limit.centimetres))
        for name in ("max_size", "min_size")
        for limit in getattr(search, name)
    ]
    near = [(max(number / value, value / number), name, meant) for name, meant, value in wishes if value]
    if not near:
        return said
    factor, name, meant = min(near, key=lambda wish: wish[0])
    return said if factor > _FAR_FROM_A_WISH else replace(said, number=None, **{name: meant})
