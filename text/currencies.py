"""Currencies as customers write them, with and without a number. Only the dirham of the Emirates is AED."""

from __future__ import annotations

import re
from dataclasses import dataclass

from text.alternatives import either

# The more exact name comes first: "ريال قطري" before "ريال". A riyal of nobody in particular is Saudi, a
# dinar Kuwaiti: what matters is that neither is AED.
_NAMES = (
    ("MAD", r"mad|moroccan dirhams?|(?:درهم|دراهم) (?:ال)?مغربي(?:ه)?"),
    (
        "AED",
        r"aed|a\.e\.d\.?|emirati dirhams?|uae dirhams?|dh(?:s|ms?)?|d[ie]?r[ie]?hams?|d[ie]rhems?|dara?him"
        r"|drhm|(?:درهم|دراهم)(?: (?:ال)?اماراتي(?:ه)?)?|درهما|دراهيم|د(?:\. ?| )ا\.?",
    ),
    (
        "QAR",
        r"qar|qr|qatari (?:riyals?|rials?)|(?:riyals?|rials?) (?:el |al )?[qg]a[t6]ar[iy]"
        r"|(?:ريال|ريالات) (?:ال)?قطري(?:ه)?|ر\.ق\.?",
    ),
    (
        "OMR",
        r"omr|omani (?:riyals?|rials?)|(?:riyals?|rials?) (?:el |al )?(?:3[ou]|o)man[iy]"
        r"|(?:ريال|ريالات) (?:ال)?عماني(?:ه)?|ر\.ع\.?",
    ),
    (
        "SAR",
        r"sar|sr|(?:saudi )?(?:riyals?|rials?|reyals?|r[iy]+al)(?: (?:el |al )?s[ae](?:3|u)o*d[iy])?"
        r"|(?:ريال|ريالات|ريالين)(?: (?:ال)?سعودي(?:ه)?)?|ر\.س\.?",
    ),
    ("BHD", r"bhd|bd|bahraini dinars?|(?:دينار|دنانير) (?:ال)?بحريني(?:ه)?|د\.ب\.?"),
    ("JOD", r"jod|jd|jordanian dinars?|(?:دينار|دنانير) (?:ال)?اردني(?:ه)?"),
    (
        "KWD",
        r"kwd|kd|(?:kuwaiti )?d[ie]nars?(?: (?:el |al )?k[ou]*wait[iy])?"
        r"|(?:دينار|دنانير|دينارين)(?: (?:ال)?كويتي(?:ه)?)?|د\.ك\.?",
    ),
    (
        "USD",
        r"us ?\$|\$|usd|(?:us |american )?dollars?|dolars?|bucks"
        r"|(?:دولار|دولارات)(?: (?:ال)?امريكي(?:ه)?)?",
    ),
    ("EUR", r"€|eur|euros?|يورو"),
    ("GBP", r"£|gbp|pounds?|sterling|جنيه استرليني|باوند"),
    ("EGP", r"egp|l\.e\.?|egyptian pounds?|(?:جنيه|جنيهات)(?: (?:ال)?مصري(?:ه)?)?|ج\.م\.?"),
    ("PKR", r"pkr|pakistani rupees?|روبيه باكستانيه"),
    ("INR", r"₹|inr|rs\.?|(?:indian )?rupees?|(?:روبيه|روبيات)(?: (?:ال)?هنديه)?"),
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


# Digits may be written onto it ("500aed"), and Arabic letters before it ("بالدرهم").
_ANYWHERE = re.compile(rf"(?<![^\W\d_])(?:[وفلبك]?(?:ال)?|لل)(?:{_GROUPS})(?![^\W\d_])")


def currency_marks(folded: str) -> list[tuple[str, int, int]]:
    """Every currency named in a folded text, with or without an amount: its ISO code and its span."""
    found = ((match, match.lastgroup or "") for match in _ANYWHERE.finditer(folded))
    return [(code, match.start(code), match.end(code)) for match, code in found]


@dataclass(frozen=True)
class NamedCurrency:
    """A currency that is asked for without an amount, as its ISO code, and the span of its words."""

    code: str
    start: int
    end: int


_AED = "AED"
# Written onto the name: "بالدولار", "bildollar".
_PREFIX = r"(?P<onto>[وف]?(?:بال|ب)|b[aei]?[lrd]?-?)?(?P<article>ال|el[ -]|al[ -]|il[ -])?"
_NAMED = re.compile(rf"(?<![\w.]){_PREFIX}(?:{_GROUPS})(?!\w)")
_IN = re.compile(r"(?<!\w)(?:in|into|to|b|bi|b[aei]l|bl|fi|fe|ب|بال|في|الي)(?: (?:the|us|el|al|il|ال))? ?$")
# "do you take dollars", "تاخذون دولار"
_TAKEN = re.compile(
    r"(?<!\w)(?:"
    + either(
        r"""
        (?:take|accept|receive|us|deal in|deal with|work in|work with|charge|quote|invoice)(?:e?s|ed|ing|e)?
        pay\w* ; convert\w* ; [تي](?:ا|و)?(?:خذ|قبل|تعامل|ستلم|حسب|حول)\w* ; الدفع ; ندفع ; ادفع ; نحول
        [ty]a?(?:5|kh)[td]h?\w* ; [ty][ei]?[gq28]b[ae]?l\w* ; [ty]et?3am[ae]?l\w* ; nadfa3 ; adfa3
        """
    )
    + r")(?: (?!and|or)[^\W\d]+){0,2} ?$"
)
_PRICE = re.compile(
    r"(?<!\w)(?:"
    + either(
        r"""
        how much ; prices? ; pricing ; costs? ; rate ; b? ?kam ; b? ?cha?m ; se3r\w* ; si3r\w*
        [وف]?ب?كم ; [وف]?ب?جم ; (?:ال)?سعر\w* ; (?:ال)?اسعار\w* ; تكلف\w* ; قيمته?ا?
        """
    )
    + r")(?: [^\W\d]+){0,3}[ :,]*$"
)
_ASKED = re.compile(r" ?\?| (?:prices?|amount|value|equivalent|quote|quotation|b? ?kam|ب?كم)(?!\w)")
_CODES = re.compile(r" ?(?:codes?|كود)(?!\w)")
# Letters that say something else as often: a QR code, Bangladesh, "mad".
_DOUBTFUL = frozenset({"qr", "mad", "bd", "jd", "kd", "sr", "rs", "rs."})
_WEIGHT = re.compile(r"weigh|load|hold|carr|capacity|kilo|وزن|[يت]شيل|[يت]تحمل|wazn")
# Money itself is asked for: "dollar price today", "euro to dollar".
_EXCHANGE = re.compile(r"(?<!\w)(?:exchange|today|(?:ال|el ?|al ?)?(?:صرف|يوم|9arf|sarf|yo+m))(?!\w)")
_CONVERTED = re.compile(r" (?:to|in|into|ب|بال|b|bel|bil)? ?(?:the |ال)?$")
_REACH = 60


def named_currencies(text: str) -> list[NamedCurrency]:
    """The currencies other than AED that a folded text asks for without an amount: "price in USD?".

    A currency that is only mentioned is none: it has to be what prices are asked in, or what is paid with.
    Who calls it leaves out those that stand at a number.
    """
    found: list[NamedCurrency] = []
    last: int | None = None
    for match in _NAMED.finditer(text):
        code = match.lastgroup or ""
        name = text[match.start(code) : match.end()]
        line = text[max(0, match.start() - _REACH) : match.start()].rpartition("\n")[2]
        is_other_thing = _CODES.match(text, match.end()) or (code == "GBP" and _WEIGHT.search(line))
        is_exchanged = last is not None and _CONVERTED.fullmatch(text, last, match.start())
        last = match.end()
        if is_exchanged and found:
            found.pop()
        if code == _AED or is_other_thing or is_exchanged or _EXCHANGE.search(text):
            continue
        preposition = _IN.search(line)
        taken = _TAKEN.search(line[: preposition.start()] if preposition else line)
        is_asked = match["onto"] is not None or preposition is not None
        if not is_asked and name not in _DOUBTFUL and match["article"] is None:
            is_alone = match.group() == text.strip()
            is_question = _PRICE.search(line) or _ASKED.match(text, match.end())
            is_asked = is_alone or is_question is not None or taken is not None
        if is_asked:
            words = taken or preposition
            start = match.start() - (len(line) - words.start() if words else 0)
            found.append(NamedCurrency(code, start, match.end()))
    return found
