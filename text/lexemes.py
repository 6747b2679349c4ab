"""Cutting a folded text into digit literals, words, and stretches in which no number is looked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from text.number_words import NumberWord, number_word


@dataclass(frozen=True)
class Lexeme:
    """A digit literal, a word, or something opaque: a stretch in which no number is looked for."""

    kind: Literal["literal", "word", "opaque"]
    start: int
    end: int
    text: str
    value: Decimal = Decimal(0)
    word: NumberWord | None = None
    prefix: str = ""


_OPAQUE = re.compile(
    r"""
    https?://\S+ | www\.\S+ | [\w.+-]{1,64}@[\w-]+\.\w[\w.]*
    | \d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d) | \d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)(?![\d,.]*\d)
    | \d{1,2}:\d\d(?::\d\d)?(?!\d)
    | (?:\+|00)\d(?:[ \-()]{0,2}\d){6,} | \(?0\d{1,2}\)?(?:[ -]?\d){6,}
    | \d{2,4}(?:-\d{3,}){2,} | \d{3}-\d{7} | \d{8,}
    | \d+/\d+(?:/\d+)*
    """,
    re.VERBOSE,
)
_GROUPED = re.compile(r"\d{1,3}(?: \d{3})+(?:\.\d{1,2})?(?![.,'/:\-]?\d|[^\W\d])(?! ?[x×*] ?\d)")
_LITERAL = re.compile(r"\d+(?:[.,']\d+)*|\.\d+")
# "1,2" and "1,2,3" list single digits, unless they measure or count thousands ("1,5 m", "2,5k").
_LIST = re.compile(r"\d(?=(?:,\d)+(?![\d,.]| ?(?:k|m|x|الف|متر|م)(?!\w)|\w))")
# Bounded, because the rest of a run is looked at again behind each number in it.
_RUN = re.compile(r"[^\W_]{1,64}(?:'[^\W_]{1,64}){0,4}'?")
_ARABIZI_APOSTROPHE = re.compile(r"'[^\W\d_]")
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN_LETTERS = re.compile(r"[a-z]+")
_ARABIC_START = re.compile("[\u0621-\u06d3]")
# What may be written onto a number in Latin letters and still leave it one: "aed500", "x60", "20pcs".
_LATIN_PREFIXES = frozenset(
    """x aed dhs dh dhm usd us sar sr qar qr kwd kd bhd bd omr inr rs eur gbp egp qty max min under over
    option no number n la7ad lain""".split()
)
_LATIN_SUFFIXES = frozenset(
    """k m mn mm cm mtr in ft kg g gm l w v a gb tb hz mp mah inch st nd rd th x by pcs pc ea nos aed dh dhs
    dhm usd sar sr qar qr kwd kd bhd bd omr inr rs eur gbp egp am pm yr yrs day days hr hrs min mins p ppl pax
    seat seater seaters man person people unit units piece pieces set sets grand thousand hundred million
    percent pct off max only each chairs desks tables dirham dirhams meter meters metre metres drawer drawers
    door doors shelf shelves tier tiers year years month months week weeks minute minutes hour hours feet
    inches""".split()
)
_CODE_TAIL = re.compile(r"[^\W_]*(?:[-_/][^\W_]+)*")
_CODE = re.compile(
    r"[a-z]{1,6}-?\d[^\W_]*(?:[-_/][^\W_]+)*|[a-z]{1,8}(?:-[a-z]+)*-\d[^\W_]*(?:[-_/][^\W_]+)*"
)

# Letters written onto Arabic words, longest first: "وبخمسميه", "بال500".
ARABIC_PREFIXES = (
    "وبال", "وال", "بال", "لل", "فال", "وب", "ول", "وف", "ال", "و", "ب", "ل", "ف",
)  # fmt: skip
# Longer ones are accounts and serial numbers, and nothing anybody calculates with.
_LONGEST = 16
# Words that would come apart into letters and a number and mean neither.
_WHOLE_WORDS = frozenset(["لست", "بست", "لسته", "فست", "بالميه", "بالمايه", "فالميه"])


def read_digits(digits: str) -> Decimal | None:
    """The value of one number written in digits, or None when its marks fit no way of writing numbers."""
    digits = digits.replace(" ", "").replace("'", ",")
    if len(digits) > _LONGEST:
        return None
    # "1.500" and "1,500": three digits after the mark are thousands, nobody writes three fils digits.
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?", digits) and not digits.startswith("0."):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d{1,2})?", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"\d+,\d{1,2}", digits):
        digits = digits.replace(",", ".")
    if not re.fullmatch(r"\d*(?:\.\d{1,3})?", digits) or not digits:
        return None
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        return None  # "050 123 4567": a number that begins with 0 is a phone
    return Decimal(digits)


def _split_prefix(word: str) -> tuple[str, NumberWord] | None:
    """The number word in `word` and the letters written onto it."""
    known = number_word(word)
    if known is not None:
        return "", known
    if word in _WHOLE_WORDS or not _ARABIC_START.match(word):
        return None
    for prefix in ARABIC_PREFIXES:
        if word.startswith(prefix):
            known = number_word(word[len(prefix) :])
            if known is not None:
                return prefix, known
    return None


def _literal(folded: str, at: int) -> Lexeme | None:
    """The digit literal at `at`, when there is one and what is written onto it leaves it a number."""
    match = _GROUPED.match(folded, at) or _LIST.match(folded, at) or _LITERAL.match(folded, at)
    if match is None:
        return None
    end = match.end()
    if _ARABIZI_APOSTROPHE.match(folded, end):
        return None  # "9'eef"
    tail = _RUN.match(folded, end)
    if tail is not None and not _ARABIC_START.match(tail.group()):
        letters = _LATIN_LETTERS.match(tail.group())
        suffix = letters.group() if letters else ""
        is_times = suffix == "x" and len(tail.group()) > 1
        many_digits = end - at >= 2 and len(suffix) >= 3
        is_whole = suffix == tail.group() and (suffix in _LATIN_SUFFIXES or many_digits)
        if number_word(folded[at : tail.end()]) or not (is_times or is_whole):
            return None
    value = read_digits(match.group())
    if value is None:
        return Lexeme("opaque", at, end, match.group())
    return Lexeme("literal", at, end, match.group(), value)


def _word(folded: str, at: int) -> Lexeme:
    """The word, code or prefix before digits at `at`, which stands on a letter or a digit."""
    run = _RUN.match(folded, at)
    assert run is not None
    text = run.group()
    found = _split_prefix(text)
    if found is not None:
        prefix, word = found
        return Lexeme("word", at + len(prefix), run.end(), text[len(prefix) :], word=word, prefix=prefix)
    letters = _LETTERS.match(text)
    if letters is not None and letters.end() < len(text):
        head = letters.group()
        if _ARABIC_START.match(head) or head in _LATIN_PREFIXES:
            return Lexeme("word", at, at + len(head), head)
    code = _CODE.match(folded, at)
    if code is not None and code.end() >= run.end():
        return Lexeme("opaque", at, code.end(), code.group())
    if any(character.isdigit() for character in text):
        tail = _CODE_TAIL.match(folded, run.end())
        return Lexeme("opaque", at, tail.end() if tail else run.end(), text)
    return Lexeme("word", at, run.end(), text)


def lexemes(folded: str) -> list[Lexeme]:
    """Cut `folded` into literals, words and opaque stretches; signs and blanks are left out."""
    found: list[Lexeme] = []
    at = 0
    while at < len(folded):
        begins = at == 0 or not (folded[at - 1].isalnum() or folded[at - 1] == "_")
        opaque = _OPAQUE.match(folded, at) if begins else None
        if opaque is not None:
            found.append(Lexeme("opaque", at, opaque.end(), opaque.group()))
        elif folded[at].isalnum():
            found.append(_literal(folded, at) or _word(folded, at))
        else:
            at += 1
            continue
        at = found[-1].end
    return found
