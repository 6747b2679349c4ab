"""Is every amount said of the product it belongs to, and as what it is? (G4)

A placeholder is true only where it stands: the price of a chair behind the name of a desk, or the price of
one behind "10 chairs for", would be an ungrounded claim though code wrote the figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from offscript.numerals import Numeral
from offscript.placeholders import PLACEHOLDER_MARK, SKU_MARK, Placeholder
from offscript.turn_ledger import TurnLedger
from text.fold import fold

_CLAUSE_END = re.compile(
    r"[.!?;,\n](?!\d)|(?<!\w)(?:and|but|while|whereas|بينما|لكن|بس)(?!\w)| و(?=[\ue000\ue001]|ال)"
)
_SENTENCE_END = re.compile(r"[.!?;\n](?!\d)")
_WORD = re.compile(r"[a-z]+|[\u0600-\u06ff]+")
_EACH = re.compile(
    r"(?<!\w)(?:each|apiece|(?:per|a|/) ?(?:piece|unit|chair|desk|table|one|item|pc)|one|unit price"
    r"|لل?(?:حبه|قطعه|وحده|واحد|واحده|كرسي|مكتب|طاوله)|الحبه|القطعه|الواحد|الواحده"
    r"|لكل (?:حبه|قطعه|كرسي|مكتب|طاوله|واحد|واحده)"
    r"|كل (?:واحد|واحده|حبه|قطعه|كرسي|مكتب|طاوله))(?!\w)"
)
_TOTAL = re.compile(
    r"(?<!\w)(?:totals?|sum|altogether|in all|all of (?:them|it)|whole (?:order|set|lot)|everything|both"
    r"|all (?:of|for)|(?:ال|ب)?(?:مجموع|اجمالي|اجماليه|مجموعهم)|كلهم|الكل|للكل|مع بعض|كامل الطلب)(?!\w)"
)
_TOGETHER = re.compile(r"(?<!\w)(?:all ?)?together(?!\w)")
_WAS = re.compile(
    r"(?<!\w)(?:was|were|before|previously|earlier|old|former|instead of|used to"
    r"|كان|كانت|قبل|سابقا|القديم|بدل|بدال)(?!\w)"
)
_VAT = re.compile(r"(?<!\w)(?:vat|tax|و?(?:ال|ب)?ضريبه)(?!\w)")
_PREFIXES = ("", "ال", "و", "وال", "لل", "بال", "ب", "ل")
_LONGEST_PHRASE = 3


@dataclass(frozen=True)
class Mark:
    """A placeholder or a SKU in the folded text."""

    at: int
    placeholder: Placeholder | None = None
    sku: str = ""

    @property
    def names(self) -> str:
        """The SKU a reader sees here; empty for a bare amount."""
        if self.placeholder is None:
            return self.sku
        return self.placeholder.key if self.placeholder.kind == "offer" else ""


def find_marks(folded: str, placeholders: Sequence[Placeholder], skus: Sequence[str]) -> list[Mark]:
    """The marks of a folded text with what they stand for, in its order."""
    marks: list[Mark] = []
    next_placeholder, next_sku = iter(placeholders), iter(skus)
    for at, character in enumerate(folded):
        if character == PLACEHOLDER_MARK:
            marks.append(Mark(at, placeholder=next(next_placeholder)))
        elif character == SKU_MARK:
            marks.append(Mark(at, sku=next(next_sku)))
    return marks


def kinds_named(folded: str, ledger: TurnLedger) -> set[str]:
    """The categories of goods a folded text names, the longest phrase first ("كرسي مكتب" is no desk)."""
    words = _WORD.findall(folded)
    found: set[str] = set()
    at = 0
    while at < len(words):
        for length in range(_LONGEST_PHRASE, 0, -1):
            kind = _kind(words[at : at + length], ledger) if at + length <= len(words) else None
            if kind is not None:
                found.add(kind)
                at += length
                break
        else:
            at += 1
    return found


def _kind(words: list[str], ledger: TurnLedger) -> str | None:
    phrase = " ".join(words)
    for prefix in _PREFIXES:
        if phrase.startswith(prefix):
            bare = phrase[len(prefix) :]
            kind = ledger.kinds.get(bare) or (ledger.kinds.get(bare[:-1]) if bare.endswith("s") else None)
            if kind is not None:
                return kind
    return None


class ProductRule:
    """G4 for one folded reading of a draft."""

    def __init__(self, folded: str, marks: list[Mark], numerals: list[Numeral], ledger: TurnLedger) -> None:
        self._folded = folded
        self._marks = marks
        self._numerals = numerals
        self._ledger = ledger
        self._kinds = {
            sku: kinds_named(fold(f"{product.name_en} {product.name_ar}"), ledger)
            for sku, product in ledger.products.items()
        }

    def broken(self) -> str | None:
        """What is said of the wrong product or as the wrong thing; None when all is right."""
        for mark in self._marks:
            if mark.placeholder is None:
                continue
            clause = self._around(mark.at, _CLAUSE_END)
            sentence = self._around(mark.at, _SENTENCE_END)
            problem = self._wrong_role(mark.placeholder, mark.at, clause, sentence)
            if problem is None and mark.placeholder.is_amount_of_product and len(self._ledger.products) > 1:
                problem = self._wrong_product(mark.placeholder.key, clause, sentence)
            if problem is not None:
                return problem
        return None

    def _around(self, at: int, border: re.Pattern[str]) -> tuple[int, int]:
        start, end = 0, len(self._folded)
        for match in border.finditer(self._folded):
            if match.end() <= at:
                start = match.end()
            elif match.start() > at:
                end = match.start()
                break
        return start, end

    def _named(self, span: tuple[int, int]) -> set[str]:
        return {mark.names for mark in self._marks if span[0] <= mark.at < span[1]} - {""}

    def _wrong_product(self, sku: str, clause: tuple[int, int], sentence: tuple[int, int]) -> str | None:
        for span in (clause, sentence):
            named = self._named(span)
            if named - {sku}:
                return f"{sku} in a clause that names another product"
            kinds = kinds_named(self._folded[slice(*span)], self._ledger)
            others: set[str] = set().union(*(kind for key, kind in self._kinds.items() if key != sku))
            if (kinds & others) - self._kinds[sku]:
                return f"{sku} in a clause that names another product's kind"
            if sku in named or (kinds & self._kinds[sku]) - others:
                return None
        return f"{sku} in a clause that does not name it"

    def _wrong_role(
        self, placeholder: Placeholder, at: int, clause: tuple[int, int], sentence: tuple[int, int]
    ) -> str | None:
        said = self._folded[slice(*clause)]
        counts = self._counts(sentence if placeholder.kind == "total" else clause)
        match placeholder.kind:
            case "total":
                if counts - {Decimal(placeholder.quantity or 0).normalize()}:
                    return "a total beside another quantity"
            case "price" | "offer":
                if _TOTAL.search(said) or (counts - {Decimal(1)} and not _EACH.search(said)):
                    return "the price of one told as that of several"
                if placeholder.kind == "price" and _TOGETHER.search(self._folded[slice(*sentence)]):
                    return "the price of one told as that of several"
                if placeholder.kind == "price" and _WAS.search(said):
                    return "the price of today told as that of before"
            case "was":
                if not _WAS.search(said):
                    return "the price of before told as that of today"
            case "vat":
                if not _VAT.search(self._folded[clause[0] : at]) and not _VAT.match(
                    self._folded[at + 1 :].lstrip()
                ):
                    return "VAT told as something else"
            case "grand_total":
                if len(self._named(sentence)) > 0 and _EACH.search(said):
                    return "the sum of all told as the price of one"
            case "discount" | "fact":
                pass
        return None

    def _counts(self, span: tuple[int, int]) -> set[Decimal]:
        return {
            value
            for numeral in self._numerals
            if span[0] <= numeral.start < span[1] and "pieces" in numeral.units
            for value in numeral.values
        }
