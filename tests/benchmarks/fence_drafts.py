"""Drafts for the price fence, generated with their truth: each holds an ungrounded claim, or is harmless.

Claims are frames times amounts times ways to write them times disguises; harmless drafts are placeholders,
licensed numbers and plain sentences in the same variety, for the ledger of tests/fence_samples.py.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.benchmarks.number_writing import (
    FORMAL_HUNDREDS,
    GULF_HUNDREDS,
    arabic,
    arabizi,
    english,
    every_script,
)

_ENGLISH_FRAMES = (
    "It's {}.",
    "I can do {} for you",
    "The chair is {} each",
    "That comes to {} in total.",
    "EX-210 costs {}",
    "Final: {}",
    "{} and it's yours",
    "{offer} is in stock, so pay {}",
    "We agreed on {} last week",
    "Delivery in 3 days for {}",
    "10 chairs for {}",
    "from {} upwards",
    "The desk 120x60 cm goes for {}",
    "{}",
    "My boss said {}",
    "Let's say {}?",
)
_ARABIC_FRAMES = (
    "السعر {}",
    "بعطيك إياه بـ {}",
    "الكرسي {} للحبة",
    "المجموع {}",
    "آخر شي {}",
    "{} وتوكل على الله",
    "EX-210 سعره {}",
    "عشر كراسي بـ {}",
    "التوصيل خلال ٣ أيام والسعر {}",
    "{}",
    "قال لي المدير {}",
)
_ARABIZI_FRAMES = ("el korsi b {}", "a5er shay {}", "{} w tamam", "se3ra {} bas", "3ashanak {}")
_CURRENCIES = ("", "", " AED", " dirhams", "dhs", " درهم", " د.إ", "/-", " \u20c3")

_CLAIMS_WITHOUT_NUMBER = (
    "{} is free",
    "{} is free of charge",
    "{} at no cost",
    "{} on the house",
    "no charge for {}",
    "{} comes complimentary",
    "a discount on {}",
    "half price on {}",
    "{} is cheaper today",
    "we waive {}",
)
_ARABIC_CLAIMS = (
    "{} مجاني",
    "{} ببلاش",
    "{} بدون رسوم",
    "{} علينا",
    "خصم على {}",
    "{} بنص السعر",
    "{} هدية منا",
    "{} أرخص اليوم",
)
_SERVICES = (
    "delivery",
    "installation",
    "assembly",
    "the second chair",
    "the desk",
    "your order",
    "the warranty",
)
_ARABIC_SERVICES = ("التوصيل", "التركيب", "الكرسي الثاني", "المكتب", "طلبك", "النقل")
_ARITHMETIC = (
    "EX-210 is {p} minus {n}",
    "EX-210 is {p} less {n}",
    "EX-210 is {p}{n}",
    "EX-210 is {n}{p}",
    "EX-210 is {p} + {n}",
    "EX-210 is {p} x {n}",
    "EX-210 is {p}/{n}",
    "EX-210 is {p} - {n}",
    "EX-210 is about {p}",
    "EX-210 is less than {p}",
    "EX-210 is under {p}",
    "EX-210 is {p}k",
    "EX-210 is {p}%",
    "EX-210 is {p} AED",
    "EX-210 is {p} or less",
    "EX-210 is {p} off",
    "EX-210 is half of {p}",
    "EX-210 is {p}{p}",
    "EX-210 سعره {p} ناقص {n}",
    "EX-210 سعره {p} إلا {n}",
    "EX-210 سعره أقل من {p}",
    "EX-210 سعره {p} زائد {n}",
    "EX-210 سعره نص {p}",
    "DSK-1260 is {p}",
    "The desk is {p}",
    "المكتب {p}",
    "It is {p}",
    "10 chairs EX-210 for {p}",
)

_GOOD_OPENINGS = (
    "",
    "Sure! ",
    "Of course. ",
    "Thanks for asking. ",
    "Yes, ",
    "Good choice! ",
    "One moment please. ",
)
_GOOD_SENTENCES = (
    "{offer:EX-210} is in stock.",
    "I suggest {offer:EX-210} for your office.",
    "{offer:DSK-1260} fits well beside it.",
    "We have {offer:EX-210} in {colour}.",
    "The EX-210 is {price:EX-210} each.",
    "The EX-210 costs {price:EX-210} plus VAT.",
    "The chair is {price:EX-210} and the desk is {price:DSK-1260}.",
    "For 10 chairs EX-210 the total is {total:EX-210:10}.",
    "Ten chairs (EX-210) come to {total:EX-210:10}.",
    "{fact:free_delivery}",
    "{fact:currency}",
    "Delivery takes {days}.",
    "It arrives within {days}.",
    "The warranty is {years}.",
    "The desk is {size}.",
    "It has 3 drawers.",
    "The table seats 12 people.",
    "Shall I note 10 chairs in {colour}?",
    "It comes in {colour} and {colour}.",
    "The seat is {material} and the base is {material}.",
    "Which colour do you prefer, {colour} or {colour}?",
    "This one is very comfortable.",
    "Which one do you like?",
    "A colleague will confirm it for you today.",
    "How many pieces do you need?",
    "We are open from 09:00 to 19:00.",
    "You can call us on +971 4 000 0142.",
    "Would you like me to send a quote?",
    "Feel free to visit our showroom.",
    "The back is adjustable and the arms are soft.",
    "It is easy to clean.",
    "The EX-210 has {material} arms.",
)
_GOOD_ARABIC_OPENINGS = (
    "",
    "أكيد، ",
    "حياك الله! ",
    "تمام. ",
    "نعم، ",
    "اختيار حلو! ",
    "لحظة وحدة من فضلك. ",
)
_GOOD_ARABIC_SENTENCES = (
    "{offer:EX-210} متوفر الحين.",
    "أنصحك بـ {offer:EX-210} لمكتبك.",
    "عندنا {offer:DSK-1260} بلون {colour_ar}.",
    "سعر الكرسي {price:EX-210} للحبة.",
    "الكرسي EX-210 بـ{price:EX-210} زائد الضريبة.",
    "لعشر كراسي المجموع {total:EX-210:10}.",
    "{fact:free_delivery}",
    "{fact:currency}",
    "التوصيل خلال {days_ar}.",
    "الضمان {years_ar}.",
    "مقاس المكتب {size_ar}.",
    "فيه ٣ أدراج.",
    "يكفي ١٢ شخص.",
    "أسجل لك ١٠ كراسي {colour_ar}؟",
    "متوفر باللون {colour_ar} و{colour_ar}.",
    "أي واحد عجبك؟",
    "واحد من فريقنا بيأكد لك اليوم.",
    "كم حبة تحتاج؟",
    "دوامنا من 09:00 لين 19:00.",
    "تقدر تتصل على +971 4 000 0142.",
    "تبا أطرش لك عرض السعر؟",
    "القماش شبك ومريح للظهر.",
    "سهل التنظيف ويناسب المكاتب.",
    "ألف شكر على صبرك.",
)
_FILL = {
    "colour": ("black", "grey", "white", "walnut", "navy blue", "beige", "oak"),
    "material": ("mesh", "leather", "steel", "aluminium", "solid wood", "fabric"),
    "days": ("3 days", "three days", "3 working days", "three business days"),
    "years": ("5 years", "five years", "5 full years"),
    "size": ("120x60 cm", "120 × 60 cm", "120 cm wide and 60 cm deep", "75 cm high", "120 by 60 cm"),
    "colour_ar": ("أسود", "رمادي", "أبيض", "بني", "كحلي", "بيج"),
    "days_ar": ("٣ أيام", "3 أيام", "ثلاثة أيام", "٣ أيام عمل", "ثلاث أيام"),
    "years_ar": ("٥ سنوات", "خمس سنوات", "5 سنين"),
    "size_ar": ("١٢٠×٦٠ سم", "120×60 سم", "120 في 60 سم", "١٢٠ سم"),
}

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u2066\u034f"
_LOOKS = str.maketrans("aeopcxyisjhETABCHKMOPXe", "аеорсхуіѕјһЕТАВСНКМОРХе")
_SIGNS = (" ", "  ", ".", "-", "_", "*", "·", " . ", "/", "|", "\u2009", "\n", "~")


@dataclass(frozen=True)
class Draft:
    """A draft and whether it claims something that no tool returned."""

    text: str
    is_claim: bool
    kind: str


def claims(chance: random.Random, count: int) -> Iterator[Draft]:
    """`count` drafts that no ledger grounds."""
    scripts = every_script()
    ways: tuple[tuple[str, Callable[[int], str], tuple[str, ...]], ...] = (
        ("digits", str, _ENGLISH_FRAMES),
        (
            "digits of any script",
            lambda it: str(it).translate(_digits(chance.choice(scripts))),
            _ARABIC_FRAMES,
        ),
        ("separators", lambda it: _separated(chance, it), _ENGLISH_FRAMES),
        ("circled, keycaps", lambda it: _symbols(chance, it), _ENGLISH_FRAMES),
        ("English words", english, _ENGLISH_FRAMES),
        ("MSA words", lambda it: arabic(it, FORMAL_HUNDREDS), _ARABIC_FRAMES),
        ("Gulf words", lambda it: arabic(it, GULF_HUNDREDS), _ARABIC_FRAMES),
        ("Arabizi words", arabizi, _ARABIZI_FRAMES),
        (
            "per cent",
            lambda it: f"{it % 90 + 5}{chance.choice(('%', ' percent', '٪', ' per cent', ' بالمية'))}",
            _ENGLISH_FRAMES,
        ),
        (
            "range",
            lambda it: f"{it}{chance.choice((' - ', ' to ', '–', ' إلى '))}{it + 200}",
            _ENGLISH_FRAMES,
        ),
        ("letter O", lambda it: str(it).replace("0", chance.choice("oOо")), _ENGLISH_FRAMES),
        (
            "thousands as k",
            lambda it: f"{it / 1000:g}{chance.choice(('k', 'K', ' grand', ' k'))}",
            _ENGLISH_FRAMES,
        ),
    )
    for number in range(count):
        sort = number % 16
        if sort < len(ways):
            kind, write, frames = ways[sort]
            amount = write(chance.randrange(20, 9999))
            amount, disguise = _disguised(chance, amount, kind)
            text = chance.choice(frames).replace("{offer}", "{offer:EX-210}")
            amount += chance.choice(_CURRENCIES)
            yield Draft(text.replace("{}", amount), True, f"{kind}, {disguise}")
        elif sort == 12:
            text = chance.choice(_ARITHMETIC).replace("{p}", "{price:EX-210}")
            yield Draft(
                text.replace("{n}", chance.choice(("5", "50", "fifty", "خمسين", "٥٠"))), True, "arithmetic"
            )
        elif sort == 13:
            yield Draft(
                chance.choice(_CLAIMS_WITHOUT_NUMBER).format(chance.choice(_SERVICES)), True, "given away"
            )
        elif sort == 14:
            yield Draft(
                chance.choice(_ARABIC_CLAIMS).format(chance.choice(_ARABIC_SERVICES)), True, "given away"
            )
        else:
            good = _good_text(chance)
            bad = chance.choice(("Just {}.", "السعر {}", "so {} then", "{} for you")).format(
                chance.randrange(20, 9999)
            )
            yield Draft(f"{good} {bad}", True, "beside good sentences")


def harmless(chance: random.Random, count: int) -> Iterator[Draft]:
    """`count` drafts that the ledger grounds, or that claim nothing."""
    for _ in range(count):
        yield Draft(_good_text(chance), False, "good")


def _good_text(chance: random.Random) -> str:
    is_arabic = chance.random() < 0.5
    sentences = _GOOD_ARABIC_SENTENCES if is_arabic else _GOOD_SENTENCES
    opening = chance.choice(_GOOD_ARABIC_OPENINGS if is_arabic else _GOOD_OPENINGS)
    chosen = chance.sample(sentences, chance.randrange(1, 4))
    text = opening + chance.choice((" ", " ", "\n")).join(chosen)
    for name, values in _FILL.items():
        while f"{{{name}}}" in text:
            text = text.replace(f"{{{name}}}", chance.choice(values), 1)
    return text


def _digits(digits: str) -> dict[int, int]:
    return str.maketrans("0123456789", digits)


def _separated(chance: random.Random, number: int) -> str:
    whole = f"{number:,}".replace(",", chance.choice((",", ".", " ", "'", "٬", "،", "_", "\u2009")))
    return whole + chance.choice(("", ".50", ",50", "٫50", ".00", ".-"))


def _symbols(chance: random.Random, number: int) -> str:
    table = chance.choice(
        (
            {digit: f"{digit}\ufe0f\u20e3" for digit in "0123456789"},
            dict(zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True)),
            dict(zip("0123456789", "⓿❶❷❸❹❺❻❼❽❾", strict=True)),
            dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True)),
            dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True)),
            dict(zip("0123456789", "🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐", strict=True)),
        )
    )
    return "".join(table[digit] for digit in str(number))


def _disguised(chance: random.Random, amount: str, kind: str) -> tuple[str, str]:
    """The amount once more, hidden from programs and not from readers."""
    at = chance.randrange(1, max(len(amount), 2))
    cut = amount[:at], amount[at:]
    match chance.randrange(9):
        case 0:
            return chance.choice(_ZERO_WIDTH).join(amount), "zero-width"
        case 1:
            return chance.choice(_ZERO_WIDTH).join(cut), "one zero-width"
        case 2 if any(character.isdigit() for character in amount):
            return chance.choice(_SIGNS).join(amount), "spelled out"
        case 3 if "words" in kind:
            return chance.choice(_SIGNS).join(amount.replace(" ", "  ")), "spelled out"
        case 4 if kind == "English words":
            return amount.translate(_LOOKS), "look-alikes"
        case 5 if kind == "English words":
            return chance.choice((amount.upper(), amount.title(), amount.replace(" ", ""))), "glued, capitals"
        case 6 if kind == "English words":
            offset = chance.choice((0x1D400, 0x1D434, 0x1D5A0, 0x1D670))
            table = {ord("a") + index: chr(offset + 26 + index) for index in range(26)}
            return unicodedata.normalize("NFC", amount.translate(table)).replace(
                "\U0001d455", "h"
            ), "mathematical"
        case 7 if kind in ("MSA words", "Gulf words"):
            return "ـ".join(amount) if " " not in amount else amount.replace("م", "مـ"), "tatweel"
        case 8 if kind in ("MSA words", "Gulf words"):
            return "".join(
                letter + chance.choice(("", "\u064e", "\u0650")) for letter in amount
            ), "vowel marks"
    return amount, "plain"
