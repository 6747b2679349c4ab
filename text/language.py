"""In which language does a customer write, and in which is the answer due?

Arabic letters decide for Arabic; Latin words beside them make a line mixed. Latin letters alone are
English or Arabizi, and every word votes: digits that stand for letters (7abibi, 3ndkom) and words of the
Gulf for Arabizi, frequent English words (and their typos) for English. English names of things count less
than English grammar, because people who write Arabizi use them too ("abi mesh chair").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal

from text.arabizi_words import ARABIZI_WORDS, ENGLISH_GRAMMAR
from text.fold import fold
from text.number_words import number_word

LanguageTag = Literal["en", "ar", "mixed", "arabizi"]
ReplyLanguage = Literal["en", "ar"]

_ARABIC_LETTER = re.compile(r"[\u0621-\u064a\u066e-\u06d3]")
_LATIN_TOKEN = re.compile(r"[a-z0-9'][a-z0-9'\-]*")
# 2 = ء, 3 = ع, 5 = خ, 6 = ط, 7 = ح, 8 = ق, 9 = ص: one of them inside or before lower-case letters.
_ARABIZI_DIGIT = re.compile(r"^(?=.*[a-z]{2})(?:[2356789]'?[a-z]+|[a-z]+[2356789]'?[a-z]*)[a-z2356789']*$")
# "5pcs", "3rd", "2kg": a number with its unit, not a letter in disguise.
_NUMBER_WITH_UNIT = re.compile(
    r"^\d+(?:st|nd|rd|th|pcs?|pieces?|cm|mm|kg|gb|tb|aed|dhs?|am|pm|days?|hrs?|mins?|seaters?|x\d+|k|m|ft|in|w|v)$"
)
_CODE = re.compile(r"^(?=.*\d{2})[a-z0-9\-]+$|^[a-z]{1,5}-\d[a-z0-9\-]*$")
_LONGEST_NAME = 6
_NAME_WORD = re.compile(r"&|and|of|(?:[A-Z][\w.'&-]*)[.,]?")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]{1,64}")

# Latin tokens that say nothing about the language of an Arabic line: units, currency, names of codes.
_NEUTRAL = frozenset(
    """aed dhs dh usd sar cm mm kg gb tb pcs pc qty nos xl xxl sku trn llc fzco fze""".split()
)
# The English words that customers' English is made of; rarer ones are names and other languages.
_FREQUENT = 10**3.3 / 10**9
# What is said every day; names stay below it.
_COMMON = 10**4.7 / 10**9
_TYPO_OF = 10**4.0 / 10**9
# An Arabizi word that English texts hold this often decides little.
_BORROWED = 10**3.6 / 10**9
# Arabic has no p, v or x and Arabizi no c without h; the endings are English too.
_ENGLISH_SHAPE = re.compile(
    r"[pvx]|c(?!h)|^qu|(?:ing|able|ness|ment|less|ful|ly|ity|ous|ed|ism|ist|ght|ers?|ies)$"
)
# "wi-fi" holds no Arabic "fi".
_FI = re.compile(r"(?<=-)fi$")
_PREFIX = re.compile(r"(?:re|un|pre|non)(?=[a-z]{3})")
_VOWEL = re.compile(r"[aeiouy]")
_LONGEST_WORD = 24
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=1)
def _english() -> Mapping[str, float]:
    """English words and how often they are written; loaded when the first Latin line comes (about 0.4 s)."""
    from wordfreq import get_frequency_dict

    return get_frequency_dict("en", wordlist="small")


def _edits(word: str) -> Iterator[str]:
    """Everything one slip of a finger makes of `word`."""
    for index in range(len(word)):
        head, tail = word[:index], word[index:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail[1:]
            yield head + letter + tail
    for letter in _LETTERS:
        yield word + letter


def _is_arabizi_number(token: str) -> bool:
    word = number_word(token)
    return word is not None and not word.is_english


def _is_typo(token: str) -> bool:
    """Whether one slip makes a frequent English word of it; short words are near to too many."""
    if not 4 <= len(token) <= _LONGEST_WORD:
        return False
    least = _TYPO_OF if len(token) < 7 else _FREQUENT
    return any(_english().get(edit, 0.0) >= least for edit in _edits(token))


def _is_derived(token: str) -> bool:
    """ "resend", "unpaid": an English word behind an English prefix."""
    found = _PREFIX.match(token)
    return found is not None and _english().get(token[found.end() :], 0.0) >= _FREQUENT


@lru_cache(maxsize=8192)
def _vote(token: str) -> float:
    """How much one Latin word speaks for Arabizi (positive) or English (negative)."""
    if token in ENGLISH_GRAMMAR:
        return -2.0
    frequency = _english().get(token, 0.0)
    if token in ARABIZI_WORDS:
        # "men" and "la" are written in English texts too; "el maktab" and "fi stock" hardly are.
        return 1.0 if token in ("el", "fi") else 0.5 if frequency >= _BORROWED else 2.0
    if _NUMBER_WITH_UNIT.match(token) or _CODE.match(token) or token.isdigit() or token in _NEUTRAL:
        return 0.0
    if _ARABIZI_DIGIT.match(token) or _is_arabizi_number(token):
        return 2.5
    if frequency >= _FREQUENT:
        return -0.8
    if frequency or len(token) < 3 or not _VOWEL.search(token):
        return 0.0
    if _ENGLISH_SHAPE.search(token) or _is_derived(token) or _is_typo(token):
        return -0.5
    return 1.0


def language_tag(text: str) -> LanguageTag | None:
    """Say how `text` is written, or None when it holds no letters (a number, an emoji, a blank).

    `mixed` is Arabic letters beside at least one Latin word that is no unit, currency or code.
    """
    folded = _ADDRESS.sub(" ", fold(text))
    latin = [token.strip("'-") for token in _LATIN_TOKEN.findall(folded)]
    latin = [token for token in latin if any(character.isalpha() for character in token)]
    if _ARABIC_LETTER.search(folded):
        words = [
            token
            for token in latin
            if len(token) >= 2
            and token not in _NEUTRAL
            and not _NUMBER_WITH_UNIT.match(token)
            and not _CODE.match(token)
        ]
        return "mixed" if words else "ar"
    if not latin:
        return None
    words = [word for token in latin for word in _FI.sub("", token).split("-")]
    return "arabizi" if sum(map(_vote, words)) > 0 else "en"


def is_only_a_name(text: str) -> bool:
    """Whether a text is nothing but names or addresses: "Al Noor Trading LLC", "sara@gulf". Whoever answers
    a question so goes on in the language of before.
    """
    words = text.split()
    is_like_one = all("@" in word or _NAME_WORD.fullmatch(word) for word in words)
    if not 0 < len(words) <= _LONGEST_NAME or not is_like_one:
        return False
    # "Hello" and "Thank You" are English, however they are written.
    return any(_english().get(word.casefold().strip(".,"), 0.0) < _COMMON for word in words)


def reply_language(tag: LanguageTag | None, previous: ReplyLanguage | None) -> ReplyLanguage:
    """Choose the language of the answer to a turn tagged `tag`.

    `previous` is the language of the chat's answer before, None at its beginning. Mixed and Arabizi
    are answered in Gulf Arabic unless the customer has been writing English; a turn without letters
    keeps the language of before, and English when there is none.
    """
    if tag in ("en", "ar"):
        return tag
    if tag is None:
        return previous or "en"
    return "en" if previous == "en" else "ar"
