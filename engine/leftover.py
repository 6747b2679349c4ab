"""The words of a message that may describe a product: what no list, amount or filler accounts for.

A word of product names ("executive", "filing") is among them in the designers' own form, also where a
phrase for a category holds it: the catalog alone knows whether it tells its products apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from engine.matching import Match, Vocabulary
from engine.negation import is_turned_down
from engine.words import TOKEN, is_arabic, singular
from text.fold import fold

# The role of words that neither name a kind of thing nor stand at its name: the place, the purpose.
ASIDE = "aside"
# Begins a word of product names that is turned down: "-visitor".
TURNED_DOWN = "-"

# Addresses and numbers of people describe no product. A code stays one word, it may be an SKU of before.
_ELSEWHERE = re.compile(r"(?<!\S)\S{1,64}@\S+|https?://\S+|www\.\S+|\+?\d[\d \-]{6,}\d")
_CODE = re.compile(r"[a-z]{1,6}[-_]?\d{2,}[a-z\d]*(?:-[a-z\d]+)*")
_JOINED = re.compile(r" ?(?:or|nor|and|/|,|او|و ?لا|و|aw|wa? ?la)? ?")
_SHORTEST_WORD = 2
# Right before a word of names these make it what the thing is for.
_FOR = re.compile(
    r"(?<!\w)(?:for|hag|7ag|7g|mal|3ashan|حق|حقت|مال|عشان|علشان)(?: (?:the|an?|our|my|el|al|il|ال))? (?:ال)?$"
)
# What stands beside these is a colour or another quality that is asked for, known or not.
_QUALITY = re.compile(r"(?:colou?r(?:ed)?|lo+n|(?:ب|ال|بال)?لون)")
# ... and a part or a quality behind these, in the same clause.
_HAVING = re.compile(r"(?<!\w)(?:with|having|similar|مع|فيه|فيها|فيهم|ma3|feeha?|fiha?)(?!\w)[^\n,.;]{0,40}$")
_SIDE_BY_SIDE = re.compile(r"[ \-]")
_JOINING_LETTERS = ("ل", "و", "ب", "ف")


@dataclass(frozen=True)
class Word:
    """A word left over and where it stands."""

    text: str
    start: int
    end: int
    role: str | None = None


def left_over(
    folded: str, taken: Sequence[tuple[int, int]], vocabulary: Vocabulary, matches: Sequence[Match]
) -> list[Word]:
    """The words of `folded` outside of `taken` that are no filler and that no negation turns down.

    `matches` are the phrases of the vocabulary that count. Where one names a category, words that do not
    stand at its name are marked as said aside.
    """
    heads = [match for match in matches if match.means("category")]
    kinds = _kinds(folded, taken, vocabulary, heads)
    spans = sorted([*taken, *(match.span() for match in _ELSEWHERE.finditer(folded))])
    words: list[Word] = [word for word in kinds if _stands_in(word, heads)]
    others = {word.start: word for word in kinds if not _stands_in(word, heads)}
    turned_down_end = -1
    position = 0
    end = 0
    for token in TOKEN.finditer(folded):
        if token.start() < end:
            continue
        while position < len(spans) and spans[position][1] <= token.start():
            position += 1
        if position < len(spans) and spans[position][0] < token.end():
            continue
        kind = others.get(token.start())
        code = None if kind else _CODE.match(folded, token.start())
        start, end = (kind.start, kind.end) if kind else code.span() if code else token.span()
        text = kind.text if kind else folded[start:end]
        is_short = code is None and (text.isdigit() or len(text) < _SHORTEST_WORD)
        if kind is None and (is_short or (code is None and vocabulary.is_filler(text))):
            continue
        follows = turned_down_end >= 0 and _JOINED.fullmatch(folded, turned_down_end, start) is not None
        if follows or is_turned_down(folded, start):
            turned_down_end = end
            if kind is not None:
                words.append(replace(kind, text=TURNED_DOWN + text))
            continue
        words.append(kind or Word(text, start, end))
    words.sort(key=lambda word: word.start)
    return _with_asides(folded, words, heads, taken, others) if heads else words


def _kinds(
    folded: str, taken: Sequence[tuple[int, int]], vocabulary: Vocabulary, heads: Sequence[Match]
) -> list[Word]:
    """The words of product names, in the designers' form, that stand alone or in the name of a category."""
    found = []
    for match in vocabulary.find_kinds(folded):
        if not match.meanings:
            continue
        head = next((head for head in heads if head.start <= match.start and match.end <= head.end), None)
        text = "-".join(fold(match.meanings[0].value).split())
        if head is None:
            if any(start < match.end and match.start < end for start, end in taken):
                continue
            is_aside = match.behind_for or _FOR.search(folded[: match.start]) is not None
            found.append(Word(text, match.start, match.end, ASIDE if is_aside else None))
        elif not _says(head, text) and not is_turned_down(folded, head.start):
            found.append(Word(text, match.start, match.end))
    return found


def _says(head: Match, kind: str) -> bool:
    """Whether the category itself is called so: "meeting" says nothing more of a meeting table."""
    return any(
        kind in [singular(token) for token in TOKEN.findall(fold(meaning.value))] for meaning in head.meanings
    )


def _stands_in(word: Word, heads: Sequence[Match]) -> bool:
    return any(head.start <= word.start and word.end <= head.end for head in heads)


def _with_asides(
    folded: str,
    words: Sequence[Word],
    heads: Sequence[Match],
    taken: Sequence[tuple[int, int]],
    kinds: Collection[int],
) -> list[Word]:
    """`words` with those marked that do not stand at the name of a category."""
    at_name = _at_names(folded, words, heads, taken) | _at_qualities(folded, words)
    return [
        word
        if word.role or word.start in kinds or word.start in at_name or _stands_in(word, heads)
        else replace(word, role=ASIDE)
        for word in words
    ]


def _at_names(
    folded: str, words: Sequence[Word], heads: Sequence[Match], taken: Sequence[tuple[int, int]]
) -> set[int]:
    """Where the words begin that make another thing of a category: "gaming chair", "sofa bed", "كرسي العاب".

    In front stand Latin words, qualities between them ("gaming black chair"); behind stand words of one
    name, unless an English plural ended it.
    """
    ends = {word.end: word.start for word in words} | {end: start for start, end in taken}
    starts = {word.start: word.end for word in words}
    found: set[int] = set()
    for head in heads:
        position = head.start
        while position and _SIDE_BY_SIDE.fullmatch(folded[position - 1]) and position - 1 in ends:
            before = ends[position - 1]
            if is_arabic(folded[before]):
                break
            found.add(before)
            position = before
        name = folded[head.start : head.end]
        if name.isascii() and name.endswith("s"):
            continue
        position = head.end
        while _SIDE_BY_SIDE.fullmatch(folded[position : position + 1]) and position + 1 in starts:
            behind = position + 1
            if folded[behind].startswith(_JOINING_LETTERS):
                break
            found.add(behind)
            position = starts[behind]
    return found


def _at_qualities(folded: str, words: Sequence[Word]) -> set[int]:
    """Where the words begin that stand beside "colour" or behind "with"."""
    tokens = list(TOKEN.finditer(folded))
    named = {index for index, token in enumerate(tokens) if _QUALITY.fullmatch(token.group())}
    beside = {tokens[at].start() for index in named for at in (index - 1, index + 1) if 0 <= at < len(tokens)}
    return {word.start for word in words if word.start in beside or _HAVING.search(folded[: word.start])}
