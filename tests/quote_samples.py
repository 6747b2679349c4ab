"""Quotes that tests, golden pictures and benchmarks share: short, wrapped, long and hostile ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sales.quote import QuoteCustomer, QuoteLine, price_quote
from sales.quote_pdf import QuoteDocument
from sales.seller import read_seller

# The golden pictures show this seller, so it does not follow what designers write into data/seller.yml.
SELLER = read_seller(Path(__file__).parent / "golden" / "seller.yml")
VAT = Decimal(5)
CUSTOMER = QuoteCustomer(
    company="Falcon Bay Consulting (L.L.C.)",
    contact="Mariam Al Suwaidi",
    email="mariam@falconbay.example",
    city="Abu Dhabi",
    trn="100234567800003",
)
ARABIC_CUSTOMER = QuoteCustomer(
    company="شركة الخليج للاستشارات ذ.م.م", contact="مريم السويدي", email="m@gulf.example"
)

CHAIR = QuoteLine(
    "CH-1005", "4600001", "Nova task chair, black mesh", "كرسي مكتب نوفا، شبك أسود", 15, Decimal("745.00")
)
DESK = QuoteLine(
    "DSK-1260", "4600002", "Oak desk 120×60 with drawers", "مكتب بلوط 120×60 مع أدراج", 8, Decimal("856.25")
)
# Wraps in every language.
TABLE = QuoteLine(
    "MT-2400",
    "4600003",
    "Meeting table Dune, walnut, 240×110 cm, seats 8, with cable tray and two power boxes on either side",
    "طاولة اجتماعات ديون، جوز، 240×110 سم، لـ 8 أشخاص، مع مجرى للأسلاك وعلبتين كهرباء على الجانبين وسطح زجاج",
    1,
    Decimal("12990.50"),
)
CABINET = QuoteLine(
    "CAB-0770",
    None,
    "Filing cabinet, 4 drawers, light grey",
    "خزانة ملفات 4 أدراج رمادي فاتح",
    22,
    Decimal("1078.75"),
)


def some_lines(count: int) -> list[QuoteLine]:
    """`count` lines of all four products, each with a rate of its own."""
    products = (CHAIR, DESK, TABLE, CABINET)
    return [
        QuoteLine(
            product.sku,
            product.zoho_item_id,
            product.name_en,
            product.name_ar,
            index * 7 % 40 + 1,
            product.rate + index * Decimal("11.25"),
        )
        for index in range(count)
        for product in (products[index % len(products)],)
    ]


def document(
    lines: Sequence[QuoteLine], *, discount_percent: Decimal = Decimal(0), **changes: Any
) -> QuoteDocument:
    """A quote over these lines; `changes` by field name win over the usual ones."""
    fields: dict[str, Any] = {
        "seller": SELLER,
        "number": "Q-2026-00042",
        "issued_on": date(2026, 11, 23),
        "last_day": date(2026, 12, 7),
        "customer": CUSTOMER,
        "lines": tuple(lines),
        "totals": price_quote(lines, VAT, discount_percent),
        "vat_percent": VAT,
        "discount_percent": discount_percent,
    }
    return QuoteDocument(**fields | changes)
