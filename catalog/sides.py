"""Limits of a product's sides: "not taller than 2 m", "at least 180 wide".

In entities and slots a limit reads "height 200", or "200" for the longest side; the same words name it
everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from sqlalchemy import ColumnElement, func

from catalog.schema import products

# longest: of all sides that are known; length: the longer of width and depth.
Side = Literal["longest", "width", "depth", "height", "length"]
# Which end of what fits a limit is.
End = Literal["max", "min"]

_LIMIT = re.compile(rf"(?:({'|'.join(get_args(Side))}) )?(\d{{1,5}})", re.ASCII)


@dataclass(frozen=True)
class SideLimit:
    """So many centimetres at most, or at least, of one side.

    Raises ValueError naming the field for an unknown side and for less than 1 cm.
    """

    side: Side
    centimetres: int

    def __post_init__(self) -> None:
        if self.side not in get_args(Side):
            raise ValueError(f"side is {self.side!r}; use one of {', '.join(get_args(Side))}")
        if self.centimetres < 1:
            raise ValueError(f"centimetres is {self.centimetres}; use 1 or more")


SideLimits = tuple[SideLimit, ...]


def read_side_limit(value: Any) -> SideLimit | None:
    """The limit in "height 200" or "200"; None when it is none."""
    found = _LIMIT.fullmatch(str(value or "").strip())
    if found is None or int(found[2]) < 1:
        return None
    side = cast(Side, found[1] or "longest")
    return SideLimit(side, int(found[2]))


def write_side_limit(limit: SideLimit) -> str:
    """The limit as `read_side_limit` reads it."""
    return str(limit.centimetres) if limit.side == "longest" else f"{limit.side} {limit.centimetres}"


def merged_limits(older: SideLimits, newer: SideLimits) -> SideLimits:
    """Both, where a newer limit replaces the older one of its side."""
    return tuple({limit.side: limit for limit in (*older, *newer)}.values())


def length_of(side: Side) -> ColumnElement[int]:
    """The side of a product in SQL, in cm; null where the catalog does not know it."""
    width, depth, height = products.c.width_cm, products.c.depth_cm, products.c.height_cm
    # greatest() leaves out what is null.
    sides: dict[Side, ColumnElement[int]] = {
        "longest": func.greatest(width, depth, height),
        "width": width,
        "depth": depth,
        "height": height,
        "length": func.greatest(width, depth),
    }
    return sides[side]


def leaving_room(older: SideLimits, newer: SideLimits, *, newer_end: End) -> SideLimits:
    """The limits of the other end that a newer limit of their side does not contradict.

    "At most 140 wide" ends "at least 160 wide" of before.
    """
    said = {limit.side: limit.centimetres for limit in newer}
    return tuple(
        limit
        for limit in older
        if limit.side not in said or _is_within(limit.centimetres, said[limit.side], newer_end)
    )


def allows(limit: SideLimit, end: End, size: tuple[int, ...]) -> bool:
    """Whether something of this size, as customers say it, can be within the limit.

    Of a single measure nobody knows which side it is, so only a limit of the longest side rules it out.
    """
    known: dict[Side, int] = {"longest": max(size)} if end == "max" or len(size) > 1 else {}
    if len(size) > 1:
        known |= {"width": max(size[:2]), "length": max(size[:2]), "depth": min(size[:2])}
    if len(size) > 2:
        known["height"] = size[2]
    return limit.side not in known or _is_within(known[limit.side], limit.centimetres, end)


def _is_within(centimetres: int, limit: int, end: End) -> bool:
    return centimetres <= limit if end == "max" else centimetres >= limit
