"""The sample catalog as Zoho Inventory would list it: what the sandbox's Zoho starts with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from app.settings import PROJECT_ROOT
from catalog.generator import generate_catalog
from catalog.labels import read_labels
from catalog.product import Product

# 19 digits, as Zoho's are.
_FIRST_ITEM_ID = 4_600_000_000_000_100_001
_FIRST_MADE = datetime(2025, 9, 1, 6, 0, tzinfo=UTC)
_DUBAI = timezone(timedelta(hours=4))
VOCABULARY: Path = PROJECT_ROOT / "data" / "vocabulary.yml"


def sample_items() -> list[dict[str, object]]:
    """The 1,500 sample products as rows of `GET /items`; a sync of them makes exactly these products."""
    labels = read_labels(VOCABULARY)
    return [
        _item(number, product, labels.plural(product.category, "en").title())
        for number, product in enumerate(generate_catalog())
    ]


def _item(number: int, product: Product, category: str) -> dict[str, object]:
    own = {
        "cf_name_ar": product.name_ar,
        "cf_description_ar": product.description_ar,
        "cf_colors": ", ".join(color.title() for color in product.colors),
        "cf_material": (product.material or "").title(),
        "cf_width_cm": product.width_cm,
        "cf_depth_cm": product.depth_cm,
        "cf_height_cm": product.height_cm,
        "cf_seats": product.seats,
    }
    return {
        "item_id": str(_FIRST_ITEM_ID + number),
        "sku": product.sku,
        "name": product.name_en,
        "description": product.description_en,
        "category_name": category,
        "brand": product.brand or "",
        "rate": float(product.rate),
        "status": product.status,
        "stock_on_hand": float(product.stock),
        "available_stock": float(product.stock),
        "actual_available_stock": float(product.stock),
        "available_for_sale_stock": float(product.stock),
        "actual_available_for_sale_stock": float(product.stock),
        "created_time": _stamp(_FIRST_MADE + timedelta(minutes=number)),
        "last_modified_time": _stamp(product.last_modified),
        "custom_fields": [
            {"customfield_id": str(4_600_000_000_000_000_201 + place), "api_name": name, "value": value}
            for place, (name, value) in enumerate(own.items())
            if value not in {None, ""}
        ],
    }


def _stamp(moment: datetime) -> str:
    """A time as Zoho writes it for an organization in Dubai."""
    return moment.astimezone(_DUBAI).strftime("%Y-%m-%dT%H:%M:%S%z")
