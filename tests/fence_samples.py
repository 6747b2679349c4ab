"""A turn's ledger as tests of the price fence know it: one chair, one desk, ten pieces, three days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.settings import PROJECT_ROOT
from catalog.kinds import read_kinds
from offscript.fence_units import Unit
from offscript.turn_ledger import LedgerProduct, TurnLedger

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KINDS: Mapping[str, str] = read_kinds(PROJECT_ROOT / "data" / "vocabulary.yml").phrases
CHAIR = LedgerProduct(
    "EX-210",
    "Milano executive chair",
    "كرسي ميلانو التنفيذي",
    Decimal("745.00"),
    NOW - timedelta(minutes=20),
    "products/EX-210",
)
DESK = LedgerProduct(
    "DSK-1260",
    "Oak desk 120x60",
    "مكتب بلوط",
    Decimal("1299.50"),
    NOW - timedelta(minutes=20),
    "products/DSK-1260",
)
LICENCES: tuple[tuple[int, Unit], ...] = (
    (120, "length"),
    (60, "length"),
    (75, "length"),
    (3, "days"),
    (5, "years"),
    (12, "people"),
    (3, "parts"),
)


def empty_ledger() -> TurnLedger:
    """A turn in which no tool returned anything."""
    return TurnLedger(7, 11, NOW, Decimal(5), KINDS)


def sample_ledger(*products: LedgerProduct) -> TurnLedger:
    """A turn in which tools returned these products (the chair and the desk) and 10 pieces were asked for."""
    ledger = empty_ledger()
    for product in products or (CHAIR, replace(DESK, was=Decimal("1500.00"))):
        ledger.add_product(product)
    ledger.add_quantity(None, 10)
    for value, unit in LICENCES:
        ledger.add_licence(Decimal(value), unit)
    ledger.add_discount("D-1", Decimal(7), "discounts/1", NOW)
    ledger.add_fact("currency", "Our prices are in AED.", "أسعارنا بالدرهم الإماراتي.")
    ledger.add_fact("free_delivery", "Delivery in Dubai is free.", "التوصيل في دبي مجاني.")
    for phrase in (
        "+971 4 000 0142",
        "09:00",
        "19:00",
        "2 December",
        "Al Quoz Industrial Area 3",
        "Q-2026-00042",
    ):
        ledger.add_phrase(phrase)
    ledger.add_token("<NAME_1>")
    return ledger
