"""From an item of the source to a product of the catalog, or the reason why it cannot be sold as it stands.

Pure: no database, no network. What is not known is never guessed where a customer would be promised it: an
item without a price or with a nonsense size is named to the operator and skipped, the others go on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from catalog.ports import SourceItem, UnreadableSourceItem
from catalog.product import Product
from catalog.sync_words import SellerWords, is_arabic

_HIGHEST_RATE = Decimal("9999999999.99")
_HIGHEST_STOCK = 2**31 - 1
_LONGEST_CM = 2_000
_MOST_SEATS = 100
_NUMBER = re.compile(r"(\d{1,9}(?:\.\d+)?)\s*(?:cm|سم)?", re.IGNORECASE)
# An item whose last change nobody knows counts as the oldest.
_UNKNOWN_CHANGE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ItemFields:
    """The API names of the seller's custom fields (data/seller.yml, zoho_fields)."""

    name_ar: str = "cf_name_ar"
    description_ar: str = "cf_description_ar"
    colors: str = "cf_colors"
    material: str = "cf_material"
    width_cm: str = "cf_width_cm"
    depth_cm: str = "cf_depth_cm"
    height_cm: str = "cf_height_cm"
    seats: str = "cf_seats"


@dataclass(frozen=True)
class MirroredItem:
    """An item that can be sold, as the catalog has it."""

    item_id: str
    product: Product
    # The source has no Arabic name; this one was made of the vocabulary.
    name_ar_is_made: bool
    # The source does not say how many there are; none are promised.
    stock_is_unknown: bool


@dataclass(frozen=True)
class Skipped:
    """An item that cannot be mirrored, for the operator: which, what is wrong, how to mend it."""

    item_id: str | None
    sku: str
    problem: str


@dataclass(frozen=True)
class Mirrored:
    """What a sweep's items are to the catalog."""

    items: Sequence[MirroredItem]
    skipped: Sequence[Skipped]


class ItemUnfit(Exception):
    """Why an item cannot be sold as it stands; the text says how to mend it."""


def mirror_items(
    items: Iterable[SourceItem],
    unreadable: Iterable[UnreadableSourceItem],
    words: SellerWords,
    fields: ItemFields,
) -> Mirrored:
    """Judge each item by itself, then all of them together: a SKU is one product's.

    What is wrong with an inactive item concerns nobody: it is left out, and so not sold.
    """
    read: list[MirroredItem] = []
    skipped = [Skipped(one.item_id, "", f"{one.problem}; open the item in Zoho") for one in unreadable]
    for item in items:
        try:
            read.append(mirror_item(item, words, fields))
        except ItemUnfit as problem:
            if item.is_active:
                skipped.append(Skipped(item.item_id, item.sku, str(problem)))
    by_sku: dict[str, list[MirroredItem]] = defaultdict(list)
    for one in read:
        by_sku[one.product.sku.casefold()].append(one)
    single: list[MirroredItem] = []
    for same in by_sku.values():
        active = [one for one in same if one.product.status == "active"]
        # What is not sold any more takes nothing from the one that is.
        chosen = same if len(same) == 1 else active if len(active) == 1 else []
        single.extend(chosen)
        for one in same:
            if one in chosen or one.product.status == "inactive":
                continue
            others = ", ".join(other.item_id for other in active if other is not one)
            mend = f"the item {others} has the same SKU; give one of them another SKU"
            skipped.append(Skipped(one.item_id, one.product.sku, mend))
    return Mirrored(single, skipped)


def mirror_item(item: SourceItem, words: SellerWords, fields: ItemFields) -> MirroredItem:
    """One item as the catalog has it; raises ItemUnfit."""
    own = item.custom_fields
    if not item.sku:
        raise ItemUnfit(f"it has no SKU ({item.name or 'and no name'}); give it one")
    if not item.name:
        raise ItemUnfit("it has no name; give it one")
    category = words.category(item.category, item.name)
    if category is None:
        raise ItemUnfit("it has no category, and its name says none; choose one")
    material = words.material(own.get(fields.material, ""))
    colors = words.colors(own.get(fields.colors, ""))
    name_ar = own.get(fields.name_ar, "") or (item.name if is_arabic(item.name) else "")
    product = Product(
        sku=item.sku,
        name_en=item.name,
        name_ar=name_ar or words.made_name(item.name, category, item.brand, material, colors),
        description_en=item.description,
        description_ar=own.get(fields.description_ar, ""),
        category=category,
        colors=colors,
        material=material,
        brand=item.brand or None,
        width_cm=_whole(own, fields.width_cm, _LONGEST_CM, "cm"),
        depth_cm=_whole(own, fields.depth_cm, _LONGEST_CM, "cm"),
        height_cm=_whole(own, fields.height_cm, _LONGEST_CM, "cm"),
        seats=_whole(own, fields.seats, _MOST_SEATS, "persons"),
        rate=rate_of(item),
        stock=stock_of(item),
        status="active" if item.is_active else "inactive",
        image_url=None,
        last_modified=item.last_modified or _UNKNOWN_CHANGE,
    )
    return MirroredItem(item.item_id, product, not name_ar, item.stock is None)


def sellable_rate(item: SourceItem) -> Decimal | None:
    """The rate of an item for a customer who waits for it; None when it is none."""
    try:
        return rate_of(item)
    except ItemUnfit:
        return None


def rate_of(item: SourceItem) -> Decimal:
    """The rate in whole fils; raises ItemUnfit."""
    rate = item.rate.quantize(Decimal("0.01"), ROUND_HALF_UP) if abs(item.rate) <= _HIGHEST_RATE else None
    if rate is None or rate < 0:
        raise ItemUnfit(f"its rate is {item.rate}; correct it")
    if rate == 0:
        raise ItemUnfit("its rate is 0, and nothing is given away; enter the price, or make it inactive")
    if rate != item.rate:
        raise ItemUnfit(f"its rate {item.rate} has parts of a fil; round it to two decimals")
    return rate


def stock_of(item: SourceItem) -> int:
    """How many may be promised; none when the source does not know."""
    return min(max(item.stock or 0, 0), _HIGHEST_STOCK)


def _whole(own: Mapping[str, str], name: str, highest: int, unit: str) -> int | None:
    """A custom field's number; None when it is empty."""
    given = own.get(name, "").strip()
    if not given:
        return None
    found = _NUMBER.fullmatch(given)
    value = Decimal(found[1]).quantize(Decimal(1), ROUND_HALF_UP) if found else Decimal(0)
    if not 1 <= value <= highest:
        raise ItemUnfit(
            f"{name} is {given[:40]!r}; give a number from 1 to {highest} ({unit}), or leave it empty"
        )
    return int(value)
