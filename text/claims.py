"""Which prices does a text claim? Amounts, per cents, and "free" or "half price" without a number.

Reads any text, a customer's or one that is about to be sent, and looks through the ways in which a number
can be disguised. It names what it finds; whether a claim may be made is decided elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from text.alternatives import either
from text.amounts import Amount, find_amounts
from text.figures import blank_idioms, find_figures
from text.fold import fold


@dataclass(frozen=True)
class PriceClaims:
    """What a text says about prices: `amounts` in whatever currency, `percents`, and whether it is a claim.

    "Installation is free" is a claim without an amount and without a per cent.
    """

    amounts: tuple[Decimal, ...]
    percents: tuple[Decimal, ...]
    is_claim: bool


# Cyrillic and Greek letters that look like Latin ones: "\u0410ED".
_LOOK_ALIKES = str.maketrans("аеорсхуіѕкмтвнαορυτκνε", "aeopcxyiskmtbhaoputkve")
_LETTER_O = re.compile(r"(?<=\d)o+(?![^\W\d_])|(?<=\d)o+(?=[\do]*\d)")
_SPACED_DIGITS = re.compile(r"(?<![\w.,/:+\-])\d(?:[ ._*\-]\d){2,}(?![\w/:]|[.,\-]\d)")
_MONEY_ROLES = frozenset(["minimum", "maximum", "about", "price"])
# Without a currency a limit under this counts something: "within 5".
_SMALLEST_WITHOUT_CURRENCY = 50
_SMALLEST_BARE_PRICE = 100
# "desk 980" is a price, "ofc 7745" a code.
_PLAIN_WORD = re.compile(r"(?<!\w)(?:(?=[a-z]*[aeiou])[a-z]{4,}|[\u0621-\u06d3]{3,})[ :]*$")
_ADDRESS = re.compile(
    r"(?<!\w)(?:floor|tower|building|street|road|villa|p\.?o\.? box"
    r"|(?:ال)?(?:دور|طابق|برج|شارع|بنايه|فيلا|غرفه))(?!\w)"
)
# All of something is seldom about money: "100% leather", "I am sure 100%"; with these words it is.
_WHOLE = Decimal(100)
_PAYING = re.compile(
    r"off|discount|advance|payment|paid|pay|deposit|refund|cash|vat|خصم|مقدم|دفع|تخفيض|استرجاع|عربون|khasi?m"
)

_MATERIALS = "cotton|leather|wool|wood|polyester|nylon|silk|قطن|صوف|جلد|خشب|حرير|بوليستر"
_MATERIAL = re.compile(rf"(?<!\w)(?:{_MATERIALS}) $")
_SHARE = re.compile(
    r" ?(?:of (?:our|all|them|my|these|the (?!price|amount|total|order|value|invoice|cost|bill|budget))"
    rf"|genuine|real|pure|natural|recycled|{_MATERIALS}|full|charged|battery|humidity|done|complete|ready"
    r"|finished|من (?:ال|هم)|جاهز|خلص)"
)

_PRICE = r"(?:(?:list|original|retail|usual|regular) )?(?:prices?|cost|rate|value|amount|total|budget|bill)"
_PRICE_ARABIC = r"(?:ال)?(?:سعر|قيمه|ثمن|تكلفه|مبلغ|اسعار)(?:ه|ها|هم)?"
_SERVICE = r"deliver\w+|shipping|install\w*|assembl\w*|fitting|setup|maintenance|service|design|visit"
# "feel free to ask", "free on Sunday", "free standing" give nothing away.
_NOT_GIVEN = r"to|time|now|today|tomorrow|on (?:sunday|monday)|standing|space|from|zone|at|after|if|hands?"
_FREE = (
    r"(?:for|is|\w+'s|its|are|be|get|comes?|it|them|with|totally|completely|absolutely|offer|includ(?:es?|ing)|plus"
    rf"|all) (?:\w+ )?free(?: of (?:charge|cost))?(?![ -]*(?:{_NOT_GIVEN})(?!\w))"
)
_NOTHING = (
    r"(?:no|zero|without|any|0) (?:(?:extra|additional|any|delivery|installation|shipping|hidden) )*"
    r"(?:charges?|cost|fees?|payment)"
)
_NOTHING_ARABIC = (
    "[بل]?(?:دون|غير|بدون|من غير|بلا|ما ?فيه?|ما عليها?|ما عليه) (?:اي )?(?:مقابل|رسوم|تكلفه|فلوس|مصاريف|ثمن)"
)
_SERVICE_ARABIC = "(?:وال|ال|و)?(?:توصيل|تركيب|شحن|نقل|ضريبه|تغليف|ضمان|صيانه)(?:ه|ها|هم)?"
_PAIR_ARABIC = "(?:حبتين|قطعتين|اثنين|ثنتين|الثنتين|كرسيين|مكتبين|طاولتين)"
# A relation to a price, or nothing to pay, in a folded text.
RELATIVE_PRICE = re.compile(
    "(?<!\\w)(?:"
    + either(
        rf"""
        (?:half|quarter|third|double|triple|twice|two[- ]thirds)(?:[ -](?:of )?(?:the |its )?){_PRICE}
        half[ -]off ; (?:at|for|by) half(?! (?:past|an?|hour|day|year)(?!\w))
        price is halved ; (?:cheaper|more|less|lower) by (?:half|a third)
        buy (?:one|two|three|\d+)[ ,]*(?:and )?get ; two for (?:the price of )?one ; bogo ; b1g1 ; 1\+1
        {_FREE} ; free(?=[!. ]*$)(?<=^free) ; \d+ off
        free (?:of (?:charge|cost)|gift|warranty|upgrade|items?|samples?|one|{_SERVICE})
        {_NOTHING}
        complimentary ; gratis ; foc ; f\.o\.c ; on the house ; (?:our|my) treat ; as a gift
        waiv(?:e|ed|ing)
        (?:{_SERVICE}|it)(?: is|'s)? on (?:us|me) ; costs? (?:you )?nothing
        [وفب]?(?:ال)?(?:مجاني(?:ه)?|مجانا|مجان|بلاش|ببلاش|بلوشي|بالمجان) ; {_NOTHING_ARABIC}
        {_SERVICE_ARABIC} (?:علينا|علي حسابنا|علي المحل) ; علي حسابنا
        (?:الثاني|الثانيه|الثالث|الثالثه) علينا
        هديه (?:منا|مننا|من عندنا|معه|معها|مع|علي|من المحل) ; (?:عليه|عليها|معه|معها) هديه
        [وفب]?ب?(?:نص|نصف|ربع|ثلث|ضعف|ضعفين) {_PRICE_ARABIC} ; خصم (?:النص|نص|نصف|الربع|ربع|الثلث)
        (?:نزل|ينزل|نازل|ارخص|اقل) (?:ل|الي|ب)?(?:ال)?(?:نص|نصف)
        {_PAIR_ARABIC} بسعر (?:ال)?(?:حبه|قطعه|واحد|وحده|واحده|كرسي|مكتب|طاوله)
        (?:اشتر|خذ|اشتري) \w+(?: \w+)? و(?:احصل|الثاني|الثانيه|خذ)
        (?:b+ ?|bi ?|be ?)?(?:bal+a+sh|majan+(?:an)?|majaan|mag+anan|m[aei]j+a+n[iy]+|b ?lash)
        (?:b ?)?(?:nos+|nus+|ni9f|nisf|no9|nu9) (?:el|il|al)? ?(?:se3r|si3r|s3r|gee?ma|qima)
        (?:b[ei]doon|bdoon|bidun|bla|bala) (?:floo?s|rsoom|rusoom|muqabil)
        (?:el |al )?(?:tawseel|tawsil|towseel|twseel|tarkeeb|tarkib|delivery|shipping|installation) 3alaina
        """
    )
    + ")(?!\\w)"
)


def _join_digits(match: re.Match[str]) -> str:
    return "".join(character for character in match.group() if character.isdigit())


def reveal(text: str) -> str:
    """Fold `text` and undo disguises of numbers: look-alike letters, the letter O for 0, spaced digits."""
    folded = fold(text).translate(_LOOK_ALIKES)
    folded = _LETTER_O.sub(lambda match: "0" * len(match.group()), folded)
    return _SPACED_DIGITS.sub(_join_digits, folded)


def _is_bare_price(amount: Amount, folded: str) -> bool:
    """Whether a number that nothing explains can only be money: "7.5k", "تسعميه", "desk 980"."""
    value = amount.values[0]
    if value < _SMALLEST_BARE_PRICE:
        return False
    if not folded[amount.end - 1].isdigit():
        return True  # who counts things in words of hundreds names them
    is_year = 1990 <= value <= 2100
    if _ADDRESS.search(folded):
        return False
    return not is_year and bool(_PLAIN_WORD.search(folded, max(amount.start - 24, 0), amount.start))


def _is_money(amount: Amount, folded: str) -> bool:
    if amount.role == "number":
        return _is_bare_price(amount, folded)
    if amount.role not in _MONEY_ROLES:
        return False
    return bool(amount.currency) or amount.role == "price" or amount.values[0] >= _SMALLEST_WITHOUT_CURRENCY


def _is_off(amount: Amount, folded: str) -> bool:
    """Whether a per cent is about money rather than about a material, a share or a stage of work."""
    if _SHARE.match(folded, amount.end) or _MATERIAL.search(folded, max(amount.start - 16, 0), amount.start):
        return False
    return amount.values[0] != _WHOLE or bool(_PAYING.search(folded))


def price_claims(text: str) -> PriceClaims:
    """Find the price claims of `text` as it was written; amounts keep the order of the text."""
    folded = reveal(text)
    found = find_amounts(folded)
    money = {amount.start: amount.values[0] for amount in found if _is_money(amount, folded)}
    # A number with a currency is a claim whatever is said of it ("instead of AED 900").
    for figure in find_figures(blank_idioms(folded)):
        if figure.currency and not any(a.start < figure.end and figure.start < a.end for a in found):
            money[figure.start] = figure.value
    amounts = [value for _, value in sorted(money.items())]
    percents = tuple(
        amount.values[0] for amount in found if amount.role == "percent" and _is_off(amount, folded)
    )
    is_claim = bool(amounts or percents or RELATIVE_PRICE.search(folded))
    return PriceClaims(tuple(amounts), percents, is_claim)
