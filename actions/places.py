"""Names of places that customers of the Gulf ask for delivery to, among the words of a message."""

from __future__ import annotations

from catalog.words import tokens

_NAMES = """
    UAE Emirates Dubai Sharjah Ajman Fujairah Khaimah RAK Quwain UAQ Dhabi AUH Ain Jebel
    Qatar Doha Saudi Saudia KSA Riyadh Jeddah Dammam Khobar Oman Muscat Salalah Sohar Kuwait Bahrain Manama
    Iraq Jordan Egypt Yemen India Pakistan
    الإمارات دبي الشارقة عجمان الفجيرة الخيمة القيوين أبوظبي ظبي العين
    قطر الدوحة السعودية الرياض جدة الدمام الخبر عمان مسقط صلالة صحار الكويت البحرين المنامة
    العراق الأردن مصر اليمن الهند باكستان
"""
_PLACES = frozenset(tokens(_NAMES))
# Behind these an Arabic name is the same place: "للكويت", "بدبي".
_PREFIXES = ("", "ل", "ب", "ف", "و")


def names_place(words: str) -> bool:
    """Whether one of the words is a country, an emirate or a city of the Gulf and its neighbours."""
    spoken = set(tokens(words))
    return any(
        word.startswith(prefix) and {word[len(prefix) :], f"ا{word[len(prefix) :]}"} & _PLACES
        for word in spoken
        for prefix in _PREFIXES
    )
