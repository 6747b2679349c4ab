"""Find the catalog's words in a folded text: plurals, Arabic prefixes and synonyms, longest match first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from text.fold import fold

_TOKEN = re.compile(r"[^\W_]+")
# Words of one phrase are parted by blanks, hyphens or slashes only: never by a line end, which parts
# the messages of a burst, nor by a comma.
_PHRASE_GAP = re.compile(r"[ \-/']*")
_ARABIC = re.compile(r"[\u0621-\u064a]")
# And, so, with, for, like, the and (Gulf) this are written without a blank before the word, alone and
# together. "لل" is for + the. Longest first, so that the barest stem is tried first after the whole word.
_PREFIXES = sorted(
    (
        conjunction + preposition
        for conjunction in ("", "و", "ف")
        for preposition in ("", "ال", "ب", "بال", "ك", "كال", "ل", "لل", "هال", "بهال")
    ),
    key=len,
    reverse=True,
)
_NEGATION = re.compile(
    r"(?:\b(?:not|no|non|except|without|but not|anything but|other than|instead of|isn't|aren't"
    r"|mu|mub|mob|mish|gheir|ghair|bidoon|bdon)"
    r"|(?<!\w)(?:مو|مب|مش|مهوب|غير|بدون|بلا|الا|ما ?(?:ابي|ابغي|اريد|نبي|نبغي)|ماابي|مابي))"
    r" (?:in |the |any |a |ال|لون |باللون |اللون )*$"
)
_SHORTEST_STEM = 3


@dataclass(frozen=True)
class Meaning:
    """What a phrase stands for: an entity of the domain and its key in the catalog."""

    entity: str
    value: str


@dataclass(frozen=True)
class Match:
    """A phrase found in a folded text."""

    meaning: Meaning
    start: int
    end: int
    # Found behind "for": in "chairs for the desk" the desk is not what is asked for.
    for_something: bool


@dataclass
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    meanings: tuple[Meaning, ...] = ()
    # A phrase that only looks like a catalog word ("office furniture") ends here without a meaning.
    is_phrase: bool = False


def _singular(token: str) -> str:
    """A Latin token without its plural ending; both sides of a comparison go through it."""
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


def _readings(token: str) -> list[tuple[str, bool]]:
    """The stems a token may stand for, plainest first, each with whether it was read behind "for"."""
    readings = [(_singular(token), False)]
    if not _ARABIC.match(token):
        return readings
    for prefix in _PREFIXES:
        stem = token[len(prefix) :]
        if prefix and token.startswith(prefix) and len(stem) >= _SHORTEST_STEM:
            readings.append((stem, prefix.endswith("ل") and not prefix.endswith("ال")))
    return readings


class Vocabulary:
    """The phrases of one catalog, ready to be looked up.

    `keys` maps an entity to the catalog's own words; `synonyms` maps an entity to further phrases per
    word and counts only where the catalog has that word; `ignored` are phrases that hold a catalog
    word but mean none.
    """

    def __init__(
        self,
        keys: Mapping[str, Iterable[str]],
        synonyms: Mapping[str, Mapping[str, Iterable[str]]],
        ignored: Iterable[str] = (),
    ) -> None:
        self._root = _Node()
        for phrase in ignored:
            self._insert(phrase)
        for entity, values in keys.items():
            of_entity = {fold(value): phrases for value, phrases in synonyms.get(entity, {}).items()}
            for value in values:
                meaning = Meaning(entity, value)
                self._insert(value, meaning)
                for phrase in of_entity.get(fold(value), ()):
                    self._insert(phrase, meaning)

    def _insert(self, phrase: str, meaning: Meaning | None = None) -> None:
        node = self._root
        for token in _TOKEN.findall(fold(phrase)):
            node = node.children.setdefault(_singular(token), _Node())
        node.is_phrase = True
        if meaning is not None and meaning not in node.meanings:
            node.meanings += (meaning,)

    def find(self, folded: str) -> list[Match]:
        """Find phrases in a text that went through `text.fold.fold`, from left to right.

        A value the customer turns down ("not black", "مو اسود") is left out. What stands behind "for"
        counts only when nothing else of its entity was named.
        """
        tokens = list(_TOKEN.finditer(folded))
        matches: list[Match] = []
        position = 0
        while position < len(tokens):
            node, length, for_something = self._longest(folded, tokens, position)
            if length == 0:
                position += 1
                continue
            start, end = tokens[position].start(), tokens[position + length - 1].end()
            if not _NEGATION.search(folded[:start].rpartition("\n")[2]):
                matches.extend(Match(meaning, start, end, for_something) for meaning in node.meanings)
            position += length
        named = {match.meaning.entity for match in matches if not match.for_something}
        return [match for match in matches if not (match.for_something and match.meaning.entity in named)]

    def _longest(self, folded: str, tokens: list[re.Match[str]], position: int) -> tuple[_Node, int, bool]:
        """The longest phrase that begins at `position`: its node, its number of tokens, read behind "for"."""
        best = (self._root, 0, False)

        def walk(node: _Node, index: int, for_something: bool) -> None:
            nonlocal best
            length = index - position
            if node.is_phrase and length > best[1]:
                best = (node, length, for_something)
            if index == len(tokens):
                return
            if length and not _PHRASE_GAP.fullmatch(folded, tokens[index - 1].end(), tokens[index].start()):
                return
            for stem, behind_for in _readings(tokens[index].group()):
                child = node.children.get(stem)
                if child is not None:
                    walk(child, index + 1, for_something or (length == 0 and behind_for))

        walk(self._root, position, False)
        return best
