"""Whatever a customer writes: the lexers raise nothing, point into the text, and say the same twice.

Rasa's engine reads with them in every turn; an exception there would park the turn. Lines are made of the
pieces that the lexers look at (digits of three scripts, units, currencies, separators, joiners), because
random letters never reach the branches where numbers meet words.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import fuzzed
from text.amounts import corrected, find_amounts
from text.assent import assent
from text.bidi import isolate, isolate_runs
from text.claims import price_claims, reveal
from text.currencies import named_currencies
from text.fold import fold
from text.gulf_wording import modern_standard_word
from text.language import is_only_a_name, language_tag, reply_language
from text.lexemes import lexemes, read_digits
from text.numbers import find_numbers
from text.options import find_options
from text.personal_data import find_personal_data
from text.stop_words import asks_to_stop

_PIECES = [
    "0", "1", "12", "500", "1299.50", "1,299", "1.299,50", "٥٠٠", "١٢٫٥", "۴۵", "²", "½", "9" * 60, "1e9",
    "AED", "aed", "درهم", "dhs", "$", "€", "د.إ", "cm", "سم", "m", "متر", "%", "k", "الف", "ألفين", "مية",
    "hundred", "half", "نص", "khams", "5amsa", "3shreen", "three", "second", "ثاني", "pcs", "قطع", "كرسي",
    "chairs", "people", "اشخاص", "under", "تحت", "max", "between", "بين", "and", "و", "to", "لين", "or", "او",
    "not", "مو", "x", "×", "*", "/", "-", "–", "+", ".", ",", "،", ":", "(", ")", "#", "=", "~", "no", "wait",
    "yes", "اي", "stop", "وقف", "ahmed@alnoor.ae", "+971501234567", "0501234567", "784-1990-1234567-1",
    "AE070331234567890123456", "4111111111111111", "\u200f", "\u2066", "\u2069", "\u200d", "\ufeff", "ـ",
    "\n", "\t", "\x00", "\ud800", "🪑", "ß", "İ", "ﷺ", "ﻻ", "e\u0301\u0302\u0303",
]  # fmt: skip
_LINES = st.lists(st.sampled_from(_PIECES), max_size=14).flatmap(
    lambda pieces: st.sampled_from(["", " ", "\n"]).map(lambda joint: joint.join(pieces))
)
_ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
lines = st.lists(_LINES | _ANY, max_size=3).map(" ".join)


@fuzzed(400)
@given(line=lines)
def test_folding_is_settled_after_once(line: str) -> None:
    assert fold(fold(line)) == fold(line)


@fuzzed(600)
@given(line=lines)
def test_amounts_stand_in_the_text_and_are_finite(line: str) -> None:
    folded = fold(line)
    amounts = find_amounts(folded)
    for amount in amounts:
        assert 0 <= amount.start < amount.end <= len(folded)
        assert all(isinstance(value, Decimal) and value.is_finite() for value in amount.values)
    assert find_amounts(folded) == amounts
    assert set(map(id, corrected(amounts))) <= set(map(id, amounts)) or not amounts


@fuzzed(400)
@given(line=lines)
def test_numbers_and_options_stand_in_the_text(line: str) -> None:
    folded = fold(line)
    for number in find_numbers(folded):
        assert 0 <= number.start < number.end <= len(folded)
        assert number.value.is_finite()
    for lexeme in lexemes(folded):
        assert 0 <= lexeme.start < lexeme.end <= len(folded)
    for option in find_options(folded):
        assert 0 <= option.start < option.end <= len(folded)


@fuzzed(400)
@given(line=lines)
def test_personal_data_stands_in_the_text_in_order(line: str) -> None:
    end = 0
    for found in find_personal_data(line):
        assert end <= found.start < found.end <= len(line)
        end = found.end


@fuzzed(300)
@given(line=lines)
def test_languages_consent_and_wording_are_read_from_anything(line: str) -> None:
    tag = language_tag(line)
    assert reply_language(tag, None) in {"en", "ar"}
    assert assent(line) in {True, False, None}
    assert asks_to_stop(line) in {True, False}
    is_only_a_name(line)
    modern_standard_word(line)
    named_currencies(fold(line))


@fuzzed(300)
@given(line=lines)
def test_price_claims_are_read_from_any_draft(line: str) -> None:
    price_claims(line)
    assert isinstance(reveal(line), str)


@fuzzed(300)
@given(line=lines)
def test_isolates_are_balanced_and_change_no_letter(line: str) -> None:
    for isolated in (isolate(line), isolate_runs(line)):
        opened = sum(isolated.count(mark) for mark in "\u2066\u2067\u2068") - sum(
            line.count(mark) for mark in "\u2066\u2067\u2068"
        )
        assert opened == isolated.count("\u2069") - line.count("\u2069")
        assert _without_marks(isolated) == _without_marks(line)


@fuzzed(300)
@given(digits=st.text("0123456789٠١٢٣٤٥٦٧٨٩۰۱.,٫٬ ", max_size=80))
def test_digits_are_a_finite_number_or_none(digits: str) -> None:
    value = read_digits(digits)
    assert value is None or value.is_finite()


@pytest.mark.parametrize("line", ["", " ", "\x00", "\ud800", "9" * 5_000, "و" * 2_000, "1x" * 1_000])
def test_what_once_was_the_worst(line: str) -> None:
    find_amounts(fold(line))
    find_personal_data(line)
    price_claims(line)


def _without_marks(line: str) -> str:
    return "".join(character for character in line if character not in "\u2066\u2067\u2068\u2069")
