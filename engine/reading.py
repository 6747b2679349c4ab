"""What one message says about products: its entities, and the words that other catalogs would exchange.

Pure: a folded text and a vocabulary in, facts out. `engine.catalog_entities` puts them into Rasa's messages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.amounts import SIZE_LIMITS, AmountReader, read_amounts, without_overlaps
from engine.entities import Entity
from engine.grouping import with_queries
from engine.headcount import of_each
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
    r"\n?(?: (?:pls|plz|please))?[ ,]{0,2}(?:for|of|per|7ag|hag|حق|حقت|مال|لكل)"
    r"(?: (?:the|an?|our|my|your|each|every|staff|el|al|ال))* ?(?:\d+ )?"
)
# "كرسي مع طاوله", "بارتشن بين المكاتب"
_WITH = re.compile(r"[^\n,;.+]*(?<!\w)(?:مع|ma3) (?:el |al )?")
_BETWEEN = re.compile(r"[^\n,;.+]*(?<!\w)(?:بين|between|bein|been)(?: the| el| al| كل)? ")
# Words and categories behind it describe the product that is talked about: "same but cheaper and with arms".
_HAVING = re.compile(
    r"(?<!\w)(?:with|without|w/o|مع|بدون|بلا|ma3|bidoon|bdoon)(?: (?:the|an?|any|el|al))? (?:ال)?$"
)
_UNDER_DISCUSSION = frozenset({"relation", "option", "sku"})
_SAME = re.compile(r"(?<!\w)(?:same|نفس(?:ه|ها|هم)?|nafs(?:ah?|ha|hum)?)(?!\w)")
# Several of it are a product beside the first: "مكاتب مع كراسي".
_ARABIC_PLURAL = re.compile(r"(?:ال)?(?:\w\wا\w*[^\Wه]|ا\w+ا\w|\w+ات)(?!\w)")
# Longer than "without any the".
_NEAR = 24
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
    quantities = [amount for amount in amounts if amount.role == "quantity"]
    entities = _catalog_entities(folded, matches, is_one=len(quantities) == 1)
    entities += _pairs(matches, entities, amounts)
    people, counted = of_each(folded, entities, amounts)
    entities += counted
    own = [amount for amount in amounts if amount is not people]
    entities += AmountReader(folded, lines, matches).read(own)
    entities = without_corrected(folded, entities)
    taken = [(match.start, match.end) for match in found]
    taken += [(amount.start, amount.end) for amount in amounts]
    taken += _numbering(folded, lines)
    words = left_over(folded, taken, vocabulary, matches)
    if _is_about_shown(folded, entities):
        words = [word for word in words if not _HAVING.search(folded[: word.start][-_NEAR:])]
    added = {match.start for match in matches if match.is_added}
    return MessageReading(
        tuple(with_queries(folded, lines, entities, words, added)),
        tuple(_masks(folded, matches, amounts, entities)),
    )


def _without_limits(folded: str, matches: Sequence[Match], amounts: Sequence[Amount]) -> list[Match]:
    """`matches` without the "cheaper" of "cheaper than 500", the "wider" of "wider than 140" and such."""
    said: set[int] = set()
    for amount in amounts:
        inside = starting_in(matches, amount.start, amount.end)
        if amount.role in _PRICES:
            said.update(match.start for match in inside)
        elif amount.role in SIZE_LIMITS:
            # "max width of the desk 120" names the desk as well.
            said.update(match.start for match in inside if match.means("relation") or match.means("order"))
        elif amount.role == "seats":
            # "a sofa, three chairs" of a sofa for three.
            behind = (match for match in inside if match.start > amount.start)
            said.update(match.start for match in behind if match.end <= amount.end)
    return [match for match in matches if match.start not in said]


def _is_about_shown(folded: str, entities: Sequence[Entity]) -> bool:
    """Whether a message goes on about something that was shown and names no other kind of thing."""
    names = {entity.name for entity in entities}
    return "category" not in names and (bool(names & _UNDER_DISCUSSION) or _SAME.search(folded) is not None)


def _catalog_entities(folded: str, matches: Sequence[Match], *, is_one: bool) -> list[Entity]:
    """The facts of `matches`; `is_one` says that the message counts one product only."""
    down = turned_down(folded, matches)
    aside = _aside(folded, matches, down, is_one=is_one)
    entities = []
    for index, match in enumerate(matches):
        if (
            index + 1 in down
            and match.means("relation")
            and folded[match.end : matches[index + 1].start] == " "
        ):
            continue  # "لون غير الاسود": another colour than black is any but black
        follows = index > 0 and folded[matches[index - 1].end : match.start] == " "
        if follows and index - 1 in aside and match.means("order"):
            continue  # "مع طاوله صغيره": the part is small
        for meaning in match.meanings:
            if index in down:
                if meaning.entity in _CAN_BE_TURNED_DOWN:
                    entities.append(Entity(f"not_{meaning.entity}", meaning.value, match.start, match.end))
            elif index not in aside or meaning.entity != "category":
                entities.append(Entity(meaning.entity, meaning.value, match.start, match.end))
    return entities


def _aside(folded: str, matches: Sequence[Match], down: frozenset[int], *, is_one: bool) -> set[int]:
    """The categories that only describe another one: "chairs for the desk", "desk partitions"."""
    aside = _attributes(folded, matches)
    is_about_shown = _SAME.search(folded) is not None or any(
        match.means(entity) and index not in down
        for index, match in enumerate(matches)
        for entity in _UNDER_DISCUSSION
    )
    previous: int | None = None
    for index, match in enumerate(matches):
        if not match.means("category") or index in down or index in aside:
            continue
        if previous is None and is_about_shown and _HAVING.search(folded[: match.start][-_NEAR:]):
            aside.add(index)
            continue
        if previous is not None:
            follows = _FOR.fullmatch(folded, matches[previous].end, match.start)
            gap = (matches[previous].end, match.start)
            is_between = _BETWEEN.fullmatch(folded, *gap) is not None
            is_part = (
                is_one
                and _WITH.fullmatch(folded, *gap) is not None
                and not _ARABIC_PLURAL.match(folded, match.start)
            )
            if follows or match.behind_for or is_between or is_part:
                aside.add(index)
                continue
        previous = index
    return aside


def _attributes(folded: str, matches: Sequence[Match]) -> set[int]:
    """The English nouns right before another: the desk of "desk partitions", but no longer row of names."""
    rows: list[list[int]] = []
    for index, match in enumerate(matches):
        if not match.means("category") or not folded[match.start : match.end].isascii():
            continue
        last = matches[rows[-1][-1]] if rows else None
        if last is not None and folded[last.end : match.start] == " ":
            rows[-1].append(index)
        else:
            rows.append([index])
    return {
        row[0]
        for row in rows
        if len(row) == 2
        and matches[row[0]].meanings != matches[row[1]].meanings
        and not folded[: matches[row[0]].end].endswith("s")
    }


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
        if amount.role == "currency":
            continue  # "in dollars" tells a question about a price from others
        name = names.get((amount.start, amount.end), amount.role)
        if amount.role in _PRICES and name != "quantity":
            name = "price"
        masks.append(Mask(amount.start, amount.end, "size" if name in SIZE_LIMITS else name))
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
