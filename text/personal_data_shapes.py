"""The shapes of addresses and numbers that belong to people and companies, in folded text (pure).

Each function yields [start, end) of what has its shape. Digits are ASCII, blanks single, letters lower case:
see `text.personal_data_reading`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from text.alternatives import either

Span = tuple[int, int]

# With fewer digits in it, a text holds no number of a person.
FEWEST_DIGITS = 6
_LONG = 9

# --- e-mail addresses ------------------------------------------------------------------------------------

_ENDINGS = (
    "com|ae|net|org|sa|qa|om|bh|kw|co|io|me|info|biz|gov|edu|in|uk|eu|us|de|fr|app|dev|ai|tech|store|shop"
    "|امارات|السعوديه|قطر|عمان|شبكه|موقع"
)
_LOCAL = r"[^\W_](?:[\w%+\-']|\.(?=[\w%+\-]))*(?: ?\. ?(?=[\w.%+\-]+ ?@)[\w.%+\-]*)?"
_LABEL = r"[^\W_](?:[\w\-]*[^\W_])?"
# Behind a dot with a blank there has to be a known ending: "write to ali@falcon. Thanks".
_DOTS = rf"(?:\.{_LABEL}|(?: \. ?|\. )(?:{_ENDINGS})(?![\w\-]))"
_AT = r" ?(?:@|\(at\)|\[at\]) ?"
_EMAIL = re.compile(rf"(?<![\w.+\-]){_LOCAL}{_AT}{_LABEL}{_DOTS}+")
# Without an ending, and without a blank: half an address is somebody's too. "10@450" is a price.
_HALF_EMAIL = re.compile(r"(?<![\w.+\-@])(?=[\w.\-]*[^\W\d_])[\w.%+\-]*\w@(?=[\w\-]*[^\W\d_]{3})\w[\w\-]*\w")
_DOT = r"(?: dot | دوت | نقطه |\.)"
_SPELLED_EMAIL = re.compile(
    rf"(?<![\w.])[a-z0-9][\w+\-]*(?:{_DOT}[\w+\-]+)*? (?:at|ات|@) [a-z0-9][\w\-]*(?:{_DOT}[a-z0-9\-]+)*?"
    rf"{_DOT}(?:{_ENDINGS})(?![\w\-])"
)


def emails(folded: str) -> Iterator[Span]:
    """Addresses in any alphabet, with blanks around their signs or with the signs spelled."""
    if "@" in folded or "(at)" in folded or "[at]" in folded:
        for pattern in (_EMAIL, _HALF_EMAIL):
            yield from (match.span() for match in pattern.finditer(folded))
    yield from (match.span() for match in _SPELLED_EMAIL.finditer(folded))


def plain_email(folded: str) -> str:
    """An address as mailers write it."""
    address = re.sub(r"[(\[]at[)\]]| (?:at|ات) ", "@", folded)
    return re.sub(r" (?:dot|دوت|نقطه) ", ".", address).replace(" ", "")


# --- numbers with a form of their own --------------------------------------------------------------------

# Digits and letters behind the country and the check digits; "n" takes digits, "c" letters too.
_IBANS = {
    "ae": "n19", "sa": "n2c18", "kw": "c4c22", "bh": "c4c14", "qa": "c4c21", "om": "n3c16", "jo": "c4n4c18",
    "lb": "n4c20", "eg": "n25", "iq": "c4n15", "pk": "c4c16", "tr": "n6c16", "gb": "c4n14", "de": "n18",
    "fr": "n10c11n2", "it": "c1n10c12", "es": "n20", "nl": "c4n10", "ch": "n5c12", "be": "n12", "at": "n16",
    "ie": "c4n14", "se": "n20", "no": "n11", "dk": "n14", "pl": "n24", "ps": "c4c21", "ye": "c4n4c18",
}  # fmt: skip
_GAP = r"[ .\-/]?"


def _iban(country: str, form: str) -> str:
    parts = re.findall(r"([nc])(\d+)", form)
    body = "".join(rf"(?:{_GAP}[{'0-9' if kind == 'n' else 'a-z0-9'}]){{{count}}}" for kind, count in parts)
    return rf"{_GAP}".join(country) + rf"(?:{_GAP}\d){{2}}{body}"


_IBAN = re.compile(
    rf"(?<![a-z0-9])(?:{'|'.join(_iban(*item) for item in _IBANS.items())}|[a-z]{{2}}\d\d[a-z0-9]{{11,30}})"
    r"(?![a-z0-9])"
)


def ibans(folded: str) -> Iterator[Span]:
    """IBANs whose check digits are right (ISO 13616, mod 97)."""
    for match in _IBAN.finditer(folded):
        value = re.sub(r"[^a-z0-9]", "", match.group())
        if int("".join(str(int(character, 36)) for character in value[4:] + value[:4])) % 97 == 1:
            yield match.span()


_EMIRATES_ID = re.compile(rf"(?<!\d)784{_GAP}(?:19|20)(?:{_GAP}\d){{10}}(?!\d)")
_TRN = re.compile(rf"(?<!\d)1(?:{_GAP}\d){{14}}(?!\d)")


def emirates_ids(folded: str) -> Iterator[Span]:
    """784, a year and eight digits more; whoever mistypes the check digit still gave one away."""
    yield from (match.span() for match in _EMIRATES_ID.finditer(folded))


def trns(folded: str) -> Iterator[Span]:
    """Tax registration numbers of the UAE: 15 digits, the first a 1."""
    yield from (match.span() for match in _TRN.finditer(folded))


_GROUPS = re.compile(r"(?<!\d)\d+(?:[ .\-/]\d+)*")
_CARD_LENGTHS = range(13, 20)


def cards(folded: str) -> Iterator[Span]:
    """13 to 19 digits of a payment card (Luhn), also where others follow: "4111 1111 1111 1111 09/27"."""
    for run in _GROUPS.finditer(folded):
        groups = list(re.finditer(r"\d+", run.group()))
        for first, group in enumerate(groups):
            digits, ends = "", []
            for following in groups[first:]:
                digits += following.group()
                if len(digits) in _CARD_LENGTHS and digits[0] in "23456" and _is_luhn(digits):
                    ends.append(following.end())
            if ends:
                yield run.start() + group.start(), run.start() + ends[-1]
                break


def _is_luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


_PASSPORT_CUE = r"(?:pass?[ -]?po?rts?|jawa+z(?:i|ee|y|na)?|(?:ال)?جواز(?:ات|ي|نا|ه|ها|هم)?|باسبور[تط])"
_PASSPORT_NUMBER = r"(?:[a-z][ -]?\d{5,9}(?:[a-z]\d?)?|[a-z]{2,3}\d{5,9}|\d{6,9}[a-z]?)"
_PASSPORT = re.compile(
    rf"(?<![^\W_]){_PASSPORT_CUE}(?!\w)[^\d\n]{{0,20}}?(?<![a-z0-9])(?P<number>{_PASSPORT_NUMBER})(?![a-z0-9])"
)
# Near the word also before it, and a second one behind it.
_PASSPORT_NEAR = re.compile(r"(?<![a-z0-9\-])[a-z]{1,2}\d{6,9}(?![a-z0-9\-])")
_PASSPORT_WORD = re.compile(rf"(?<![^\W_]){_PASSPORT_CUE}(?!\w)")
_NEAR = 60


def passports(folded: str) -> Iterator[Span]:
    """What is called a passport: by its shape alone it could be a product's code."""
    for match in _PASSPORT.finditer(folded):
        yield match.span("number")
    for word in _PASSPORT_WORD.finditer(folded):
        near = max(0, word.start() - _NEAR), word.end() + _NEAR
        yield from (match.span() for match in _PASSPORT_NEAR.finditer(folded, *near))


# --- phone numbers ---------------------------------------------------------------------------------------

_SPACER = r"[ .\-/()]{0,3}"
_DIGIT_RUN = rf"\d(?:{_SPACER}\d)"
# A plus, or a zero as national and international numbers begin with it.
_LOOSE_PHONE = re.compile(
    rf"(?<![\d,])(?<!\d[.\-/])(?:\+[ (]{{0,2}}|\(?0){_DIGIT_RUN}{{7,15}}(?![\d]|[.,/]\d)"
)
_MONEY_OR_SIZE = re.compile(
    r"[ -]?(?:aed|dhs?|dirhams?|usd|sar|درهم|دراهم|دينار|ريال|cm|mm|m|kg|pcs|pieces|سم|ملم|متر|حبه"
    r"|قطعه|[x×*%])(?!\w)"
)
_SERVICE = re.compile(
    r"(?<![\d.,+])(?<!\d[ \-/x×*])(?:(?:\+|00)?971[ -]?)?"
    r"(?:800(?:[ -]?\d{4,7}|[ -]\d{2,3}[ -]\d{2,4})"
    r"|600[ -]?[25]\d(?:[ -]?\d){4})(?![\d]|[.,]\d|[ -]?[x×*]|[ -]\d)"
)
_PHONE_CUES = either(
    r"""
    (?:tele|mobile |cell ?)?phones? ; tel ; mobiles? ; mob ; cell ; whats ?app ; wats?app ; wa
    call(?: me)?
    text me ; reach (?:me|us|him|her) ; ring me ; contact(?: me| us| no| number)?
    (?:my|his|her|our) (?:no|num|number|line)
    landline ; hotline ; fax ; direct line
    (?:ال)?(?:تلفون|تليفون|هاتف|جوال|موبايل|واتس|واتساب|فاكس)(?:ي|نا|ه|ها)?
    رقمي ; رقمنا ; رقمه ; رقمها ; كلمني ; كلمونا ; كلموني ; دقوا ; دق ; اتصل ; اتصلوا ; تواصلوا ; راسلني
    r[ae][gqk]m[iy] ; r[ae][gqk]mna ; ra8mi ; jaww?al[iy]? ; mobaili ; telefon[iy]? ; tilfoon[iy]?
    kal+imni ; kalmni ; da[g8]+ ?li
    """
)
_CUED_PHONE = re.compile(
    rf"(?<![^\W_])(?:{_PHONE_CUES})(?![^\W_])(?:[ :=.\-#,]|is|on|at|no|number|num|the|this|new|me|us|here"
    r"|هو|علي|رقم|الجديد|3ala|hwa|huwa)*"
    rf"(?P<number>\+?\(?{_DIGIT_RUN}{{5,14}})(?!\d|[.,]\d)"
)
_FEWEST_CUED = 7


def phones(folded: str) -> Iterator[Span]:
    """Phone numbers by their beginning or by the word before them, and the service numbers 800… and 600…."""
    for match in _LOOSE_PHONE.finditer(folded):
        if _LONG <= _digits(match.group()) <= 15 + 2 and not is_followed_by_unit(folded, match.end()):
            yield match.span()
    for match in _SERVICE.finditer(folded):
        if not is_followed_by_unit(folded, match.end()):
            yield match.span()
    for match in _CUED_PHONE.finditer(folded):
        if _digits(match["number"]) >= _FEWEST_CUED and not is_followed_by_unit(folded, match.end()):
            yield match.span("number")


def is_followed_by_unit(folded: str, end: int) -> bool:
    """Whether a currency, a unit or a sign of multiplying stands behind a number."""
    return _MONEY_OR_SIZE.match(folded, end) is not None


def follows_phone_word(folded: str, start: int, end: int) -> bool:
    """Whether the number at [start, end) stands behind a word that calls it a phone."""
    return any(match.span("number") == (start, end) for match in _CUED_PHONE.finditer(folded))


def plain_phone(folded: str) -> str:
    """Digits with a plus where the country is told; those of the UAE without one get it."""
    digits = re.sub(r"\D", "", folded)
    if "+" in folded[:3] or digits.startswith("00"):
        return "+" + re.sub(r"^(00)?(971)0(?=\d{8})", r"\2", digits.removeprefix("00"))
    if digits.startswith("0") and len(digits) in (9, 10):
        return f"+971{digits[1:]}"
    return f"+{digits}" if digits.startswith("971") and len(digits) in (11, 12) else digits


# --- the rest --------------------------------------------------------------------------------------------

_LONG_NUMBER = re.compile(
    rf"(?<![\d])\d{{{_LONG},}}(?!\d)|(?<![\w\-])(?!20\d\d-\d{{3,6}}(?!\d))\d{{2,}}(?:[\-.]\d{{2,}}){{1,}}(?![\w\-]|[.,]\d)"
)
_ACCOUNT_CUE = re.compile(
    r"(?<![^\W_])(?:account|acct|acc|a/c|iban|swift|bank|id|iqama|licen[cs]e|حساب(?:ي|نا)|(?:ال)?(?:حساب|ايبان)"
    r"|(?:ال)?(?:هوي|اقام|بطاق|رخص)(?:ه|ت[يك]|تنا)|7sab[iy]?|hisab[iy]?|hawiy[ae]t?[iy]?)"
    r"(?![^\W_])[^\d\n]{0,15}(?P<number>\d(?:[ .\-/]?\d){7,29})(?!\d)"
)


def account_numbers(folded: str) -> Iterator[Span]:
    """Numbers of eight digits and more that are called an account's, an identity card's or a licence's."""
    yield from (match.span("number") for match in _ACCOUNT_CUE.finditer(folded))


# Grouped as cards are: of sizes in a row, hardly any begins so.
_CARD_GROUPS = re.compile(r"(?<!\d)[3-6]\d{3}([ -])(?:\d{4}\1\d{4}\1\d{4}|\d{6}\1\d{5})(?!\d)")


def long_numbers(folded: str) -> Iterator[Span]:
    """Numbers of nine digits and more that nothing explains, mistyped IBANs and cards among them."""
    for match in _IBAN.finditer(folded):
        # "acc no 0019…": two letters alone are a word.
        if folded[match.start() + 2].isdigit():
            yield match.span()
    for match in _CARD_GROUPS.finditer(folded):
        if not is_followed_by_unit(folded, match.end()):
            yield match.span()
    for match in _LONG_NUMBER.finditer(folded):
        if _digits(match.group()) >= _LONG:
            yield match.span()


_DAY_FIRST = r"(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:20)?\d\d"
_YEAR_FIRST = r"(?:19|20)\d\d([./-])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])"
_DATE = re.compile(rf"(?<![\d+\-./])(?:{_DAY_FIRST}|{_YEAR_FIRST})(?![\d\-/]|\.\d)")
_BARCODE = re.compile(
    r"(?<![^\W_])(?:(?:ال)?بار ?كود|bar ?codes?|ean|gtin|upc)(?![^\W_])[^\d\n]{0,15}"
    r"(?P<code>\d{8}|\d{12,14})(?!\d)"
)


def dates(folded: str) -> Iterator[Span]:
    """Dates in digits."""
    yield from (match.span() for match in _DATE.finditer(folded))


def barcodes(folded: str) -> Iterator[Span]:
    """Numbers that are called barcodes and have the check digit of one (GS1)."""
    for match in _BARCODE.finditer(folded):
        digits = match["code"]
        total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
        if total % 10 == 0:
            yield match.span("code")


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)
