"""How a word sounds, whichever letters it is written in: what Arabic and Arabizi have in common.

Nobody spells Arabizi twice alike, and vowels are what people differ in most: "tawseel", "tausil" and
توصيل share only their consonants. The classifier learns from these, so that an Arabic example teaches it
the Arabizi line too, and the embedder, which reads no Arabizi, gets Arabic words in its place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import SequenceMatcher
from functools import lru_cache
from math import log10

from wordfreq import get_frequency_dict

from engine.words import is_arabic
from text.fold import fold

# One letter a sound. Long vowels and ع stay here and fall out of the consonants below: many leave ع out in
# Arabizi. ق is said g in the Gulf.
_OF_ARABIC = str.maketrans(
    dict(
        zip(
            "ابتثجحخدذرزسشصضطظعغفقكلمنهويء",
            ["a", *"bttjhxddrzscsdtd3gfgklmnhwy", ""],
            strict=True,
        )
    )
)
_PAIRS = re.compile(r"sh|ch|kh|gh|th|dh|[73]'")
_OF_PAIR = {"sh": "c", "ch": "c", "kh": "x", "gh": "g", "th": "t", "dh": "d", "7'": "x", "3'": "g"}
# 4 is ش in some hands; "ch" is کـ said the Gulf way and rarer than "sh", with which it is taken together.
_OF_LATIN = str.maketrans(
    {
        "2": None, "4": "c", "5": "x", "6": "t", "7": "h", "8": "g", "9": "s",
        "q": "g", "p": "b", "v": "f", "'": None,
    }
)  # fmt: skip
_VOWELS = re.compile("[aeiou3]")
# Arabic writes long vowels only; in Arabizi those are doubled, or stand at the end.
_LONG_VOWELS = {"aa": "a", "ee": "y", "ii": "y", "oo": "w", "ou": "w", "uu": "w"}
_ANY_VOWEL = re.compile("aa|ee|ii|oo|ou|uu|[aeiou](?=.)|[eiou]$")
_HALF_VOWELS = re.compile("[wy]")
_DOUBLED = re.compile(r"(.)\1+")

_ARABIZI = re.compile(r"(?=.*[a-z])[a-z2-9']+")
# More often than this (4 in a million words) a Latin word is English, whatever it would be in Arabic.
_ENGLISH_SHARE = 4e-6
# Short words that English has too, and that nearly every Arabizi line holds.
_PARTICLES = {
    "abi": "ابي", "abgha": "ابغي", "aba": "ابا", "el": "ال", "al": "ال", "il": "ال", "fi": "في", "min": "من",
    "ma": "ما", "la": "لا", "shu": "شو", "shno": "شنو", "kam": "كم", "hal": "هال", "wain": "وين", "w": "و",
    "mo": "مو", "li": "لي", "ana": "انا", "3an": "عن", "lo": "لو", "law": "لو", "bas": "بس", "7ag": "حق",
}  # fmt: skip
_ARTICLE = re.compile(r"\bال (?=[\u0621-\u064a])")
# How much an Arabic word's frequency, in powers of ten, weighs against its likeness to what was typed.
_FREQUENCY_WEIGHT = 0.05


def _sounds(word: str) -> str:
    """The letters of `word` as sounds, vowels and ع included."""
    if is_arabic(word):
        return word.translate(_OF_ARABIC)
    return _PAIRS.sub(lambda pair: _OF_PAIR[pair.group()], word).translate(_OF_LATIN)


def _as_written(token: str) -> str:
    """An Arabizi token in sounds, without the short vowels that Arabic leaves out."""
    return _sounds(_ANY_VOWEL.sub(lambda vowel: _LONG_VOWELS.get(vowel.group(), ""), token))


def consonants(word: str) -> str:
    """The consonants of a folded word, the same for its Arabic and its Arabizi spelling: tsl for توصيل.

    Never empty, unless `word` is: a word of nothing but vowels is given by its first letter.
    """
    found = _VOWELS.sub("", _sounds(word))
    if len(found) > 2:
        found = _HALF_VOWELS.sub("", found)
    return _DOUBLED.sub(r"\1", found) or word[:1]


@lru_cache(maxsize=1)
def _arabic_words() -> dict[str, list[tuple[str, float]]]:
    """The Arabic words people write, by their consonants, each with the weight of its frequency."""
    shares: dict[str, float] = {}
    for word, share in get_frequency_dict("ar", wordlist="small").items():
        if is_arabic(word):
            folded = fold(word)
            shares[folded] = shares.get(folded, 0.0) + share
    by_consonants: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for word, share in shares.items():
        by_consonants[consonants(word)].append((word, _FREQUENCY_WEIGHT * log10(share)))
    return dict(by_consonants)


@lru_cache(maxsize=1)
def _english_words() -> frozenset[str]:
    shares = get_frequency_dict("en", wordlist="small")
    return frozenset(word for word, share in shares.items() if share >= _ENGLISH_SHARE)


@lru_cache(maxsize=8192)
def _arabic_word(token: str) -> str:
    """The Arabic word that an Arabizi token most likely is; the token itself when it looks like none."""
    if token in _PARTICLES:
        return _PARTICLES[token]
    if token in _english_words() or not _ARABIZI.fullmatch(token):
        return token
    sounds = _as_written(token)

    def likeness(candidate: tuple[str, float]) -> float:
        word, weight = candidate
        return weight + SequenceMatcher(None, sounds, _sounds(word)).ratio()

    candidates = _arabic_words().get(consonants(token))
    return max(candidates, key=likeness)[0] if candidates else token


def in_arabic(folded: str) -> str:
    """A folded text with its Arabizi words replaced by the Arabic ones they sound like; English stays.

    A guess for machines to read: never show it to a person.
    """
    replaced = re.sub(r"[a-z2-9'][a-z0-9']*", lambda token: _arabic_word(token.group()), folded)
    return _ARTICLE.sub("ال", replaced)
