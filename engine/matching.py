"""Find the catalog's and the designers' words in a folded text: longest phrase first, typos last.

This module only says which phrase stands where. Whether it is wanted or turned down, corrected or one of
several products is decided by the modules beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.skus import Skus
from engine.sounds import consonants
from engine.typos import Corrections, common_words
from engine.words import TOKEN, Form, Reading, readings, singular, without_particles
from text.fold import fold

# Words of one phrase are parted by blanks, hyphens or slashes only: never by a line end, which parts
# the messages of a burst, nor by a comma.
_PHRASE_GAP = re.compile(r"[ \-/']*")
_FORMS_OF_KINDS = frozenset({Form.PLAIN, Form.PAIR, Form.SEVERAL, Form.OWNED})
_FORMS_OF_QUALITIES = frozenset({Form.PLAIN, Form.FEMININE})
_FORMS = {
    "category": _FORMS_OF_KINDS,
    "color": _FORMS_OF_QUALITIES,
    "material": _FORMS_OF_QUALITIES,
    "kind": _FORMS_OF_QUALITIES,
}
_PLAIN_ONLY = frozenset({Form.PLAIN})
# Ends a phrase of data/vocabulary.yml that counts only in front of a category: "ارخص *".
_BEFORE_CATEGORY = "*"
# With fewer consonants different words sound alike, and sooner so across the two alphabets.
_FEWEST_CONSONANTS = 3
_FEWEST_ARABIC_CONSONANTS = 4
# Shorter words that mean nothing are too near to names of goods.
_SHORTEST_MISTYPED_FILLER = 6
# Customers repeat each other's words; the bound only keeps a flood of others from filling memory.
_MOST_REMEMBERED = 20_000


@dataclass(frozen=True)
class Meaning:
    """What a phrase stands for: an entity of the domain and its value."""

    entity: str
    value: str


@dataclass(frozen=True)
class Match:
    """A phrase found in a folded text; several meanings when the catalog uses a word twice ("oak")."""

    meanings: tuple[Meaning, ...]
    start: int
    end: int
    # Written behind "for": "كراسي للمكاتب".
    behind_for: bool = False
    # The Arabic dual: two are wanted.
    is_pair: bool = False
    # "and" is written onto it: "ومكاتب".
    is_added: bool = False

    def means(self, entity: str) -> bool:
        """Whether one of the meanings is of `entity`."""
        return any(meaning.entity == entity for meaning in self.meanings)


@dataclass
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    meanings: tuple[Meaning, ...] = ()
    before_category: tuple[Meaning, ...] = ()
    # A phrase that only looks like a catalog word ("office furniture") ends here without a meaning.
    is_phrase: bool = False


@dataclass(frozen=True)
class _Found:
    """A phrase of the tree that begins at some token."""

    node: _Node
    length: int
    first: Reading


class Vocabulary:
    """The phrases of one catalog and of the designers' file, ready to be looked up.

    `keys` maps an entity to the catalog's own words; `synonyms` maps an entity to further phrases per
    word and counts only where the catalog has that word; `always` is the same for entities that no
    catalog decides (relations, orders); `ignored` are phrases that hold a catalog word but mean none;
    `filler` are words that describe no product; `kinds` are words of product names with other words for
    them, whether this catalog has them or not.
    """

    def __init__(
        self,
        keys: Mapping[str, Iterable[str]],
        synonyms: Mapping[str, Mapping[str, Iterable[str]]],
        *,
        always: Mapping[str, Mapping[str, Iterable[str]]] | None = None,
        ignored: Iterable[str] = (),
        filler: Iterable[str] = (),
        skus: Iterable[str] = (),
        kinds: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._root = _Node()
        self._stems: set[str] = set()
        for phrase in ignored:
            self._insert(phrase)
        for entity, values in keys.items():
            of_entity = {fold(value): phrases for value, phrases in synonyms.get(entity, {}).items()}
            for value in values:
                self._insert_all(Meaning(entity, value), (value, *of_entity.get(fold(value), ())))
        for entity, phrases_of in (always or {}).items():
            for value, phrases in phrases_of.items():
                self._insert_all(Meaning(entity, value), phrases)
        self._filler = frozenset(fold(word) for word in filler)
        self._filler_sounds = _arabizi_sounds(self._filler)
        self._skus = Skus(skus)
        self._words = self._filler | self._stems
        long_filler = {word for word in self._filler if len(word) >= _SHORTEST_MISTYPED_FILLER}
        self._corrections = Corrections(self._stems | long_filler, never=self._filler | self._stems)
        self._remembered: dict[str, tuple[Reading, ...]] = {}
        self._remembered_filler: dict[str, bool] = {}
        # A tree of their own: they stand inside of phrases ("filing cabinet") and beside them.
        self._kinds = Vocabulary({"kind": kinds}, {"kind": kinds}, filler=self._words) if kinds else None

    def find_kinds(self, folded: str) -> list[Match]:
        """Find the words of product names, each with its meaning `kind`, wherever they stand."""
        return [] if self._kinds is None else self._kinds.find(folded)

    def _insert_all(self, meaning: Meaning, phrases: Iterable[str]) -> None:
        for phrase in phrases:
            self._insert(phrase, meaning)

    def _insert(self, phrase: str, meaning: Meaning | None = None) -> None:
        folded = fold(phrase)
        node = self._root
        for token in TOKEN.findall(folded):
            stem = singular(token)
            self._stems.add(stem)
            node = node.children.setdefault(stem, _Node())
        if node is self._root:
            return
        if meaning is None:
            node.is_phrase = True
        elif folded.endswith(_BEFORE_CATEGORY):
            node.before_category += (meaning,)
        elif meaning not in node.meanings:
            node.is_phrase = True
            node.meanings += (meaning,)

    def is_filler(self, token: str) -> bool:
        """Whether a word of a folded text says nothing about a product."""
        remembered = self._remembered_filler.get(token)
        if remembered is None:
            if len(self._remembered_filler) >= _MOST_REMEMBERED:
                self._remembered_filler.clear()
            remembered = self._remembered_filler[token] = self._reads_as_filler(token)
        return remembered

    def _reads_as_filler(self, token: str) -> bool:
        if token in self._filler or singular(token) in self._filler:
            return True
        if token.isascii():
            if token in common_words():
                return False
            if consonants(token) in self._filler_sounds:
                return True
        elif any(stem in self._filler for stem, _ in without_particles(token)):
            return True
        # "somthing"
        meant = self._corrections.correct(token)
        return bool(meant) and self._filler.issuperset(meant)

    def find(self, folded: str) -> list[Match]:
        """Find phrases and SKUs in a text that went through `text.fold.fold`, from left to right.

        Phrases do not overlap. One that is only ignored is found as well, without a meaning.
        """
        tokens = list(TOKEN.finditer(folded))
        matches: list[Match] = []
        nodes: list[_Node] = []
        position = 0
        while position < len(tokens):
            match, node, length = self._at(folded, tokens, position, matches)
            if match is not None:
                matches.append(match)
                nodes.append(node)
            position += length
        return self._before_categories(folded, matches, nodes)

    def _at(
        self, folded: str, tokens: list[re.Match[str]], position: int, before: list[Match]
    ) -> tuple[Match | None, _Node, int]:
        """What begins at a token, its node, and how many tokens are done with."""
        first = tokens[position]
        sku = self._skus.at(folded, tokens, position, self._words)
        if sku is None and before and before[-1].means("sku"):
            previous = before[-1]
            continued = self._skus.continued(folded, previous.meanings[0].value, previous.end, first)
            sku = (continued, 1) if continued is not None else None
        if sku is not None:
            value, length = sku
            end = tokens[position + length - 1].end()
            return Match((Meaning("sku", value),), first.start(), end), self._root, length
        found = self._longest(folded, tokens, position)
        if found is None:
            return None, self._root, 1
        allowed = found.node.meanings
        if found.first.form is not Form.PLAIN:
            allowed = tuple(m for m in allowed if found.first.form in _FORMS.get(m.entity, _PLAIN_ONLY))
            if not allowed:
                return None, self._root, 1
        end = tokens[position + found.length - 1].end()
        reading = found.first
        match = Match(
            allowed,
            first.start(),
            end,
            behind_for=reading.behind_for,
            is_pair=reading.form is Form.PAIR,
            is_added=reading.is_added,
        )
        return match, found.node, found.length

    def _before_categories(self, folded: str, matches: list[Match], nodes: list[_Node]) -> list[Match]:
        """Give phrases such as "ارخص *" their meaning where a category follows at once, else none."""
        settled = []
        for index, (match, node) in enumerate(zip(matches, nodes, strict=True)):
            if node.before_category:
                following = matches[index + 1] if index + 1 < len(matches) else None
                if following and following.means("category") and folded[match.end : following.start] == " ":
                    settled.append(Match(node.before_category, match.start, match.end))
                    continue
                if not node.is_phrase:
                    continue
            settled.append(match)
        return settled

    def _longest(self, folded: str, tokens: list[re.Match[str]], position: int) -> _Found | None:
        """The longest phrase that begins at `position`; of two, the one read more plainly."""
        best: _Found | None = None

        def walk(node: _Node, index: int, first: Reading | None) -> None:
            nonlocal best
            length = index - position
            if first is not None:
                if (node.is_phrase or node.before_category) and (best is None or length > best.length):
                    best = _Found(node, length, first)
                if index == len(tokens):
                    return
                if not _PHRASE_GAP.fullmatch(folded, tokens[index - 1].end(), tokens[index].start()):
                    return
            if not node.children:
                return
            for reading in self._readings(tokens[index].group()):
                child = node.children.get(reading.stem)
                if child is not None and not (first and reading.is_added):
                    walk(child, index + 1, first or reading)

        walk(self._root, position, None)
        return best

    def _readings(self, token: str) -> tuple[Reading, ...]:
        remembered = self._remembered.get(token)
        if remembered is None:
            found = readings(token, self._stems)
            if not found:
                found = [Reading(stem) for stem in self._corrections.correct(token)]
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            remembered = self._remembered[token] = tuple(found)
        return remembered


def _arabizi_sounds(words: Iterable[str]) -> frozenset[str]:
    """The sounds of the words that are no English: everybody spells Arabizi in a way of his own."""
    latin = {consonants(word) for word in words if word.isascii() and word not in common_words()}
    arabic = {consonants(word) for word in words if not word.isascii()}
    return frozenset(
        {sound for sound in latin if len(sound) >= _FEWEST_CONSONANTS}
        | {sound for sound in arabic if len(sound) >= _FEWEST_ARABIC_CONSONANTS}
    )
