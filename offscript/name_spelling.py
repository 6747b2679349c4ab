"""Names across spellings: patterns that forgive how a name is typed, and the sounds both scripts share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from text.personal_data_reading import read_characters

_WORD = re.compile(r"[^\W_]+")
_ARABIC = "\u0621-\u06d3"
_ARTICLE = re.compile(rf"(?:al|el|ul)(?=[a-z]{{4}})|ال(?=[{_ARABIC}]{{2}})")
_LONE_ARTICLES = frozenset({"al", "el", "ul", "ال"})
# Signs that may stand between two letters of a name that is written with gaps: "A.h.m.e.d", one a line.
_GAP = r"[\W_]{0,3}"
_WIDE_GAP = r"[\W_]{1,3}"
_LONG_ENOUGH_FOR_GAPS_ANYWHERE = 8


def words_of(name: str) -> list[str]:
    """The folded words of a name, without articles of their own and without signs."""
    folded = read_characters(name).folded.replace("'", "").replace("’", "")
    return [word for word in _WORD.findall(folded) if word not in _LONE_ARTICLES]


def pattern_of(words: Sequence[str]) -> str:
    """A regular expression for folded words (letters or digits) in whatever spacing they are written.

    Forgives doubled and stretched letters, ou/oo/u, ee/i, and articles left out or put in; "ل", "ب", "و" and
    "ف" may be joined to the front and are not part of the match (group `name` is).
    """
    sounds = [_sounds(word) for word in words]
    within = _GAP if sum(map(len, sounds)) >= _LONG_ENOUGH_FOR_GAPS_ANYWHERE else ""
    joined = f"{_GAP}{_article('')}".join(_spelled(word, within) for word in sounds)
    spaced = f"{_WIDE_GAP}{_article(_WIDE_GAP)}".join(_spelled(word, _WIDE_GAP) for word in sounds)
    body = f"(?P<name>{_article('')}(?:{joined}|{spaced}))"
    return f"{_before(words[0][0])}{body}{_behind(words[-1][-1])}"


def _article(gap: str) -> str:
    """An article that may be there: "Al ", "al-", "ال", and "لل" where a preposition has taken its place."""
    behind = gap or _GAP
    return rf"(?:(?:[aeu]{gap}l+|ا+{gap}ل+|(?<=ل)ل){behind})?"


def _sounds(word: str) -> str:
    """A word with one letter for each sound: U for ou, oo, o and u, I for ee, e and i, no letter twice."""
    word = re.sub("[ei]+", "I", re.sub("[ou]+", "U", _ARTICLE.sub("", word, count=1)))
    return re.sub(r"([^\W\d_])\1+", r"\1", word)


def _spelled(sounds: str, gap: str) -> str:
    """Sounds as they may be typed, with `gap` between all letters; digits are exact."""
    spellings = {"U": "[ou]", "I": "[ei]"}
    units = []
    for sound in sounds:
        unit = spellings.get(sound, sound)
        units.append(unit if sound.isdigit() else f"{unit}(?:{gap}{unit})*")
    return gap.join(units)


def _before(first: str) -> str:
    """Where a name may begin: the script changes, or a joined preposition stands before it."""
    if first.isdigit():
        return r"(?<!\d)"
    if first.isascii():
        return "(?<![a-z])"
    return rf"(?<![{_ARABIC}])(?:و?[فبلك]|و)??"


def _behind(last: str) -> str:
    if last.isdigit():
        return r"(?!\d)"
    return "(?![a-z])" if last.isascii() else rf"(?![{_ARABIC}])"


# What is heard of Latin letters, of Arabizi digits and of Arabic letters: consonants only.
_PAIRS = {"kh": "x", "gh": "g", "sh": "c", "ch": "c", "th": "t", "dh": "d", "ph": "f", "ou": "", "oo": ""}
_HEARD = {
    **dict(zip("bcdfghjklmnpqrstvxz", "bkdfghjklmnbkrstfxz", strict=True)),
    **dict(zip("7569", "hxts", strict=True)),
    **dict(zip("بتثجحخدذرزسشصضطظغفقكلمنه", "bttjhxddrzscsdtdgfkklmnh", strict=True)),
}
_WEAK = {"w": "w", "y": "y", "و": "w", "ي": "y"}


def sounds_of(word: str) -> str:
    """The consonants of a folded word, alike for "Khalid", "5aled" and "خالد"; "" when nothing is heard.

    A vowel or a half vowel counts at the beginning only: "Ahmed" is not "Hamad".
    """
    word = _ARTICLE.sub("", word, count=1)
    heard = ""
    at = 0
    while at < len(word):
        pair = word[at : at + 2]
        sound = _PAIRS[pair] if pair in _PAIRS else _HEARD.get(word[at], "")
        if not sound and at == 0:
            sound = _WEAK.get(word[0], "a")
        if sound and sound != heard[-1:]:
            heard += sound
        at += 2 if pair in _PAIRS else 1
    return heard.rstrip("h") if len(heard) > 2 else heard
