"""Which words is a product found by? Light stemming for English and Gulf Arabic, in one place for both sides.

A product's texts and a customer's words go through the same functions, so that "chairs" meets "chair",
"وبالكرسي" meets "كرسي" and "سوداء" meets "أسود". Stemming here may overdo it: each word keeps its own
form beside its stems, and a false stem only ever meets the same false stem.

In the index a bare word stands in a name, `.word` stands in a description only, and `~sound` is how a
word of a name sounds, whatever script it is written in: "mudeer", "mudir" and "مدير" share one; `.~sound`
is the same for an Arabic word of a description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from text.fold import fold

DESCRIPTION_MARK = "."
SOUND_MARK = "~"
# How a word of a description sounds.
DESCRIPTION_SOUND_MARK = DESCRIPTION_MARK + SOUND_MARK

_TOKEN = re.compile(r"[^\W_]+")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_SHORTEST_STEM = 3
# And, so, with, for, like, the and (Gulf) this are written without a blank before the word.
_ARABIC_PREFIXES = (
    "ال", "و", "ف", "ب", "ل", "ك", "لل", "هال", "وال", "فال", "بال", "كال", "ولل", "وب", "ول",
    "وبال", "بهال",
)  # fmt: skip
# Feminine, dual and plural endings after folding (ة is ه, ى is ي).
_ARABIC_SUFFIXES = ("ات", "ين", "ون", "يه", "اء", "ه", "ا", "ي")
# Colours: أسود, سوداء and Gulf سودا, سودة all leave سود.
_ARABIC_COLOR = re.compile(r"^ا([^اويه][^اه][^اه])$")

# How a letter sounds to somebody who writes by ear: one sign per group that is mixed up. Vowels inside
# are dropped; و and ي may be one, so a word may have two sounds. That a word begins with a vowel, or ends
# with one that Arabic writes, is kept: "marih" is no "أمير", "متر" is no "مترو".
_FIRST_VOWEL, _LAST_VOWEL = "a", "i"
_BEGINS_WITH_VOWEL = re.compile(r"[aeiou23اءع]")
_ENDS_WITH_VOWEL = re.compile(r"(?:ee|[iou]e|[iouyw]|[وي])$")
_ARABIC_SOUNDS = {
    **dict.fromkeys("اءع", ""),
    **dict.fromkeys("وي", "w"),
    **dict.fromkeys("تط", "t"),
    **dict.fromkeys("دض", "d"),
    **dict.fromkeys("زذظث", "z"),
    **dict.fromkeys("سص", "s"),
    **dict.fromkeys("كق", "k"),
    "ب": "b", "ج": "j", "ح": "h", "ه": "h", "خ": "x", "ر": "r", "ش": "c", "غ": "g", "ف": "f", "ل": "l",
    "م": "m", "ن": "n",
}  # fmt: skip
_LATIN_PAIRS = (
    ("ck", "ك"),
    ("sh", "ش"),
    ("ch", "ج"),
    ("kh", "خ"),
    ("gh", "غ"),
    ("th", "ث"),
    ("dh", "ذ"),
    ("ph", "ف"),
)
_LATIN_SOUNDS = {
    **dict.fromkeys("aeiou23'", ""),
    **dict.fromkeys("wy", "w"),
    **dict.fromkeys("t6", "t"),
    **dict.fromkeys("s9", "s"),
    **dict.fromkeys("kqgc8", "k"),
    **dict.fromkeys("h7", "h"),
    **dict.fromkeys("bp", "b"),
    **dict.fromkeys("fv", "f"),
    "5": "x", "d": "d", "j": "j", "l": "l", "m": "m", "n": "n", "r": "r", "x": "ks", "z": "z",
}  # fmt: skip
# Two consonants say little, unless the whole text is known to be written by ear.
_SHORTEST_SOUND = 3
_SHORTEST_SOUND_BY_EAR = 2
_LENGTHS_APART = 2
# "for", "in", and the Arabic ل that is written without a blank.
_PURPOSE = re.compile(r"(?:for|in|at|على|علي|في)$|ل[\u0621-\u064a]{4,}$")
_DOUBLED = re.compile(r"(.)\1+")

# Words that ask, not describe. The rest of a request is the engine's to sort out; these are dropped so
# that a sentence and a name find the same.
_ASKING = frozenset(
    fold(
        """
        a an and any are as at by can could do does for from get give have i in is it its keep like
        looking me my need of on one or our please put show some something that the them there these
        things this to us want we what which with would you your hi hello
        في من على علي عن مع او و ابي ابغي ابغا اريد نبي نبغي عندكم عندك فيه لو سمحت شي شيء احط اللي هذا هذي
        ممكن عطني عطوني لي لنا يكون تكون ابا محتاج محتاجين نحتاج شو وش
        abi abgha abga nabi 3indkom 3ndkom fi fee min men 3ala ma3 shay shi lo law sama7t samaht ili w
        """
    ).split()
)


def tokens(text: str) -> list[str]:
    """The words of `text`, folded, in order."""
    return _TOKEN.findall(fold(text))


def _latin_stems(token: str) -> list[str]:
    if len(token) <= _SHORTEST_STEM:
        return []
    if token.endswith("ies"):
        return [token[:-3] + "y"]
    if token.endswith("ves"):
        return [token[:-3] + "f", token[:-1]]
    if token.endswith(("sses", "shes", "ches", "xes")):
        return [token[:-2]]
    if token.endswith("s") and not token.endswith(("ss", "us", "is")):
        return [token[:-1]]
    return []


def _arabic_stems(token: str) -> list[str]:
    bare = [token]
    bare += [
        token.removeprefix(prefix)
        for prefix in _ARABIC_PREFIXES
        if token.startswith(prefix) and len(token) - len(prefix) >= _SHORTEST_STEM
    ]
    stems = bare[1:]
    for word in bare:
        stems += [
            word.removesuffix(suffix)
            for suffix in _ARABIC_SUFFIXES
            if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM
        ]
        if color := _ARABIC_COLOR.match(word):
            stems.append(color[1])
    return stems


def forms(token: str) -> list[str]:
    """The folded token itself and the stems it may be met by, without doubles."""
    stems = _arabic_stems(token) if _ARABIC.match(token) else _latin_stems(token)
    return list(dict.fromkeys([token, *stems]))


def _spoken(token: str) -> list[str]:
    """The forms of a name's token that somebody may say: a name rarely begins with "and" or "with".

    Without the first letter "كريك" (Creek) would sound like every word of r and k.
    """
    return [form for form in forms(token) if form[0] == token[0] or token == "ال" + form]


def sounds(token: str) -> list[str]:
    """How a folded token may sound, without the vowels inside; nothing with fewer than two consonants."""
    if token.isdigit():
        return []
    first = _FIRST_VOWEL if _BEGINS_WITH_VOWEL.match(token) else ""
    last = _LAST_VOWEL if _ENDS_WITH_VOWEL.search(token) else ""
    token = _ENDS_WITH_VOWEL.sub("", token)
    token = _DOUBLED.sub(r"\1", token)
    for pair, letter in _LATIN_PAIRS:
        token = token.replace(pair, letter)
    # A final h is a feminine ending, whichever script it is written in, or the ح of "marih".
    endings = [token.removesuffix("ه").removesuffix("h"), token]
    found: dict[str, None] = {}
    for ending in endings if token.endswith("h") else endings[:1]:
        signs = "".join(_ARABIC_SOUNDS.get(letter, _LATIN_SOUNDS.get(letter, letter)) for letter in ending)
        for heard in (signs[:1] + signs[1:].replace("w", ""), signs):
            if len(heard) >= _SHORTEST_SOUND_BY_EAR:
                found[first + heard + last] = None
    return list(found)


def consonants(sound: str) -> str:
    """The consonants of one of `sounds`."""
    return sound.removeprefix(_FIRST_VOWEL).removesuffix(_LAST_VOWEL)


def is_near_spelling(written: str, known: str) -> bool:
    """Whether `written`, which looks like the folded word `known`, may be it with a slip of the finger.

    Both begin with the same sound, and are about as long, or one is the beginning of the other
    ("stand", "standing"). Where three consonants or fewer are left to tell words apart, all of them
    have to be the same.
    """
    said, meant = sounds(written)[:1], sounds(known)[:1]
    if not said or not meant or said[0][0] != meant[0][0]:
        return False
    if known.startswith(written) or written.startswith(known):
        return True
    if abs(len(written) - len(known)) > _LENGTHS_APART:
        return False
    few = min(len(consonants(said[0])), len(consonants(meant[0]))) <= _SHORTEST_SOUND
    return not few or bool(set(sounds(written)) & set(sounds(known)))


def index_words(names: Iterable[str], descriptions: Iterable[str], codes: Iterable[str]) -> str:
    """What `products.words` holds, as Postgres reads a tsvector.

    `names` are the texts that say what the product is (its names, category, colours, material, brand),
    `codes` are found whole ("CH-1005", also as "ch 1005").
    """
    named = [token for text in names for token in tokens(text)]
    found = {form for token in named for form in forms(token)}
    found |= {code for text in codes if (code := "".join(tokens(text)))}
    marked = {SOUND_MARK + heard for token in named for form in _spoken(token) for heard in sounds(form)}
    described = {form for text in descriptions for token in tokens(text) for form in forms(token)}
    described -= found | _ASKING
    marked |= {DESCRIPTION_MARK + form for form in described}
    marked |= {
        DESCRIPTION_SOUND_MARK + heard
        # Only Arabic is written by ear in the other script; among English words "tires" sounds like "trays".
        for form in described
        if _ARABIC.match(form)
        for heard in sounds(form)
        if len(consonants(heard)) >= _SHORTEST_SOUND
    }
    return " ".join(sorted(found | marked))


@dataclass(frozen=True)
class Word:
    """One word a customer described a product with, in every form it may stand in the index."""

    forms: tuple[str, ...]
    sounds: tuple[str, ...]
    # It says what the thing is for ("for the meeting room"), not what it is.
    is_purpose: bool = False
    # Other words for the same, which count in names only: a manager's chair is an executive one, a sofa for
    # the manager's office is not.
    others: tuple[str, ...] = ()


def read_words(
    text: str, converted: Iterable[str] = (), synonyms: Mapping[str, Sequence[str]] | None = None
) -> tuple[Word, ...]:
    """The describing words of a customer's text.

    `synonyms` are other words for some of them, all folded; a word of several parts ("l-shaped") is told
    by the last one.

    `converted` are Arabic readings of the text's tokens in the same order, for Arabizi; each joins its
    token, because nobody knows which words of such a text were English.
    """
    readings = list(converted)
    shortest = _SHORTEST_SOUND_BY_EAR if readings else _SHORTEST_SOUND
    synonyms = synonyms or {}
    for compound in (word for word in synonyms if "-" in word and word in text):
        text = text.replace(compound, compound.rpartition("-")[2])
    also = {word.rpartition("-")[2]: others for word, others in synonyms.items()}
    words: dict[str, Word] = {}
    is_purpose = False
    for number, token in enumerate(tokens(text)):
        is_purpose = is_purpose or (bool(words) and bool(_PURPOSE.match(token)))
        if token in _ASKING:
            continue
        written = [token, *(tokens(readings[number]) if number < len(readings) else [])]
        if readings:
            # "tawlat ijtima3at": the feminine ending sounds as a t before the next noun.
            written += [reading[:-1] for reading in written if reading.endswith(("at", "ت"))]
        found = tuple(dict.fromkeys(form for reading in written for form in forms(reading)))
        heard = (one for form in found for one in sounds(form) if len(consonants(one)) >= shortest)
        others = tuple(dict.fromkeys(form for other in also.get(token, ()) for form in forms(other)))
        words[token] = Word(found, tuple(dict.fromkeys(heard)), is_purpose, others)
    return tuple(words.values())
