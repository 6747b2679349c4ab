"""What a manager wants of Majlis, read from a line of his own chat in English or Gulf Arabic (pure).

Plain words in any order and case, digits of any script, the chat's code anywhere. A line that could mean two
things does nothing: a discount that nobody meant is worse than one more question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from sales.chat_code import LENGTH
from text.fold import fold

Language = Literal["en", "ar"]
# Per cent with more places cannot be printed on a quote as it was meant.
MOST_DECIMALS = 2


class Verb(StrEnum):
    """What is to be done."""

    TAKE = "take"
    BACK = "back"
    APPROVE = "approve"
    STATUS = "status"
    HELP = "help"


class Mistake(StrEnum):
    """Why a line is not carried out."""

    NO_COMMAND = "no_command"
    SEVERAL_COMMANDS = "several_commands"
    # "Don't approve", "shall I approve?"
    NOT_MEANT = "not_meant"
    NO_CODE = "no_code"
    SEVERAL_CODES = "several_codes"
    NO_PERCENT = "no_percent"
    SEVERAL_PERCENTS = "several_percents"
    OUT_OF_RANGE = "out_of_range"
    TOO_FINE = "too_fine"


@dataclass(frozen=True)
class Command:
    """A line as it was read; with a `mistake` nothing is to be done. `code` is in capitals."""

    verb: Verb | None
    code: str | None = None
    percent: Decimal | None = None
    mistake: Mistake | None = None


# Folded: one spelling of alef, teh marbuta and hamza, no vowel signs.
_VERBS: Mapping[str, Verb] = {
    **dict.fromkeys(
        "take takes taking taken takeover استلم استلام باستلم بستلم استلمت استلمها استلمه استلمتها اخذ باخذ"
        " باخذها اخذها بمسكها بمسك".split(),
        Verb.TAKE,
    ),
    **dict.fromkeys(
        "back giveback return returns release رجع ارجع رجعه رجعها ترجع رجوع رجعت رجعتها ردها رده".split(),
        Verb.BACK,
    ),
    **dict.fromkeys(
        "approve approves approved approval وافق اوافق موافق موافقه وافقت نوافق اعتمد معتمد".split(),
        Verb.APPROVE,
    ),
    **dict.fromkeys("status state stat حاله الحاله وضع الوضع شوالوضع".split(), Verb.STATUS),
    **dict.fromkeys(
        "help commands command menu مساعده ساعدني المساعده اوامر الاوامر تعليمات".split(), Verb.HELP
    ),
}
_NOT = frozenset(
    "not never no none nothing nobody neither nor without unless cannot refuse reject rejected"
    " decline declined deny denied cancel cancelled undo revoke withdraw stop"
    " لا ولا ما مب مو موب مش ماني منب مني لست ليس لن لم غير بدون بلا ماوافق ارفض رفض مرفوض"
    " الغ الغي الغاء".split()
)
# "Won't", "isn't", and as they are typed in haste.
_NEGATED = re.compile(r"[a-z]+n't|(?:do|does|did|ca|wo|would|should|could|is|are|was|has|have)nt")
# "50 AED" is no per cent.
_MONEY = frozenset("aed dh dhs dirham dirhams sar usd $ درهم دراهم دراهيم".split())
_ASKS = frozenset({Verb.STATUS, Verb.HELP})
_NEEDS_CODE = frozenset({Verb.TAKE, Verb.BACK, Verb.APPROVE})
# A phone, a price, a name of a product: no part of them is a number of ours.
_TOKEN = re.compile(r"[^\W_]+(?:['.,-][^\W_]+)*|[%$]")
# "5-10" is no number, and none of the two is meant for sure.
_DIGITS = re.compile(r"\d[\d.,-]*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_THOUSANDS = re.compile(r"\d+,\d{3}")
_CODE = re.compile(rf"(?=[a-z0-9]*[a-z])(?=[a-z0-9]*\d)[a-z0-9]{{{LENGTH}}}")
# Longer or shorter by one: somebody meant a code, and no chat has it.
_NEARLY_A_CODE = re.compile(r"(?=[a-z0-9]*[a-z])(?=[a-z0-9]*\d)[a-z0-9]{3,6}")
_MINUS = re.compile(r"(?<![\w])-\s*(?=\d)")
_ARABIC = re.compile("[\u0621-\u064a]")
_LATIN = re.compile("[A-Za-z]{2,}")


def language_of(line: str, otherwise: Language) -> Language:
    """The language a line is written in; a bare code has none."""
    if _ARABIC.search(line):
        return "ar"
    words = [word for word in _LATIN.findall(line) if len(word) > 2 or word.lower() in _VERBS]
    return "en" if words else otherwise


def parse(line: str) -> Command:
    """What the line wants, or what is wrong with it."""
    folded = fold(line).casefold().replace("٪", " % ").replace("شو الوضع", "شوالوضع")
    is_negative = _MINUS.search(folded) is not None
    tokens = _TOKEN.findall(folded)
    verbs = {_VERBS[token] for token in tokens if token in _VERBS}
    codes, rest = _codes([token for token in tokens if token not in _VERBS])
    if not verbs:
        if folded.strip(" .!") in {"?", "??"}:
            return Command(Verb.HELP)
        # Nothing but a code: how does it stand?
        if len(codes) == 1 and not rest:
            return Command(Verb.STATUS, codes[0])
        return Command(None, codes[0] if len(codes) == 1 else None, mistake=Mistake.NO_COMMAND)
    if len(verbs) > 1:
        return Command(None, mistake=Mistake.SEVERAL_COMMANDS)
    (verb,) = verbs
    is_denied = any(token in _NOT or _NEGATED.fullmatch(token) for token in tokens)
    if verb not in _ASKS and ("?" in folded or is_denied):
        return Command(verb, codes[0] if len(codes) == 1 else None, mistake=Mistake.NOT_MEANT)
    if verb is Verb.HELP:
        return Command(verb)
    if len(codes) > 1:
        return Command(verb, mistake=Mistake.SEVERAL_CODES)
    code = codes[0] if codes else None
    if code is None and verb in _NEEDS_CODE:
        return Command(verb, mistake=Mistake.NO_CODE)
    if verb is not Verb.APPROVE:
        return Command(verb, code)
    return _approval(code, rest, is_negative=is_negative)


def _approval(code: str | None, rest: list[str], *, is_negative: bool) -> Command:
    numbers = [token for token in rest if _DIGITS.fullmatch(token)]
    if not numbers or not _MONEY.isdisjoint(rest):
        return Command(Verb.APPROVE, code, mistake=Mistake.NO_PERCENT)
    if len(numbers) > 1 or not _NUMBER.fullmatch(numbers[0]):
        return Command(Verb.APPROVE, code, mistake=Mistake.SEVERAL_PERCENTS)
    percent = Decimal(numbers[0].replace(",", "."))
    if is_negative or not 0 < percent < 100 or _THOUSANDS.fullmatch(numbers[0]):
        return Command(Verb.APPROVE, code, mistake=Mistake.OUT_OF_RANGE)
    exponent = percent.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        return Command(Verb.APPROVE, code, mistake=Mistake.TOO_FINE)
    return Command(Verb.APPROVE, code, percent)


def _codes(tokens: list[str]) -> tuple[list[str], list[str]]:
    """The different codes among the words, in capitals, and the words that are none."""
    exact = [token for token in tokens if _CODE.fullmatch(token.replace("-", ""))]
    if not exact:
        exact, tokens = _pieced(tokens)
    if not exact:
        exact = [token for token in tokens if _NEARLY_A_CODE.fullmatch(token)]
    codes = list(dict.fromkeys(token.replace("-", "").upper() for token in exact))
    return codes, [token for token in tokens if token not in exact]


def _pieced(tokens: list[str]) -> tuple[list[str], list[str]]:
    """A code that was written in pieces ("A7 K2"), the first there is, and the words without it."""
    for begin, end in _stretches(len(tokens)):
        joined = "".join(tokens[begin:end])
        is_ours = all(len(token) < LENGTH and token.isascii() for token in tokens[begin:end])
        if is_ours and _CODE.fullmatch(joined):
            return [joined], [*tokens[:begin], joined, *tokens[end:]]
    return [], tokens


def _stretches(count: int) -> Iterator[tuple[int, int]]:
    for begin in range(count):
        for end in range(begin + 2, min(begin + LENGTH, count) + 1):
            yield begin, end
