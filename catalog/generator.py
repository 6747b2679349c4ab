"""A sample catalog of office furniture that is the same on every machine: for demonstrations and tests.

Nothing here is random: prices, stock and dates come from a generator with a fixed seed, so a test may
say which product is the cheapest black chair.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from catalog.product import Product, ProductStatus
from catalog.sample_lines import BRANDS, COLORS, LINES, MATERIALS, SERIES, Line

_SEED = 20_240_601
_FIRST_CHANGE = datetime(2026, 1, 4, 6, 0, tzinfo=UTC)
_INACTIVE_SHARE = 0.04
_SOLD_OUT_SHARE = 0.08
_BRAND_OF_SERIES = {series: brand for brand, made in BRANDS.items() for series in made}
# How sellers end a price; most are whole dirhams, some carry fils.
_FILS = (0, 0, 0, 0, 25, 50, 50, 75, 90, 95)


@dataclass(frozen=True)
class _Variant:
    """One point of a line: series, colours, material and size."""

    series_en: str
    series_ar: str
    price_position: float
    colors: tuple[str, ...]
    material: str
    size: tuple[int, int, int]
    seats: int | None


def _variants(line: Line, random: Random) -> list[_Variant]:
    """All distinct points of the line in a mixed order; two share neither name nor size."""
    variants = []
    for series_en, series_ar, position in SERIES:
        for material in line.materials:
            for color in dict.fromkeys(line.colors):
                index = random.randrange(len(line.sizes))
                # Bigger sizes seat more people, so both lists are walked together.
                seats = line.seats[min(index, len(line.seats) - 1)] if line.seats else None
                second = [other for other in dict.fromkeys(line.colors) if other != color]
                two_tone = bool(second) and random.random() < 0.12
                colors = (color, random.choice(second)) if two_tone else (color,)
                variants.append(
                    _Variant(series_en, series_ar, position, colors, material, line.sizes[index], seats)
                )
    # Lines name their best-selling colour twice; it then keeps twice the chance to be drawn.
    weights = [line.colors.count(variant.colors[0]) for variant in variants]
    keys = [random.random() ** (1 / weight) for weight in weights]
    order = sorted(range(len(variants)), key=keys.__getitem__, reverse=True)
    return [variants[index] for index in order]


def _price(line: Line, variant: _Variant, random: Random) -> Decimal:
    lowest, highest = line.prices
    size_position = line.sizes.index(variant.size) / max(1, len(line.sizes) - 1)
    # The series weighs most; the curve leaves more products in the lower half, as in a showroom.
    position = 0.75 * variant.price_position**1.4 + 0.25 * size_position
    dirhams = (lowest + (highest - lowest) * position) * MATERIALS[variant.material][1]
    dirhams *= random.uniform(0.96, 1.06)
    return Decimal(int(dirhams)) + Decimal(random.choice(_FILS)) / 100


def _stock(random: Random) -> int:
    if random.random() < _SOLD_OUT_SHARE:
        return 0
    return random.choice((random.randint(1, 9), random.randint(10, 60), random.randint(60, 400)))


def _names(line: Line, variant: _Variant) -> tuple[str, str]:
    form = 0 if line.gender == "masculine" else 1
    color_en = " and ".join(variant.colors)
    color_ar = " و".join(COLORS[color][form] for color in variant.colors)
    material_ar = MATERIALS[variant.material][0]
    name_en = f"{variant.series_en} {line.name_en}, {color_en} {variant.material}"
    name_ar = f"{line.name_ar} {variant.series_ar}، {material_ar}، {color_ar}"
    return name_en, name_ar


def _persons(count: int) -> str:
    """Two and more persons as Arabic counts them: the plural from 3 to 10, the singular above."""
    if count == 2:
        return "شخصين"
    return f"{count} أشخاص" if count <= 10 else f"{count} شخص"


def _descriptions(line: Line, variant: _Variant) -> tuple[str, str]:
    width, depth, height = variant.size
    english = f"{line.purpose_en} Size {width}×{depth}×{height} cm."
    arabic = f"{line.purpose_ar} المقاس {width}×{depth}×{height} سم."
    if variant.seats and variant.seats > 1:
        english += f" Seats {variant.seats}."
        arabic += f" يكفي {_persons(variant.seats)}."
    return english, arabic


def generate_catalog() -> list[Product]:
    """Return the 1,500 sample products, always the same, in the order of their SKUs."""
    random = Random(_SEED)
    last_number: dict[str, int] = {}
    catalog: list[Product] = []
    for line in LINES:
        variants = _variants(line, random)
        if len(variants) < line.share:
            raise ValueError(
                f"line {line.name_en!r} has {len(variants)} variants for a share of {line.share}; "
                "give it more colours, materials or a smaller share"
            )
        for variant in variants[: line.share]:
            number = last_number.get(line.sku_prefix, 1000) + 1
            last_number[line.sku_prefix] = number
            name_en, name_ar = _names(line, variant)
            description_en, description_ar = _descriptions(line, variant)
            width, depth, height = variant.size
            status: ProductStatus = "inactive" if random.random() < _INACTIVE_SHARE else "active"
            catalog.append(
                Product(
                    sku=f"{line.sku_prefix}-{number}",
                    name_en=name_en,
                    name_ar=name_ar,
                    description_en=description_en,
                    description_ar=description_ar,
                    category=line.category,
                    colors=variant.colors,
                    material=variant.material,
                    brand=_BRAND_OF_SERIES[variant.series_en],
                    width_cm=width,
                    depth_cm=depth,
                    height_cm=height,
                    seats=variant.seats,
                    rate=_price(line, variant, random),
                    stock=_stock(random),
                    status=status,
                    image_url=None,
                    last_modified=_FIRST_CHANGE + timedelta(minutes=random.randrange(150 * 24 * 60)),
                )
            )
    return sorted(catalog, key=lambda product: product.sku)
