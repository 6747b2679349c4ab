"""One product as the rest of Majlis sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

ProductStatus = Literal["active", "inactive"]


@dataclass(frozen=True)
class Product:
    """A product of the seller's catalog; `rate` is AED for one piece without VAT."""

    sku: str
    name_en: str
    name_ar: str
    description_en: str
    description_ar: str
    category: str
    colors: tuple[str, ...]
    material: str | None
    # Who makes it, as the catalog writes the name.
    brand: str | None
    width_cm: int | None
    depth_cm: int | None
    height_cm: int | None
    seats: int | None
    rate: Decimal
    # Pieces that may still be promised.
    stock: int
    status: ProductStatus
    image_url: str | None
    last_modified: datetime
