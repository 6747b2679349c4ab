"""Which word of the vocabulary a mistyped word was meant to be.

A word is corrected only when it is nobody's word: neither of the vocabulary nor of English or Arabic as
they are written on the web. "chiar" is a chair; "hair" and "choir" are not.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations

from wordfreq import get_frequency_dict

from engine.sounds import consonants
from engine.words import is_arabic, singular, without_particles
from text.fold import fold

# Once in a million words: rarer words of the lists are mostly names, other languages and typing mistakes.
_SMALLEST_SHARE = 1e-6
_SHORTEST_WORD = 4
# A four-letter word with one letter changed is too often another word ("desk", "disk", "dusk").
_SHORTEST_FOR_A_CHANGED_LETTER = 5
_SHORTEST_FOR_TWO_MISTAKES = 8
# Vowels are heard and guessed: "cabnit" has all the consonants of "cabinet".
_SHORTEST_FOR_TWO_VOWELS = 6


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """The words of English and Arabic that people use, folded; read from wordfreq once in a process."""
    shares = (get_frequency_dict(language, wordlist="small") for language in ("en", "ar"))
    return frozenset(
        fold(word) for words in shares for word, share in words.items() if share >= _SMALLEST_SHARE
    )


def _without(word: str, letters: int) -> set[str]:
    """`word` with each choice of `letters` letters left out, and with fewer left out."""
    shorter = {word}
    for count in range(1, letters + 1):
        for left_out in combinations(range(len(word)), count):
            shorter.add("".join(letter for index, letter in enumerate(word) if index not in left_out))
    return shorter


def distance(left: str, right: str, limit: int) -> int:
    """Typing mistakes between two words: a letter more, less or changed, or two neighbours swapped.

    Counting ends at `limit` + 1.
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        before, previous, row = row, before, [i]
        for j, other in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


class Corrections:
    """The words of one vocabulary, ready to be found under their misspellings.

    Two words within n mistakes of each other share a form with at most n letters left out of each; those
    forms are kept, so that a look-up costs the same for ten words and for ten thousand.
    """

    def __init__(self, words: Iterable[str], never: Iterable[str]) -> None:
        """Prepare `words`; what is in `never` is right as it is, beside the words that everybody uses."""
        self._never = frozenset(never) | common_words()
        self._forms: dict[str, list[str]] = {}
        self._by_consonants: dict[str, list[str]] = {}
        for word in sorted({word for word in words if len(word) >= _SHORTEST_WORD and not word.isdigit()}):
            for form in _without(word, _mistakes_allowed(word)):
                self._forms.setdefault(form, []).append(word)
            if len(word) >= _SHORTEST_FOR_TWO_VOWELS and word.isascii():
                self._by_consonants.setdefault(consonants(word), []).append(word)

    def correct(self, token: str) -> list[str]:
        """The nearest words that `token` may have been meant to be; none when it is right as it is."""
        stems = [singular(token)]
        if is_arabic(token):
            stems = [stem for stem, _ in without_particles(token)]
        if any(stem in self._never for stem in (token, *stems)):
            return []
        for stem in stems:
            if found := self._nearest(stem):
                return found
        return []

    def _nearest(self, stem: str) -> list[str]:
        if len(stem) < _SHORTEST_WORD or any(character.isdigit() for character in stem):
            return []
        candidates = {
            word for form in _without(stem, _mistakes_allowed(stem)) for word in self._forms.get(form, ())
        }
        found = {word: _mistakes(stem, word) for word in candidates if word[0] == stem[0]}
        found = {word: mistakes for word, mistakes in found.items() if mistakes <= _mistakes_allowed(word)}
        for word in self._by_consonants.get(consonants(stem), ()) if not found else ():
            if word[0] == stem[0] and (mistakes := distance(stem, word, 2)) <= 2:
                found[word] = mistakes
        smallest = min(found.values(), default=0)
        return sorted(word for word, mistakes in found.items() if mistakes == smallest)


def _mistakes_allowed(word: str) -> int:
    return 2 if len(word) >= _SHORTEST_FOR_TWO_MISTAKES else 1


def _mistakes(typed: str, word: str) -> int:
    """The distance of two words, or more than any allowed when the word is too short for such a mistake."""
    limit = _mistakes_allowed(word)
    if (
        len(word) < _SHORTEST_FOR_A_CHANGED_LETTER
        and len(typed) <= len(word)
        and sorted(typed) != sorted(word)
    ):
        return limit + 1
    return distance(typed, word, limit)
