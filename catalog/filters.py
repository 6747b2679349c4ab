"""What a product must satisfy, and the conditions in SQL that hold it to that.

Nothing outside the filters is ever returned, so no ranking that comes later can break a promise.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sqlalchemy import ColumnElement, Text, and_, func, not_, or_
from sqlalchemy.dialects.postgresql import ARRAY

from catalog.schema import IS_ACTIVE, products
from catalog.sides import SideLimits, length_of

DEFAULT_LIMIT = 3
MAXIMUM_LIMIT = 50
# A customer who says 120 also means the desk of 118: makers round as they like.
SIZE_TOLERANCE_CM = 5

Order = Literal["relevance", "cheapest", "dearest", "biggest", "smallest"]
_ORDERS = ("relevance", "cheapest", "dearest", "biggest", "smallest")


@dataclass(frozen=True)
class SearchFilters:
    """What a product must satisfy; an empty or None filter asks for nothing.

    Raises ValueError naming the field for a limit outside 1…50, a negative offset, a quantity or a
    number of seats below 1, a negative price, a size of more than three sides or with a side below
    1 cm, two limits of one side, and an unknown order. A minimum above its maximum is no error: nothing
    fits.
    """

    category: str | None = None
    not_categories: tuple[str, ...] = ()
    # The product comes in at least one of these, and in none of those.
    colors: tuple[str, ...] = ()
    not_colors: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    not_materials: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    not_brands: tuple[str, ...] = ()
    # AED without VAT, both inclusive.
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    # Products that are sold out are shown only to who asks for them (False).
    in_stock: bool = True
    # Pieces that must be in stock together.
    quantity: int | None = None
    # People that must find a seat: at least so many.
    seats: int | None = None
    # Centimetres, 5 more or less: one value fits width or depth, or the height of what is tall; two fit
    # width and depth or width and height (what hangs or stands at a wall is measured so), either way
    # round; with a third the third is the height.
    size: tuple[int, ...] = ()
    # Limits of single sides, inclusive and without that tolerance; a product whose side is unknown is within
    # none. One limit a side.
    max_size: SideLimits = ()
    min_size: SideLimits = ()
    # Width times depth in cm² that a product takes at least, or at most: "bigger than these".
    min_footprint: int | None = None
    max_footprint: int | None = None
    # Products the customer turned down.
    not_skus: tuple[str, ...] = ()
    # Words that describe the product beyond the filters: they rank, and choose among what fits.
    text: str = ""
    order: Order = "relevance"
    offset: int = 0
    limit: int = DEFAULT_LIMIT

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAXIMUM_LIMIT:
            raise ValueError(f"limit is {self.limit}; use 1 to {MAXIMUM_LIMIT}")
        if self.offset < 0:
            raise ValueError(f"offset is {self.offset}; use 0 or more")
        for name in ("quantity", "seats"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} is {value}; use 1 or more, or None")
        for name in ("min_price", "max_price"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ValueError(f"{name} is {value}; use 0 or more, or None")
        if len(self.size) > 3 or any(side < 1 for side in self.size):
            raise ValueError(f"size is {self.size}; use up to three sides of 1 cm or more")
        for name in ("max_size", "min_size"):
            sides = [limit.side for limit in getattr(self, name)]
            if len(set(sides)) < len(sides):
                raise ValueError(f"{name} limits {', '.join(sides)}; use each side once")
        if self.order not in _ORDERS:
            raise ValueError(f"order is {self.order!r}; use one of {', '.join(_ORDERS)}")

    @property
    def says_what(self) -> bool:
        """Whether a category or a brand says what kind of product is wanted."""
        return self.category is not None or bool(self.brands)


# Filters that find_nearest may give up, each with its condition; the others always hold.
Conditions = dict[str, ColumnElement[bool]]


def fixed_conditions(filters: SearchFilters) -> list[ColumnElement[bool]]:
    """What is never given up: active, in stock, the kind of product, and all that was turned down."""
    conditions: list[ColumnElement[bool]] = [IS_ACTIVE]
    if filters.category is not None:
        conditions.append(products.c.category == filters.category)
    if filters.not_categories:
        conditions.append(products.c.category.not_in(filters.not_categories))
    if filters.not_colors:
        conditions.append(not_(products.c.colors.overlap(list(filters.not_colors))))
    if filters.not_materials:
        conditions.append(_is_none_of(products.c.material, filters.not_materials))
    if filters.not_brands:
        conditions.append(_is_none_of(products.c.brand, filters.not_brands))
    if filters.not_skus:
        conditions.append(products.c.sku.not_in(filters.not_skus))
    footprint = products.c.width_cm * products.c.depth_cm
    if filters.min_footprint is not None:
        conditions.append(footprint >= filters.min_footprint)
    if filters.max_footprint is not None:
        conditions.append(footprint <= filters.max_footprint)
    if filters.in_stock:
        conditions.append(products.c.stock > 0)
    return conditions


def wished_conditions(filters: SearchFilters) -> Conditions:
    """What the customer wishes on top, by the name of the filter; only filters that ask for something."""
    conditions: Conditions = {}
    if filters.quantity is not None:
        conditions["quantity"] = products.c.stock >= filters.quantity
    if filters.min_price is not None:
        conditions["min_price"] = products.c.rate >= filters.min_price
    if filters.max_price is not None:
        conditions["max_price"] = products.c.rate <= filters.max_price
    if filters.colors:
        conditions["colors"] = products.c.colors.overlap(list(filters.colors))
    if filters.materials:
        conditions["materials"] = products.c.material.in_(filters.materials)
    if filters.brands:
        conditions["brands"] = products.c.brand.in_(filters.brands)
    if filters.size:
        conditions["size"] = _has_size(filters.size)
    if filters.max_size:
        conditions["max_size"] = and_(
            *(length_of(limit.side) <= limit.centimetres for limit in filters.max_size)
        )
    if filters.min_size:
        conditions["min_size"] = and_(
            *(length_of(limit.side) >= limit.centimetres for limit in filters.min_size)
        )
    if filters.seats is not None:
        conditions["seats"] = products.c.seats >= filters.seats
    return conditions


def conditions(filters: SearchFilters) -> list[ColumnElement[bool]]:
    """Every hard filter; `text` is none of them."""
    return [*fixed_conditions(filters), *wished_conditions(filters).values()]


def paired_condition(filters: SearchFilters) -> list[ColumnElement[bool]]:
    """Category and colour once more, as their common index holds them; empty unless both are asked for.

    Follows from `conditions`, and leads to the rows: worth its cost only where the rows are read.
    """
    if filters.category is None or not filters.colors:
        return []
    pairs = [f"{filters.category}/{color}" for color in filters.colors]
    pairs_of_row = func.category_colors(products.c.category, products.c.colors, type_=ARRAY(Text))
    return [pairs_of_row.overlap(pairs)]


def _is_none_of(column: ColumnElement[str], values: tuple[str, ...]) -> ColumnElement[bool]:
    # A product of unknown material is not of leather.
    return or_(column.is_(None), column.not_in(values))


def _is_about(column: ColumnElement[int], side: int) -> ColumnElement[bool]:
    return column.between(side - SIZE_TOLERANCE_CM, side + SIZE_TOLERANCE_CM)


def _has_size(size: tuple[int, ...]) -> ColumnElement[bool]:
    width, depth, height = products.c.width_cm, products.c.depth_cm, products.c.height_cm
    if len(size) == 1:
        # Nobody means the height of a desk; what is taller than wide and deep is told by its height too.
        is_tall = height >= func.greatest(width, depth, 0)
        sides = [_is_about(column, size[0]) for column in (width, depth)]
        return or_(*sides, and_(is_tall, _is_about(height, size[0])))
    first, second, *rest = size
    others = (depth,) if rest else (depth, height)
    two_sides = or_(
        *(
            and_(_is_about(width, one), _is_about(column, other))
            for column in others
            for one, other in ((first, second), (second, first))
        )
    )
    return and_(two_sides, *(_is_about(height, side) for side in rest))
