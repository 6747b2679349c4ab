"""What a document comes to: lines, discount and VAT, in Decimal with halves rounded up."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.zoho.finance.bodies import Record, amount, invalid

_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)


def rounded(value: Decimal) -> Decimal:
    """To 0.01."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def discount_of(value: object, base: Decimal) -> Decimal:
    """`"5%"`, `"5.00%"` or an amount, taken of `base`. Raises FinanceRefusal 2."""
    if value in (None, ""):
        return Decimal(0)
    if isinstance(value, str) and value.endswith("%"):
        return rounded(base * amount(value[:-1], "discount") / _HUNDRED)
    return rounded(amount(value, "discount"))


def totals(document: Mapping[str, Any], lines: list[Record], *, per_line: bool) -> Record:
    """The amounts of a document; sets `item_total` and `tax_amount` of each line.

    `per_line` rounds VAT on each line, else once for the document. Raises FinanceRefusal 2.
    """
    kind = document.get("discount_type", "entity_level")
    if kind not in ("entity_level", "item_level"):
        raise invalid("discount_type")
    inclusive = document.get("is_inclusive_tax", False)
    before_tax = document.get("is_discount_before_tax", True)
    for line in lines:
        whole = rounded(line["rate"] * line["quantity"])
        off = discount_of(line.get("discount"), whole) if kind == "item_level" else Decimal(0)
        line["item_total"] = whole - off
    sub_total = sum((line["item_total"] for line in lines), Decimal(0))
    discount = discount_of(document.get("discount"), sub_total) if kind == "entity_level" else Decimal(0)
    if discount > sub_total:
        raise invalid("discount")
    share = discount / sub_total if before_tax and sub_total else Decimal(0)
    taxes: dict[Decimal, Decimal] = {}
    for line in lines:
        percentage = line["tax_percentage"]
        base = line["item_total"] * (1 - share)
        divisor = _HUNDRED + percentage if inclusive else _HUNDRED
        tax = base * percentage / divisor
        line["tax_amount"] = rounded(tax)
        taxes[percentage] = taxes.get(percentage, Decimal(0)) + (rounded(tax) if per_line else tax)
    tax_total = sum((rounded(tax) for tax in taxes.values()), Decimal(0))
    shipping = rounded(amount(document.get("shipping_charge") or 0, "shipping_charge"))
    adjustment = rounded(amount(document.get("adjustment") or 0, "adjustment"))
    added = Decimal(0) if inclusive else tax_total
    return {
        "sub_total": sub_total,
        "discount_amount": discount,
        "discount_total": discount,
        "tax_total": tax_total,
        "taxes": [
            {"tax_name": f"Standard Rate ({percentage}%)", "tax_amount": rounded(tax)}
            for percentage, tax in taxes.items()
            if percentage
        ],
        "shipping_charge": shipping,
        "adjustment": adjustment,
        "total": sub_total - discount + added + shipping + adjustment,
    }
