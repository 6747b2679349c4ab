"""Cutting a folded draft into words, digits and signs, and saying which of them can be numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from wordfreq import zipf_frequency

from offscript.fence_units import dual_unit
from offscript.fence_words import CLAIM_WORDS
from offscript.placeholders import MARKS, PLACEHOLDER_MARK
from text.lexemes import ARABIC_PREFIXES
from text.number_words import every_number_word, number_word

_TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,']\d+)*)|(?P<latin>[a-z]+(?:'[a-z]+)*)|(?P<arabic>[\u0600-\u06ff\u0750-\u077f]+)"
    r"|(?P<sign>[^\s])"
)
_ARABIZI = re.compile(
    r"(?<![a-z0-9'])(?=[a-z0-9']*[a-z][a-z0-9']*[a-z])[a-z0-9']*[2356789][a-z0-9']*(?![a-z0-9'])"
)
_DIGITS_APART = re.compile(r"(?<!\d)([2356789])\1?(?!\d)")
# What stands at digits without being Arabizi: units, money, and words a disguised number leans on.
_LEANED_ON = frozenset(
    """mia miya miyya meya mya alf alaf k m mn mil bn aed dhs dh dhm dirham dirhams usd sar qar kwd bhd omr
    eur gbp rs inr egp x cm mm kg in ft pcs pc only each off per for at just price only now total pay is
    and to from by get just about under over the buy take cost costs days day years year yrs hrs min
    mins st nd rd th am pm hundred thousand million grand chair chairs desk desks piece pieces pct
    percent vs or a b bi be fils bucks net cash""".split()
)
_LEET = (str.maketrans("0134578", "oieastb"), str.maketrans("013457", "oleast"), str.maketrans("37", "ev"))
_LETTERS = re.compile("[a-z]+")
# Beside the words of `text.number_words`: what no customer counts in, and a price can be told in.
_MORE_NUMBERS = frozenset(
    """billion billions trillion lakh lakhs lac crore nil nought naught zilch zeros tens twenties thirties
    forties fifties sixties seventies eighties nineties ones twos threes fours fives sixes sevens eights
    nines thirds quarters fifths halves halved tenner fiver hunnid hundy tenths hundredths umpteen
    thrice sau hazaar hazar paanch panch chaar saat aath pachas pachaas sattar hundert siete cien ciento
    cientos mille mia meye meyya seb3 الوف ميات مليار مليارين بليون ثلث ثلثين ثلثي ثلثه اثلاث ارباع
    اخماس عشرات بضع بضعه انصاف نصين صفرين هندرد هاندرد ثاوزند ثاوزن ففتي فيفتي توينتي هالالف""".split()
)
# Arabic hundreds and thousands glued together in any spelling: خمسميتين, سبعماية, ثلاثتالاف, بخمسميةفقط.
_ARABIC_GLUED = re.compile(
    r"(?:ثلاث|ثلث|تلات|تلت|اربع|ربع|خمس|خمص|ست|سبع|ثمان|ثمن|تمان|تمن|تسع)[اهي]{0,2}"
    r"(?:م+[اي]+[يا]*[هت]|م[ئاي]ت|ت?ا?لاف|طعش|تعش|طاش|تاش)"
)
_NOT_FUZZY = frozenset(["phone", "there", "these", "those", "tent", "fire", "sever", "eighth", "tenth"])
_ENGLISH_SCALES = re.compile("hundred|thousand|million|billion|hundrd|thousnd")
_CURRENCY_AT_END = re.compile("(?:aed|dhs?|dirhams?|only|bas)$")
_FILLERS = frozenset(
    ["و", "and", "aed", "only", "just", "dirham", "dirhams", "dhs", "point", "plus", "each", "k", "a"]
)
_PLAIN_ONES = frozenset(["one", "واحد", "واحده", "وحده"])
_ARABIC_ONE = re.compile("[وفبلك]?(?:ال)?(?:واحد|واحده|وحده)$")
# Somebody, except in "احد عشر".
_SOMEBODY = re.compile("[وفبلك]?(?:ال)?احد$|[وفبلك]?احدي$")
_TEENS = (["عشر"], ["عشره"])
_MONDAY = re.compile("[وف]?(?:ال)(?:اثنين|اثنان|ثنتين|اثنتين|اثنينهم)$")
_PERHAPS_NO_NUMBER = frozenset(
    [
        "لست",
        "بست",
        "لسته",
        "فست",
        "ميت",
        "الميت",
        "التنين",
        "nos",
        "sittin",
        "grand",
        "k",
        "كميه",
        "عالميه",
        "كميات",
        "ماي",
        "عالميا",
    ]
)
_JOINING = frozenset(["and", "و", "w", "wa", "&"])
# Behind these a lone "one" is what something costs.
_COSTING = frozenset(
    """cost costs pay price priced plus minus than by under over less aed = : zero point × * / + سعره سعرها
    السعر بسعر سعر ب كلفه يكلف تدفع ناقص زايد الا""".split()
)
# ... and behind these, where something is sold nearby.
_LEADING_TO_A_PRICE = frozenset(
    "is are was be at for only just about to from now it's its x هو هي بس من".split()
)
_SELLING = frozenset(
    """price prices cost costs give giving sell sold selling pay take it's yours charge offer deal total
    budget do yours سعر السعر سعره سعرها اعطيك بعطيك عطيتك ابيع نبيع تدفع خذ خذه خذها المجموع""".split()
)


@dataclass(frozen=True)
class Token:
    """A word, a literal number or a sign, and where it stands."""

    text: str
    start: int
    end: int
    is_literal: bool = False
    is_sign: bool = False


def tokens(folded: str) -> list[Token]:
    """Cut a folded draft; an Arabizi word with digits in it is one word, all other digits are literals."""
    found: list[Token] = []
    words = {match.start(): match for match in _ARABIZI.finditer(folded) if _is_arabizi(match.group())}
    at = 0
    while at < len(folded):
        word = words.get(at)
        if word is not None:
            found.append(Token(word.group(), at, word.end()))
            at = word.end()
            continue
        match = _TOKEN.match(folded, at)
        if match is None:
            at += 1
            continue
        kind = match.lastgroup
        is_sign = kind == "sign" and match.group() not in MARKS
        found.append(Token(match.group(), at, match.end(), kind == "number", is_sign))
        at = match.end()
    return found


@lru_cache(maxsize=4096)
def _is_arabizi(run: str) -> bool:
    """Whether digits in a Latin word are letters: single ones, at letters that say nothing in English."""
    digits = sum(character.isdigit() for character in run)
    if digits > 3 or len(_DIGITS_APART.sub("", run)) != len(re.sub(r"\d", "", run)):
        return False
    if number_word(run) is not None:
        return False
    disguised = {run.translate(leet) for leet in _LEET}
    if any(number_word(word) or word in CLAIM_WORDS for word in disguised):
        return False
    parts = _LETTERS.findall(run)
    if any(part in _LEANED_ON or number_word(part) or len(part) > 7 for part in parts):
        return False
    # "only7", "7chairs", "save5": an English word with a digit at it is a word and a number.
    return not (len(parts) == 1 and len(parts[0]) >= 4 and zipf_frequency(parts[0], "en") >= 4.2)


def number_tokens(words: list[Token]) -> frozenset[int]:
    """The places of every token that is a number or part of one, split words included ("hun dred")."""
    found: set[int] = set()
    for index, token in enumerate(words):
        if token.is_literal:
            found.add(index)
        elif not token.is_sign:
            is_eleven = (
                _SOMEBODY.match(token.text) and [it.text for it in words[index + 1 : index + 2]] in _TEENS
            )
            if is_eleven or is_number(token.text):
                found.add(index)
            places = _split_word(words, index, every_number_word())
            # "ست مية" is found by its pieces.
            if not all(is_number(words[place].text) for place in places):
                found.update(places)
    return frozenset(found)


def has_split_claim(words: list[Token]) -> bool:
    """Whether a claim stands in pieces: "dis count", "fr ee"."""
    return any(_split_word(words, index, CLAIM_WORDS) for index in range(len(words)))


def _split_word(words: list[Token], index: int, vocabulary: frozenset[str]) -> tuple[int, ...]:
    """The places of two or three pieces that together are one word, whatever signs stand between them."""
    if words[index].is_sign or words[index].is_literal:
        return ()
    places, joined = [index], words[index].text
    for place in range(index + 1, min(index + 5, len(words))):
        piece = words[place]
        if piece.is_literal or piece.text in MARKS or len(joined) > 12:
            break
        if piece.is_sign:
            continue
        if piece.text in _JOINING or len(places) == 3:
            break
        joined += piece.text
        places.append(place)
        if len(joined) >= 4 and joined in vocabulary:
            return tuple(places)
    return ()


def is_joining(word: str) -> bool:
    """Whether it joins number words to one number."""
    return word in _JOINING


def is_pronoun(words: list[Token], index: int, numbers: frozenset[int]) -> bool:
    """Whether the number word at `index` only points at something: "this one", "كل واحد", "a couple of"."""
    text = words[index].text
    before = words[index - 1].text if index else ""
    after = words[index + 1].text if index + 1 < len(words) else ""
    if text == "couple":
        follower = index + 2 if after == "of" else index + 1
        return (
            follower not in numbers
            and follower < len(words)
            and zipf_frequency(words[follower].text, "en") > 3
        )
    if _MONDAY.match(text):
        return index + 1 not in numbers and before != "ب"
    if text not in _PLAIN_ONES and not _ARABIC_ONE.match(text):
        return False
    if (
        index - 1 in numbers
        or index + 1 in numbers
        or before in _COSTING
        or PLACEHOLDER_MARK in (before, after)
    ):
        return False
    if before in _LEADING_TO_A_PRICE and any(
        word.text in _SELLING for word in words[max(index - 8, 0) : index + 6]
    ):
        return False
    return not text.startswith("ب") and not (after in _JOINING and index + 2 in numbers)


@lru_cache(maxsize=8192)
def is_number(word: str) -> bool:
    """Whether one folded word is a number, a part of one, or one that was mistyped."""
    if word in _PERHAPS_NO_NUMBER or _SOMEBODY.match(word):
        return False
    if word in _MORE_NUMBERS or number_word(word) is not None or dual_unit(word) is not None:
        return True
    if _is_glued(word):
        return True
    if word.isascii():
        return bool(_ENGLISH_SCALES.search(word)) or _is_mistyped(word, "en") or _is_price_at_once(word)
    for prefix in (*ARABIC_PREFIXES, "ك", "وبك", "بحوالي", "هال", "عال"):
        rest = word.removeprefix(prefix)
        if rest != word and rest not in _PERHAPS_NO_NUMBER and (number_word(rest) or rest in _MORE_NUMBERS):
            return not (rest in ("وحده", "واحد", "واحده") and prefix == "ل")
    return bool(_ARABIC_GLUED.search(word)) or _is_mistyped(word, "ar")


def _is_price_at_once(word: str) -> bool:
    """ "thamanmiyadhs": a number with its currency written onto it."""
    bare = _CURRENCY_AT_END.sub("", word)
    return bare != word and len(bare) >= 3 and is_number(bare)


def _is_glued(word: str) -> bool:
    """Whether a word is number words and what stands between them, written as one: "sevenforty"."""
    if not 4 <= len(word) <= 40 or zipf_frequency(word, "en" if word.isascii() else "ar") >= 3:
        return False
    # For each end: None when no split reaches it, else whether one of the pieces is a number.
    reached: list[bool | None] = [False, *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 9), end):
            state = reached[start]
            piece = word[start:end]
            if state is None or not (piece in _FILLERS or piece in every_number_word()):
                continue
            is_one = len(piece) >= 3 and piece in every_number_word()
            reached[end] = bool(reached[end]) or state or is_one
    return bool(reached[len(word)])


@lru_cache(maxsize=1)
def _by_length() -> dict[tuple[str, int], tuple[str, ...]]:
    lengths: dict[tuple[str, int], list[str]] = {}
    for word in every_number_word():
        script = "en" if word.isascii() else "ar"
        if len(word) >= (4 if script == "en" else 6):
            lengths.setdefault((script, len(word)), []).append(word)
    return {key: tuple(words) for key, words in lengths.items()}


def _is_mistyped(word: str, language: str) -> bool:
    """Whether an unknown word is one letter away from a number word."""
    if len(word) < 4 or word in _NOT_FUZZY or zipf_frequency(word, language) >= 2.5:
        return False
    near = (
        candidate
        for length in (len(word) - 1, len(word), len(word) + 1)
        for candidate in _by_length().get((language, length), ())
    )
    return any(_is_one_apart(word, candidate) for candidate in near)


def _is_one_apart(word: str, other: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes them the same."""
    start = 0
    while start < min(len(word), len(other)) and word[start] == other[start]:
        start += 1
    if len(word) == len(other):
        swapped = other[start : start + 2][::-1] + other[start + 2 :]
        return word[start + 1 :] == other[start + 1 :] or word[start:] == swapped
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    return longer[start + 1 :] == shorter[start:]
