"""Does this message ask for no more messages, and for nothing else? "stop", "وقف", "unsubscribe pls".

Consent that is taken back must never be missed, whatever a classifier makes of a single word; so these few
words are read by a list. What says more than that ("stop at 20 pieces") is left to the classifier.
"""

from __future__ import annotations

import re

from text.fold import fold

# Each alone says it.
_STOP = """
    stop stopp unsubscribe optout
    وقف قف اوقف وقفوا وقفو اوقفوا ايقاف توقف توقفوا ستوب
    waqqef waggef wagef
"""
# Only behind a no: "no more messages", "لا ترسلون".
_SENDING = """
    send sending text texting message messaging write writing contact contacting remind reminding
    reminder reminders messages msg msgs offers promotions updates ads
    ترسل ترسلون ترسلوا ترسلولي تطرش تطرشون تطرشوا تطرشولي تراسلوني تذكروني تذكرني تذكرونا تكلموني
    تذكير التذكير تذكيرات التذكيرات رساله رسايل رسائل الرسايل الرسائل عروض العروض اعلانات الاعلانات
"""
_NOT = """
    no not dont never
    لا لاا ما مابي ماابي مابا ماابا مب مو
"""
# What is said around them and changes nothing.
_AROUND = """
    please pls plz now it the these this your to me us my number on for from just thanks thank you sorry ok
    okay more any everything all whatsapp
    لو سمحت سمحتوا من فضلك رجاء شكرا مشكورين خلاص بس لي الحين هني علي الي هاي هذي شي عاد ابا ابغي ابغى ابي
"""


def _words(listing: str) -> frozenset[str]:
    return frozenset(fold(listing).split())


_STOP_WORDS, _SENDING_WORDS, _NOT_WORDS = _words(_STOP), _words(_SENDING), _words(_NOT)
_KNOWN = _STOP_WORDS | _SENDING_WORDS | _NOT_WORDS | _words(_AROUND)
_BETWEEN_WORDS = re.compile(r"[^\w']+|_")
_OPT_OUT = re.compile(r"\bopt[ -]out\b")
_QUESTION = re.compile("[?؟]")


def asks_to_stop(words: str) -> bool:
    """Whether any line of the message is such a request: every line of a burst is a message of its own."""
    return any(_is_stop(line) for line in words.splitlines())


def _is_stop(line: str) -> bool:
    folded = _OPT_OUT.sub("optout", fold(line))
    said = [word.replace("'", "") for word in _BETWEEN_WORDS.split(folded) if word]
    if any(word not in _KNOWN for word in said) or _QUESTION.search(line):
        # "No offers?" asks for one.
        return False
    is_no = any(word in _NOT_WORDS for word in said)
    if any(word in _STOP_WORDS for word in said):
        # "Don't stop" is the opposite.
        return not is_no
    return is_no and any(word in _SENDING_WORDS for word in said)
