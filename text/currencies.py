"""Currencies as customers write them, before or behind a number. Only the dirham of the Emirates is AED."""

from __future__ import annotations

import re

# The more exact name comes first: "ريال قطري" before "ريال". A riyal of nobody in particular is Saudi, a
# dinar Kuwaiti: what matters is that neither is AED.
_NAMES = (
    ("MAD", r"mad|moroccan dirhams?|(?:درهم|دراهم) مغربي(?:ه)?"),
    (
        "AED",
        r"aed|a\.e\.d\.?|emirati dirhams?|uae dirhams?|dh(?:s|ms?)?|d[ie]?r[ie]?hams?|d[ie]rhems?|dara?him"
        r"|drhm|(?:درهم|دراهم)(?: اماراتي(?:ه)?)?|درهما|دراهيم|د(?:\. ?| )ا\.?",
    ),
    ("QAR", r"qar|qr|qatari (?:riyals?|rials?)|(?:ريال|ريالات) قطري(?:ه)?|ر\.ق\.?"),
    ("OMR", r"omr|omani (?:riyals?|rials?)|(?:ريال|ريالات) عماني(?:ه)?|ر\.ع\.?"),
    (
        "SAR",
        r"sar|sr|(?:saudi )?(?:riyals?|rials?|reyals?|r[iy]+al)"
        r"|(?:ريال|ريالات|ريالين)(?: سعودي(?:ه)?)?|ر\.س\.?",
    ),
    ("BHD", r"bhd|bd|bahraini dinars?|(?:دينار|دنانير) بحريني(?:ه)?|د\.ب\.?"),
    ("JOD", r"jod|jd|jordanian dinars?|(?:دينار|دنانير) اردني(?:ه)?"),
    ("KWD", r"kwd|kd|(?:kuwaiti )?d[ie]nars?|(?:دينار|دنانير|دينارين)(?: كويتي(?:ه)?)?|د\.ك\.?"),
    ("USD", r"us ?\$|\$|usd|(?:us |american )?dollars?|dolars?|bucks|(?:دولار|دولارات)(?: امريكي(?:ه)?)?"),
    ("EUR", r"€|eur|euros?|يورو"),
    ("GBP", r"£|gbp|pounds?|sterling|جنيه استرليني|باوند"),
    ("EGP", r"egp|l\.e\.?|egyptian pounds?|(?:جنيه|جنيهات)(?: مصري(?:ه)?)?|ج\.م\.?"),
    ("PKR", r"pkr|pakistani rupees?|روبيه باكستانيه"),
    ("INR", r"₹|inr|rs\.?|(?:indian )?rupees?|(?:روبيه|روبيات)(?: هنديه)?"),
    ("CNY", r"¥|cny|rmb|yuan|يوان"),
    ("TRY", r"₺|turkish liras?|ليره تركيه"),
)

_GROUPS = "|".join(f"(?P<{code}>{names})" for code, names in _NAMES)
_BEFORE = re.compile(rf"(?<!\w)[وب]?(?:{_GROUPS})[ .:]{{0,2}}$")
_AFTER = re.compile(rf"(?:[/.]-)? ?-?(?:{_GROUPS})(?!\w)")


def currency_before(text: str) -> tuple[str, int] | None:
    """The currency `text` ends with, as its ISO code, and where it starts."""
    found = _BEFORE.search(text)
    return (found.lastgroup or "", found.start()) if found else None


def currency_after(text: str) -> tuple[str, int] | None:
    """The currency `text` begins with, as its ISO code, and where it ends."""
    found = _AFTER.match(text)
    return (found.lastgroup or "", found.end()) if found else None
