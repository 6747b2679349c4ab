"""E-mail addresses, tax numbers, cities and quantities out of what a customer writes (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sales.basket import LARGEST_QUANTITY
from sales.fact_text import Line, read_line
from sales.fact_values import Fact, Kind, Problem
from sales.fact_words import CITIES
from text.alternatives import either
from text.numbers import find_numbers

_ENDINGS = (
    "com|ae|net|org|sa|qa|om|bh|kw|co|io|me|info|biz|gov|edu|in|uk|eu|us|de|fr|app|dev|ai|tech|store|shop"
)
# What people put around the signs of an address when they type on a phone.
_SPACED_AT = re.compile(r"(?<=[\w.+-]) ?(?:@|\(at\)|\[at\]) ?(?=[\w])")
_SPELLED = re.compile(
    rf"(?<![\w.])([a-z0-9][\w.+-]*) (?:at|ات) ([a-z0-9-]+(?: dot [a-z0-9-]+)*) (?:dot|دوت) ({_ENDINGS})(?!\w)"
)
_SPACED_DOT = re.compile(rf"(@[a-z0-9.-]*[a-z0-9]) ?[.,] ?({_ENDINGS})(?![\w-]|\.\w)")
_CHUNK = re.compile(r"[^\s,;:<>()\[\]\"'|/]*@[^\s,;:<>()\[\]\"'|/]*")
_ADDRESS = re.compile(r"[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*")
_GLUED_ARABIC = re.compile("^[\u0621-\u06d3]+(?=[a-z0-9])")
_CORRECTED = re.compile(r"(?<!\w)(?:not|wrong|instead of|old|مو|مب|مش|بدل|غلط|مهب)(?: \w+)? $")
_CORRECTION = re.compile(
    r"(?<!\w)(?:sorry|correct(?:ion)?|no|actually|instead|i mean|قصدي|الصح|اقصد|عفوا|لا)(?!\w)"
)
# "Is sales@seller.ae your email?" is about the seller's.
_SELLERS = re.compile(r"(?<!\w)(?:your e-?mail|you at|ايميلكم|بريدكم|your address|email you)(?!\w)")
_LONGEST_EMAIL = 254
_LONGEST_LOCAL_PART = 64

# Slips in the names and the ending of the mailers most people use; the name alone is one too.
_SLIPPED_NAMES = {
    "gmail": "gmail|gmial|gamil|gmai|gnail|gmaill|gmali|gmeil|gimail|gmil",
    "hotmail": "hotmail|hotmial|hotmai|hotmal|hotamil|homail|hotmil",
    "yahoo": "yahoo|yaho|yahooo|yhaoo|yahu",
    "outlook": "outlook|outlok|outloo|outllok|outlock",
    "icloud": "icloud|iclod|icould|iclould",
}
_SLIPPED_ENDINGS = r"(?:\.(?:com?|con|cm|cmo|comm|om|vom|xom|c))?"
_ENDING_TYPO = re.compile(r"\.(?:con|cmo|comm|ocm|coom|vom|xom|cpm)$")


@dataclass(frozen=True)
class Found:
    """Addresses of a line: the one that counts or what is wrong with it, and the line without any."""

    value: str | Problem | None
    rest: Line


def find_email(line: Line) -> Found:
    """The customer's e-mail address.

    Blanks around @ and before the ending are mended. Addresses with letters that are not Latin are refused:
    they exist (RFC 6531), but hardly a mail server of our customers, nor Zoho, delivers to them.
    """
    folded = _SPELLED.sub(lambda m: f"{m[1]}@{m[2].replace(' dot ', '.')}.{m[3]}", line.folded)
    folded = _SPACED_DOT.sub(r"\1.\2", _SPACED_AT.sub("@", folded))
    chunks = [match for match in _CHUNK.finditer(folded) if match.group().strip("@.")]
    if not chunks or (_SELLERS.search(folded) and line.is_question):
        return Found(None, line)
    blanked = folded if folded != line.folded else line.shown
    for match in reversed(chunks):
        blanked = f"{blanked[: match.start()]} , {blanked[match.end() :]}"
    return Found(check_email(_meant(folded, chunks)), read_line(blanked))


def check_email(given: str) -> str | Problem:
    """One address, lower case, or what is wrong with it."""
    address = _GLUED_ARABIC.sub("", read_line(given).folded.replace(" ", "").strip(".,;:<>()[]\"'*"))
    local, _, domain = address.partition("@")

    def problem(kind: Kind, suggestion: str | None = None) -> Problem:
        return Problem(Fact.EMAIL, kind, given, suggestion)

    if not domain:
        return problem(Kind.EMAIL_WITHOUT_DOMAIN)
    if not local:
        return problem(Kind.EMAIL_WITHOUT_NAME)
    if not address.isascii():
        return problem(Kind.EMAIL_NOT_LATIN)
    corrected = _corrected_domain(domain)
    if corrected != domain:
        return problem(Kind.EMAIL_TYPO, f"{local}@{corrected}")
    if not _ADDRESS.fullmatch(address) or len(address) > _LONGEST_EMAIL or len(local) > _LONGEST_LOCAL_PART:
        return problem(Kind.EMAIL_MALFORMED)
    if "." not in domain or not re.search(r"\.[a-z][a-z0-9-]*[a-z0-9]$", domain):
        return problem(Kind.EMAIL_WITHOUT_ENDING)
    return address


def _corrected_domain(domain: str) -> str:
    """The domain without the slips of typing that are known to be ones."""
    for name, slipped in _SLIPPED_NAMES.items():
        if re.fullmatch(f"(?:{slipped}){_SLIPPED_ENDINGS}", domain):
            return f"{name}.com"
    return _ENDING_TYPO.sub(".com", domain)


def _meant(folded: str, chunks: list[re.Match[str]]) -> str:
    """Of several addresses the first, unless the line takes it back."""
    kept = [match for match in chunks if not _CORRECTED.search(folded[: match.start()])] or chunks
    between = folded[kept[0].end() : kept[-1].start()]
    return kept[-1 if _CORRECTION.search(between) else 0].group()


_TRN_CUES = either(
    r"""
    trn ; t\.r\.n ; (?:tax|vat) (?:registration|reg|no|number|id) ; ra[qg]a?m (?:al |el )?dareebi
    (?:ال)?رقم (?:ال)?(?:تسجيل )?(?:ال)?ضريبي ; تسجيل الضريبي ; الضريبي
    """
)
_TRN_CUE = re.compile(rf"(?<!\w)(?:{_TRN_CUES})(?!\w)")
_DIGITS = re.compile(r"(?<![\d+])\d(?:[ .\-]{0,2}\d)*(?!\d)")
TRN_DIGITS = 15
_SHORTEST_TRY = 5


def find_trn(line: Line, *, asked: bool) -> str | Problem | None:
    """The customer's tax registration number: 15 digits, the first of them 1, in any script.

    Where it is neither asked for nor named, only what looks like one of the UAE's (100…) counts: other
    things have 15 digits too.
    """
    cue = _TRN_CUE.search(line.folded)
    is_wanted = asked or cue is not None
    runs = [re.sub(r"\D", "", match.group()) for match in _DIGITS.finditer(line.folded)]
    for digits in runs:
        if len(digits) == TRN_DIGITS and digits.startswith("1" if is_wanted else "10"):
            return digits
    tries = [digits for digits in runs if len(digits) >= _SHORTEST_TRY]
    if not tries or not is_wanted or (not asked and line.is_question):
        return None
    kind = Kind.TRN_BEGINNING if len(tries[0]) == TRN_DIGITS else Kind.TRN_LENGTH
    return Problem(Fact.TRN, kind, tries[0])


_CITY = {
    name: re.compile(rf"(?<![^\W_])(?P<at>ب|ف)?(?:{spellings})(?![^\W_])")
    for name, (_, spellings) in CITIES.items()
}
_WE = r"(?:i'?m|i am|we'?re|we are|a7na|i7na|7na|ana|انا|احنا|حنا|نحن|نحنا)"
_OUR_PLACE = "(?:مكتبنا|شركتنا|مقرنا|موقعنا|فرعنا|محلنا)"
_OURS = (
    "(?:my|our|the) (?:office|company|shop|branch|location|villa|site|warehouse|city|address|store|clinic"
    "|school)"
)
_AT = r"(?:(?:in|at|from|near)(?: the)?|fi|b|min|men|mn|في|ف|ب|من)"
_PLACE = r"(?:city|emirate|location|المدينه|الاماره|الموقع|مدينه)(?: is| هي)? ?[:=-]?"
_CITY_CUE = re.compile(
    rf"(?<!\w)(?:(?:{_WE}|{_OUR_PLACE})(?: \w+){{0,2}}? {_AT}|{_OURS}(?: is| are|'s)?(?: \w+)?(?: {_AT})?"
    rf"|(?:located|based) {_AT}|{_PLACE}|{_OUR_PLACE})(?: مدينه| اماره)? ?$"
)


def find_city(line: Line, *, asked: bool) -> str | None:
    """The customer's city in its English name, one of `CITIES`; a question for one is no answer.

    Unasked it counts only where the customer says to be there: "do you deliver to Ajman" says nothing.
    """
    answers = asked and not line.is_question
    for name, pattern in _CITY.items():
        for match in pattern.finditer(line.folded):
            before = line.folded[: match.start()]
            # "احنا بدبي": the word for "in" is a letter of the name's.
            if answers or _CITY_CUE.search(f"{before}في " if match["at"] else before):
                return name
    return None


def is_city(line: Line) -> str | None:
    """The city of a line that holds nothing else."""
    words = line.folded.strip(" .!-")
    return next((name for name, pattern in _CITY.items() if pattern.fullmatch(words)), None)


_CODE = re.compile(r"[a-z]+-?\d")


def read_quantity(line: Line) -> int | Problem | None:
    """How many pieces an answer says; None when it names no number."""
    numbers = find_numbers(line.folded)
    if not numbers or _CODE.search(line.folded):
        return None
    value = numbers[-1].value
    if value % 1:
        return Problem(Fact.QUANTITY, Kind.NOT_WHOLE, line.shown)
    if not 1 <= value <= LARGEST_QUANTITY or "-" in line.folded[: numbers[-1].start][-1:]:
        return Problem(Fact.QUANTITY, Kind.OUT_OF_RANGE, line.shown)
    return int(value)


_UNSURE = re.compile(
    r"(?<!\w)(?:"
    + either(
        r"""
        not sure ; (?:don'?t|do not) know ; no idea ; not decided ; undecided ; haven'?t decided ; unsure
        depends ; not certain ; later ; not yet
        (?:مب|مو|مش|مهب) (?:متاكد|اكيد|عارف)(?:ين)? ; (?:ما|م) ?(?:ادري|اعرف|ندري|نعرف|قررنا|قررت|حددنا|حددت)
        مدري ; بعدين ; لسا ; يعتمد ; علي حسب
        ma ?(?:adri|a3ref|a3rf|nadri|n3ref|qarrarna|7addadna) ; madri ; ba3dain ; ba3dein
        (?:mob|mub|mo|mu|mish|mesh) (?:mit2aked|met2aked|mta2kd|sure|akeed)
        """
    )
    + r")(?!\w)"
)


def leaves_the_number_open(folded: str) -> bool:
    """Whether a folded message says that how many is not known yet: "not sure", "ما ادري", "ba3dain"."""
    return _UNSURE.search(folded) is not None
