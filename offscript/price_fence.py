"""May this draft of a model be sent? Default deny: no number, price or claim that a tool did not return
(G3–G12).

The fence reads; it mends nothing. A held draft names the rule, never the number, so the model can be told why
once; after that the stage's own reply stands in (G10). Soundness rests on no detector: digits of every
script, number words, spelled and split ones are all numerals, and each needs a licence of this turn with its
unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from catalog.listing import Language
from offscript.fence_folding import fold_draft, has_currency, is_readable, is_spelled_out, readings
from offscript.fence_products import ProductRule, find_marks
from offscript.fence_tokens import has_split_claim, tokens
from offscript.fence_words import (
    JUST_BEFORE,
    JUST_BEHIND,
    PER_CENT,
    PRICE_CUE,
    VAT_INSIDE,
    VAT_ON_TOP,
    gives_away,
    is_price_claim,
    without_idioms,
)
from offscript.numerals import Numeral, find_numerals
from offscript.placeholders import (
    PLACEHOLDER_MARK,
    SKU_MARK,
    STRING_MARK,
    MalformedPlaceholder,
    Placeholder,
    split_placeholders,
)
from offscript.turn_ledger import TurnLedger, Unresolved
from text.figures import find_figures
from text.fold import fold

Rule = Literal["G3", "G4", "G5", "G6", "G9", "G12"]

_LEFTOVER = re.compile("[{}<>]")
_TOKEN = re.compile(r"<[A-Z_]+_\d+>")

_FILLED_IN = re.compile(r"\{\w+\}")
_FILLED_IN_BEFORE = re.compile(rf"{STRING_MARK} ?$")
# Designers' texts: years and prices are larger, team sizes and examples are not.
_LARGEST_WITHOUT_UNIT = 100
_SHORTEST_NAME = 4
_ONE_PIECE = (Decimal(1), "pieces")
# What may be written onto a placeholder: Arabic "ب" and marks of a sentence; a pair of stars is bold.
_FITS_BEFORE = re.compile(r"(?:^|[\s(:\"«]|(?<![\w])(?:و?ب|بال|و)|(?<!\S)[*_])$")
_FITS_BEHIND = re.compile(
    r"^(?:$|[\s.,:;!?)\"»]|[*_](?!\S)|[*_][.,!?]|/ ?(?:piece|unit|pc|chair|desk|table|حبه|قطعه)(?!\w))"
)
_SIGNS_BETWEEN = re.compile(r" *[-+*/x×÷=~–]? *$")
_WORD_BETWEEN = re.compile(r"\s*(?:to|or|till|او|الي|لين|ل)\s*$")
_SIGN = re.compile(r"(?:^|\s)[-+*/×÷=~%]\s+$")
_SIGN_BEHIND = re.compile(
    r" *[+/×÷=%~] *(?!(?:piece|unit|pc|chair|desk|table|حبه|قطعه)(?!\w))[\w\ue000]| +[*\-] *[\d\ue000]"
)
_LIST_NUMBER = re.compile(r"^ ?(\d)[.)] (?=[^\W\d]|[\ue000-\ue002*])", re.MULTILINE)


@dataclass(frozen=True)
class Passed:
    """The draft may be rendered."""


@dataclass(frozen=True)
class Held:
    """The draft may not be sent; `why` is for reviewers and logs, the model is told `rule` alone."""

    rule: Rule
    why: str


class _Reject(Exception):
    def __init__(self, rule: Rule, why: str) -> None:
        super().__init__(why)
        self.held = Held(rule, why)


def check(draft: str, ledger: TurnLedger, *, language: Language) -> Passed | Held:
    """Judge a draft against what this turn's tools returned."""
    try:
        if not is_readable(draft):
            raise _Reject("G5", "a character that belongs to none of our scripts, or a symbol of a number")
        marked, placeholders = _mark_placeholders(draft, ledger)
        for placeholder in placeholders:
            _resolve(placeholder, ledger, language)
        if is_spelled_out(fold_draft(marked)):
            raise _Reject("G5", "a word that is spelled out letter by letter")
        for reading in readings(marked):
            _check_reading(reading, placeholders, ledger)
    except _Reject as reject:
        return reject.held
    return Passed()


def check_wording(text: str) -> Passed | Held:
    """Judge a text written by people (responses, buttons, captions, fixed phrases): no amount and nothing
    given away may be typed into it (G11).

    People know what they may say, so numbers with a unit, currencies without an amount and an offer to look
    for something cheaper are theirs to write; `{name}` is left to whoever fills it in.
    """
    for reading in readings(_FILLED_IN.sub(STRING_MARK, text)):
        words = without_idioms(reading)
        if any(figure.currency for figure in find_figures(words)):
            return Held("G6", "an amount")
        if any(not _FILLED_IN_BEFORE.search(words[: sign.start()]) for sign in PER_CENT.finditer(words)):
            return Held("G6", "a percentage")
        if gives_away(words) or has_split_claim(tokens(words)):
            return Held("G6", "something given away")
        for numeral in find_numerals(words, frozenset()):
            if not numeral.units and any(value >= _LARGEST_WITHOUT_UNIT for value in numeral.values):
                return Held("G5", f"the number {words[numeral.start : numeral.end]!r} without a unit")
    return Passed()


def holds_price_claim(text: str) -> bool:
    """Whether a text of others (a description, a note) shows an amount, a percentage or something given away.

    Sizes and counts in it are none: nobody refuses a catalog its centimetres.
    """
    if isinstance(check_wording(text), Held):
        return True
    words = [without_idioms(reading) for reading in readings(text)]
    return any(has_currency(reading) or is_price_claim(reading) for reading in words)


def _mark_placeholders(draft: str, ledger: TurnLedger) -> tuple[str, list[Placeholder]]:
    try:
        parts = split_placeholders(draft)
    except MalformedPlaceholder as error:
        raise _Reject("G3", str(error)) from error
    texts = [
        _TOKEN.sub(lambda match: STRING_MARK if match.group() in ledger.tokens else match.group(), part)
        for part in parts
        if isinstance(part, str)
    ]
    marked = PLACEHOLDER_MARK.join(texts)
    if _LEFTOVER.search(fold_draft(marked)):
        raise _Reject("G3", "a brace or a bracket that belongs to no placeholder")
    return marked, [part for part in parts if isinstance(part, Placeholder)]


def _resolve(placeholder: Placeholder, ledger: TurnLedger, language: Language) -> None:
    try:
        ledger.resolve(placeholder, language)
    except Unresolved as error:
        raise _Reject("G9" if error.rule == "G9" else "G3", str(error)) from error


def _check_reading(folded: str, placeholders: list[Placeholder], ledger: TurnLedger) -> None:
    named, skus = _mark_strings(folded, ledger)
    text = without_idioms(named)
    marks = find_marks(text, placeholders, skus)
    text = _without_vat(text, {mark.at: mark.placeholder for mark in marks if mark.placeholder})
    _check_claims(text)
    shown = [(mark.at, mark.placeholder) for mark in marks if mark.placeholder is not None]
    for (at, placeholder), (last, before) in zip(shown, [(-1, None), *shown], strict=False):
        _check_neighbours(text, at, placeholder)
        if before is not None and "fact" not in (before.kind, placeholder.kind):
            _check_between(text[last + 1 : at], is_offer=placeholder.kind == "offer")
    kinds = frozenset(phrase for phrase in ledger.kinds if " " not in phrase)
    numerals = _check_numerals(text, kinds, frozenset(ledger.licences))
    problem = ProductRule(text, marks, numerals, ledger).broken()
    if problem is not None:
        raise _Reject("G4", problem)


def _mark_strings(folded: str, ledger: TurnLedger) -> tuple[str, list[str]]:
    """The text with the ledger's own strings taken out, and the SKUs among them in the order of the text."""
    by_folded = _names(ledger)
    listed = sorted({*by_folded, *ledger.phrases}, key=len, reverse=True)
    if not listed:
        return folded, []
    found: list[str] = []

    def mark(match: re.Match[str]) -> str:
        sku = by_folded.get(match.group())
        if sku is None:
            return STRING_MARK
        found.append(sku)
        return SKU_MARK

    either = "|".join(map(re.escape, listed))
    return re.sub(rf"(?<![\w.,])(?:{either})(?![\w%]|[.,]\d)", mark, folded), found


def _names(ledger: TurnLedger) -> dict[str, str]:
    """SKUs and whole names, folded, of one product each.

    A SKU of digits alone would license a price, and a name that claims one is not taken on trust.
    """
    named: dict[str, set[str]] = {}
    for sku, product in ledger.products.items():
        if not fold(sku).isdigit():
            named.setdefault(fold(sku), set()).add(sku)
        for name in (fold(product.name_en), fold(product.name_ar)):
            if len(name) >= _SHORTEST_NAME and not (is_price_claim(name) or has_currency(name)):
                named.setdefault(name, set()).add(sku)
    return {name: skus.pop() for name, skus in named.items() if len(skus) == 1}


def _without_vat(text: str, placeholders: dict[int, Placeholder]) -> str:
    """The text without what is true of VAT beside its placeholder."""

    def blank(match: re.Match[str], kinds: frozenset[str]) -> str:
        placeholder = placeholders.get(match.start() - 1)
        is_true = placeholder is not None and placeholder.kind in kinds
        return " " * len(match.group()) if is_true else match.group()

    without = frozenset(["price", "offer", "total", "was"])
    text = VAT_ON_TOP.sub(lambda match: blank(match, without), text)
    return VAT_INSIDE.sub(lambda match: blank(match, frozenset(["grand_total"])), text)


def _check_claims(text: str) -> None:
    if has_currency(text):
        raise _Reject("G6", "a currency outside of placeholders")
    if is_price_claim(text) or has_split_claim(tokens(text)):
        raise _Reject("G6", "a claim about prices outside of placeholders")


def _check_neighbours(text: str, at: int, placeholder: Placeholder) -> None:
    """Nothing that changes an amount may touch it."""
    before, behind = text[:at], text[at + 1 :]
    if not (_FITS_BEFORE.search(before[-4:]) and _FITS_BEHIND.match(behind)):
        raise _Reject("G6", f"something is written onto {{{placeholder.kind}}}")
    if placeholder.kind == "fact":
        return
    line = before.rpartition("\n")[2]
    if _SIGN.search(line) and not re.search(
        r"[^\W\d]\s*[-=]\s*$|[\ue001\ue002]\s*[-=]\s*$|^\s*[-*]\s*$", line
    ):
        raise _Reject("G6", f"a sign before {{{placeholder.kind}}}")
    if placeholder.kind not in ("offer", "discount") and JUST_BEFORE.search(line[-40:]):
        raise _Reject("G6", f"a word before {{{placeholder.kind}}} changes the amount")
    if JUST_BEHIND.match(behind[:40]) or _SIGN_BEHIND.match(behind):
        raise _Reject("G6", f"what stands behind {{{placeholder.kind}}} changes the amount")


def _check_between(between: str, *, is_offer: bool) -> None:
    """Two amounts make no range, sum or difference."""
    if _SIGNS_BETWEEN.fullmatch(between) or (not is_offer and _WORD_BETWEEN.fullmatch(between)):
        raise _Reject("G6", "two amounts with nothing but a sign or a word of a range between them")


def _check_numerals(
    text: str, kinds: frozenset[str], licences: frozenset[tuple[Decimal, str]]
) -> list[Numeral]:
    numerals = find_numerals(_without_list_numbers(text), kinds)
    for numeral in numerals:
        licensed = {
            value
            for value in numeral.values
            if any((value, unit) in licences or (value, unit) == _ONE_PIECE for unit in numeral.units)
        }
        if not licensed or licensed != numeral.values:
            is_doubtful = bool(licensed) and numeral.is_ambiguous
            raise _Reject(
                "G12" if is_doubtful else "G5", f"no licence for {text[numeral.start : numeral.end]!r}"
            )
        if PRICE_CUE.search(text[max(numeral.start - 60, 0) : numeral.start]):
            raise _Reject("G6", "a licensed number where a price belongs")
    return numerals


def _without_list_numbers(text: str) -> str:
    """The text without "1. ", "2. " at the starts of its lines, when they count from one on."""
    found = list(_LIST_NUMBER.finditer(text))
    if len(found) < 2 or [match[1] for match in found] != [str(place + 1) for place in range(len(found))]:
        return text
    for match in found:
        text = text[: match.start(1)] + "  " + text[match.end(1) + 1 :]
    return text
