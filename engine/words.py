"""What one word of a customer may stand for: tokens, plurals, duals, and particles written onto the word.

Both sides of a comparison go through the same rules: a phrase of the vocabulary is kept by the plain
stems of its words, and a word of a message is looked up by every stem it may have.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

# After folding. Arabic and Latin runs are words of their own even without a blank ("الlaptop", "20كرسي").
_ARABIC_LETTERS = "\u0621-\u064a\u0671-\u06d3"
TOKEN = re.compile(rf"[{_ARABIC_LETTERS}]+|[^\W_{_ARABIC_LETTERS}]+")
_ARABIC = re.compile(f"[{_ARABIC_LETTERS}]")

# And, so, with, for, like, on, the and (Gulf) this are written without a blank before the word, alone and
# together. "لل" is for + the. Longest last, so that the least is taken away first.
_PREFIXES = sorted(
    {
        conjunction + preposition
        for conjunction in ("", "و", "ف")
        for preposition in ("", "ال", "ب", "بال", "ك", "كال", "ل", "لل", "هال", "بهال", "عال")
    }
    - {""},
    key=lambda prefix: (len(prefix), prefix),
)
_PREFIX_LETTERS = frozenset(prefix[0] for prefix in _PREFIXES)
# The same particles in Arabizi; a single letter other than "l" and "w" would make words of English ones.
_ARABIZI_PREFIXES = ("l", "w", "al", "el", "il", "wl", "wal", "wel", "bel", "bil", "lel", "lil", "hal")
_OWNERS = ("كم", "نا", "هم", "ها", "ك", "ي")
_DUALS = ("ين", "ان")
_ARABIZI_DUALS = ("yain", "yein", "yeen", "yen", "ain", "ein", "een")
_SHORTEST_STEM = 3
_SHORTEST_ARABIZI_STEM = 4


class Form(Enum):
    """What was taken off the end of a word."""

    PLAIN = "as it is, or an English plural"
    PAIR = "two of it: كرسيين"
    SEVERAL = "the regular Arabic plural: كنبات"
    OWNED = "of somebody: كراسيكم"
    FEMININE = "the feminine of an adjective: رمادية"


@dataclass(frozen=True)
class Reading:
    """One stem a word may have."""

    stem: str
    form: Form = Form.PLAIN
    # Written behind "for": in "كراسي للمكاتب" the desks are not what is asked for.
    behind_for: bool = False
    # "and" is written onto it: it begins something new ("كرسي ومكتب").
    is_added: bool = False


def is_arabic(token: str) -> bool:
    """Whether a token is written in Arabic letters."""
    return _ARABIC.match(token) is not None


def singular(token: str) -> str:
    """A Latin token without its plural ending; a token in other letters as it is."""
    if len(token) <= _SHORTEST_STEM or not token.isascii():
        return token
    if token.endswith("ies"):
        return token[:-3] + "y"
    if token.endswith("ves"):
        return token[:-3] + "f"
    if token.endswith(("sses", "shes", "ches", "xes")):
        return token[:-2]
    if token.endswith("s") and not token.endswith(("ss", "us", "is")):
        return token[:-1]
    return token


def without_particles(token: str) -> list[tuple[str, str]]:
    """An Arabic token, and what is left of it behind each particle; with it the particle."""
    stems = [(token, "")]
    if token[0] in _PREFIX_LETTERS:
        for prefix in _PREFIXES:
            if token.startswith(prefix) and len(token) - len(prefix) >= _SHORTEST_STEM:
                stems.append((token[len(prefix) :], prefix))
    return stems


def _inflected(stem: str) -> list[tuple[str, Form]]:
    """What is left of an Arabic word when each ending it may have is taken away."""
    bases: list[tuple[str, Form]] = []
    for ending in _DUALS:
        if stem.endswith(ending):
            bases.extend((base, Form.PAIR) for base in _tied(stem[: -len(ending)]))
    if stem.endswith("ات"):
        bases.extend([(stem[:-2], Form.SEVERAL), (stem[:-2] + "ه", Form.SEVERAL)])
    if stem.endswith("ه"):
        bases.append((stem[:-1], Form.FEMININE))
    for ending in _OWNERS:
        if stem.endswith(ending):
            bases.extend((base, Form.OWNED) for base in _tied(stem[: -len(ending)]))
    return bases


def _tied(base: str) -> tuple[str, ...]:
    """The base of a word with an ending; a ta marbuta turns to ت before one ("طاولتين", "طاولتكم")."""
    return (base, base[:-1] + "ه") if base.endswith("ت") else (base,)


def readings(token: str, known: Collection[str]) -> list[Reading]:
    """The stems of `token` that are in `known`, the plainest first."""
    if is_arabic(token):
        return _arabic_readings(token, known)
    found = [Reading(stem) for stem in dict.fromkeys((singular(token), token)) if stem in known]
    # "lenses": what stands before "es" may itself end in "s".
    if not found and token.endswith("es") and (stem := singular(token[:-2])) in known:
        found.append(Reading(stem))
    if found or not token.isascii():
        return found
    for prefix in _ARABIZI_PREFIXES:
        if token.startswith(prefix) and len(token) - len(prefix) >= _SHORTEST_ARABIZI_STEM:
            stem = singular(token[len(prefix) :])
            if stem in known:
                found.append(Reading(stem))
    for ending in _ARABIZI_DUALS:
        stem = token[: -len(ending)]
        if token.endswith(ending) and len(stem) >= _SHORTEST_ARABIZI_STEM:
            # "tawlatain": the t of "tawla" is heard before an ending only.
            found.extend(Reading(base, Form.PAIR) for base in (stem, stem.removesuffix("t")) if base in known)
    return found


def _arabic_readings(token: str, known: Collection[str]) -> list[Reading]:
    stems = without_particles(token)
    found = [_reading(stem, Form.PLAIN, prefix) for stem, prefix in stems if stem in known]
    for stem, prefix in stems:
        for base, form in _inflected(stem):
            if base in known and (len(base) >= _SHORTEST_STEM or form is Form.PAIR):
                found.append(_reading(base, form, prefix))
    return found


def _reading(stem: str, form: Form, prefix: str) -> Reading:
    behind_for = prefix.endswith("ل") and not prefix.endswith("ال")
    return Reading(stem, form, behind_for, is_added=prefix.startswith(("و", "ف")))
