"""The fixed words on a quote, in English and Arabic, and its dates.

They are the words of UAE tax invoices rather than of the chat, and no designer's: a changed one changes a
document that tax and trade law read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

Language = Literal["en", "ar"]

WORDS: Mapping[str, tuple[str, str]] = {
    "quotation": ("Quotation", "عرض سعر"),
    "prepared_for": ("Prepared for", "مقدم إلى"),
    "number": ("Quote no.", "رقم العرض"),
    "date": ("Date", "التاريخ"),
    "valid_until": ("Valid until", "صالح لغاية"),
    "trn": ("TRN", "الرقم الضريبي"),
    "row": ("#", "م"),
    "sku": ("SKU", "الرمز"),
    "item": ("Item", "الصنف"),
    "quantity": ("Qty", "الكمية"),
    "unit_price": ("Unit price (AED)", "سعر الوحدة (درهم)"),
    "line_total": ("Total (AED)", "الإجمالي (درهم)"),
    "subtotal": ("Subtotal", "المجموع قبل الضريبة"),
    "discount": ("Discount", "الخصم"),
    "vat": ("VAT", "ضريبة القيمة المضافة"),
    "total": ("Total due", "المبلغ الإجمالي"),
    "terms": ("Terms", "الشروط"),
    "bank": ("Bank details", "بيانات البنك"),
    "bank_name": ("Bank", "البنك"),
    "account_name": ("Account", "اسم الحساب"),
    "iban": ("IBAN", "الآيبان"),
    "swift": ("SWIFT", "السويفت"),
    "prices_exclude_vat": (
        "Prices in UAE dirhams (AED); VAT is added to the total.",
        "الأسعار بالدرهم الإماراتي، وتضاف ضريبة القيمة المضافة على المجموع.",
    ),
}

_MONTHS: Mapping[Language, tuple[str, ...]] = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "ar": (
        "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو",
        "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
    ),
}  # fmt: skip


def words_in(language: Language) -> dict[str, str]:
    """All fixed words of one language by name."""
    return {name: english if language == "en" else arabic for name, (english, arabic) in WORDS.items()}


def format_date(day: date, language: Language) -> str:
    """The day as it is written out: "7 December 2026"."""
    return f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}"
