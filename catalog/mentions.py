"""What one message says about products: the NLU's entities, gathered into one typed record (pure).

The engine sends entities as JSON; everything behind it (refinement, references, actions) reads this record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from catalog.filters import Order
from catalog.sides import SideLimits, merged_limits, read_side_limit

Entity = Mapping[str, Any]

_WORDS = {
    "category": "categories",
    "not_category": "not_categories",
    "color": "colors",
    "not_color": "not_colors",
    "material": "materials",
    "not_material": "not_materials",
    "brand": "brands",
    "not_brand": "not_brands",
    "sku": "skus",
    "relation": "relations",
    "query": "words",
}
_MONEY = frozenset({"min_price", "max_price", "about_price"})
_SIDE_LIMITS = frozenset({"max_size", "min_size"})
_COUNTS = frozenset({"quantity", "seats", "number"})


@dataclass(frozen=True)
class Mentions:
    """Keys as the catalog writes them, money in AED; what was not said is empty or None.

    Of a limit, a quantity or an order that a message names twice, the last one counts.
    """

    categories: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    not_colors: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    not_materials: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    not_brands: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    about_price: Decimal | None = None
    # An amount was named in this currency, which is not AED; it is no limit.
    other_currency: str | None = None
    quantity: int | None = None
    seats: int | None = None
    # Centimetres, one to three of them.
    size: tuple[int, ...] = ()
    # Limits of sides, the last one said for each.
    max_size: SideLimits = ()
    min_size: SideLimits = ()
    # Places in the list that was shown last, from 1; -1 is the last one, 0 stands for all of them.
    options: tuple[int, ...] = ()
    # cheaper, dearer, bigger, smaller, other_color, other_material, other: than what was shown.
    relations: tuple[str, ...] = ()
    order: Order | None = None
    # Words that may describe a product and are no key of the catalog.
    words: tuple[str, ...] = ()
    # A bare number, of which the words around it say nothing.
    number: int | None = None

    @property
    def text(self) -> str:
        """The describing words, one text."""
        return " ".join(self.words)

    @property
    def names_a_kind(self) -> bool:
        """Whether it says what kind of product is meant, by category, brand or description."""
        return bool(self.categories or self.brands or self.words)

    @property
    def only_counts(self) -> bool:
        """Whether it says how many, and nothing else."""
        return self.quantity is not None and not (self.narrows or self.options or self.names_a_kind)

    @property
    def narrows(self) -> bool:
        """Whether it says anything that a product has to fit, or that orders products."""
        looked_at = (field.name for field in fields(self))
        return any(
            getattr(self, name) not in ((), None)
            for name in looked_at
            if name not in {"skus", "options", "other_currency", "quantity", "number"}
        )


def read_mentions(entities: Iterable[Entity]) -> Mentions:
    """Gather the entities of one message; unknown ones and values of a wrong shape are left out."""
    words: dict[str, list[str]] = {}
    others: dict[str, Any] = {}
    options: list[int] = []
    for entity in entities:
        name, value = str(entity.get("entity")), entity.get("value")
        if name in _WORDS:
            values = value if isinstance(value, list) else [value]
            words.setdefault(_WORDS[name], []).extend(str(one) for one in values if one)
        elif name in _MONEY:
            others[name] = _money(value)
        elif name in _COUNTS:
            number = _whole(value)
            others[name] = number if number is not None and number > 0 else None
        elif name == "option":
            option = _whole(value)
            if option is not None:
                options.append(option)
        elif name == "size":
            others["size"] = read_size(value)
        elif name in _SIDE_LIMITS and (limit := read_side_limit(value)):
            others[name] = merged_limits(others.get(name, ()), (limit,))
        elif name == "other_currency" and value:
            others[name] = str(value)
        elif name == "order" and value in get_args(Order):
            others[name] = value
    for field, values in words.items():
        others[field] = tuple(dict.fromkeys(values))
    return Mentions(options=tuple(dict.fromkeys(options)), **others)


def split_requests(entities: Sequence[Entity]) -> tuple[Mentions, ...]:
    """The products of a message that asks for several, in the order of its lines.

    Empty when the message is about one product. What stands outside the lines ("all of them black, under
    500") holds for each line that does not say otherwise.
    """
    groups: dict[str, list[Entity]] = {}
    common: list[Entity] = []
    for entity in entities:
        group = entity.get("group")
        if group is None:
            common.append(entity)
        else:
            groups.setdefault(str(group), []).append(entity)
    if len(groups) < 2:
        return ()
    requests = []
    for own in groups.values():
        said = {entity.get("entity") for entity in own}
        shared = [
            entity
            for entity in common
            if entity.get("entity") not in said and entity.get("entity") not in {"query", "option", "sku"}
        ]
        requests.append(read_mentions([*shared, *own]))
    return tuple(requests)


def read_size(value: Any) -> tuple[int, ...]:
    """Centimetres out of "120x60" or "120"; empty when it is no size."""
    parts = str(value or "").casefold().split("x")
    numbers = [_whole(part.strip()) for part in parts]
    if not 1 <= len(numbers) <= 3 or any(number is None or number <= 0 for number in numbers):
        return ()
    return tuple(number for number in numbers if number is not None)


def _whole(value: Any) -> int | None:
    amount = _decimal(value)
    return None if amount is None or amount != amount.to_integral_value() else int(amount)


def _money(value: Any) -> Decimal | None:
    amount = _decimal(value)
    return None if amount is None or amount < 0 else amount


def _decimal(value: Any) -> Decimal | None:
    # Through str: a float such as 99.95 has no exact binary form, its shortest spelling has.
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
