"""What a customer turns down ("not black", "مو اسود", "anything but red") and what he takes back."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import islice

from engine.entities import Entity
from engine.matching import Match
from engine.spans import first_from

_WANTS_ENGLISH = "want|need|like|love|prefer|wanna|mean|care for|be|have to be|have|come in"
_WANTS_ARABIC = (
    "ابي|ابيه|ابيها|ابيهم|ابغي|ابغا|ابغاه|ابغاها|ابا|اباه|اباها|اريد|احب|ودي|نبي|نبغي|نبا|نريد|تكون|يكون|يكونون"
    "|ناسبني|يناسبني|عجبني|يعجبني|تعجبني|فيه|فيها"
)
_WANTS_ARABIZI = (
    "abi|abii|aby|abee|aba|abgha|ab8a|ab3a|abghi|areed|ared|a7eb|a7ib|ahib|ahebb"
    "|naba|nabi|nabgha|ykoon|tkoon|ykon"
)
_ENGLISH_CUES = (
    "not|no|non|neither|nor|never|without|except|except for|excluding|avoid|but not|other than|apart from"
    "|besides|rather than|instead of|isn't|aren't|hate"
    "|(?:any|all|anything|everything|any color|any colour) but"
    f"|(?:do not|don't|dont|does not|doesn't|didn't) (?:{_WANTS_ENGLISH})"
)
_ARABIZI_CUES = (
    "mu|mo|mub|mob|mab|mb|mish|msh|gheir|gheyr|ghair|ghayr|8air|bidoon|bidun|bdoon|bdon|bedoon|illa|ela|ella|badal"
    f"|bdal|mabi|maba|ma (?:{_WANTS_ARABIZI})"
    "|(?:ma|mu|mo|mub|mob|mab|mish) ?(?:qasdi|qa9di|gasdi|ga9di|8asdi|8a9di|2asdi|asdi|aqsid|agsid)"
)
_ARABIC_CUES = (
    "ما ?قصدي|مو قصدي|مب قصدي|مو|مب|مش|مهو|مهب|مهوب|موب|ليس|غير|بغير|من غير|بدون|بلا|بلاش|الا|عدا|ماعدا"
    rf"|بدل|بدال|اكره|مابي|مابغي|مابا|مانبي|(?:ما|لا) ?(?:{_WANTS_ARABIC})|لا (?:\w+ ){{1,3}}و ?لا"
)
# Each cue holds one of these, and most messages none: looking for them first is ten times as fast.
_CUE_WORDS = {
    word
    for word in re.findall(r"[\w']+", f"{_ENGLISH_CUES}|{_ARABIZI_CUES}|{_ARABIC_CUES}|ما|لا|la")
    if not word.isdigit()
} - {
    *re.findall(r"\w+", f"{_WANTS_ENGLISH}|{_WANTS_ARABIC}|{_WANTS_ARABIZI}"),
    *("any", "all", "anything", "everything", "color", "colour", "for", "from", "of", "do", "w", "من"),
}
_JOINED_CUE = re.compile(rf"و?(?:ما|لا)(?:{_WANTS_ARABIC})")
_CUES = rf"\b(?:{_ENGLISH_CUES}|{_ARABIZI_CUES})|(?<!\w)و?(?:{_ARABIC_CUES})"
# What may stand between the cue and the word, and changes nothing.
_BETWEEN = (
    r"(?:in |the |any |an? |too |so |very |of |made |with |that |is |be |these |those |this |color |colour "
    r"|ال|من |عن |شي |اي |لون |لونه |لونها |باللون |بلون |اللون |بال|lon |loon |shay |min |el |al |il )*"
)
_CUE = re.compile(rf"(?:{_CUES}) {_BETWEEN}$")
# "لا اسود ولا بني", "la aswad wala bunni": the first of them as well.
_NEITHER = re.compile(rf"(?<!\w)(?:لا|la) {_BETWEEN}$")
_NOR = re.compile(r"(?:\w+ ){1,3}(?:و ?لا|wa? ?la|nor)(?!\w)")
# "ما ابي الا اسود", "nothing except black": only black is wanted.
_NOTHING_ELSE = re.compile(
    rf"(?:\b(?:nothing|no \w+|none|ma (?:{_WANTS_ARABIZI}))|(?<!\w)(?:ما|لا|مو|ماكو|مافي)(?: ?\w+){{0,2}}) "
    rf"(?:but|except|other than|illa|الا|غير) {_BETWEEN}$"
)
# "if you have no black", "why not black": nothing is turned down.
_CONDITION = re.compile(r"(?:\b(?:if|why|unless|etha|itha|law)|(?<!\w)(?:اذا|لو|ليش))(?: \w+){0,2} ?$")
# "ما فيه ارخص؟", "no other colour?" asks for it: of a comparison this turns nothing down.
_ASKED_FOR = re.compile(rf"(?:\bno|(?<!\w)و?ما ?(?:فيه|فيها)) {_BETWEEN}$")
# "غير الكراسي خلها 30": change them.
_CHANGE = re.compile(r"(?<!\w)(?:غير|(?:gh|8)(?:ay+|ei|ai)[ie]?r) (?:el |al |il )?$")
_CHANGED_TO = re.compile(
    r"(?:el |al |il )?\w+(?: \w+)?,? (?:(?:و?(?:خل|سو|حط|نخل)\w*|[wo]?(?:5al|khal|saw)\w*)(?!\w)"
    r"|(?:الي|لين|ل|ila|ela|la|lain|to) ?\d)"
)
# "غير اللون بيج": change it to beige; "اللون غير البيج" and "غير لون بيج" are any other.
_CHANGE_OF_COLOR = re.compile(
    r"(?<!\w)(?:و?(?:غير|بدل) (?:لي )?(?:اللون|لون(?:ه|ها|هم|هن))|(?:(?:gh|8)(?:ay+|ei|ai)[ie]?r|bad+[ei]l)"
    r" (?:li )?(?:(?:el|al|il) lo+n|lo+n(?:ah?|ha|hum|hom)))(?: (?:الي|ل|ila|ela|la|le))? $"
)
# The longest cue and what stands behind it; further back nothing is looked at.
_WINDOW = 64

_ARTICLES = ("ال", "el ", "al ", "il ")

_QUALITY_GAP = re.compile(r" (?:in |the |an? |of |with |made of |من |لون |بلون |مع |و|lon |min )*")
_ADDED = re.compile(
    r" ?(?:or|nor|and|/|&|او|ولا|و|aw|wala|wa|w|wla)"
    r" ?(?:the |a |any |in |no |not |لا |la |مو |مب |مش |mo |mu |mub |ال)*"
)
_COMMA = re.compile(r" ?, ?")
_WANTED_OR_NOT = frozenset({"category", "color", "material", "brand", "sku", "relation", "order"})


def is_turned_down(folded: str, start: int) -> bool:
    """Whether a negation of the same line stands right before the word at `start`."""
    before = folded[max(0, start - _WINDOW) : start].rpartition("\n")[2]
    if not any(map(_may_turn_down, before.split())):
        return False
    cue = _CUE.search(before)
    if cue is None and _NOR.match(folded, start):
        cue = _NEITHER.search(before)
    if cue is None or _CONDITION.search(before[: cue.start()]):
        return False
    if _CHANGE.search(before) and _CHANGED_TO.match(folded, start):
        return False
    if _CHANGE_OF_COLOR.search(before) and not folded.startswith(_ARTICLES, start):
        return False
    return _NOTHING_ELSE.search(before) is None


def _may_turn_down(word: str) -> bool:
    return word.removeprefix("و") in _CUE_WORDS or _JOINED_CUE.fullmatch(word) is not None


def turned_down(folded: str, matches: Sequence[Match]) -> frozenset[int]:
    """The positions in `matches` of what is not wanted.

    Of a thing with qualities the qualities are turned down: who wants "no leather chairs" wants chairs.
    A list goes on as long as it is joined ("not black or white").
    """
    down: set[int] = set()
    position = 0
    while position < len(matches):
        match = matches[position]
        is_asked_for = match.means("relation") and _ASKED_FOR.search(folded[: match.start])
        if not _is_fact(match) or is_asked_for or not is_turned_down(folded, match.start):
            position += 1
            continue
        phrase = _phrase(folded, matches, position)
        qualities = [index for index in phrase if not matches[index].means("category")]
        down.update(qualities or phrase)
        position = phrase[-1] + 1
        listed = _listed(folded, matches, (qualities or phrase)[-1], position)
        down.update(range(position, listed))
        position = listed
    return frozenset(down)


def _is_fact(match: Match) -> bool:
    return any(meaning.entity in _WANTED_OR_NOT for meaning in match.meanings)


def _kind(match: Match) -> str:
    return match.meanings[0].entity if match.meanings else ""


def _phrase(folded: str, matches: Sequence[Match], position: int) -> list[int]:
    """The positions of a thing and its qualities that follow one another without a break."""
    phrase = [position]
    kinds = {_kind(matches[position])}
    for index in range(position + 1, len(matches)):
        match, previous = matches[index], matches[index - 1]
        gap = folded[previous.end : match.start]
        is_added = gap.endswith("و") or folded[match.start] == "و"
        if not _QUALITY_GAP.fullmatch(gap) or (_kind(match) in kinds and not is_added):
            break
        phrase.append(index)
        kinds.add(_kind(match))
    return phrase


def _listed(folded: str, matches: Sequence[Match], turned: int, position: int) -> int:
    """Where the list that goes on from `position` with words of the same kind ends.

    Commas alone part ("not black, white"); a comma in a list that ends with "or" joins.
    """
    end = position
    previous = turned
    for index in range(position, len(matches)):
        gap = folded[matches[previous].end : matches[index].start]
        if _kind(matches[index]) != _kind(matches[turned]):
            break
        if _ADDED.fullmatch(gap):
            end = index + 1
        elif not _COMMA.fullmatch(gap):
            break
        previous = index
    return end


_LATIN_CORRECTIONS = (
    "sorry|i mean|i meant|actually|wait|scratch that|correction|my mistake|oops|or rather|no no|la la|qasdi"
    "|gasdi|ga9di|asdi|8asdi|2asdi|a2sod|aqsid|agsid|ghalat|ghala6|asif|asef|3afwan"
)
_CORRECTION = re.compile(
    rf"\b(?:(?:no|nah|oh|la|la2) ?,? ?)?(?:{_LATIN_CORRECTIONS})\b"
    r"|(?<!\w)(?:لا ?,? ?)?(?:قصدي|اقصد|اسف|اسفه|السموحه|عفوا|غلط|غلطت|لا لا)(?!\w)"
    r"|, ?(?:no|la|لا) ?, ?|, ?(?:la|لا) (?=\w)|(?<=\w) لا (?=\w)"
)
_SENTENCE_END = re.compile(r"[\n.;!?]")
_LONGEST_SENTENCE = 200
_MOST_LOOKED_BACK = 40
_CORRECTED = frozenset(
    """category color material brand sku min_price max_price about_price quantity seats size min_size max_size
    option number relation order""".split()
)


def correction_ends(folded: str) -> list[int]:
    """Where the words end that take back what was said before them ("no sorry", "قصدي")."""
    return [match.end() for match in _CORRECTION.finditer(folded)]


def without_corrected(folded: str, entities: Sequence[Entity]) -> list[Entity]:
    """The facts that stand after a message took some back: "black, no sorry white" is white."""
    ordered = sorted(entities, key=lambda entity: entity.start)
    dropped: set[int] = set()
    for at in correction_ends(folded):
        position = first_from(ordered, at)
        for name in _said_next(folded, ordered, position, at) & _CORRECTED:
            dropped.update(_last(folded, ordered, name, position, dropped))
    return [entity for index, entity in enumerate(ordered) if index not in dropped]


def _said_next(folded: str, entities: Sequence[Entity], position: int, at: int) -> set[str]:
    """The names of the facts, from `position` on, in the sentence that begins at `at`."""
    end = _SENTENCE_END.search(folded, at, at + _LONGEST_SENTENCE)
    stop = end.start() if end else at + _LONGEST_SENTENCE
    said = set()
    for entity in islice(entities, position, None):
        if entity.start >= stop:
            break
        said.add(entity.name)
    return said


def _last(
    folded: str, entities: Sequence[Entity], name: str, position: int, dropped: Collection[int]
) -> list[int]:
    """The positions of the last fact called `name` before a position, and of those it is listed with."""
    found: list[int] = []
    for index in range(position - 1, max(-1, position - 1 - _MOST_LOOKED_BACK), -1):
        entity = entities[index]
        if entity.name != name or index in dropped:
            continue
        if found:
            following = entities[found[-1]]
            gap = folded[entity.end : following.start]
            is_listed = _ADDED.fullmatch(gap) or _COMMA.fullmatch(gap) or entity.start == following.start
            if not is_listed:
                break
        found.append(index)
    return found
