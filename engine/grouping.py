"""Which facts of a message belong to which product, when it asks for several.

A pasted list has a product a line, a sentence such as "10 black chairs and 5 white desks" has several in
one. A message about one product has no groups, however many lines it is written in.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine.entities import Entity
from engine.leftover import ASIDE, Word
from engine.lines import Line
from engine.spans import first_from, starting_in

_QUALITIES = frozenset({"color", "not_color", "material", "not_material", "brand", "not_brand"})
_COUNTED_QUALITIES = ("color", "material")
_KINDS = frozenset({"category", "sku", "option"})
_COUNTED = frozenset({"quantity", "number"})
_PARTS = re.compile(
    r"[,;+&]|\.(?= |$)|(?<!\w)(?:and|plus|also|then|or|with|w|wa|aw|او|ولا|مع|بعد|وبعد)(?!\w)"
    r"|(?<!\w)و(?=[\w ])"
)
_OVERALL = re.compile(
    r"(?:\b(?:total|budget|overall|altogether|all|both|everything|each)|(?<!\w)(?:ال)?(?:ميزانيه|ميزانيتي|ميزانيتنا"
    r"|مجموع|اجمالي|كل|كلهم|كلها|بالكل|كامل))(?!\w)[^\n,.]{0,16}$"
)
_OVERALL_FACTS = frozenset({"min_price", "max_price", "about_price", "other_currency", *_QUALITIES})
_LATIN = re.compile(r"[a-z]")
# So many lines that name a product each make a list, in which a line such as "fridge" names one too.
_LINES_OF_A_LIST = 3
_MOST_WORDS_OF_A_NAME = 4
# A query is for searching; a customer who pastes a contract has not described a product.
_MOST_WORDS = 16


@dataclass(frozen=True)
class _Segment:
    """A stretch of the text that is about one product."""

    start: int
    end: int
    heads: tuple[Entity, ...] = ()


def with_queries(
    folded: str,
    lines: Sequence[Line],
    entities: Sequence[Entity],
    words: Sequence[Word],
    added: Collection[int],
) -> list[Entity]:
    """`entities` in their groups, and a `query` for the words that describe each product.

    At the positions in `added` stand words with "and" written onto them.
    """
    segments = _segments(folded, lines, entities, words, added)
    if not segments:
        return sorted([*entities, *_query(words, None)], key=_place)
    grouped: list[Entity] = []
    number = 0
    position = 0
    for segment in segments:
        # What stands between segments is said of all products; words there are greetings and conditions.
        grouped.extend(starting_in(entities, position, segment.start))
        position = segment.end
        inside = starting_in(entities, segment.start, segment.end)
        described = starting_in(words, segment.start, segment.end)
        if not inside and not described:
            continue
        number += 1
        of_all = _kinds_of_all(segment)
        for entity in inside:
            is_of_all = entity.name in of_all or _is_overall(folded, entity)
            grouped.append(entity if is_of_all else replace(entity, group=str(number)))
        grouped.extend(_query(described, str(number)))
    grouped.extend(entities[first_from(entities, position) :])
    return sorted(grouped, key=_place)


def _place(entity: Entity) -> tuple[int, int]:
    return entity.start, entity.end


def _kinds_of_all(segment: _Segment) -> frozenset[str]:
    """What is said once for all: the chairs of "10 black and 5 white chairs"."""
    return _KINDS if segment.heads and segment.heads[0].name in _QUALITIES else frozenset()


def _is_overall(folded: str, entity: Entity) -> bool:
    """Whether a fact is said about all products: "total budget 5000"."""
    if entity.name not in _OVERALL_FACTS:
        return False
    # The cue may stand in the phrase of the amount itself.
    before = folded[max(0, entity.start - 40) : entity.start].rpartition("\n")[2]
    first = re.match(r"\w*", folded[entity.start : entity.end])
    return _OVERALL.search(before) is not None or (
        first is not None and _OVERALL.match(first.group()) is not None
    )


def _query(words: Sequence[Word], group: str | None) -> list[Entity]:
    if not words:
        return []
    used = words[:_MOST_WORDS]
    found = []
    for role in (None, ASIDE):
        said = [word for word in used if word.role == role]
        if said:
            text = " ".join(word.text for word in said)
            found.append(Entity("query", text, said[0].start, said[-1].end, group, role))
    return found


def _segments(
    folded: str,
    lines: Sequence[Line],
    entities: Sequence[Entity],
    words: Sequence[Word],
    added: Collection[int],
) -> list[_Segment]:
    """The stretches that are about one product each; none for a message about one product."""
    heads = _heads(folded, entities)
    starts = [head[0].start for head in heads]
    segments: list[_Segment] = []
    has_entries = any(line.is_entry for line in lines)
    named = 0
    for line in lines:
        in_line = heads[bisect_left(starts, line.start) : bisect_left(starts, line.end)]
        named += bool(in_line)
        if in_line and has_entries and not line.is_entry and folded[: line.end].rstrip().endswith(":"):
            continue  # "Office chairs:" above a list says something about every entry
        if in_line:
            segments.extend(_split(folded, line, in_line, entities, added))
        elif (
            line.is_entry
            or _is_counted_line(folded, line, entities, words)
            or (named >= _LINES_OF_A_LIST and _is_name(line, entities, words))
        ):
            segments.append(_Segment(line.start, line.end))
    if has_entries:
        return segments if len(segments) > 1 else []
    return segments if _are_different(segments, entities) else []


def _is_name(line: Line, entities: Sequence[Entity], words: Sequence[Word]) -> bool:
    """Whether a line may be the name of a product that nobody knows: a few words and nothing else."""
    count = len(starting_in(words, line.start, line.end))
    return 0 < count <= _MOST_WORDS_OF_A_NAME and not starting_in(entities, line.start, line.end)


def _is_counted_line(folded: str, line: Line, entities: Sequence[Entity], words: Sequence[Word]) -> bool:
    """Whether a line without a known product begins or ends with how many: "5 hammocks", "hammock x5"."""
    if not starting_in(words, line.start, line.end):
        return False
    content = folded[line.start : line.end].strip(" .,-*")
    return any(
        entity.name in _COUNTED
        and (
            content.startswith(folded[entity.start : entity.end])
            or content.endswith(folded[entity.start : entity.end])
        )
        for entity in starting_in(entities, line.start, line.end)
    )


def _are_different(segments: Sequence[_Segment], entities: Sequence[Entity]) -> bool:
    """Whether segments outside of a marked list name different products.

    The same kind twice is two products only when each is counted: "5 black chairs and 10 white chairs".
    """
    headed = [segment for segment in segments if segment.heads]
    if not headed or len(segments) < 2:
        return False
    counted = [
        segment
        for segment in segments
        if any(entity.name in _COUNTED for entity in starting_in(entities, segment.start, segment.end))
    ]
    if len(counted) == len(segments):
        return True
    is_named = len(headed) == len(segments) or len(headed) >= _LINES_OF_A_LIST
    return is_named and len({segment.heads[0].value for segment in headed}) > 1


def _heads(folded: str, entities: Sequence[Entity]) -> list[tuple[Entity, ...]]:
    """What names a product each: a category, or an SKU; an SKU right beside a category names the same."""
    counted = sum(entity.name == "quantity" for entity in entities)
    named = sum(entity.name in _KINDS for entity in entities)
    if counted > 1 and named < 2 and (qualities := _counted_qualities(entities)):
        return qualities
    names = {"category"} if counted < 2 else _KINDS
    heads: list[tuple[Entity, ...]] = []
    for entity in entities:
        if entity.name not in names:
            continue
        previous = heads[-1][-1] if heads else None
        if previous is not None and previous.name != entity.name:
            gap = folded[previous.end : entity.start]
            between = starting_in(entities, previous.end, entity.start)
            if "\n" not in gap and not _PARTS.search(gap) and not any(o.name in _COUNTED for o in between):
                heads[-1] = (*heads[-1], entity)
                continue
        if previous is not None and previous.start == entity.start:
            continue  # a phrase with two meanings
        heads.append((entity,))
    return heads


def _counted_qualities(entities: Sequence[Entity]) -> list[tuple[Entity, ...]]:
    """The colours, or else the materials, that are counted one by one: "10 black and 5 white"."""
    for name in _COUNTED_QUALITIES:
        told = [entity for entity in entities if entity.name in (name, "quantity")]
        qualities = [entity for entity in told if entity.name == name]
        in_turn = all(left.name != right.name for left, right in pairwise(told))
        if in_turn and len(told) == 2 * len({quality.value for quality in qualities}):
            return [(quality,) for quality in qualities]
    return []


def _has_count(entities: Sequence[Entity]) -> bool:
    return any(entity.name in _COUNTED for entity in entities)


def _split(
    folded: str,
    line: Line,
    heads: Sequence[tuple[Entity, ...]],
    entities: Sequence[Entity],
    added: Collection[int],
) -> list[_Segment]:
    """The part of a line that belongs to each of its products."""
    starts_counted = _has_count(starting_in(entities, line.start, heads[0][0].start))
    ends_counted = _has_count(starting_in(entities, heads[-1][-1].end, line.end))
    bounds = [line.start]
    for previous, head in pairwise(heads):
        between = starting_in(entities, previous[-1].end, head[0].start)
        ends = [entity.end for entity in between if entity.name in _COUNTED]
        if head[0].start in added:
            bounds.append(head[0].start)
        elif ends_counted and not starts_counted and ends:
            bounds.append(ends[-1])  # "chairs black 10 desks white 5"
        else:
            bounds.append(_bound(folded, previous[-1].end, head[0].start, between))
    bounds.append(line.end)
    return [_Segment(start, end, head) for start, end, head in zip(bounds, bounds[1:], heads, strict=False)]


def _bound(folded: str, start: int, end: int, between: Sequence[Entity]) -> int:
    """Where, between the end of one product's name and the next name, the next product begins."""
    parts = [part.start() for part in _PARTS.finditer(folded, start, end)]
    # "chairs, 5 black and white desks": the part that is followed by a count begins the product.
    for entity in between:
        if entity.name in _COUNTED:
            before = [
                part for part in parts if part < entity.start and not _stands_between(between, part, entity)
            ]
            if before:
                return before[-1]
    if parts:
        return parts[-1]
    # Nothing parts them: what stands right before a name belongs to it, Arabic qualities excepted.
    bound = end
    for entity in reversed(between):
        belongs = entity.name in _COUNTED or (
            entity.name in _QUALITIES and _LATIN.match(folded, entity.start) is not None
        )
        if not belongs or folded[entity.end : bound].strip():
            break
        bound = entity.start
    return bound


def _stands_between(entities: Sequence[Entity], start: int, end: Entity) -> bool:
    return any(start <= entity.start < end.start for entity in entities)
