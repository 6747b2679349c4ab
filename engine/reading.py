"""What one message says about products: its entities, and the words that other catalogs would exchange.

Pure: a folded text and a vocabulary in, facts out. `engine.catalog_entities` puts them into Rasa's messages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.amounts import AmountReader, read_amounts, without_overlaps
from engine.entities import Entity
from engine.grouping import with_queries
from engine.leftover import left_over
from engine.lines import Line, read_lines
from engine.matching import Match, Vocabulary
from engine.negation import turned_down, without_corrected
from engine.skus import codes
from engine.spans import starting_in
from text.amounts import Amount

# Of these a customer can want none; of an SKU or an order he then simply wants no such thing.
_CAN_BE_TURNED_DOWN = frozenset({"category", "color", "material", "brand"})
_FOR = re.compile(
    r"\n?[ ,]{0,2}(?:for|of|per|7ag|hag|حق|حقت|مال|لكل)"
    r"(?: (?:the|an?|our|my|your|each|every|el|al|ال))* ?(?:\d+ )?"
)
_PRICES = frozenset({"minimum", "maximum", "about", "price"})


@dataclass(frozen=True)
class Mask:
    """A stretch of the text whose words are hidden from the featurizers, and what they see in its place."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class MessageReading:
    """All that was found in one message, in the order of its text."""

    entities: tuple[Entity, ...]
    masks: tuple[Mask, ...]


def read_message(folded: str, vocabulary: Vocabulary) -> MessageReading:
    """Read a text that went through `engine.normaliser.normalise`."""
    lines = read_lines(folded)
    found = vocabulary.find(folded)
    amounts = without_overlaps(read_amounts(folded, lines), found)
    matches = _without_limits(folded, found, amounts)
    entities = _catalog_entities(folded, matches)
    entities += _pairs(matches, entities, amounts)
    entities += AmountReader(folded, lines, matches).read(amounts)
    entities = without_corrected(folded, entities)
    taken = [(match.start, match.end) for match in found]
    taken += [(amount.start, amount.end) for amount in amounts]
    taken += _numbering(folded, lines)
    words = left_over(folded, taken, vocabulary)
    added = {match.start for match in matches if match.is_added}
    return MessageReading(
        tuple(with_queries(folded, lines, entities, words, added)),
        tuple(_masks(folded, matches, amounts, entities)),
    )


def _without_limits(folded: str, matches: Sequence[Match], amounts: Sequence[Amount]) -> list[Match]:
    """`matches` without "cheaper" of "cheaper than 500", which only says that 500 is a limit."""
    said: set[int] = set()
    for amount in amounts:
        if amount.role in _PRICES:
            said.update(match.start for match in starting_in(matches, amount.start, amount.end))
    return [match for match in matches if match.start not in said]


def _catalog_entities(folded: str, matches: Sequence[Match]) -> list[Entity]:
    down = turned_down(folded, matches)
    aside = _aside(folded, matches, down)
    entities = []
    for index, match in enumerate(matches):
        if (
            index + 1 in down
            and match.means("relation")
            and folded[match.end : matches[index + 1].start] == " "
        ):
            continue  # "لون غير الاسود": another colour than black is any but black
        for meaning in match.meanings:
            if index in down:
                if meaning.entity in _CAN_BE_TURNED_DOWN:
                    entities.append(Entity(f"not_{meaning.entity}", meaning.value, match.start, match.end))
            elif index not in aside or meaning.entity != "category":
                entities.append(Entity(meaning.entity, meaning.value, match.start, match.end))
    return entities


def _aside(folded: str, matches: Sequence[Match], down: frozenset[int]) -> set[int]:
    """The categories that only say what another one is for: "chairs for the desk"."""
    aside: set[int] = set()
    previous: int | None = None
    for index, match in enumerate(matches):
        if not match.means("category") or index in down:
            continue
        if previous is not None:
            follows = _FOR.fullmatch(folded, matches[previous].end, match.start)
            if follows or match.behind_for:
                aside.add(index)
                continue
        previous = index
    return aside


def _pairs(matches: Sequence[Match], entities: Sequence[Entity], amounts: Sequence[Amount]) -> list[Entity]:
    """The quantity in an Arabic dual ("كرسيين"), unless a number stands before it."""
    named = {(entity.start, entity.end) for entity in entities if entity.name == "category"}
    counted = {amount.end + 1 for amount in amounts}
    return [
        Entity("quantity", 2, match.start, match.end)
        for match in matches
        if match.is_pair and (match.start, match.end) in named and match.start not in counted
    ]


def _numbering(folded: str, lines: Sequence[Line]) -> list[tuple[int, int]]:
    """The stretches between lines: line ends, and the numbers of a list's entries."""
    ends = [0, *(line.end for line in lines)]
    starts = [*(line.start for line in lines), len(folded)]
    return [(end, start) for end, start in zip(ends, starts, strict=True) if end < start]


def _masks(
    folded: str, matches: Sequence[Match], amounts: Sequence[Amount], entities: Sequence[Entity]
) -> list[Mask]:
    masks = [Mask(match.start, match.end, match.meanings[0].entity) for match in matches if match.meanings]
    names = {(entity.start, entity.end): entity.name for entity in entities}
    for amount in amounts:
        name = names.get((amount.start, amount.end), amount.role)
        masks.append(
            Mask(amount.start, amount.end, "price" if amount.role in _PRICES and name != "quantity" else name)
        )
    masks += [Mask(start, end, "sku") for start, end in codes(folded)]
    return _apart(masks)


def _apart(masks: list[Mask]) -> list[Mask]:
    """Masks that do not overlap; of two that do, the one that begins first keeps its words."""
    apart: list[Mask] = []
    for mask in sorted(masks, key=lambda mask: (mask.start, -mask.end)):
        start = max(mask.start, apart[-1].end) if apart else mask.start
        if start < mask.end:
            apart.append(Mask(start, mask.end, mask.kind))
    return apart
