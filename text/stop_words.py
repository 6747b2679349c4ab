"""Does this message ask for no more messages, and for nothing else? "stop", "وقف", "unsubscribe pls".

Consent that is taken back must never be missed, whatever a classifier makes of a single word; so these few
words are read by a list. What says more than that ("stop at 20 pieces") is left to the classifier.
"""

from __future__ import annotations

import re

from text.fold import fold

# Each says it, even after a no: "no, stop".
_STOP = """
    stop stopp unsubscribe unsub optout
    وقف قف اوقف وقفوا وقفو اوقفوا ايقاف ستوب بطلوا
"""
# These too, but a no makes them the opposite: "لا توقف".
_STOPPING = "توقف توقفوا"
# وقف in Latin letters: wagef, waqqef, wa8ef, wagfo.
_STOP_IN_LATIN = re.compile("w+a*[gq289]{1,2}[aei]*f+[ou]*")
# Only behind a no, and it is not "no, send it": "don't text me".
_SEND = """
    send text message write contact remind
"""
# Beside a no, wherever it stands: "no more messages", "لا ترسلون", "رسايل ما ابي".
_MESSAGES = """
    sending texting messaging writing contacting reminding
    reminder reminders messages texts msg msgs offers promotions updates ads
    ترسل ترسلي ترسلون ترسلوا ترسلولي تطرش تطرشون تطرشوا تطرشولي تدز تدزون تدزولي
    تراسلني تراسلوني تراسلون تذكروني تذكرني تذكرونا تكلموني تتواصلون
    تذكير التذكير تذكيرات التذكيرات رساله رسايل رسائل الرسايل الرسائل رسايلكم رسائلكم
    عروض العروض عروضكم اعلانات الاعلانات اعلاناتكم
    rasayel rasayil rasa2el rsayel risala tathkeer 3oroodh 3orood 3orooth 3oroth e3lanat i3lanat
"""
# ترسلون and تطرشون: tersloon, tirsil li, ttarshoon, t6arshoon.
_MESSAGES_IN_LATIN = re.compile("(?:t[aei]*rs[aei]*l|t+[aei]*[t6]*a*r+[aei]*sh)(?:[ou]+n?)?(?:l?i)?")
_NO = "no"
_NOT = """
    not dont never
    لا لاا ما مابي ماابي مابا ماابا مابغي ماابغي مب مو هب
    la laa ma mabi maba mabgha
"""
# Of those, what may be a no of its own before what follows.
_NO_WORDS = frozenset({"لا", "لاا", "la", "laa"})
_WHOM = frozenset({"me", "us", "to", "on"})
# Between a no and a verb these part the two: "no thanks, text me".
_PARTING = "please pls plz thanks ok okay sorry now just"
# What is said around them and changes nothing.
_AROUND = """
    the these this your to me us my number on for from more any anything everything all whatsapp it
    i do want need again anymore ever in future
    لو سمحت سمحتوا من فضلك رجاء شكرا مشكورين خلاص بس لي الحين هني علي الي هاي هذي شي شيء عاد ابا ابغي ابي
    اريد احتاج نبي اي منكم معي معاي مره ثانيه بعد اليوم
    abi aba abgha li lee el al shay minkom mara thanya khalas khala9 bas law sama7t 3ad
"""


def _words(listing: str) -> frozenset[str]:
    return frozenset(fold(listing).split())


_STOP_WORDS, _STOPPING_WORDS, _SEND_WORDS = _words(_STOP), _words(_STOPPING), _words(_SEND)
_MESSAGES_WORDS, _NOT_WORDS, _PARTING_WORDS = _words(_MESSAGES), _words(_NOT), _words(_PARTING)
_KNOWN = (
    _STOP_WORDS | _STOPPING_WORDS | _SEND_WORDS | _MESSAGES_WORDS | _NOT_WORDS | _PARTING_WORDS
    | _words(_AROUND) | {_NO}
)  # fmt: skip
_BETWEEN_CLAUSES = re.compile(r"[,.;:!]+| - ")
_BETWEEN_WORDS = re.compile(r"[^\w']+|_")
# Said in two words.
_AS_ONE = (
    (re.compile(r"\bopt[ -]out\b"), "optout"),
    (re.compile(r"\bthank you\b"), "thanks"),
    # "I don't get messages" misses some.
    (re.compile(r"\bwant to (get|receive)\b"), "want"),
    (re.compile(fold(r"\b(الغاء|الغي|الغوا) (ال)?اشتراكي?\b")), "optout"),
)
_MAY_MEAN_THE_ORDER = "i want to stop".split()
_QUESTION = re.compile("[?؟]")


def asks_to_stop(words: str) -> bool:
    """Whether any line of the message is such a request: every line of a burst is a message of its own."""
    return any(_is_stop(line) for line in words.splitlines())


def _is_stop(line: str) -> bool:
    if _QUESTION.search(line):
        # "No offers?" asks for one.
        return False
    folded = fold(line)
    for said, word in _AS_ONE:
        folded = said.sub(word, folded)
    clauses = [
        [word.replace("'", "") for word in _BETWEEN_WORDS.split(clause) if word]
        for clause in _BETWEEN_CLAUSES.split(folded)
    ]
    if not all(_is_known(word) for clause in clauses for word in clause):
        return False
    return any(map(_says_stop, clauses))


def _is_known(word: str) -> bool:
    return word in _KNOWN or _means_stop(word) or _means_messages(word)


def _means_stop(word: str) -> bool:
    return word in _STOP_WORDS or _STOP_IN_LATIN.fullmatch(word) is not None


def _means_messages(word: str) -> bool:
    return word in _MESSAGES_WORDS or _MESSAGES_IN_LATIN.fullmatch(word) is not None


def _says_stop(clause: list[str]) -> bool:
    if clause == _MAY_MEAN_THE_ORDER:
        return False
    if any(word in _STOPPING_WORDS for word in clause):
        return not _is_no(clause)
    if any(map(_means_stop, clause)):
        # "Don't stop" is the opposite, and "no stop" is not.
        return all(word not in _NOT_WORDS or word in _NO_WORDS for word in clause)
    if any(map(_means_messages, clause)) and _is_no(clause):
        return True
    return any(_is_kept_from_sending(clause, place) for place in range(len(clause)))


def _is_no(clause: list[str]) -> bool:
    """Whether it denies something; "no thanks", and the like, is an answer to something else."""
    after = [*clause[1:], ""]
    return any(
        word in _NOT_WORDS or (word == _NO and following not in _PARTING_WORDS)
        for word, following in zip(clause, after, strict=True)
    )


def _is_kept_from_sending(clause: list[str], place: int) -> bool:
    """Whether the word at `place` is a verb of sending that is denied: "don't text", "no text please"."""
    if clause[place] not in _SEND_WORDS:
        return False
    before, following = clause[:place], [*clause[place + 1 :], ""][0]
    if following == "it" or before[-1:] == ["just"]:
        # One thing of which they speak, or the way in which it is to be sent.
        return False
    if any(word in _NOT_WORDS for word in before):
        return True
    # "No text me" denies what was asked; "no text" asks for none.
    return following not in _WHOM and [word for word in before if word not in {"more", "any"}][-1:] == [_NO]
